//  calendar_random_test - the arithmetic against a slow count day by day, under random calendars, both rules

#include "common/calendar.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
//
#include <cmocka.h>

#define QUESTIONS 1200000
#define CALENDARS 60
#define DAYS      1500 //  that a random calendar has facts for

static uint64_t s_seed = 20261123;

static uint32_t
s_random (uint32_t below)
{
    s_seed ^= s_seed << 13;
    s_seed ^= s_seed >> 7;
    s_seed ^= s_seed << 17;
    return (uint32_t) (s_seed >> 33) % below;
}

typedef struct {
    day_t base;
    signed char fact[DAYS]; //  0 none, 1 works, -1 off
    bool known[16];         //  years from 2000
} slow_t;

static bool
slow_works (const slow_t *self, day_t day)
{
    int index = day - self->base;
    if (index >= 0 && index < DAYS && self->fact[index])
        return self->fact[index] > 0;
    return day_weekday (day) < 5;
}

static bool
slow_known (const slow_t *self, day_t day)
{
    char text[11];
    day_text (day, text);
    int year = atoi (text);
    return year >= 2000 && year < 2016 && self->known[year - 2000];
}

static day_t
slow_due (const slow_t *self, day_t start, int count, calendar_rule_t rule, bool *provisional)
{
    day_t day = start;
    *provisional = rule == RULE_B && !slow_known (self, day);
    while (rule == RULE_B && !slow_works (self, day)) {
        day++;
        *provisional = *provisional || !slow_known (self, day);
    }
    while (count) {
        day++;
        *provisional = *provisional || !slow_known (self, day);
        count -= slow_works (self, day);
    }
    return day;
}

static day_t
slow_back (const slow_t *self, day_t day, int count)
{
    while (count)
        count -= slow_works (self, --day);
    return day;
}

static calendar_t *
s_random_calendar (slow_t *slow)
{
    calendar_t *calendar = calendar_new (480);
    *slow = (slow_t){ .base = day_from_civil (2003, 1, 1) + (day_t) s_random (1000) };
    uint32_t density = 2 + s_random (40), working = s_random (100);
    for (int index = 0; index < DAYS; index++)
        if (!s_random (density)) {
            slow->fact[index] = s_random (100) < working ? 1 : -1;
            calendar_add_day (calendar, slow->base + index, slow->fact[index] > 0, "x");
        }
    for (int year = 0; year < 16; year++)
        if (s_random (10)) {
            slow->known[year] = true;
            calendar_add_year (calendar, 2000 + year);
        }
    calendar_index (calendar);
    return calendar;
}

static void
s_ask_one (const calendar_t *calendar, const slow_t *slow)
{
    day_t start = slow->base - 300 + (day_t) s_random (DAYS + 600);
    int count = 1 + (int) s_random (s_random (8) ? 20 : 150);
    calendar_rule_t rule = s_random (2) ? RULE_A : RULE_B;
    bool provisional, expected;
    day_t due = calendar_due (calendar, start, count, rule, &provisional);
    assert_int_equal (due, slow_due (slow, start, count, rule, &expected));
    assert_int_equal (provisional, expected);
    assert_int_equal (calendar_works (calendar, start), slow_works (slow, start));
    assert_true (calendar_works (calendar, due));
    switch (s_random (4)) {
    case 0: //  back again
        assert_int_equal (calendar_shift (calendar, start, -count), slow_back (slow, start, count));
        break;
    case 1: //  between is the inverse of due
        if (rule == RULE_A)
            assert_int_equal (calendar_between (calendar, start, due), count);
        assert_int_equal (calendar_between (calendar, due, start), -calendar_between (calendar, start, due));
        break;
    case 2: //  monotone: a later start or a longer term is never due earlier
        assert_true (calendar_due (calendar, start + 1, count, rule, &expected) >= due);
        assert_true (calendar_due (calendar, start, count + 1, rule, &expected) > due);
        break;
    default: { //  in calendar days
        day_t end = start + count;
        while (!slow_works (slow, end))
            end++;
        assert_int_equal (calendar_due_calendar (calendar, start, count, &expected), end);
    }
    }
}

static void
test_arithmetic_equals_a_count_day_by_day_under_random_calendars (void **state)
{
    (void) state;
    for (int round = 0; round < CALENDARS; round++) {
        slow_t slow;
        calendar_t *calendar = s_random_calendar (&slow);
        for (int question = 0; question < QUESTIONS / CALENDARS; question++)
            s_ask_one (calendar, &slow);
        calendar_destroy (&calendar);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_arithmetic_equals_a_count_day_by_day_under_random_calendars),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
