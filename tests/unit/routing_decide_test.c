//  routing_decide_test - what a message makes of a case, sentence by sentence (at random:
//  routing_decide_random_test)

#include "tests/unit/routing_desk.h"

typedef struct {
    desk_test_t desk;
    case_t *file;
} stage_t;

static void
s_open (stage_t *self, int secrecy)
{
    desk_open (&self->desk);
    self->file = desk_case (&self->desk, "flood in the underpass", secrecy);
}

static void
s_close (stage_t *self)
{
    case_destroy (&self->file);
    desk_close (&self->desk);
}

static decided_t
s_do (stage_t *self, const char *command, const char *role, const char *unit, json_t *arguments)
{
    return desk_tell (&self->desk, self->file,
                      desk_command (command, role, unit, arguments, DESK_NOW + HOUR_US));
}

//  The way to a case that is being handled by the unit "flood"
static void
s_to_handling (stage_t *self)
{
    assert_int_equal (s_do (self, "accept", "intake_officer", NULL, json_object ()), DECIDED_MOVED);
    assert_int_equal (s_do (self, "approve", "chief", NULL, json_object ()), DECIDED_MOVED);
    json_t *contact =
        json_pack ("{ss ss ss}", "contacted_at", "2026-11-23T01:00:00Z", "how", "电话", "summary", "x");
    assert_int_equal (s_do (self, "contact", "handler", "flood", contact), DECIDED_MOVED);
    assert_string_equal (self->file->state, "handling");
}

static void
test_a_new_case_is_logged_proposed_acknowledged_and_its_clock_runs (void **state)
{
    (void) state;
    stage_t stage;
    s_open (&stage, 1);
    assert_string_equal (stage.file->state, "received");
    assert_int_equal (stage.file->version, 1);
    assert_string_equal (desk_text (stage.file->fields, "proposed_unit"), "flood");
    assert_int_equal (json_integer_value (json_object_get (stage.file->fields, "proposed_term")), 7);
    json_t *clock = desk_post (&stage.desk, "clock", NULL);
    assert_string_equal (desk_text (clock, "name"), "acceptance");
    assert_true (json_integer_value (json_object_get (clock, "anchor")) == DESK_NOW);
    json_t *notice = desk_post (&stage.desk, "notice", NULL);
    assert_string_equal (desk_text (notice, "template"), "acknowledged");
    assert_string_equal (desk_text (notice, "key"), "12/acknowledged/1");
    assert_string_equal (desk_text (json_object_get (notice, "arguments"), "d"), "2026-11-23");
    assert_string_equal (desk_text (desk_post (&stage.desk, "case_event", NULL), "event"), "opened");
    s_close (&stage);
}

static void
test_terms_of_a_paper_run_from_its_receipt_but_never_from_the_future (void **state)
{
    (void) state;
    static const moment_t RECEIVED[][2] = { { DESK_NOW - 24 * HOUR_US, DESK_NOW - 24 * HOUR_US },
                                            { DESK_NOW + 24 * HOUR_US, DESK_NOW } };
    for (size_t index = 0; index < 2; index++) {
        desk_test_t desk;
        desk_open (&desk);
        json_t *message = desk_submission ("x", 1);
        json_object_set_new (message, "received_at", json_integer (RECEIVED[index][0]));
        case_t *file = decide_open (&desk.decider, desk.procedure, message);
        assert_true (file->opened_at == RECEIVED[index][1]);
        json_t *anchor = json_object_get (desk_post (&desk, "clock", NULL), "anchor");
        assert_true (json_integer_value (anchor) == RECEIVED[index][1]);
        json_decref (message);
        case_destroy (&file);
        desk_close (&desk);
    }
}

