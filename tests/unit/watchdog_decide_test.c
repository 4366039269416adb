//  watchdog_decide_test - the ladders that are shipped, on known dates; stops, extensions, outages

#include "tests/unit/watchdog_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
//
#include <cmocka.h>

static int
s_setup (void **state)
{
    *state = stage_new ();
    return 0;
}

static int
s_teardown (void **state)
{
    stage_t *stage = *state;
    stage_destroy (&stage);
    return 0;
}

//  expected: "rung date time" each, ended by NULL
static void
s_expect_shots (const stage_t *self, const char *const *expected)
{
    char wanted[4000] = "";
    for (; *expected; expected++)
        snprintf (wanted + strlen (wanted), sizeof wanted - strlen (wanted), "%s\n", *expected);
    assert_string_equal (stage_list (self), wanted);
}

static void
s_expect_ladder (stage_t *self, deadline_t *clock, const char *until, const char *const *expected)
{
    assert_null (stage_restart (self, clock, clock->anchor));
    stage_run (self, clock, stage_moment (self, until));
    s_expect_shots (self, expected);
    stage_clear (self);
    deadline_destroy (&clock);
}

//  --------------------------------------------------------------------------
//  Known dates

static void
test_first_contact_over_spring_festival_skips_the_holiday_and_counts_worked_weekends (void **state)
{
    static const char *const EXPECTED[] = { "D0 2026-02-12 10:00",       "D0-phone 2026-02-13 17:00",
                                            "D3 2026-02-24 08:30",       "D5 2026-02-26 08:30",
                                            "D5-phone 2026-02-26 11:30", "breach 2026-02-27 00:00",
                                            "D6 2026-02-27 08:30",       "D8 2026-03-02 08:30",
                                            "D11 2026-03-03 17:00",      "weekly.1 2026-03-12 08:30",
                                            "weekly.2 2026-03-19 08:30", NULL };
    s_expect_ladder (*state, stage_clock (*state, "first_contact", "first_contact", "2026-02-12 10:00", 5),
                     "2026-03-20 00:00", EXPECTED);
}

static void
test_handling_of_fifteen_days_climbs_every_rung (void **state)
{
    static const char *const EXPECTED[] = { "half 2026-11-11 08:30",
                                            "H-5 2026-11-16 08:30",
                                            "H-1 2026-11-20 08:30",
                                            "H-1-phone 2026-11-20 11:30",
                                            "breach 2026-11-24 00:00",
                                            "H+1 2026-11-24 08:30",
                                            "told 2026-11-24 08:30",
                                            "H+3 2026-11-26 08:30",
                                            "H+6 2026-11-27 17:00",
                                            "H+11 2026-12-08 08:30",
                                            "weekly.1 2026-12-15 08:30",
                                            "weekly.2 2026-12-22 08:30",
                                            NULL };
    s_expect_ladder (*state, stage_clock (*state, "handling", "handling", "2026-11-02 09:00", 15),
                     "2026-12-23 00:00", EXPECTED);
}

static void
test_a_short_term_is_reminded_two_days_before_instead_of_five (void **state)
{
    static const char *const EXPECTED[] = { "H-2 2026-11-05 08:30", "H-1 2026-11-06 08:30",
                                            "H-1-phone 2026-11-06 11:30", "breach 2026-11-10 00:00", NULL };
    s_expect_ladder (*state, stage_clock (*state, "handling", "handling", "2026-11-02 09:00", 5),
                     "2026-11-10 08:00", EXPECTED);
}

static void
test_a_rung_before_the_clock_ran_is_left_out (void **state)
{
    static const char *const EXPECTED[] = { "breach 2026-11-25 00:00", "H+1 2026-11-25 08:30",
                                            "told 2026-11-25 08:30", NULL };
    s_expect_ladder (*state, stage_clock (*state, "handling", "handling", "2026-11-23 10:00", 1),
                     "2026-11-26 00:00", EXPECTED);
}

static void
test_acceptance_that_began_on_a_saturday_is_due_on_monday (void **state)
{
    static const char *const EXPECTED[] = { "H 2026-11-23 15:30",        "breach 2026-11-24 00:00",
                                            "H+1 2026-11-24 08:30",      "H+3 2026-11-26 08:30",
                                            "weekly.1 2026-12-03 08:30", NULL };
    s_expect_ladder (*state, stage_clock (*state, "acceptance", "acceptance", "2026-11-21 12:00", 1),
                     "2026-12-04 00:00", EXPECTED);
}

static void
test_decision_and_gates_are_asked_for_in_the_afternoon_of_the_last_day (void **state)
{
    static const char *const EXPECTED[] = { "task 2026-09-30 16:00", "H 2026-10-08 15:30",
                                            "breach 2026-10-09 00:00", "H+1 2026-10-09 08:30", NULL };
    s_expect_ladder (*state, stage_clock (*state, "decision", "decision", "2026-09-30 16:00", 1),
                     "2026-10-09 09:00", EXPECTED);
    s_expect_ladder (*state, stage_clock (*state, "review", "gate", "2026-09-30 16:00", 1),
                     "2026-10-09 09:00", EXPECTED);
}

