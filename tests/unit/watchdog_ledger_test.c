//  watchdog_ledger_test - clocks that stand still, are extended, transferred, or have a date from outside

#include "tests/unit/watchdog_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
//
#include <cmocka.h>

//  first_contact of five working days from Monday 2026-03-02 10:00, with a ledger
static deadline_t *
s_clock (const stage_t *stage, int version, json_t *ledger)
{
    const char *problem = NULL;
    json_t *fact = stage_fact (stage, "first_contact", "first_contact", "2026-03-02 10:00", 5);
    json_object_set_new (fact, "version", json_integer (version));
    json_object_set_new (fact, "ledger", ledger);
    deadline_t *clock = deadline_from_fact (fact, "cn", RULE_A, &problem);
    if (!clock)
        fail_msg ("member %s", problem);
    json_decref (fact);
    return clock;
}

static json_t *
s_entry (const stage_t *stage, const char *op, const char *at, int budget)
{
    json_t *entry = json_pack ("{ss sI}", "op", op, "at", (json_int_t) stage_moment (stage, at));
    if (budget)
        json_object_set_new (entry, "budget", json_integer (budget));
    return entry;
}

static void
s_expect_due (const deadline_t *clock, const char *due)
{
    char text[11] = "none";
    if (clock->due_date != DAY_NONE)
        day_text (clock->due_date, text);
    assert_string_equal (text, due);
}

static void
test_a_clock_that_stands_still_reminds_nobody_and_goes_on_where_it_was (void **state)
{
    (void) state;
    stage_t *stage = stage_new ();
    deadline_t *clock = s_clock (stage, 1, json_array ());
    stage_restart (stage, clock, stage_moment (stage, "2026-03-02 10:00"));
    s_expect_due (clock, "2026-03-09");
    stage_run (stage, clock, stage_moment (stage, "2026-03-03 18:00"));
    size_t before = stage->count;
    deadline_destroy (&clock);
    clock = s_clock (stage, 2, json_pack ("[o]", s_entry (stage, "suspend", "2026-03-04 09:00", 0)));
    stage_restart (stage, clock, stage_moment (stage, "2026-03-20 09:00")); //  long after
    s_expect_due (clock, "none");
    assert_true (clock->suspended && clock->breach_at == MOMENT_NONE && clock->next_rung_at == MOMENT_NONE);
    assert_int_equal (stage->count, before);
    assert_false (watchdog_is_stale (clock, &stage->world));
    deadline_destroy (&clock);
    clock = s_clock (stage, 3,
                     json_pack ("[oo]", s_entry (stage, "suspend", "2026-03-04 09:00", 0),
                                s_entry (stage, "resume", "2026-03-20 15:00", 0)));
    stage_restart (stage, clock, stage_moment (stage, "2026-03-20 15:00"));
    s_expect_due (clock, "2026-03-26");      //  the 3rd; then 23, 24, 25, 26
    assert_int_equal (stage->count, before); //  nothing that was due meanwhile is told now
    char next[20];
    stage_text (stage, clock->next_rung_at, next);
    assert_string_equal (next, "2026-03-24 08:30"); //  D3: its third day
    stage_run (stage, clock, stage_moment (stage, "2026-03-27 00:00"));
    assert_non_null (stage_shot (stage, "breach", stage_moment (stage, "2026-03-27 00:00")));
    deadline_destroy (&clock);
    stage_destroy (&stage);
}

static void
test_a_breach_before_the_suspension_is_recorded_though_nobody_looked (void **state)
{
    (void) state;
    stage_t *stage = stage_new ();
    deadline_t *clock =
        s_clock (stage, 1, json_pack ("[o]", s_entry (stage, "suspend", "2026-03-12 09:00", 0)));
    stage_restart (stage, clock, stage_moment (stage, "2026-03-12 10:00"));
    s_expect_due (clock, "2026-03-09");
    assert_true (clock->suspended && clock->next_rung_at == MOMENT_NONE);
    assert_int_equal (stage->count, 1);
    assert_non_null (stage_shot (stage, "breach", stage_moment (stage, "2026-03-10 00:00")));
    deadline_destroy (&clock);
    stage_destroy (&stage);
}

