//  calendar_explain_test - every date explains itself, day by day

#include "common/calendar_explain.h"
#include "tests/unit/calendar_facts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
//
#include <cmocka.h>

static moment_t
s_noon (const calendar_t *calendar, int year, int month, int day)
{
    return calendar_at (calendar, day_from_civil (year, month, day), 720);
}

//  "2026-02-13 working_day 1" for each step
static void
s_expect (const calendar_t *calendar, const term_t *term, const char *due, const char *expected)
{
    json_t *result = calendar_explain (calendar, term, MOMENT_NONE), *step;
    char found[8000] = "";
    size_t index;
    json_array_foreach (json_object_get (result, "steps"), index, step) {
        const char *name = json_string_value (json_object_get (step, "name"));
        snprintf (found + strlen (found), sizeof found - strlen (found), "%s %s%s%s %d%s\n",
                  json_string_value (json_object_get (step, "date")),
                  json_string_value (json_object_get (step, "kind")), name ? " " : "", name ? name : "",
                  (int) json_integer_value (json_object_get (step, "count")),
                  json_object_get (step, "rolled") ? " rolled" : "");
    }
    assert_string_equal (found, expected);
    assert_string_equal (json_string_value (json_object_get (result, "due")), due);
    json_decref (result);
}

static void
test_a_term_over_spring_festival_names_every_day_it_skips (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    term_t term = {
        .anchor = s_noon (calendar, 2026, 2, 12), .budget = 3, .unit = UNIT_WORKING_DAY, .rule = RULE_A
    };
    s_expect (calendar, &term, "2026-02-24",
              "2026-02-12 start 0\n2026-02-13 working_day 1\n2026-02-14 make_up_day 春节 2\n"
              "2026-02-15 holiday 春节 0\n2026-02-16 holiday 春节 0\n2026-02-17 holiday 春节 0\n"
              "2026-02-18 holiday 春节 0\n2026-02-19 holiday 春节 0\n2026-02-20 holiday 春节 0\n"
              "2026-02-21 holiday 春节 0\n2026-02-22 holiday 春节 0\n2026-02-23 holiday 春节 0\n"
              "2026-02-24 working_day 3\n");
    calendar_destroy (&calendar);
}

static void
test_rule_b_moves_a_start_on_a_day_of_rest (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    term_t term = {
        .anchor = s_noon (calendar, 2026, 11, 21), .budget = 1, .unit = UNIT_WORKING_DAY, .rule = RULE_B
    };
    s_expect (calendar, &term, "2026-11-24",
              "2026-11-21 start 0\n2026-11-22 weekend 0 rolled\n2026-11-23 working_day 0 rolled\n"
              "2026-11-24 working_day 1\n");
    term.rule = RULE_A;
    s_expect (calendar, &term, "2026-11-23",
              "2026-11-21 start 0\n2026-11-22 weekend 0\n2026-11-23 working_day 1\n");
    calendar_destroy (&calendar);
}

static void
test_calendar_days_are_counted_and_the_last_one_rolls (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    term_t term = {
        .anchor = s_noon (calendar, 2026, 11, 19), .budget = 2, .unit = UNIT_CALENDAR_DAY, .rule = RULE_A
    };
    s_expect (calendar, &term, "2026-11-23",
              "2026-11-19 start 0\n2026-11-20 calendar_day 1\n2026-11-21 calendar_day 2\n"
              "2026-11-22 weekend 0 rolled\n2026-11-23 working_day 0 rolled\n");
    calendar_destroy (&calendar);
}

static void
test_days_beyond_the_horizon_are_marked_and_long_terms_are_cut (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    term_t term = {
        .anchor = s_noon (calendar, 2026, 12, 30), .budget = 2, .unit = UNIT_WORKING_DAY, .rule = RULE_A
    };
    json_t *result = calendar_explain (calendar, &term, MOMENT_NONE),
           *steps = json_object_get (result, "steps");
    assert_true (json_is_true (json_object_get (result, "provisional")));
    assert_null (json_object_get (json_array_get (steps, 1), "known"));
    assert_true (json_is_false (json_object_get (json_array_get (steps, 2), "known")));
    json_decref (result);
    term.budget = 1000000;
    result = calendar_explain (calendar, &term, MOMENT_NONE);
    assert_int_equal (json_array_size (json_object_get (result, "steps")), EXPLAIN_STEPS);
    assert_true (json_is_true (json_object_get (result, "cut")));
    json_decref (result);
    term.unit = UNIT_MINUTE;
    term.budget = 15;
    result = calendar_explain (calendar, &term, MOMENT_NONE);
    assert_int_equal (json_integer_value (json_object_get (result, "breach_at")),
                      term.anchor + 15 * 60000000LL);
    assert_int_equal (json_array_size (json_object_get (result, "steps")), 0);
    json_decref (result);
    calendar_destroy (&calendar);
}

static void
test_the_last_day_that_is_explained_is_the_due_date_for_every_start_of_twenty_years (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    static const unit_t UNITS[] = { UNIT_WORKING_DAY, UNIT_CALENDAR_DAY };
    for (day_t day = day_from_civil (2007, 1, 1); day < day_from_civil (2027, 1, 1); day++)
        for (int budget = 0; budget <= 15; budget += 5)
            for (int variant = 0; variant < 3; variant++) {
                term_t term = { .anchor = calendar_start_of (calendar, day),
                                .budget = budget,
                                .unit = UNITS[variant / 2],
                                .rule = variant == 1 ? RULE_B : RULE_A };
                json_t *result = calendar_explain (calendar, &term, MOMENT_NONE),
                       *steps = json_object_get (result, "steps");
                json_t *last = json_array_get (steps, json_array_size (steps) - 1);
                assert_string_equal (json_string_value (json_object_get (last, "date")),
                                     json_string_value (json_object_get (result, "due")));
                json_decref (result);
            }
    calendar_destroy (&calendar);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_term_over_spring_festival_names_every_day_it_skips),
        cmocka_unit_test (test_rule_b_moves_a_start_on_a_day_of_rest),
        cmocka_unit_test (test_calendar_days_are_counted_and_the_last_one_rolls),
        cmocka_unit_test (test_days_beyond_the_horizon_are_marked_and_long_terms_are_cut),
        cmocka_unit_test (
            test_the_last_day_that_is_explained_is_the_due_date_for_every_start_of_twenty_years),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
