//  term_random_test - a million random histories of start, suspension, resumption, extension, transfer and new
//  calendars: the arithmetic of common/term against a count day by day
//
//  DUBAN_TEST_HISTORIES and DUBAN_TEST_SEED change how many and which.

#include "common/calendar_explain.h"
#include "tests/unit/term_slow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
//
#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#define HISTORIES 100000
#else
#define HISTORIES 1000000
#endif
#define ROUNDS    100  //  calendars
#define FACTS     1000 //  days that differ
#define ENTRIES   8
#define MINUTE_US 60000000LL

static uint64_t s_seed = 20261124;

static uint32_t
s_random (uint32_t below)
{
    s_seed ^= s_seed << 13;
    s_seed ^= s_seed >> 7;
    s_seed ^= s_seed << 17;
    return (uint32_t) (s_seed >> 33) % below;
}

static long
s_setting (const char *name, long usual)
{
    const char *text = getenv (name);
    return text ? atol (text) : usual;
}

//  --------------------------------------------------------------------------
//  Worlds

//  The same facts in both: as an array, and as a calendar
static calendar_t *
s_random_world (slow_t *slow)
{
    calendar_t *calendar = calendar_new (480);
    *slow = (slow_t){ .base = day_from_civil (2003, 1, 1), .offset = 480 };
    slow->close = s_random (3) ? 1440 : SLOW_CLOSE;
    calendar_set_close (calendar, slow->close);
    bool known[40];
    for (int year = 0; year < 40; year++) {
        known[year] = s_random (8);
        if (known[year])
            calendar_add_year (calendar, 2000 + year);
    }
    uint32_t density = 2 + s_random (30), working = s_random (100);
    for (int index = 0; index < SLOW_DAYS; index++) {
        int year, month, day;
        day_to_civil (slow->base + index, &year, &month, &day);
        slow->known[index] = known[year - 2000];
        slow->of_month[index] = day;
        slow->works[index] = (index + 2) % 7 < 5; //  2003-01-01 was a Wednesday
        if (index > 200 && index < 200 + FACTS && !s_random (density)) {
            slow->works[index] = s_random (100) < working;
            calendar_add_day (calendar, slow->base + index, slow->works[index], "x");
        }
    }
    calendar_index (calendar);
    return calendar;
}

//  --------------------------------------------------------------------------
//  Histories

typedef struct {
    term_t term;
    ledger_entry_t ledger[ENTRIES + 2];
} history_t;

//  A moment of a day: often one at an edge
static moment_t
s_random_moment (const slow_t *slow, int64_t day)
{
    static const int EDGES[] = { 0, 10, 510, 720, 810, 1040, 1050, 1060, 1430 };
    int minutes = s_random (3) ? EDGES[s_random (9)] : (int) s_random (144) * 10;
    return slow_midnight (slow, day) + minutes * MINUTE_US;
}

static int
s_random_budget (unit_t unit, uint32_t scale)
{
    static const uint32_t MOST[] = { 20, 25, 40, 60, 30, 9, 2, 5 };
    int budget = s_random (10) ? (int) s_random (MOST[unit] / scale + 1) : 0;
    return unit == UNIT_MINUTE ? budget * 10 : budget;
}

static unit_t
s_random_unit (void)
{
    uint32_t at = s_random (100);
    return at < 50   ? UNIT_WORKING_DAY
           : at < 72 ? UNIT_CALENDAR_DAY
           : at < 78 ? UNIT_HOUR
           : at < 82 ? UNIT_MINUTE
           : at < 88 ? UNIT_OFFICE_HOUR
           : at < 90 ? UNIT_MONTH
           : at < 91 ? UNIT_YEAR
                     : UNIT_UNTIL;
}

