//  routing_terms_test - terms over the life of a case: standing still, kept, begun anew, extended, breached

#include "tests/unit/routing_trial.h"

#define UNTIL "{\"until\":\"2026-12-31\"}"

static json_int_t
s_number (const json_t *fact, const char *member)
{
    return json_integer_value (json_object_get (fact, member));
}

static void
test_a_term_stands_still_in_some_states_and_no_way_out_leaves_it_so (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    assert_true (s_number (trial_clock (&trial, "work"), "anchor") == DESK_NOW);
    trial_ledger_is (&trial, "work", "");
    trial_must (&trial, "halt", "{}");
    trial_ledger_is (&trial, "work", "suspend");
    assert_true (json_is_true (json_object_get (trial_clock (&trial, "work"), "running")));
    json_t *entry = json_array_get (json_object_get (trial_clock (&trial, "work"), "ledger"), 0);
    assert_true (s_number (entry, "at") == trial.now);
    trial_must (&trial, "leave", "{}"); //  from where it stands still to where it is not on
    trial_ledger_is (&trial, "work", "suspend resume");
    assert_true (s_number (trial_clock (&trial, "work"), "stopped_at") == trial.now);
    trial_must (&trial, "give", "{\"unit\":\"fire\"}");
    trial_ledger_is (&trial, "work", "suspend resume");
    assert_true (json_is_true (json_object_get (trial_clock (&trial, "work"), "running")));
    trial_must (&trial, "halt", "{}");
    trial_ledger_is (&trial, "work", "suspend resume suspend");
    trial_must (&trial, "go_on", "{}");
    trial_ledger_is (&trial, "work", "suspend resume suspend resume");
    trial_close (&trial);
}

static void
test_a_return_keeps_a_term_or_leaves_a_minimum_or_begins_anew (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "leave", "{}");
    trial_must (&trial, "give", "{\"unit\":\"fire\"}");
    assert_true (s_number (trial_clock (&trial, "work"), "anchor") == DESK_NOW);
    trial_ledger_is (&trial, "work", "");
    assert_true (s_number (trial_clock (&trial, "first"), "anchor") == DESK_NOW);
    trial_ledger_is (&trial, "first", "floor:2");
    assert_string_equal (desk_text (trial_clock (&trial, "first"), "debtor"), "enterprise");
    assert_true (s_number (trial_clock (&trial, "step"), "anchor") == trial.now);
    trial_ledger_is (&trial, "step", "");
    trial_close (&trial);
}

static void
test_a_move_restarts_terms_though_the_state_stays (void **state)
{
    (void) state;
    for (int still = 0; still < 2; still++) {
        trial_t trial;
        trial_open (&trial, UNTIL, NULL);
        trial_must (&trial, "longer", "{\"days\":5}");
        if (still)
            trial_must (&trial, "halt", "{}");
        trial_must (&trial, "anew", "{}");
        assert_true (s_number (trial_clock (&trial, "work"), "anchor") == trial.now);
        trial_ledger_is (&trial, "work", still ? "suspend" : "");
        if (!still) //  where a minimum is left, it is left
            trial_ledger_is (&trial, "first", "floor:2");
        trial_close (&trial);
    }
}

static void
test_a_term_is_extended_as_often_as_the_procedure_says_and_only_while_it_runs (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must_not (&trial, "longer", "{}", "not-now"); //  by how much?
    trial_must_not (&trial, "longer", "{\"days\":0}", "invalid");
    trial_must (&trial, "longer", "{\"days\":5}");
    trial_ledger_is (&trial, "work", "extend:5");
    assert_null (trial_clock (&trial, "first"));
    trial_must (&trial, "leave", "{}");
    trial_must_not (&trial, "longer", "{\"days\":5}", "not-now");
    trial_must (&trial, "give", "{\"unit\":\"fire\"}");
    trial_must (&trial, "longer", "{}"); //  as much as was said before
    trial_ledger_is (&trial, "work", "extend:5 extend:5");
    trial_must_not (&trial, "longer", "{\"days\":1}", "not-now");
    json_t *problem = json_object_get (desk_post (&trial.desk, "refused", NULL), "problem");
    assert_non_null (strstr (desk_text (problem, "detail"), "as often as"));
    trial_must (&trial, "anew", "{}"); //  a new term may be extended again
    trial_must (&trial, "longer", "{\"days\":1}");
    trial_close (&trial);
}

static void
test_a_full_ledger_is_never_overrun (void **state)
{
    (void) state;
    trial_t trial;
    int rounds = 0;
    trial_open (&trial, UNTIL, NULL);
    while (rounds < 200 && trial_do (&trial, "halt", "{}") == DECIDED_MOVED) {
        trial_must (&trial, "go_on", "{}");
        rounds++;
    }
    assert_true (rounds > 20 && rounds < 50);
    assert_string_equal (desk_problem (&trial.desk), "not-now");
    trial_must (&trial, "close", "{}");
    trial_close (&trial);
}

