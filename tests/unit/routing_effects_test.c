//  routing_effects_test - what a move does beside moving: fields, marks, lists, dates, other cases

#include "proto/schema.h"
#include "tests/unit/routing_trial.h"

#define UNTIL "{\"until\":\"2026-12-31\"}"

static void
test_a_condition_asks_for_a_field_or_for_one_of_its_values (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must_not (&trial, "only_a", "{}", "not-now");
    trial_must (&trial, "tell", "{\"grade\":\"b\",\"agreed\":true}");
    trial_must_not (&trial, "only_a", "{}", "not-now");
    trial_must (&trial, "tell", "{\"grade\":\"a\",\"agreed\":false}"); //  false is as good as not set
    trial_must_not (&trial, "only_a", "{}", "not-now");
    json_t *problem = json_object_get (desk_post (&trial.desk, "refused", NULL), "problem");
    assert_non_null (strstr (desk_text (problem, "detail"), "only if agreed"));
    trial_must (&trial, "tell", "{\"agreed\":true}");
    trial_must (&trial, "only_a", "{}");
    trial_close (&trial);
}

static void
test_a_mark_stays_until_it_is_cleared_and_secrecy_is_only_raised (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "stamp", "{}");
    assert_true (json_is_true (json_object_get (trial.file->fields, "stamped")));
    assert_string_equal (desk_text (trial.file->fields, "colour"), "red");
    assert_int_equal (trial.file->secrecy, 2);
    assert_int_equal (json_integer_value (json_object_get (trial.desk.canonical, "secrecy")), 2);
    json_t *card = json_object_get (trial_clock (&trial, "work"), "card"); //  told anew, without its title
    assert_non_null (card);
    assert_true (json_is_null (json_object_get (card, "title")));
    trial_must (&trial, "wipe", "{}");
    assert_null (json_object_get (trial.file->fields, "stamped"));
    assert_string_equal (desk_text (trial.file->fields, "colour"), "red");
    trial.file->secrecy = 3;
    trial_must (&trial, "stamp", "{}");
    assert_int_equal (trial.file->secrecy, 3);
    trial_close (&trial);
}

static void
test_who_made_a_move_is_collected_once_and_the_list_is_complete_with_the_last_co_unit (void **state)
{
    (void) state;
    static const struct {
        const char *role, *unit;
        decided_t decided;
        size_t count;
        bool complete;
    } STEPS[] = {
        { "handler", "training", DECIDED_REFUSED, 0, false }, //  no co-unit
        { "handler", "fire", DECIDED_MOVED, 1, false },
        { "handler", "fire", DECIDED_MOVED, 1, false },
        { "handler", "flood", DECIDED_MOVED, 2, true },
    };
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "give", "{\"unit\":\"training\",\"co_units\":[\"fire\",\"flood\"]}");
    assert_true (json_is_true (json_object_get (trial_clock (&trial, "opinions_due"), "running")));
    assert_string_equal (desk_text (trial_clock (&trial, "opinions_due"), "debtor"), "co_units");
    for (size_t index = 0; index < sizeof STEPS / sizeof *STEPS; index++) {
        json_t *message = desk_command ("opine", STEPS[index].role, STEPS[index].unit, json_object (),
                                        trial.now += HOUR_US);
        assert_int_equal (desk_tell (&trial.desk, trial.file, message), STEPS[index].decided);
        assert_int_equal (json_array_size (json_object_get (trial.file->fields, "opinions")),
                          STEPS[index].count);
        assert_int_equal (case_field (trial.file, "opinions_complete") != NULL, STEPS[index].complete);
    }
    assert_true (json_is_false (json_object_get (trial_clock (&trial, "opinions_due"), "running")));
    trial_must (&trial, "wipe", "{}");
    assert_null (case_field (trial.file, "opinions_complete"));
    assert_true (json_is_true (json_object_get (trial_clock (&trial, "opinions_due"), "running")));
    trial_close (&trial);
}