static void
s_random_history (history_t *self, const slow_t *slow)
{
    unit_t unit = s_random_unit ();
    int64_t day = (int64_t) slow->base + 150 + s_random (FACTS);
    bool by_days = unit_is_day (unit);
    *self = (history_t){ .term = { .unit = unit, .rule = s_random (2) ? RULE_A : RULE_B } };
    self->term.anchor = s_random_moment (slow, day);
    self->term.budget = s_random_budget (unit, 1);
    self->term.due_at = s_random_moment (slow, day + s_random (20));
    self->term.earlier = (int) s_random (4);
    self->term.ledger = self->ledger;
    self->term.ledger_count = s_random (ENTRIES + 1);
    for (size_t index = 0; index < self->term.ledger_count; index++) {
        static const ledger_op_t OPS[] = { LEDGER_SUSPEND, LEDGER_RESUME, LEDGER_SUSPEND,
                                           LEDGER_RESUME,  LEDGER_EXTEND, LEDGER_FLOOR };
        int64_t at = day - 1 + s_random (by_days ? 26 : 5);
        self->ledger[index] = (ledger_entry_t){ .op = OPS[s_random (6)], .at = s_random_moment (slow, at) };
        if (self->ledger[index].op >= LEDGER_EXTEND)
            self->ledger[index].budget = s_random_budget (unit, 2);
    }
}

//  --------------------------------------------------------------------------
//  Comparing

static void
s_show (const history_t *self, const char *what)
{
    print_message ("%s: unit %s rule %s budget %d anchor %lld due_at %lld earlier %d\n", what,
                   unit_text (self->term.unit), self->term.rule ? "B" : "A", self->term.budget,
                   (long long) self->term.anchor, (long long) self->term.due_at, self->term.earlier);
    for (size_t index = 0; index < self->term.ledger_count; index++)
        print_message ("  op %d at %+.4f days budget %d\n", self->ledger[index].op,
                       (double) (self->ledger[index].at - self->term.anchor) / 86400e6,
                       self->ledger[index].budget);
}

static bool
s_any_unknown (const slow_t *slow, int64_t from, int64_t to)
{
    for (; from <= to; from++)
        if (!slow->known[from - slow->base])
            return true;
    return false;
}

static bool
s_slow_provisional (const slow_term_t *slow, const term_end_t *end, const slow_walk_t *walk)
{
    const slow_t *world = slow->world;
    int64_t start = slow_day (world, slow->term->anchor);
    switch (slow->term->unit) {
    case UNIT_WORKING_DAY:
        return s_any_unknown (world, start + (slow->term->rule == RULE_A && end->due_date > start),
                              end->due_date);
    case UNIT_CALENDAR_DAY:
        if (!walk->total)
            start += slow->term->anchor >= slow_midnight (world, start) + world->close * MINUTE_US;
        return s_any_unknown (world, walk->total ? walk->days[walk->total - 1] : start, end->due_date);
    case UNIT_OFFICE_HOUR:
        return s_any_unknown (world, start, slow_day (world, end->breach_at));
    default:
        return false;
    }
}

static slow_walk_t s_walk;

static term_end_t
s_slow_end (const slow_term_t *slow)
{
    term_end_t end = { .due_date = DAY_NONE, .breach_at = MOMENT_NONE };
    end.suspended = slow->term->unit != UNIT_UNTIL && slow_stands_after (slow, slow->count);
    if (slow->term->unit == UNIT_UNTIL)
        end.breach_at = slow_until_end (slow, &end.due_date);
    else if (!unit_is_day (slow->term->unit))
        end.breach_at = slow_time_end (slow, &s_walk);
    else {
        end.due_date = slow_day_end (slow, &s_walk);
        if (end.due_date != DAY_NONE)
            end.breach_at = slow_midnight (slow->world, end.due_date) + slow->world->close * MINUTE_US;
    }
    if (end.breach_at != MOMENT_NONE)
        end.provisional = s_slow_provisional (slow, &end, &s_walk);
    return end;
}

