//  procedure_test - the shipped procedure: what it says, and that the papers say the same

#include "proto/procedure.h"
#include "proto/procedure_parts.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PATH "proto/procedures/suggestion.json"

static procedure_t *
s_load (void)
{
    char error[400];
    procedure_t *self = procedure_load (PATH, error, sizeof error);
    if (!self)
        fail_msg ("%s", error);
    return self;
}

static const procedure_move_t *
s_move (const procedure_t *self, const char *state, const char *command)
{
    const procedure_move_t *move = procedure_move (self, state, command);
    if (!move)
        fail_msg ("%s in %s: no such move", command, state);
    return move;
}

static void
test_the_shipped_procedure_leads_from_receipt_to_the_archive (void **state)
{
    (void) state;
    static const char *const WAY[][2] = {
        { "accept", "accepted" },    { "approve", "assigned" }, { "contact", "handling" },
        { "draft", "drafted" },      { "review", "reviewed" },  { "sign", "signed" },
        { "delivered", "answered" }, { "satisfied", "closed" },
    };
    procedure_t *self = s_load ();
    const char *at = procedure_initial (self);
    assert_string_equal (at, "received");
    for (size_t step = 0; step < sizeof WAY / sizeof *WAY; step++) {
        assert_false (procedure_state (self, at)->end);
        at = s_move (self, at, WAY[step][0])->to;
        assert_string_equal (at, WAY[step][1]);
    }
    assert_true (procedure_state (self, at)->end);
    assert_string_equal (procedure_name (self), "suggestion");
    assert_int_equal (procedure_version (self), 2);
    assert_string_equal (procedure_title (self, "zh"), "社会监督员建议事项");
    assert_string_equal (procedure_title (self, "en"), "A supervisor's suggestion");
    procedure_destroy (&self);
    assert_null (self);
    procedure_destroy (&self);
}

static void
test_the_shipped_moves_say_who_and_with_what (void **state)
{
    (void) state;
    procedure_t *self = s_load ();
    const procedure_move_t *accept = s_move (self, "supplement", "accept");
    assert_true (list_has (accept->roles, "intake_officer") && !accept->roles[1]);
    assert_true (list_has (accept->needs, "unit") && list_has (accept->needs, "term") && !accept->needs[2]);
    assert_true (list_has (accept->accepts, "note") && list_has (accept->sets, "term"));
    assert_null (accept->at);
    const procedure_move_t *contact = s_move (self, "assigned", "contact");
    assert_string_equal (contact->at, "contacted_at");
    assert_true (list_has (contact->roles, "intake_officer"));
    assert_null (s_move (self, "assigned", "sign_for")->to);
    assert_null (s_move (self, "handling", "sign_for")->to);
    assert_true (s_move (self, "handling", "accuse")->clears_unit);
    assert_string_equal (s_move (self, "handling", "return")->when[0].field, "ruled");
    assert_true (s_move (self, "assigned", "sign_for")->answers);
    assert_string_equal (s_move (self, "handling", "grant_extension")->extends.clock, "handling");
    assert_string_equal (s_move (self, "accepted", "merge")->merges, "into");
    assert_false (s_move (self, "answered", "dissatisfied")->clears_unit);
    assert_null (procedure_move (self, "received", "approve"));
    assert_null (procedure_move (self, "nowhere", "accept"));
    assert_true (procedure_has_command (self, "approve"));
    assert_false (procedure_has_command (self, "opened"));
    assert_true (procedure_role_is_of_unit (self, "handler") &&
                 procedure_role_is_of_unit (self, "unit_head"));
    assert_false (procedure_role_is_of_unit (self, "chief") || procedure_role_is_of_unit (self, "submitter"));
    assert_true (procedure_has_kind (self, "lead"));
    assert_false (procedure_has_kind (self, "Lead"));
    assert_null (procedure_state (self, "gone"));
    procedure_destroy (&self);
}

static void
test_a_case_can_be_commented_in_every_state_that_is_not_an_end (void **state)
{
    (void) state;
    procedure_t *self = s_load ();
    assert_int_equal (procedure_state_count (self), 17);
    for (size_t index = 0; index < procedure_state_count (self); index++) {
        const procedure_state_t *at = procedure_state_at (self, index);
        const procedure_move_t *comment = procedure_move (self, at->name, "comment");
        assert_int_equal (comment == NULL, at->end);
        assert_true (!comment || !comment->to);
    }
    procedure_destroy (&self);
}

static void
test_the_shipped_clocks_run_where_they_should (void **state)
{
    (void) state;
    static const struct {
        const char *name, *states, *ladder;
        int budget, otherwise;
    } CLOCKS[] = {
        { "acceptance", " received ", "acceptance", 1, 0 },
        { "decision", " accepted ", "decision", 1, 0 },
        { "first_contact", " assigned ", "first_contact", 5, 0 },
        { "unit_contact", " assigned ", "window", 5, 0 },
        { "return_window", " assigned handling ", "window", 1, 0 },
        { "ruling", " returned ", "decision", 1, 0 },
        { "contribution", " assigned handling ", "contribution", 5, 0 },
        { "handling", " assigned handling suspended drafted reviewed signed ", "handling", 0, 15 },
        { "review", " drafted ", "gate", 1, 0 },
        { "signature", " reviewed ", "gate", 1, 0 },
    };
    procedure_t *self = s_load ();
    assert_int_equal (procedure_clock_count (self), sizeof CLOCKS / sizeof *CLOCKS);
    for (size_t index = 0; index < procedure_clock_count (self); index++) {
        const procedure_clock_t *clock = procedure_clock_at (self, index);
        assert_string_equal (clock->name, CLOCKS[index].name);
        assert_string_equal (clock->ladder, CLOCKS[index].ladder);
        assert_string_equal (clock->unit, "working_day");
        assert_int_equal (clock->budget, CLOCKS[index].budget);
        assert_int_equal (clock->budget_default, CLOCKS[index].otherwise);
        assert_int_equal (clock->budget_field != NULL, CLOCKS[index].otherwise > 0);
        for (size_t at = 0; at < procedure_state_count (self); at++) {
            const char *name = procedure_state_at (self, at)->name;
            char word[64];
            snprintf (word, sizeof word, " %s ", name);
            assert_int_equal (procedure_clock_runs (clock, name),
                              strstr (CLOCKS[index].states, word) != NULL);
        }
    }
    procedure_destroy (&self);
}

