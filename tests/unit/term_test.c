//  term_test - hand-checked ends of terms: units, suspensions, extensions, transfers, fixed dates, the close
//
//  March 2026: the 2nd is a Monday, no holidays. Spring Festival 2026: 15 to 23 February off, the Saturdays 14
//  and 28 are worked.

#include "common/term_ledger.h"
#include "tests/unit/calendar_facts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
//
#include <cmocka.h>

#define MINUTE_US 60000000LL

//  "2026-03-04 10:00"
static moment_t
s_moment (const calendar_t *calendar, const char *text)
{
    char date[11];
    int hours = 0, minutes = 0;
    day_t day = 0;
    snprintf (date, sizeof date, "%s", text);
    if (!day_parse (date, &day) || sscanf (text + 10, " %2d:%2d", &hours, &minutes) == 1)
        fail_msg ("not a moment: %s", text);
    return calendar_at (calendar, day, hours * 60 + minutes);
}

//  "suspend 2026-03-04 10:00; extend 2026-03-05 09:00 5"
static size_t
s_ledger (const calendar_t *calendar, const char *text, ledger_entry_t entries[LEDGER_MOST])
{
    size_t count = 0;
    for (const char *at = text; at && *at; at = strchr (at, ';') ? strchr (at, ';') + 2 : NULL) {
        char op[12], date[12], time[8];
        ledger_entry_t *entry = &entries[count++];
        assert_true (sscanf (at, "%11s %11s %7[0-9:] %9d", op, date, time, &entry->budget) >= 3);
        char moment[24];
        snprintf (moment, sizeof moment, "%s %s", date, time);
        entry->at = s_moment (calendar, moment);
        while (strcmp (ledger_op_text (entry->op), op))
            entry->op++;
    }
    return count;
}

typedef struct {
    const char *why;
    unit_t unit;
    calendar_rule_t rule;
    int budget;
    const char *anchor, *ledger;
    const char *due;    //  NULL: none
    const char *breach; //  NULL: the end of the due day, or none
} case_t;

static void
s_moment_text (const calendar_t *calendar, moment_t moment, char text[32])
{
    if (moment == MOMENT_NONE) {
        strcpy (text, "none");
        return;
    }
    day_t day = calendar_day_of (calendar, moment);
    int minutes = (int) ((moment - calendar_start_of (calendar, day)) / MINUTE_US);
    char date[11];
    day_text (day, date);
    snprintf (text, 32, "%s %02d:%02d", date, minutes / 60, minutes % 60);
}

static void
s_expect_end (const calendar_t *calendar, const term_t *term, const case_t *one)
{
    char due[11] = "none", breach[32], wanted[32] = "none";
    term_end_t end = term_end (calendar, term);
    if (end.due_date != DAY_NONE)
        day_text (end.due_date, due);
    s_moment_text (calendar, end.breach_at, breach);
    if (one->breach)
        strcpy (wanted, one->breach);
    else if (one->due) {
        day_t day = 0;
        day_parse (one->due, &day);
        s_moment_text (calendar, calendar_end_of (calendar, day), wanted);
    }
    if (strcmp (due, one->due ? one->due : "none") || strcmp (breach, wanted))
        fail_msg ("%s: due %s breach %s instead of %s, %s", one->why, due, breach,
                  one->due ? one->due : "none", wanted);
}

static void
s_expect_all (const calendar_t *calendar, const case_t *cases, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        ledger_entry_t entries[LEDGER_MOST] = { 0 };
        const case_t *one = &cases[index];
        term_t term = { .anchor = s_moment (calendar, one->anchor),
                        .budget = one->budget,
                        .unit = one->unit,
                        .rule = one->rule,
                        .ledger = entries,
                        .ledger_count = s_ledger (calendar, one->ledger, entries) };
        s_expect_end (calendar, &term, one);
    }
}

#define COUNT(table) (sizeof table / sizeof *table)
#define WD           UNIT_WORKING_DAY
#define MONDAY       "2026-03-02 10:00"