//  What is left at a moment: the counted days (or ticks) are listed
static void
s_check_left (const history_t *self, const calendar_t *calendar, const slow_t *slow)
{
    const term_t *term = &self->term;
    bool days = unit_is_day (term->unit);
    moment_t now = term->anchor + s_random (days ? 3000 : 300) * SLOW_TICK;
    int64_t point = days ? slow_day (slow, now) : now, counted = 0;
    if (!s_walk.count || s_walk.days[s_walk.count - 1] <= point)
        return; //  the walk ended before
    while (s_walk.days[counted] <= point)
        counted++;
    int64_t left = (s_walk.total - counted) * (days ? 1 : SLOW_TICK);
    if (term_left (calendar, term, now) != left) {
        s_show (self, "left");
        fail_msg ("%lld left instead of %lld", (long long) term_left (calendar, term, now), (long long) left);
    }
}

static term_end_t
s_check (const history_t *self, const calendar_t *calendar, const slow_t *world)
{
    slow_term_t slow = slow_term (world, &self->term);
    term_end_t found = term_end (calendar, &self->term), wanted = s_slow_end (&slow);
    bool provisional = self->term.unit == UNIT_UNTIL || found.provisional == wanted.provisional;
    if (found.suspended != wanted.suspended || found.due_date != wanted.due_date ||
        found.breach_at != wanted.breach_at || !provisional) {
        s_show (self, "differs");
        fail_msg ("due %d instead of %d, breach %.4f instead of %.4f days, provisional %d instead of %d",
                  found.due_date, wanted.due_date, (double) (found.breach_at - self->term.anchor) / 86400e6,
                  (double) (wanted.breach_at - self->term.anchor) / 86400e6, found.provisional,
                  wanted.provisional);
    }
    if (self->term.unit != UNIT_UNTIL)
        s_check_left (self, calendar, world);
    return found;
}

//  --------------------------------------------------------------------------
//  What must hold beside equality

static bool
s_is_earlier (const term_end_t *left, const term_end_t *right)
{
    if (left->breach_at == MOMENT_NONE || right->breach_at == MOMENT_NONE)
        return left->breach_at != MOMENT_NONE && right->breach_at == MOMENT_NONE;
    return left->breach_at < right->breach_at;
}

//  One suspension, extension or floor more: never earlier. In any order: the same.
static void
s_check_properties (history_t *self, const calendar_t *calendar, const slow_t *slow, const term_end_t *end)
{
    size_t count = self->term.ledger_count;
    if (count > 1 && self->ledger[0].at != self->ledger[count - 1].at) {
        bool clamped =
            self->ledger[0].at <= self->term.anchor || self->ledger[count - 1].at <= self->term.anchor;
        bool twin = false;
        for (size_t index = 1; index + 1 < count; index++)
            twin = twin || self->ledger[index].at == self->ledger[0].at ||
                   self->ledger[index].at == self->ledger[count - 1].at;
        ledger_entry_t first = self->ledger[0];
        self->ledger[0] = self->ledger[count - 1];
        self->ledger[count - 1] = first;
        term_end_t swapped = term_end (calendar, &self->term);
        if (!twin && !clamped)
            assert_true (swapped.breach_at == end->breach_at && swapped.due_date == end->due_date);
        self->ledger[count - 1] = self->ledger[0];
        self->ledger[0] = first;
    }
    moment_t at = s_random_moment (slow, slow_day (slow, self->term.anchor) + s_random (25));
    self->ledger[count] = (ledger_entry_t){ .op = s_random (2) ? LEDGER_EXTEND : LEDGER_FLOOR,
                                            .at = at,
                                            .budget = s_random_budget (self->term.unit, 2) };
    self->term.ledger_count++;
    term_end_t later = term_end (calendar, &self->term);
    bool months = self->term.unit == UNIT_MONTH || self->term.unit == UNIT_YEAR; //  months are not alike
    if (!months && s_is_earlier (&later, end)) {
        s_show (self, "more is earlier");
        fail_msg ("an extension or floor made the end earlier");
    }
    self->term.ledger_count = count;
}