static void
test_a_date_moves_on_and_keeps_its_day_as_far_as_the_month_has_it (void **state)
{
    (void) state;
    static const struct {
        const char *from, *command, *to;
    } CASES[] = {
        { "2026-01-31", "next_month", "2026-02-28" }, { "2028-01-31", "next_month", "2028-02-29" },
        { "2026-03-31", "next_month", "2026-04-30" }, { "2026-12-31", "next_month", "2027-01-31" },
        { "2026-11-15", "next_month", "2026-12-15" }, { "2028-02-29", "next_year", "2029-02-28" },
        { "2027-02-28", "next_year", "2028-02-28" },  { "2026-12-31", "next_day", "2027-01-01" },
        { "2028-02-28", "next_day", "2028-02-29" },   { "9999-12-31", "next_year", "9999-12-31" },
        { "9999-12-31", "next_day", "9999-12-31" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        trial_t trial;
        char arguments[60];
        snprintf (arguments, sizeof arguments, "{\"until\":\"%s\"}", CASES[index].from);
        trial_open (&trial, arguments, NULL);
        trial_must (&trial, CASES[index].command, "{}");
        assert_string_equal (desk_text (trial.file->fields, "until"), CASES[index].to);
        trial_close (&trial);
    }
}

static void
test_a_part_is_opened_once_with_its_own_title_or_that_of_the_case (void **state)
{
    (void) state;
    static const struct {
        const char *command, *arguments, *title;
        bool secret;
    } CASES[] = { { "split", "{\"text\":\"the pump\"}", "the pump", false },
                  { "split_off", "{}", "flood in the underpass", false },
                  { "split_off", "{}", "JM-2026-000012-3", true } };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        trial_t trial;
        trial_open (&trial, UNTIL, NULL);
        if (CASES[index].secret)
            trial_must (&trial, "stamp", "{}");
        trial_must (&trial, CASES[index].command, CASES[index].arguments);
        int opened;
        json_t *open = desk_post (&trial.desk, "open", &opened);
        assert_int_equal (opened, 1);
        assert_string_equal (desk_text (open, "title"), CASES[index].title);
        assert_string_equal (desk_text (open, "procedure"), "trial");
        assert_string_equal (desk_text (open, "case_kind"), "plain");
        assert_int_equal (json_integer_value (json_object_get (open, "parent")), 12);
        assert_int_equal (json_integer_value (json_object_get (open, "secrecy")),
                          CASES[index].secret ? 2 : 1);
        assert_string_equal (desk_text (open, "id"), CASES[index].secret ? "12/3" : "12/2");
        trial_close (&trial);
    }
}

static void
test_a_part_fits_its_schema_however_long_its_title_was (void **state)
{
    (void) state;
    trial_t trial;
    char arguments[1000] = "{\"text\":\"", error[400];
    for (int index = 0; index < 250; index++)
        strcat (arguments, "水");
    strcat (arguments, "\"}");
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "split", arguments);
    schema_t *schema = schema_load ("proto/schemas/internal/open.json", error, sizeof error);
    assert_non_null (schema);
    json_t *open = desk_post (&trial.desk, "open", NULL);
    assert_true (schema_check (schema, open, "", NULL));
    assert_int_equal (json_string_length (json_object_get (open, "title")), 600); //  200 characters
    schema_destroy (&schema);
    trial_close (&trial);
}

static void
test_a_case_with_open_parts_is_not_closed (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, "{\"parent\":7}");
    assert_true (trial.file->parent == 7);
    trial.file->children = 1;
    trial_must_not (&trial, "close", "{}", "not-now");
    trial.file->children = 0;
    trial_must (&trial, "close", "{}");
    assert_true (trial.file->closed_at == trial.now);
    trial_close (&trial);
}

static void
test_an_answer_is_told_to_the_watchdog_and_named_sources_hear_of_the_move (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "tell", "{\"grade\":\"a\"}");
    json_t *answer = desk_post (&trial.desk, "answer", NULL), *post;
    assert_string_equal (desk_text (answer, "command"), "tell");
    assert_true (json_integer_value (json_object_get (answer, "at")) == trial.now);
    assert_int_equal (json_integer_value (json_object_get (answer, "version")), trial.file->version);
    static const char *const SOURCES[] = { "app", "console", "inspection-office" };
    size_t index, told = 0;
    json_array_foreach (trial.desk.posts, index, post) {
        json_t *event = json_object_get (post, "message");
        if (strcmp (desk_text (event, "kind"), "case_event") != 0)
            continue;
        assert_true (told < 3);
        assert_string_equal (desk_text (event, "source"), SOURCES[told]);
        bool full = json_object_get (json_object_get (event, "details"), "grade") != NULL;
        assert_int_equal (full, told > 0);
        told++;
    }
    assert_int_equal (told, 3);
    trial_must (&trial, "wipe", "{}");
    assert_null (desk_post (&trial.desk, "answer", NULL));
    trial_close (&trial);
}

//  --------------------------------------------------------------------------
//  What is secret

static void
test_what_is_secret_is_in_the_log_apart_and_nowhere_else (void **state)
{
    (void) state;
    for (int opening = 0; opening < 2; opening++) {
        trial_t trial;
        static const char SECRET[] = "\"secret_note\":\"hush\",\"accused\":[\"officer.mute\"]";
        char arguments[200];
        snprintf (arguments, sizeof arguments, "{\"until\":\"2026-12-31\"%s%s}", opening ? "," : "",
                  opening ? SECRET : "");
        trial_open (&trial, arguments, NULL);
        snprintf (arguments, sizeof arguments, "{%s}", SECRET);
        if (!opening)
            trial_must (&trial, "tell", arguments);
        json_t *secret = json_object_get (trial.desk.canonical, "secret"), *post;
        assert_string_equal (desk_text (secret, "secret_note"), "hush");
        assert_null (json_object_get (json_object_get (trial.desk.canonical, "arguments"), "accused"));
        assert_true (case_lists (trial.file, "secret", "secret_note") &&
                     case_lists (trial.file, "secret", "accused") &&
                     !case_lists (trial.file, "secret", "until"));
        size_t index;
        json_array_foreach (trial.desk.posts, index, post) {
            char *said = json_dumps (post, 0);
            assert_null (strstr (said, "hush"));
            bool guarded = json_object_get (json_object_get (post, "message"), "not_to") ||
                           json_object_get (json_object_get (post, "message"), "card");
            if (!guarded) //  the name itself is known only to those who must leave it out
                assert_null (strstr (said, "officer.mute"));
            free (said);
        }
        trial_close (&trial);
    }
}