static void
test_a_term_runs_until_a_date_of_the_case_and_moves_with_it (void **state)
{
    (void) state;
    static const json_int_t DAY = 24 * HOUR_US;
    static const json_int_t END = 1798732800000000LL; //  2026-12-31T24:00 in Shanghai
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    json_t *fact = trial_clock (&trial, "last_day");
    assert_true (s_number (fact, "due_at") == END);
    assert_int_equal (s_number (fact, "earlier"), 1);
    assert_string_equal (desk_text (fact, "unit"), "until");
    trial_must (&trial, "next_day", "{}");
    assert_true (s_number (trial_clock (&trial, "last_day"), "due_at") == END + DAY);
    trial_must (&trial, "tell", "{\"grade\":\"a\"}");
    assert_null (trial_clock (&trial, "last_day")); //  nothing new
    trial_close (&trial);
}

static void
test_a_term_runs_from_a_moment_of_the_case_once_it_has_it (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    assert_null (trial_clock (&trial, "term"));
    trial_must (&trial, "tell", "{\"begins\":\"2026-12-01T00:00:00+08:00\"}");
    assert_true (s_number (trial_clock (&trial, "term"), "anchor") == 1796054400000000LL);
    assert_int_equal (s_number (trial_clock (&trial, "term"), "budget"), 3);
    assert_string_equal (desk_text (trial_clock (&trial, "term"), "unit"), "year");
    trial_close (&trial);
}

static decided_t
s_breach (trial_t *trial, const char *clock, int version)
{
    json_t *rung = json_pack ("{ss sI ss si ss ss sI sI}", "kind", "rung", "case", (json_int_t) 12, "clock",
                              clock, "version", version, "rung", "breach", "level", "red", "due_at",
                              (json_int_t) trial->now, "fired_at", (json_int_t) trial->now);
    return desk_tell (&trial->desk, trial->file, rung);
}

static void
test_a_term_that_ran_out_moves_the_case_unless_it_has_changed_since (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "longer", "{\"days\":5}"); //  the term is of version 2 now
    assert_int_equal (s_breach (&trial, "work", 1), DECIDED_MOVED);
    assert_string_equal (trial.desk.event, "rung"); //  written down, but it means nothing any more
    assert_string_equal (trial.file->state, "open");
    assert_null (case_field (trial.file, "work_breached"));
    assert_int_equal (s_breach (&trial, "first", 1), DECIDED_MOVED);
    assert_non_null (case_field (trial.file, "first_breached"));
    assert_string_equal (trial.file->state, "open");
    assert_int_equal (s_breach (&trial, "work", 2), DECIDED_MOVED);
    assert_string_equal (trial.file->state, "late");
    assert_string_equal (trial.desk.event, "lapse");
    assert_true (json_is_null (json_object_get (trial.desk.canonical, "actor")));
    assert_string_equal (desk_text (desk_post (&trial.desk, "case_event", NULL), "event"), "lapse");
    trial_close (&trial);
}

static void
test_duban_itself_does_only_what_is_for_the_role_system (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "leave", "{}");
    trial_must (&trial, "lapse", "{}"); //  by hand
    assert_string_equal (trial.file->state, "late");
    trial_close (&trial);
    trial_open (&trial, UNTIL, NULL);
    trial_must_not (&trial, "lapse", "{}", "forbidden");
    assert_int_equal (s_breach (&trial, "unheard", 1), DECIDED_MOVED);
    trial_must (&trial, "leave", "{}");
    assert_int_equal (s_breach (&trial, "work", 9), DECIDED_MOVED); //  it has stopped
    assert_string_equal (trial.file->state, "away");
    trial_close (&trial);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_term_stands_still_in_some_states_and_no_way_out_leaves_it_so),
        cmocka_unit_test (test_a_return_keeps_a_term_or_leaves_a_minimum_or_begins_anew),
        cmocka_unit_test (test_a_move_restarts_terms_though_the_state_stays),
        cmocka_unit_test (test_a_term_is_extended_as_often_as_the_procedure_says_and_only_while_it_runs),
        cmocka_unit_test (test_a_full_ledger_is_never_overrun),
        cmocka_unit_test (test_a_term_runs_until_a_date_of_the_case_and_moves_with_it),
        cmocka_unit_test (test_a_term_runs_from_a_moment_of_the_case_once_it_has_it),
        cmocka_unit_test (test_a_term_that_ran_out_moves_the_case_unless_it_has_changed_since),
        cmocka_unit_test (test_duban_itself_does_only_what_is_for_the_role_system),
    };
    return cmocka_run_group_tests_name ("terms", tests, NULL, NULL);
}