static void
test_working_days_with_a_ledger (void **state)
{
    (void) state;
    static const case_t CASES[] = {
        { "plain", WD, RULE_A, 5, MONDAY, "", "2026-03-09", NULL },
        { "suspended over a weekend", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-04 10:00; resume 2026-03-09 15:00", "2026-03-13", NULL },
        { "an hour of a day is the day", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-04 10:00; resume 2026-03-04 11:00", "2026-03-10", NULL },
        { "twice suspended, twice resumed", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-04 10:00; suspend 2026-03-05 10:00; resume 2026-03-09 15:00; resume 2026-03-10 15:00",
          "2026-03-13", NULL },
        { "resumed without a suspension", WD, RULE_A, 5, MONDAY, "resume 2026-03-04 10:00", "2026-03-09",
          NULL },
        { "written down in another order", WD, RULE_A, 5, MONDAY,
          "resume 2026-03-09 15:00; suspend 2026-03-04 10:00", "2026-03-13", NULL },
        { "suspended on the day of the event", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-02 11:00; resume 2026-03-02 12:00", "2026-03-09", NULL },
        { "suspended before it began", WD, RULE_A, 5, MONDAY,
          "suspend 2026-02-27 11:00; resume 2026-03-03 12:00", "2026-03-10", NULL },
        { "suspended on the last day", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-09 08:00; resume 2026-03-20 08:00", "2026-03-23", NULL },
        { "never resumed", WD, RULE_A, 5, MONDAY, "suspend 2026-03-09 23:50", NULL, NULL },
        { "suspended after the end", WD, RULE_A, 5, MONDAY, "suspend 2026-03-10 00:00", "2026-03-09", NULL },
        { "resumed on a Saturday, rule A", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-04 10:00; resume 2026-03-07 10:00", "2026-03-12", NULL },
        { "resumed on a Saturday, rule B", WD, RULE_B, 5, MONDAY,
          "suspend 2026-03-04 10:00; resume 2026-03-07 10:00", "2026-03-13", NULL },
        { "over Spring Festival", WD, RULE_A, 5, "2026-02-12 09:00", "", "2026-02-26", NULL },
        { "suspended on a worked Saturday", WD, RULE_A, 5, "2026-02-12 09:00",
          "suspend 2026-02-14 09:00; resume 2026-02-24 10:00", "2026-02-28", NULL },
        { "suspended over the holiday only", WD, RULE_A, 5, "2026-02-12 09:00",
          "suspend 2026-02-15 09:00; resume 2026-02-23 10:00", "2026-02-26", NULL },
        { "nothing to count, suspended at once", WD, RULE_A, 0, MONDAY,
          "suspend 2026-03-02 11:00; resume 2026-03-05 12:00", "2026-03-06", NULL },
    };
    calendar_t *calendar = calendar_of_china ();
    s_expect_all (calendar, CASES, COUNT (CASES));
    calendar_destroy (&calendar);
}

static void
test_extensions_and_transfers (void **state)
{
    (void) state;
    static const case_t CASES[] = {
        { "extended in time", WD, RULE_A, 5, MONDAY, "extend 2026-03-05 10:00 5", "2026-03-16", NULL },
        { "extended after the end: from the old end", WD, RULE_A, 5, MONDAY, "extend 2026-03-12 10:00 5",
          "2026-03-16", NULL },
        { "extended while it stood still", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-04 10:00; extend 2026-03-05 10:00 1; resume 2026-03-09 15:00", "2026-03-16",
          NULL },
        { "twice", WD, RULE_A, 5, MONDAY, "extend 2026-03-05 10:00 2; extend 2026-03-06 10:00 3",
          "2026-03-16", NULL },
        { "transferred, two days remain", WD, RULE_A, 5, MONDAY, "floor 2026-03-06 16:00 2", "2026-03-10",
          NULL },
        { "transferred, more remain", WD, RULE_A, 5, MONDAY, "floor 2026-03-03 16:00 2", "2026-03-09", NULL },
        { "transferred, then extended", WD, RULE_A, 5, MONDAY,
          "floor 2026-03-06 16:00 2; extend 2026-03-09 09:00 3", "2026-03-13", NULL },
        { "extended, then transferred", WD, RULE_A, 5, MONDAY,
          "extend 2026-03-04 09:00 3; floor 2026-03-06 16:00 2", "2026-03-12", NULL },
        { "transferred after the end", WD, RULE_A, 5, MONDAY, "floor 2026-03-16 10:00 2", "2026-03-18",
          NULL },
        { "transferred while it stood still", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-05 10:00; floor 2026-03-06 16:00 4; resume 2026-03-10 10:00", "2026-03-16", NULL },
        { "transferred on a Saturday, rule A", WD, RULE_A, 5, MONDAY, "floor 2026-03-07 10:00 2",
          "2026-03-10", NULL },
        { "transferred on a Saturday, rule B", WD, RULE_B, 5, MONDAY, "floor 2026-03-07 10:00 2",
          "2026-03-11", NULL },
        { "back and forth: the floors do not add up", WD, RULE_A, 5, MONDAY,
          "floor 2026-03-06 09:00 2; floor 2026-03-06 15:00 2", "2026-03-10", NULL },
    };
    calendar_t *calendar = calendar_of_china ();
    s_expect_all (calendar, CASES, COUNT (CASES));
    calendar_destroy (&calendar);
}

static void
test_calendar_days_months_and_years (void **state)
{
    (void) state;
    static const unit_t CD = UNIT_CALENDAR_DAY;
    const case_t CASES[] = {
        { "rolls over Spring Festival", CD, RULE_A, 5, "2026-02-10 09:00", "", "2026-02-24", NULL },
        { "stands still on the way, and on the day", CD, RULE_A, 5, "2026-02-10 09:00",
          "suspend 2026-02-16 09:00; resume 2026-02-24 09:00", "2026-02-25", NULL },
        { "stands still on the way only", CD, RULE_A, 5, "2026-02-10 09:00",
          "suspend 2026-02-16 09:00; resume 2026-02-20 09:00", "2026-02-24", NULL },
        { "stops on the way", CD, RULE_A, 5, "2026-02-10 09:00", "suspend 2026-02-16 09:00", NULL, NULL },
        { "three days stood still", CD, RULE_A, 7, MONDAY,
          "suspend 2026-03-04 09:00; resume 2026-03-06 09:00", "2026-03-12", NULL },
        { "extended over a weekend", CD, RULE_A, 7, MONDAY, "extend 2026-03-04 09:00 5", "2026-03-16", NULL },
        { "a month from the 31st", UNIT_MONTH, RULE_A, 1, "2026-01-31 09:00", "", "2026-02-28", NULL },
        { "two, by an extension", UNIT_MONTH, RULE_A, 1, "2026-01-31 09:00", "extend 2026-02-20 09:00 1",
          "2026-03-31", NULL },
        { "over the turn of the year", UNIT_MONTH, RULE_A, 3, "2025-11-30 09:00", "", "2026-02-28", NULL },
        { "three days stood still", UNIT_MONTH, RULE_A, 1, "2026-01-31 09:00",
          "suspend 2026-02-10 09:00; resume 2026-02-12 09:00", "2026-03-03", NULL },
        { "at least a month after a transfer", UNIT_MONTH, RULE_A, 2, "2026-01-31 09:00",
          "floor 2026-03-15 09:00 1", "2026-04-15", NULL },
        { "a term of office does not roll", UNIT_YEAR, RULE_A, 3, "2026-11-24 09:00", "", "2029-11-24",
          NULL },
        { "to a Saturday", UNIT_YEAR, RULE_A, 1, "2026-11-28 09:00", "", "2027-11-28", NULL },
        { "from a leap day", UNIT_YEAR, RULE_A, 1, "2024-02-29 09:00", "", "2025-02-28", NULL },
        { "to a leap day", UNIT_YEAR, RULE_A, 4, "2024-02-29 09:00", "", "2028-02-29", NULL },
    };
    calendar_t *calendar = calendar_of_china ();
    s_expect_all (calendar, CASES, COUNT (CASES));
    calendar_destroy (&calendar);
}

static void
test_hours_minutes_and_office_hours (void **state)
{
    (void) state;
    static const unit_t HOUR = UNIT_HOUR, OFFICE = UNIT_OFFICE_HOUR;
    const case_t CASES[] = {
        { "a day and a night", HOUR, RULE_A, 24, MONDAY, "", NULL, "2026-03-03 10:00" },
        { "stood still for six hours", HOUR, RULE_A, 24, MONDAY,
          "suspend 2026-03-02 12:00; resume 2026-03-02 18:00", NULL, "2026-03-03 16:00" },
        { "stood still at the very end: too late", HOUR, RULE_A, 24, MONDAY, "suspend 2026-03-03 10:00", NULL,
          "2026-03-03 10:00" },
        { "stood still before the end", HOUR, RULE_A, 24, MONDAY, "suspend 2026-03-03 09:59", NULL, NULL },
        { "a call", UNIT_MINUTE, RULE_A, 15, "2026-02-17 23:50", "", NULL, "2026-02-18 00:05" },
        { "a call handed over", UNIT_MINUTE, RULE_A, 15, "2026-02-17 23:50", "floor 2026-02-18 00:00 10",
          NULL, "2026-02-18 00:10" },
        { "over the night", OFFICE, RULE_A, 8, "2026-03-02 16:00", "", NULL, "2026-03-03 16:30" },
        { "over the weekend", OFFICE, RULE_A, 1, "2026-03-06 17:30", "", NULL, "2026-03-09 09:30" },
        { "two whole days end at the close", OFFICE, RULE_A, 15, "2026-03-06 08:00", "", NULL,
          "2026-03-09 17:30" },
        { "from the noon break", OFFICE, RULE_A, 1, "2026-03-06 12:15", "", NULL, "2026-03-06 14:30" },
        { "stood still over noon", OFFICE, RULE_A, 8, "2026-03-02 16:00",
          "suspend 2026-03-03 11:00; resume 2026-03-03 14:00", NULL, "2026-03-04 09:00" },
        { "stood still at night", OFFICE, RULE_A, 8, "2026-03-02 16:00",
          "suspend 2026-03-02 19:00; resume 2026-03-03 08:00", NULL, "2026-03-03 16:30" },
        { "on a worked Saturday", OFFICE, RULE_A, 2, "2026-02-13 16:30", "", NULL, "2026-02-14 09:30" },
        { "over Spring Festival", OFFICE, RULE_A, 8, "2026-02-14 16:30", "", NULL, "2026-02-24 17:00" },
    };
    calendar_t *calendar = calendar_of_china ();
    s_expect_all (calendar, CASES, COUNT (CASES));
    calendar_destroy (&calendar);
}

static void
test_a_date_given_from_outside (void **state)
{
    (void) state;
    static const struct {
        case_t one; //  budget: how many working days earlier
        const char *due_at;
    } CASES[] = {
        { { "as given", UNIT_UNTIL, RULE_A, 0, MONDAY, "", "2026-03-13", "2026-03-14 00:00" },
          "2026-03-14 00:00" },
        { { "a day earlier", UNIT_UNTIL, RULE_A, 1, MONDAY, "", "2026-03-12", NULL }, "2026-03-14 00:00" },
        { { "given for a Sunday", UNIT_UNTIL, RULE_A, 1, MONDAY, "", "2026-03-13", NULL },
          "2026-03-16 00:00" },
        { { "given with an hour", UNIT_UNTIL, RULE_A, 0, MONDAY, "", NULL, "2026-03-13 17:30" },
          "2026-03-13 17:30" },
        { { "comes on its last day", UNIT_UNTIL, RULE_A, 1, "2026-03-13 10:00", "", "2026-03-13", NULL },
          "2026-03-14 00:00" },
        { { "and with an hour", UNIT_UNTIL, RULE_A, 1, "2026-03-13 10:00", "", "2026-03-13",
            "2026-03-13 17:30" },
          "2026-03-13 17:30" },
        { { "comes too late", UNIT_UNTIL, RULE_A, 1, "2026-03-17 10:00", "", "2026-03-13", NULL },
          "2026-03-14 00:00" },
        { { "is not suspended here", UNIT_UNTIL, RULE_A, 1, MONDAY,
            "suspend 2026-03-04 09:00; floor 2026-03-12 09:00 9", "2026-03-12", NULL },
          "2026-03-14 00:00" },
        { { "extended", UNIT_UNTIL, RULE_A, 1, MONDAY, "extend 2026-03-04 09:00 3", "2026-03-17", NULL },
          "2026-03-14 00:00" },
    };
    calendar_t *calendar = calendar_of_china ();
    for (size_t index = 0; index < COUNT (CASES); index++) {
        ledger_entry_t entries[LEDGER_MOST] = { 0 };
        const case_t *one = &CASES[index].one;
        term_t term = { .anchor = s_moment (calendar, one->anchor),
                        .unit = UNIT_UNTIL,
                        .due_at = s_moment (calendar, CASES[index].due_at),
                        .earlier = one->budget,
                        .ledger = entries,
                        .ledger_count = s_ledger (calendar, one->ledger, entries) };
        s_expect_end (calendar, &term, one);
        assert_false (term_end (calendar, &term).suspended);
    }
    calendar_destroy (&calendar);
}

static void
test_a_calendar_may_end_its_days_at_the_close_of_business (void **state)
{
    (void) state;
    static const case_t CASES[] = {
        { "ends at 17:30", WD, RULE_A, 5, MONDAY, "", "2026-03-09", "2026-03-09 17:30" },
        { "begins after the close", WD, RULE_A, 1, "2026-03-02 18:00", "", "2026-03-03", "2026-03-03 17:30" },
        { "suspended after the close: too late", WD, RULE_A, 5, MONDAY, "suspend 2026-03-09 17:30",
          "2026-03-09", "2026-03-09 17:30" },
        { "suspended before it", WD, RULE_A, 5, MONDAY, "suspend 2026-03-09 17:20; resume 2026-03-10 09:00",
          "2026-03-11", "2026-03-11 17:30" },
        { "stood still between close and midnight", WD, RULE_A, 5, MONDAY,
          "suspend 2026-03-05 18:00; resume 2026-03-05 19:00", "2026-03-09", "2026-03-09 17:30" },
        { "on the same day", WD, RULE_A, 0, MONDAY, "", "2026-03-02", "2026-03-02 17:30" },
        { "on the same day, which is over", WD, RULE_A, 0, "2026-03-02 18:00", "", "2026-03-03",
          "2026-03-03 17:30" },
        { "in hours it does not matter", UNIT_HOUR, RULE_A, 24, MONDAY, "", NULL, "2026-03-03 10:00" },
    };
    calendar_t *calendar = calendar_of_china ();
    calendar_set_close (calendar, 17 * 60 + 30);
    s_expect_all (calendar, CASES, COUNT (CASES));
    calendar_destroy (&calendar);
}

static void
test_what_is_left_stands_still_with_the_term (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    ledger_entry_t entries[LEDGER_MOST] = { 0 };
    term_t term = { .anchor = s_moment (calendar, MONDAY), .budget = 5, .unit = WD, .ledger = entries };
    term.ledger_count = s_ledger (calendar, "suspend 2026-03-04 10:00", entries);
    static const struct {
        const char *now;
        int left;
    } LEFT[] = { { "2026-03-02 12:00", 5 },
                 { "2026-03-03 12:00", 4 },
                 { "2026-03-04 12:00", 4 },
                 { "2026-03-20 12:00", 4 } };
    for (size_t index = 0; index < COUNT (LEFT); index++)
        assert_int_equal (term_left (calendar, &term, s_moment (calendar, LEFT[index].now)),
                          LEFT[index].left);
    assert_true (term_end (calendar, &term).suspended);
    term.ledger_count = s_ledger (calendar, "suspend 2026-03-04 10:00; resume 2026-03-09 15:00", entries);
    assert_int_equal (term_left (calendar, &term, s_moment (calendar, "2026-03-13 12:00")), 0);
    assert_int_equal (term_left (calendar, &term, s_moment (calendar, "2026-03-17 12:00")), -2);
    term.unit = UNIT_OFFICE_HOUR;
    term.ledger_count = 0;
    assert_int_equal (term_left (calendar, &term, s_moment (calendar, "2026-03-02 12:30")),
                      3 * 60 * MINUTE_US);
    assert_int_equal (term_total (calendar, &term), 5 * 60 * MINUTE_US);
    calendar_destroy (&calendar);
}

static void
test_the_largest_terms_stay_within_bounds (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    ledger_entry_t entries[LEDGER_MOST];
    for (size_t index = 0; index < LEDGER_MOST; index++)
        entries[index] = (ledger_entry_t){ .op = LEDGER_EXTEND, .at = 0, .budget = TERM_MOST };
    for (unit_t unit = UNIT_WORKING_DAY; unit <= UNIT_UNTIL; unit++) {
        term_t term = { .anchor = s_moment (calendar, MONDAY),
                        .budget = TERM_MOST,
                        .unit = unit,
                        .ledger = entries,
                        .ledger_count = LEDGER_MOST,
                        .due_at = s_moment (calendar, MONDAY),
                        .earlier = 1000 };
        assert_true (term_end (calendar, &term).breach_at > term.anchor);
    }
    calendar_destroy (&calendar);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_working_days_with_a_ledger),
        cmocka_unit_test (test_extensions_and_transfers),
        cmocka_unit_test (test_calendar_days_months_and_years),
        cmocka_unit_test (test_hours_minutes_and_office_hours),
        cmocka_unit_test (test_a_date_given_from_outside),
        cmocka_unit_test (test_a_calendar_may_end_its_days_at_the_close_of_business),
        cmocka_unit_test (test_what_is_left_stands_still_with_the_term),
        cmocka_unit_test (test_the_largest_terms_stay_within_bounds),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