static void
test_what_is_not_given_is_taken_from_the_proposal (void **state)
{
    (void) state;
    stage_t stage;
    s_open (&stage, 1);
    assert_int_equal (s_do (&stage, "accept", "intake_officer", NULL, json_object ()), DECIDED_MOVED);
    assert_string_equal (stage.file->unit, "flood");
    assert_int_equal (s_do (&stage, "approve", "chief", NULL, json_pack ("{si}", "term", 9)), DECIDED_MOVED);
    json_t *post;
    size_t index;
    json_array_foreach (stage.desk.posts, index, post) {
        json_t *fact = json_object_get (post, "message");
        if (desk_text (fact, "name") && !strcmp (desk_text (fact, "name"), "handling"))
            assert_int_equal (json_integer_value (json_object_get (fact, "budget")), 9);
    }
    s_close (&stage);
}

static void
test_every_refusal_has_its_problem_and_changes_nothing (void **state)
{
    (void) state;
    static const struct {
        const char *command, *role, *arguments, *problem, *pointer;
    } CASES[] = {
        { "fly", "intake_officer", "{}", "unknown-command", NULL },
        { "approve", "chief", "{}", "not-now", NULL },
        { "accept", "chief", "{}", "forbidden", NULL },
        { "refuse", "intake_officer", "{}", "invalid", "/data/arguments/reason" },
        { "refuse", "intake_officer", "{\"reason\":\"\"}", "invalid", "/data/arguments/reason" },
        { "refuse", "intake_officer", "{\"reason\":5}", "invalid", "/data/arguments/reason" },
        { "accept", "intake_officer", "{\"term\":0}", "invalid", "/data/arguments/term" },
        { "accept", "intake_officer", "{\"term\":\"9\"}", "invalid", "/data/arguments/term" },
        { "accept", "intake_officer", "{\"unit\":5}", "invalid", "/data/arguments/unit" },
        { "accept", "intake_officer", "{\"unit\":\"a\\u0007\"}", "invalid", "/data/arguments/unit" },
        { "accept", "intake_officer", "{\"colour\":\"red\"}", "invalid", "/data/arguments/colour" },
        { "accept", "intake_officer", "{\"rating\":\"satisfied\"}", "invalid", "/data/arguments/rating" },
    };
    stage_t stage;
    s_open (&stage, 1);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        json_t *arguments = json_loads (CASES[index].arguments, 0, NULL);
        assert_int_equal (s_do (&stage, CASES[index].command, CASES[index].role, NULL, arguments),
                          DECIDED_REFUSED);
        json_t *refused = desk_post (&stage.desk, "refused", NULL);
        assert_string_equal (desk_problem (&stage.desk), CASES[index].problem);
        assert_string_equal (desk_text (refused, "source"), "console");
        json_t *errors = json_object_get (json_object_get (refused, "problem"), "errors");
        if (CASES[index].pointer)
            assert_string_equal (desk_text (json_array_get (errors, 0), "pointer"), CASES[index].pointer);
        assert_int_equal (stage.desk.logged, 0);
        assert_string_equal (stage.file->state, "received");
        assert_int_equal (stage.file->version, 1);
    }
    s_close (&stage);
}

static void
test_an_older_version_conflicts_and_a_newer_one_waits (void **state)
{
    (void) state;
    static const decided_t DECIDED[] = { DECIDED_REFUSED, DECIDED_MOVED, DECIDED_WAITS };
    for (int version = 0; version < 3; version++) {
        stage_t stage;
        s_open (&stage, 1);
        json_t *message = desk_command ("accept", "intake_officer", NULL, json_object (), DESK_NOW);
        json_object_set_new (message, "expected_version", json_integer (version));
        assert_int_equal (desk_tell (&stage.desk, stage.file, message), DECIDED[version]);
        assert_string_equal (desk_problem (&stage.desk), version ? "" : "conflict");
        s_close (&stage);
    }
}