static void
test_an_extension_after_the_breach_arms_the_ladder_anew_and_erases_nothing (void **state)
{
    (void) state;
    stage_t *stage = stage_new ();
    deadline_t *clock = s_clock (stage, 1, json_array ());
    stage_restart (stage, clock, stage_moment (stage, "2026-03-02 10:00"));
    stage_run (stage, clock, stage_moment (stage, "2026-03-10 09:00"));
    moment_t first = stage_moment (stage, "2026-03-10 00:00"),
             second = stage_moment (stage, "2026-03-17 00:00");
    assert_non_null (stage_shot (stage, "breach", first));
    deadline_destroy (&clock);
    clock = s_clock (stage, 2, json_pack ("[o]", s_entry (stage, "extend", "2026-03-10 15:00", 5)));
    stage_restart (stage, clock, stage_moment (stage, "2026-03-10 15:00"));
    s_expect_due (clock, "2026-03-16");
    stage_run (stage, clock, second);
    assert_non_null (stage_shot (stage, "breach", first));
    assert_non_null (stage_shot (stage, "breach", second));
    deadline_destroy (&clock);
    stage_destroy (&stage);
}

static void
test_a_fact_with_a_wrong_ledger_or_without_its_date_is_refused (void **state)
{
    (void) state;
    stage_t *stage = stage_new ();
    static const char *const CASES[][3] = {
        { "ledger", "[{\"op\": \"stop\", \"at\": 1}]", "ledger" },
        { "ledger", "7", "ledger" },
        { "unit", "\"until\"", "due_at" },
        { "unit", "\"fortnight\"", "unit" },
        { "earlier", "-1", "earlier" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        const char *problem = NULL;
        json_t *fact = stage_fact (stage, "first_contact", "first_contact", "2026-03-02 10:00", 5);
        json_object_set_new (fact, CASES[index][0], json_loads (CASES[index][1], JSON_DECODE_ANY, NULL));
        assert_null (deadline_from_fact (fact, "cn", RULE_A, &problem));
        assert_string_equal (problem, CASES[index][2]);
        json_decref (fact);
    }
    stage_destroy (&stage);
}

static void
test_a_date_from_outside_is_met_a_working_day_earlier_inside (void **state)
{
    (void) state;
    stage_t *stage = stage_new ();
    const char *problem = NULL;
    json_t *fact = stage_fact (stage, "first_contact", "first_contact", "2026-03-02 10:00", 0);
    json_object_set_new (fact, "unit", json_string ("until"));
    json_object_set_new (fact, "due_at", json_integer (stage_moment (stage, "2026-03-14 00:00")));
    json_object_set_new (fact, "earlier", json_integer (1));
    deadline_t *clock = deadline_from_fact (fact, "cn", RULE_A, &problem);
    assert_non_null (clock);
    stage_restart (stage, clock, stage_moment (stage, "2026-03-02 10:00"));
    s_expect_due (clock, "2026-03-12");
    deadline_destroy (&clock);
    json_decref (fact);
    stage_destroy (&stage);
}

static void
test_rungs_may_be_told_by_the_clock_and_by_calendar_days (void **state)
{
    (void) state;
    static const struct {
        const char *text;
        when_base_t base;
        int days, minutes;
    } GOOD[] = { { "due-30m", WHEN_DUE_TIME, 0, -30 },
                 { "due+2h", WHEN_DUE_TIME, 0, 120 },
                 { "start+10m", WHEN_START_TIME, 0, 10 },
                 { "due-180d 08:30", WHEN_DUE_DAY, -180, 510 } };
    static const char *const WRONG[] = { "due",      "due-",           "due-5",    "due-5s",
                                         "start-5m", "start+1d 08:30", "due-180d", "due-180d 08:30 every 5",
                                         "due*5m",   "start" };
    for (size_t index = 0; index < sizeof GOOD / sizeof *GOOD; index++) {
        when_t when;
        assert_true (when_parse (GOOD[index].text, &when));
        assert_true (when.base == GOOD[index].base && when.days == GOOD[index].days &&
                     when.minutes == GOOD[index].minutes);
    }
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++) {
        when_t when;
        if (when_parse (WRONG[index], &when))
            fail_msg ("%s was read", WRONG[index]);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_clock_that_stands_still_reminds_nobody_and_goes_on_where_it_was),
        cmocka_unit_test (test_a_breach_before_the_suspension_is_recorded_though_nobody_looked),
        cmocka_unit_test (test_an_extension_after_the_breach_arms_the_ladder_anew_and_erases_nothing),
        cmocka_unit_test (test_a_fact_with_a_wrong_ledger_or_without_its_date_is_refused),
        cmocka_unit_test (test_a_date_from_outside_is_met_a_working_day_earlier_inside),
        cmocka_unit_test (test_rungs_may_be_told_by_the_clock_and_by_calendar_days),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