static void
test_the_due_day_ends_at_midnight_and_not_before (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    stage_restart (self, clock, clock->anchor);
    assert_int_equal (clock->breach_at, stage_moment (self, "2026-11-24 00:00"));
    moment_t last = clock->breach_at - 1;
    stage_run (self, clock, last);
    for (size_t index = 0; index < self->count; index++)
        assert_string_not_equal (self->shots[index].rung, "breach");
    stage_restart (self, clock, last); //  nor when all is decided anew
    for (size_t index = 0; index < self->count; index++)
        assert_string_not_equal (self->shots[index].rung, "breach");
    stage_climb (self, clock, clock->breach_at);
    assert_string_equal (self->shots[self->count - 1].rung, "breach");
    assert_null (self->shots[self->count - 1].notice); //  nobody is woken at midnight
    deadline_destroy (&clock);
}

static void
test_minutes_and_hours_end_exactly (void **state)
{
    stage_t *self = *state;
    static const struct {
        const char *unit;
        int budget;
        const char *breach;
    } CASES[] = { { "minute", 15, "2026-11-23 10:15" }, { "hour", 20, "2026-11-24 06:00" } };
    for (size_t index = 0; index < 2; index++) {
        json_t *fact = stage_fact (self, "handling", "handling", "2026-11-23 10:00", CASES[index].budget);
        json_object_set_new (fact, "unit", json_string (CASES[index].unit));
        const char *problem;
        deadline_t *clock = deadline_from_fact (fact, "cn", RULE_A, &problem);
        stage_restart (self, clock, clock->anchor);
        assert_int_equal (clock->due_date, DAY_NONE);
        assert_int_equal (clock->breach_at, stage_moment (self, CASES[index].breach));
        json_decref (fact);
        deadline_destroy (&clock);
    }
}

static void
test_a_date_beyond_the_horizon_is_provisional_and_moves_with_the_calendar (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-12-21 09:00", 15);
    stage_restart (self, clock, clock->anchor);
    assert_true (clock->provisional);
    assert_int_equal (clock->due_date, day_from_civil (2027, 1, 11));
    assert_false (watchdog_is_stale (clock, &self->world));
    calendar_add_year (self->calendar, 2027);
    calendar_add_day (self->calendar, day_from_civil (2027, 1, 1), false, "元旦");
    calendar_index (self->calendar);
    assert_true (watchdog_is_stale (clock, &self->world));
    stage_restart (self, clock, clock->anchor + 1);
    assert_false (clock->provisional);
    assert_int_equal (clock->due_date, day_from_civil (2027, 1, 12));
    assert_false (watchdog_is_stale (clock, &self->world));
    deadline_destroy (&clock);
}

//  --------------------------------------------------------------------------
//  Facts

static void
test_the_higher_version_counts_whatever_came_first (void **state)
{
    stage_t *self = *state;
    deadline_t *one = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    deadline_t *two = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    two->version = 2;
    assert_true (watchdog_supersedes (one, NULL));
    assert_true (watchdog_supersedes (two, one));
    assert_false (watchdog_supersedes (one, two));
    assert_false (watchdog_supersedes (one, one));
    deadline_destroy (&one);
    deadline_destroy (&two);
}

static void
test_a_stop_ends_the_ladder (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    clock->running = false;
    clock->stopped_at = stage_moment (self, "2026-11-10 09:00");
    assert_null (stage_restart (self, clock, stage_moment (self, "2026-12-10 09:00")));
    assert_int_equal (clock->next_rung, -1);
    assert_int_equal (clock->next_rung_at, MOMENT_NONE);
    assert_int_equal (self->count, 0); //  also if nobody looked for a month
    deadline_destroy (&clock);
}

static void
test_a_clock_stopped_after_its_breach_keeps_the_breach_once (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    clock->running = false;
    clock->stopped_at = clock->anchor;
    stage_restart (self, clock, clock->anchor);
    assert_int_equal (self->count, 0);
    clock->stopped_at = stage_moment (self, "2026-11-24 00:00");
    stage_restart (self, clock, stage_moment (self, "2026-11-24 08:00"));
    assert_int_equal (self->count, 1);
    assert_string_equal (self->shots[0].rung, "breach");
    assert_null (self->shots[0].notice);
    stage_restart (self, clock, stage_moment (self, "2026-11-25 08:00"));
    assert_int_equal (self->count, 1);
    clock->stopped_at = clock->breach_at - 1; //  23:59:59 of the last day was in time
    stage_clear (self);
    stage_restart (self, clock, stage_moment (self, "2026-11-25 08:00"));
    assert_int_equal (self->count, 0);
    deadline_destroy (&clock);
}