//  A term without resumptions: a suspension more never makes it earlier
static void
s_check_suspension (history_t *self, const calendar_t *calendar, const slow_t *slow, const term_end_t *end)
{
    size_t count = self->term.ledger_count;
    if (end->suspended || self->term.unit == UNIT_UNTIL)
        return;
    for (size_t index = 0; index < count; index++)
        if (self->ledger[index].op == LEDGER_FLOOR) //  a floor is worth less if less had been used
            return;
    moment_t last = self->term.anchor;
    for (size_t index = 0; index < count; index++)
        last = self->ledger[index].at > last ? self->ledger[index].at : last;
    moment_t until = s_random_moment (slow, slow_day (slow, last) + 1 + s_random (10));
    self->ledger[count] = (ledger_entry_t){ .op = LEDGER_SUSPEND, .at = last };
    self->ledger[count + 1] = (ledger_entry_t){ .op = LEDGER_RESUME, .at = until };
    self->term.ledger_count += 2;
    term_end_t later = term_end (calendar, &self->term);
    if (s_is_earlier (&later, end)) {
        s_show (self, "suspended is earlier");
        fail_msg ("a suspension made the end earlier");
    }
    self->term.ledger_count = count;
}

static void
s_check_explanation (const history_t *self, const calendar_t *calendar)
{
    json_t *explanation = calendar_explain (calendar, &self->term, self->term.anchor); //  it asserts
    assert_non_null (json_object_get (explanation, "steps"));
    json_decref (explanation);
}

static void
test_histories_end_where_a_count_day_by_day_ends (void **state)
{
    (void) state;
    long histories = s_setting ("DUBAN_TEST_HISTORIES", HISTORIES), suspended = 0, open = 0;
    s_seed = (uint64_t) s_setting ("DUBAN_TEST_SEED", (long) s_seed);
    static slow_t slow, other;
    for (int round = 0; round < ROUNDS; round++) {
        calendar_t *calendar = s_random_world (&slow), *changed = s_random_world (&other);
        for (long index = 0; index < histories / ROUNDS; index++) {
            history_t history;
            s_random_history (&history, &slow);
            term_end_t end = s_check (&history, calendar, &slow);
            suspended += end.suspended;
            open += end.breach_at == MOMENT_NONE;
            s_check_properties (&history, calendar, &slow, &end);
            s_check_suspension (&history, calendar, &slow, &end);
            if (!s_random (8)) //  a new calendar: everything is counted anew
                s_check (&history, changed, &other);
            if (!s_random (300))
                s_check_explanation (&history, calendar);
        }
        calendar_destroy (&calendar);
        calendar_destroy (&changed);
    }
    print_message ("%ld histories, %ld stood still at the end, %ld of them without an end\n", histories,
                   suspended, open);
    assert_true (suspended > histories / 10 && open > histories / 20);
}

//  Days that come after the last one, and names, change nothing
static void
test_a_calendar_that_changes_after_the_last_day_moves_nothing (void **state)
{
    (void) state;
    static slow_t slow;
    for (int round = 0; round < 40; round++) {
        calendar_t *calendar = s_random_world (&slow);
        for (int index = 0; index < 50; index++) {
            history_t history;
            s_random_history (&history, &slow);
            term_end_t end = term_end (calendar, &history.term);
            if (end.breach_at == MOMENT_NONE || history.term.unit == UNIT_UNTIL)
                continue;
            calendar_t *changed = calendar_new (480);
            calendar_set_close (changed, slow.close);
            int64_t last = slow_day (&slow, end.breach_at);
            for (int day = 0; day < SLOW_DAYS; day++)
                calendar_add_day (changed, slow.base + day,
                                  slow.base + day <= last ? slow.works[day] : s_random (2) > 0, "other");
            calendar_index (changed);
            term_end_t again = term_end (changed, &history.term);
            assert_true (again.due_date == end.due_date && again.breach_at == end.breach_at);
            calendar_destroy (&changed);
        }
        calendar_destroy (&calendar);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_histories_end_where_a_count_day_by_day_ends),
        cmocka_unit_test (test_a_calendar_that_changes_after_the_last_day_moves_nothing),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