static void
test_only_the_answer_waits_for_its_delivery (void **state)
{
    (void) state;
    procedure_t *self = s_load ();
    assert_int_equal (procedure_notice_count (self), 19);
    for (size_t index = 0; index < procedure_notice_count (self); index++) {
        const procedure_notice_t *notice = procedure_notice_at (self, index);
        assert_int_equal (notice->confirm, strcmp (notice->template, "answer") == 0);
        assert_false (notice->urgent);
    }
    procedure_destroy (&self);
}

static void
test_arguments_have_types (void **state)
{
    (void) state;
    static const struct {
        const char *name, *value;
        bool fits;
    } CASES[] = {
        { "unit", "\"enforcement\"", true },
        { "unit", "\"\"", false },
        { "unit", "7", false },
        { "unit", "\"a\\u202eb\"", false },
        { "term", "15", true },
        { "term", "0", false },
        { "term", "1000", false },
        { "term", "\"15\"", false },
        { "term", "1.0", false },
        { "term", "-1", false },
        { "reason", "\"理由\"", true },
        { "reason", "\"\"", false },
        { "reason", "true", false },
        { "contacted_at", "\"2026-11-26T10:00:00+08:00\"", true },
        { "contacted_at", "\"2026-11-26\"", false },
        { "result", "\"partly_true\"", true },
        { "result", "\"maybe\"", false },
        { "rating", "\"satisfied\"", true },
        { "rating", "\"dissatisfied\"", false },
    };
    procedure_t *self = s_load ();
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        json_t *value = json_loads (CASES[index].value, JSON_DECODE_ANY, NULL);
        const procedure_argument_t *argument = procedure_argument (self, CASES[index].name);
        assert_non_null (argument);
        if (procedure_argument_fits (argument, value) != CASES[index].fits)
            fail_msg ("%s: %s", CASES[index].name, CASES[index].value);
        json_decref (value);
    }
    assert_null (procedure_argument (self, "nothing"));
    procedure_destroy (&self);
}

//  --- files

static void
test_a_file_that_cannot_be_read_is_named (void **state)
{
    (void) state;
    char error[400];
    assert_null (procedure_load ("proto/procedures/none.json", error, sizeof error));
    assert_non_null (strstr (error, "none.json: cannot be read"));
    assert_null (procedure_parse ("x", "{\n  \"name\": }", 13, error, sizeof error));
    assert_non_null (strstr (error, "x.json:2: "));
    assert_null (procedure_parse ("x", "{\"name\":\"x\",\"name\":\"x\"}", 23, error, sizeof error));
    assert_non_null (strstr (error, "duplicate"));
}

static void
test_a_truncated_file_is_refused_at_every_byte (void **state)
{
    (void) state;
    size_t size;
    char *text = file_read (PATH, &size), error[400];
    for (size_t cut = 0; cut < size - 2; cut += 7) {
        char *part = malloc (cut ? cut : 1);
        memcpy (part, text, cut);
        assert_null (procedure_parse ("suggestion", part, cut, error, sizeof error));
        free (part);
    }
    free (text);
}

//  --- what is written about it

static void
test_the_shape_in_the_program_is_the_published_schema (void **state)
{
    (void) state;
    json_t *shape = json_loads (procedure_shape (), JSON_REJECT_DUPLICATES, NULL);
    json_t *published = file_json ("proto/schemas/procedure.json");
    assert_true (json_equal (shape, published));
    json_decref (shape);
    json_decref (published);
}

static void
test_the_dot_picture_has_every_state_and_every_move (void **state)
{
    (void) state;
    procedure_t *self = s_load ();
    char *dot = procedure_dot (self);
    assert_memory_equal (dot, "digraph suggestion {", 20);
    for (size_t index = 0; index < procedure_move_count (self); index++) {
        const procedure_move_t *move = procedure_move_at (self, index);
        for (size_t at = 0; move->to && move->from[at]; at++) {
            char edge[200];
            snprintf (edge, sizeof edge, "    %s -> %s [label=\"", move->from[at], move->to);
            char *line = strstr (dot, edge);
            assert_non_null (line);
            assert_true (strstr (line, move->command) && strstr (line, move->command) < strchr (line, '\n'));
        }
    }
    free (dot);
    procedure_destroy (&self);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_shipped_procedure_leads_from_receipt_to_the_archive),
        cmocka_unit_test (test_the_shipped_moves_say_who_and_with_what),
        cmocka_unit_test (test_a_case_can_be_commented_in_every_state_that_is_not_an_end),
        cmocka_unit_test (test_the_shipped_clocks_run_where_they_should),
        cmocka_unit_test (test_only_the_answer_waits_for_its_delivery),
        cmocka_unit_test (test_arguments_have_types),
        cmocka_unit_test (test_a_file_that_cannot_be_read_is_named),
        cmocka_unit_test (test_a_truncated_file_is_refused_at_every_byte),
        cmocka_unit_test (test_the_shape_in_the_program_is_the_published_schema),
        cmocka_unit_test (test_the_dot_picture_has_every_state_and_every_move),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