static void
test_a_moment_that_is_said_lies_between_the_terms_begin_and_now (void **state)
{
    (void) state;
    static const struct {
        const char *moment;
        decided_t decided;
    } CASES[] = { { "2026-11-23T01:00:00Z", DECIDED_MOVED },
                  { "2026-11-23T08:59:59+08:00", DECIDED_MOVED }, //  people say minutes
                  { "2026-11-23T00:58:59Z", DECIDED_REFUSED },    //  before it was given to the unit
                  { "2025-11-23T01:00:00Z", DECIDED_REFUSED },
                  { "2026-11-23T01:04:00Z", DECIDED_MOVED }, //  our clocks may differ a little
                  { "2026-11-23T01:06:00Z", DECIDED_REFUSED },
                  { "2026-11-23T00:30:00", DECIDED_REFUSED },
                  { "yesterday", DECIDED_REFUSED },
                  { "2026-02-30T00:00:00Z", DECIDED_REFUSED } };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        stage_t stage;
        s_open (&stage, 1);
        s_do (&stage, "accept", "intake_officer", NULL, json_object ());
        s_do (&stage, "approve", "chief", NULL, json_object ());
        json_t *contact =
            json_pack ("{ss ss ss}", "contacted_at", CASES[index].moment, "how", "电话", "summary", "x");
        if (s_do (&stage, "contact", "handler", "flood", contact) != CASES[index].decided)
            fail_msg ("%s", CASES[index].moment);
        s_close (&stage);
    }
}

static void
test_a_ruling_names_the_unit_that_gets_a_returned_case (void **state)
{
    (void) state;
    stage_t stage;
    s_open (&stage, 1);
    s_to_handling (&stage);
    json_t *reason = json_pack ("{ss}", "reason", "不属本科室");
    assert_int_equal (s_do (&stage, "return", "unit_head", "flood", reason), DECIDED_MOVED);
    reason = json_pack ("{ss}", "reason", "职责相近");
    assert_int_equal (s_do (&stage, "redirect", "chief", NULL, reason), DECIDED_REFUSED);
    assert_string_equal (desk_problem (&stage.desk), "invalid");
    json_t *ruling = json_pack ("{ss ss}", "unit", "fire", "reason", "职责相近");
    assert_int_equal (s_do (&stage, "redirect", "chief", NULL, ruling), DECIDED_MOVED);
    assert_string_equal (stage.file->unit, "fire");
    s_close (&stage);
}

static void
test_a_delivery_answers_once_and_says_nothing_new_elsewhere (void **state)
{
    (void) state;
    stage_t stage;
    s_open (&stage, 1);
    json_t *delivered = json_pack ("{ss ss sI sI}", "kind", "delivered", "key", "12/answer/7", "case",
                                   (json_int_t) 12, "delivered_at", (json_int_t) DESK_NOW + HOUR_US);
    assert_int_equal (desk_tell (&stage.desk, stage.file, json_incref (delivered)), DECIDED_IGNORED);
    assert_int_equal (json_array_size (stage.desk.posts), 0);
    s_to_handling (&stage);
    s_do (&stage, "draft", "handler", "flood", json_pack ("{ss ss}", "text", "答复", "result", "adopted"));
    s_do (&stage, "review", "reviewer", NULL, json_object ());
    s_do (&stage, "sign", "signatory", NULL, json_pack ("{ss}", "document", "即应急〔2026〕1号"));
    assert_true (json_is_true (json_object_get (desk_post (&stage.desk, "notice", NULL), "confirm")));
    assert_int_equal (desk_tell (&stage.desk, stage.file, json_incref (delivered)), DECIDED_MOVED);
    assert_string_equal (stage.file->state, "answered");
    assert_int_equal (desk_tell (&stage.desk, stage.file, delivered), DECIDED_IGNORED);
    s_close (&stage);
}

static void
test_a_rung_is_history_and_moves_nothing (void **state)
{
    (void) state;
    stage_t stage;
    s_open (&stage, 1);
    json_t *rung = json_pack ("{ss sI ss ss ss sI sI}", "kind", "rung", "case", (json_int_t) 12, "clock",
                              "acceptance", "rung", "D1", "level", "red", "due_at", (json_int_t) DESK_NOW,
                              "fired_at", (json_int_t) DESK_NOW + HOUR_US);
    assert_int_equal (desk_tell (&stage.desk, stage.file, rung), DECIDED_MOVED);
    assert_string_equal (stage.desk.event, "rung");
    assert_string_equal (desk_text (stage.desk.canonical, "cause"), "acceptance.D1");
    assert_string_equal (stage.file->state, "received");
    assert_int_equal (stage.file->version, 2);
    assert_int_equal (json_array_size (stage.desk.posts), 0);
    s_close (&stage);
}

