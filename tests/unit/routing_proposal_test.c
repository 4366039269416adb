//  routing_proposal_test - what the assignment rules propose becomes fields of the case, and its units when it is
//  accepted as proposed

#include "tests/unit/routing_desk.h"

static const char URGENT[] = "[{\"name\":\"gas\",\"when\":{\"keywords\":[\"gas\"]},\"unit\":\"command\","
                             "\"co_units\":[\"brigade\",\"fire\"],\"priority\":\"urgent\",\"term\":5},"
                             "{\"name\":\"rest\",\"when\":{},\"unit\":\"triage\"}]";

//  Opens a case on a desk with these rules; arguments of the submission and urgency as given
static case_t *
s_open (desk_test_t *desk, const char *title, bool urgent, json_t *arguments)
{
    char error[400] = "";
    desk_open (desk);
    rules_destroy (&desk->rules);
    desk->rules = rules_parse ("rules.json", URGENT, sizeof URGENT - 1, error, sizeof error);
    assert_non_null (desk->rules);
    desk->decider.rules = desk->rules;
    json_t *message = desk_submission (title, 1);
    json_object_set_new (message, "urgent", json_boolean (urgent));
    json_object_set_new (message, "arguments", arguments);
    case_t *file = decide_open (&desk->decider, desk->procedure, message);
    json_decref (message);
    return file;
}

static void
s_expect_units (const json_t *list, const char *units)
{
    char line[100] = "";
    size_t index;
    json_t *unit;
    json_array_foreach (list, index, unit) {
        strcat (line, index ? " " : "");
        strcat (line, json_string_value (unit));
    }
    assert_string_equal (line, units);
}

static void
test_unit_co_units_term_and_priority_stand_in_the_fields_of_a_new_case (void **state)
{
    (void) state;
    static const struct {
        const char *title;
        bool urgent;
        const char *arguments, *by, *unit, *co_units, *priority;
    } CASES[] = {
        { "gas", false, "{}", "gas", "command", "brigade fire", "urgent" },
        { "other", false, "{}", "rest", "triage", "", NULL },
        { "other", true, "{}", "rest", "triage", "", "urgent" },
        { "gas", false, "{\"accused_units\":[\"fire\"]}", "gas", "command", "brigade", "urgent" },
        { "gas", false, "{\"accused_units\":[\"command\"]}", "gas", NULL, "brigade fire", "urgent" },
        { "gas", false, "{\"priority\":\"low\"}", "gas", "command", "brigade fire", "low" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        desk_test_t desk;
        case_t *file = s_open (&desk, CASES[index].title, CASES[index].urgent,
                               json_loads (CASES[index].arguments, 0, NULL));
        const char *unit = desk_text (file->fields, "proposed_unit"),
                   *priority = desk_text (file->fields, "priority");
        assert_string_equal (desk_text (file->fields, "proposed_by"), CASES[index].by);
        assert_string_equal (unit ? unit : "", CASES[index].unit ? CASES[index].unit : "");
        assert_string_equal (priority ? priority : "", CASES[index].priority ? CASES[index].priority : "");
        s_expect_units (json_object_get (file->fields, "proposed_co_units"), CASES[index].co_units);
        case_destroy (&file);
        desk_close (&desk);
    }
}

static void
test_co_units_are_taken_with_the_proposed_unit_and_only_with_it (void **state)
{
    (void) state;
    static const struct {
        const char *arguments, *unit, *co_units;
    } CASES[] = {
        { "{}", "command", "brigade fire" },
        { "{\"term\":3}", "command", "brigade fire" },
        { "{\"unit\":\"industry\"}", "industry", "" },
        { "{\"co_units\":[\"office\"]}", "command", "office" },
        { "{\"unit\":\"industry\",\"co_units\":[\"office\"]}", "industry", "office" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        desk_test_t desk;
        case_t *file = s_open (&desk, "gas", false, json_object ());
        json_t *accept = desk_command ("accept", "intake_officer", NULL,
                                       json_loads (CASES[index].arguments, 0, NULL), DESK_NOW + HOUR_US);
        assert_int_equal (desk_tell (&desk, file, accept), DECIDED_MOVED);
        assert_string_equal (file->unit, CASES[index].unit);
        s_expect_units (json_object_get (file->fields, "co_units"), CASES[index].co_units);
        case_destroy (&file);
        desk_close (&desk);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_unit_co_units_term_and_priority_stand_in_the_fields_of_a_new_case),
        cmocka_unit_test (test_co_units_are_taken_with_the_proposed_unit_and_only_with_it),
    };
    return cmocka_run_group_tests_name ("proposals", tests, NULL, NULL);
}