//  --------------------------------------------------------------------------
//  Imported

static void
test_an_imported_case_stands_where_it_stood_and_nobody_is_told (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL,
                "{\"history\":{\"opened_at\":1700000000000000,\"state\":\"still\",\"clocks\":{"
                "\"work\":{\"from\":1700000100000000},\"first\":{\"from\":1700000100000000,"
                "\"stopped_at\":1700000200000000},\"unheard\":{\"from\":1}}}}");
    assert_string_equal (trial.file->state, "still");
    assert_true (trial.file->opened_at == 1700000000000000 && trial.file->closed_at == MOMENT_NONE);
    assert_string_equal (trial.desk.event, "imported");
    assert_null (desk_post (&trial.desk, "notice", NULL));
    json_t *work = trial_clock (&trial, "work"), *first = trial_clock (&trial, "first");
    assert_true (json_integer_value (json_object_get (work, "anchor")) == 1700000100000000);
    assert_true (json_integer_value (json_object_get (work, "quiet_before")) == DESK_NOW);
    assert_true (json_is_true (json_object_get (work, "running")));
    assert_true (json_integer_value (json_object_get (first, "stopped_at")) == 1700000200000000);
    trial_ledger_is (&trial, "work", "suspend");
    trial_must (&trial, "go_on", "{}");
    trial_ledger_is (&trial, "work", "suspend resume");
    trial_ledger_is (&trial, "first", "floor:2"); //  it goes on from its first beginning
    assert_true (json_integer_value (json_object_get (trial_clock (&trial, "first"), "anchor")) ==
                 1700000100000000);
    assert_null (json_object_get (trial_clock (&trial, "work"), "quiet_before"));
    trial_close (&trial);
}

static void
test_an_imported_case_that_is_over_is_closed_when_it_was (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (
        &trial, UNTIL,
        "{\"history\":{\"opened_at\":1700000000000000,\"state\":\"done\",\"closed_at\":1700000900000000}}");
    assert_true (trial.file->closed_at == 1700000900000000);
    assert_null (desk_post (&trial.desk, "clock", NULL));
    trial_must_not (&trial, "close", "{}", "not-now");
    trial_close (&trial);
}

static void
test_a_submission_that_cannot_be_opened_is_refused_to_who_sent_it (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    json_t *message = trial_submission (UNTIL, NULL);
    desk_clear (&trial.desk);
    decide_refuse (&trial.desk.decider, NULL, message, PROBLEM_INVALID, "no such kind", "/data/kind");
    json_t *refused = desk_post (&trial.desk, "refused", NULL);
    assert_string_equal (desk_text (refused, "command"), "submission");
    assert_string_equal (desk_text (refused, "source"), "app");
    json_decref (message);
    trial_close (&trial);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_condition_asks_for_a_field_or_for_one_of_its_values),
        cmocka_unit_test (test_a_mark_stays_until_it_is_cleared_and_secrecy_is_only_raised),
        cmocka_unit_test (
            test_who_made_a_move_is_collected_once_and_the_list_is_complete_with_the_last_co_unit),
        cmocka_unit_test (test_a_date_moves_on_and_keeps_its_day_as_far_as_the_month_has_it),
        cmocka_unit_test (test_a_part_is_opened_once_with_its_own_title_or_that_of_the_case),
        cmocka_unit_test (test_a_part_fits_its_schema_however_long_its_title_was),
        cmocka_unit_test (test_a_case_with_open_parts_is_not_closed),
        cmocka_unit_test (test_an_answer_is_told_to_the_watchdog_and_named_sources_hear_of_the_move),
        cmocka_unit_test (test_what_is_secret_is_in_the_log_apart_and_nowhere_else),
        cmocka_unit_test (test_an_imported_case_stands_where_it_stood_and_nobody_is_told),
        cmocka_unit_test (test_an_imported_case_that_is_over_is_closed_when_it_was),
        cmocka_unit_test (test_a_submission_that_cannot_be_opened_is_refused_to_who_sent_it),
    };
    return cmocka_run_group_tests_name ("what a move does beside moving", tests, NULL, NULL);
}