static void
test_missed_rungs_fire_in_order_at_once_and_a_repeated_one_only_once (void **state)
{
    static const char *const EXPECTED[] = {
        "D0 2026-02-12 10:00",     "D3 2026-02-24 08:30",       "D5 2026-02-26 08:30",
        "breach 2026-02-27 00:00", "D6 2026-02-27 08:30",       "D8 2026-03-02 08:30",
        "D11 2026-03-05 08:30",    "weekly.2 2026-03-19 08:30", NULL //  who is asked now has time to answer
    };
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "first_contact", "first_contact", "2026-02-12 10:00", 5);
    moment_t now = stage_moment (self, "2026-03-20 09:00");
    stage_restart (self, clock, now);
    s_expect_shots (self, EXPECTED);
    for (size_t index = 0; index < self->count; index++) {
        assert_int_equal (self->shots[index].fired_at, now);
        json_t *late =
            json_object_get (json_object_get (self->shots[index].notice, "arguments"), "late_minutes");
        if (self->shots[index].notice)
            assert_int_equal (json_integer_value (late), (now - self->shots[index].due_at) / 60000000);
    }
    assert_int_equal (clock->next_rung_at, stage_moment (self, "2026-03-20 11:30")); //  D5's answer
    deadline_destroy (&clock);
}

static void
test_an_extension_arms_the_rungs_that_moved_and_no_other (void **state)
{
    static const char *const BEFORE[] = { "half 2026-11-11 08:30", "H-5 2026-11-16 08:30", NULL };
    static const char *const AFTER[] = { "half 2026-11-11 08:30",
                                         "H-5 2026-11-16 08:30",
                                         "half 2026-11-16 08:30",
                                         "H-5 2026-11-23 08:30",
                                         "H-1 2026-11-27 08:30",
                                         "H-1-phone 2026-11-27 11:30",
                                         NULL };
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    stage_restart (self, clock, clock->anchor);
    stage_run (self, clock, stage_moment (self, "2026-11-17 00:00"));
    s_expect_shots (self, BEFORE);
    clock->version++; //  the same again: nothing fires twice
    stage_restart (self, clock, stage_moment (self, "2026-11-17 09:00"));
    s_expect_shots (self, BEFORE);
    clock->version++;
    clock->budget = 20;
    stage_restart (self, clock, stage_moment (self, "2026-11-17 10:00"));
    stage_run (self, clock, stage_moment (self, "2026-11-28 00:00"));
    s_expect_shots (self, AFTER);
    deadline_destroy (&clock);
}

static void
test_a_clock_whose_ladder_or_calendar_is_unknown_says_so_and_has_no_next_step (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "no_such", "2026-11-02 09:00", 15);
    assert_string_equal (stage_restart (self, clock, clock->anchor), "no ladder of this name");
    assert_int_equal (clock->next_rung, -1);
    assert_int_equal (clock->due_date, day_from_civil (2026, 11, 23)); //  its date is known all the same
    strcpy (clock->calendar, "xx");
    assert_non_null (watchdog_project (clock, &self->world));
    deadline_destroy (&clock);
}

static void
test_a_fact_that_is_not_one_is_refused_with_the_name_of_the_member (void **state)
{
    stage_t *self = *state;
    static const struct {
        const char *member, *value;
    } WRONG[] = { { "case", "\"12\"" }, { "case", "-1" },          { "version", "null" },
                  { "version", "1e9" }, { "anchor", "-1" },        { "anchor", "9223372036854775807" },
                  { "budget", "-1" },   { "budget", "100000000" }, { "unit", "\"week\"" },
                  { "unit", "3" },      { "running", "1" },        { "stopped_at", "\"now\"" },
                  { "card", "{}" },     { "card", "[]" },          { "name", "\"\"" },
                  { "ladder", "{}" } };
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++) {
        json_t *fact = stage_fact (self, "handling", "handling", "2026-11-02 09:00", 15);
        json_object_set_new (fact, WRONG[index].member,
                             json_loads (WRONG[index].value, JSON_DECODE_ANY, NULL));
        const char *problem = NULL;
        assert_null (deadline_from_fact (fact, "cn", RULE_A, &problem));
        assert_string_equal (problem, WRONG[index].member);
        json_decref (fact);
    }
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST (test_first_contact_over_spring_festival_skips_the_holiday_and_counts_worked_weekends),
        TEST (test_handling_of_fifteen_days_climbs_every_rung),
        TEST (test_a_short_term_is_reminded_two_days_before_instead_of_five),
        TEST (test_a_rung_before_the_clock_ran_is_left_out),
        TEST (test_acceptance_that_began_on_a_saturday_is_due_on_monday),
        TEST (test_decision_and_gates_are_asked_for_in_the_afternoon_of_the_last_day),
        TEST (test_the_due_day_ends_at_midnight_and_not_before),
        TEST (test_minutes_and_hours_end_exactly),
        TEST (test_a_date_beyond_the_horizon_is_provisional_and_moves_with_the_calendar),
        TEST (test_the_higher_version_counts_whatever_came_first),
        TEST (test_a_stop_ends_the_ladder),
        TEST (test_a_clock_stopped_after_its_breach_keeps_the_breach_once),
        TEST (test_missed_rungs_fire_in_order_at_once_and_a_repeated_one_only_once),
        TEST (test_an_extension_arms_the_rungs_that_moved_and_no_other),
        TEST (test_a_clock_whose_ladder_or_calendar_is_unknown_says_so_and_has_no_next_step),
        TEST (test_a_fact_that_is_not_one_is_refused_with_the_name_of_the_member),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