//  --------------------------------------------------------------------------
//  What others are told

static void
test_a_title_leaves_the_case_only_below_confidential (void **state)
{
    (void) state;
    for (int secrecy = 0; secrecy < 4; secrecy++) {
        stage_t stage;
        s_open (&stage, secrecy);
        char *said = json_dumps (stage.desk.posts, 0);
        assert_int_equal (strstr (said, "underpass") != NULL, secrecy < 2);
        free (said);
        s_close (&stage);
    }
}

static void
test_what_was_said_inside_goes_back_only_to_who_said_it (void **state)
{
    (void) state;
    stage_t stage;
    s_open (&stage, 1);
    s_do (&stage, "accept", "intake_officer", NULL, json_pack ("{ss}", "note", "内部意见"));
    json_t *post;
    size_t index;
    int told = 0;
    json_array_foreach (stage.desk.posts, index, post) {
        json_t *event = json_object_get (post, "message");
        if (strcmp (desk_text (event, "kind"), "case_event") != 0)
            continue;
        bool own = !strcmp (desk_text (event, "source"), "console");
        assert_int_equal (json_object_get (json_object_get (event, "details"), "note") != NULL, own);
        assert_int_equal (desk_text (event, "actor") != NULL, own);
        told++;
    }
    assert_int_equal (told, 2);
    s_close (&stage);
}

static void
test_a_unit_is_told_of_a_withdrawal_if_there_is_one (void **state)
{
    (void) state;
    for (int handled = 0; handled < 2; handled++) {
        stage_t stage;
        s_open (&stage, 1);
        if (handled)
            s_to_handling (&stage);
        json_t *message =
            desk_command ("withdraw", NULL, NULL, json_pack ("{ss}", "reason", "已解决"), DESK_NOW);
        json_object_set_new (message, "source", json_string ("app"));
        json_object_set_new (message, "actor", json_string ("supervisor.wang"));
        assert_int_equal (desk_tell (&stage.desk, stage.file, message), DECIDED_MOVED);
        json_t *to = json_object_get (desk_post (&stage.desk, "notice", NULL), "to");
        assert_int_equal (json_array_size (to), handled ? 2 : 0);
        if (handled)
            assert_string_equal (desk_text (json_array_get (to, 0), "unit"), "flood");
        int events;
        desk_post (&stage.desk, "case_event", &events);
        assert_int_equal (events, 1);
        assert_true (stage.file->closed_at == DESK_NOW);
        s_close (&stage);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_new_case_is_logged_proposed_acknowledged_and_its_clock_runs),
        cmocka_unit_test (test_terms_of_a_paper_run_from_its_receipt_but_never_from_the_future),
        cmocka_unit_test (test_what_is_not_given_is_taken_from_the_proposal),
        cmocka_unit_test (test_every_refusal_has_its_problem_and_changes_nothing),
        cmocka_unit_test (test_an_older_version_conflicts_and_a_newer_one_waits),
        cmocka_unit_test (test_a_moment_that_is_said_lies_between_the_terms_begin_and_now),
        cmocka_unit_test (test_a_ruling_names_the_unit_that_gets_a_returned_case),
        cmocka_unit_test (test_a_delivery_answers_once_and_says_nothing_new_elsewhere),
        cmocka_unit_test (test_a_rung_is_history_and_moves_nothing),
        cmocka_unit_test (test_a_title_leaves_the_case_only_below_confidential),
        cmocka_unit_test (test_what_was_said_inside_goes_back_only_to_who_said_it),
        cmocka_unit_test (test_a_unit_is_told_of_a_withdrawal_if_there_is_one),
    };
    return cmocka_run_group_tests_name ("routing decides", tests, NULL, NULL);
}
