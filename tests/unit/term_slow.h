//  term_slow - terms counted day by day and tick by tick, on a calendar written out as an array: the witness of
//  common/term. It knows no ordinals, no intervals and no merging; whether a term stands still at a moment is
//  asked anew for each moment: it does if the last word before was a suspend.
#pragma once
#include "common/term.h"
#include <assert.h>
#include <string.h>

#define SLOW_DAYS  4000
#define SLOW_TICK  (10 * 60000000LL) //  all moments and office hours of the tests lie on ticks
#define SLOW_LIST  60000
#define SLOW_CLOSE 1050

typedef struct {
    day_t base;
    bool works[SLOW_DAYS], known[SLOW_DAYS];
    int of_month[SLOW_DAYS];
    int close; //  minutes
    int offset;
} slow_t;

typedef struct {
    const slow_t *world;
    const term_t *term;
    ledger_entry_t entries[LEDGER_MOST];
    size_t count;
} slow_term_t;

static inline bool
slow_works (const slow_t *self, int64_t day)
{
    assert (day >= self->base && day < self->base + SLOW_DAYS);
    return self->works[day - self->base];
}

static inline moment_t
slow_midnight (const slow_t *self, int64_t day)
{
    return (day * 1440 - self->offset) * 60000000LL;
}

static inline int64_t
slow_day (const slow_t *self, moment_t moment)
{
    int64_t day = self->base;
    day += (moment - slow_midnight (self, day)) / (1440 * 60000000LL);
    assert (moment >= slow_midnight (self, day) && moment < slow_midnight (self, day + 1));
    return day;
}

//  Selection by time, the first of equals first
static inline slow_term_t
slow_term (const slow_t *world, const term_t *term)
{
    slow_term_t self = { .world = world, .term = term };
    bool taken[LEDGER_MOST] = { false };
    while (self.count < term->ledger_count) {
        size_t best = LEDGER_MOST;
        for (size_t index = 0; index < term->ledger_count; index++)
            if (!taken[index] && (best == LEDGER_MOST || term->ledger[index].at < term->ledger[best].at))
                best = index;
        taken[best] = true;
        self.entries[self.count] = term->ledger[best];
        if (self.entries[self.count].at < term->anchor)
            self.entries[self.count].at = term->anchor;
        self.count++;
    }
    return self;
}

//  After the first n entries
static inline bool
slow_stands_after (const slow_term_t *self, size_t entries)
{
    while (entries--)
        if (self->entries[entries].op <= LEDGER_RESUME)
            return self->entries[entries].op == LEDGER_SUSPEND;
    return false;
}

static inline bool
slow_stands_at (const slow_term_t *self, moment_t moment)
{
    size_t entries = self->count;
    while (entries && self->entries[entries - 1].at > moment)
        entries--;
    return slow_stands_after (self, entries);
}

//  It stood still at some moment of the day, before the close; the moment of resumption is one of these
static inline bool
slow_touched (const slow_term_t *self, int64_t day)
{
    moment_t from = slow_midnight (self->world, day), to = from + self->world->close * 60000000LL;
    if (slow_stands_at (self, from))
        return true;
    for (size_t index = 0; index < self->count; index++)
        if (self->entries[index].at >= from && self->entries[index].at < to &&
            (slow_stands_after (self, index) || slow_stands_after (self, index + 1)))
            return true;
    return false;
}

//  It went on that day, which is a day of rest: rule B moves to the next working day, which is not counted
static inline bool
slow_resumed_at_rest (const slow_term_t *self, int64_t day)
{
    if (slow_works (self->world, day) || self->term->rule == RULE_A || self->term->unit != UNIT_WORKING_DAY)
        return false;
    for (size_t index = 0; index < self->count; index++)
        if (self->entries[index].op == LEDGER_RESUME && slow_stands_after (self, index) &&
            slow_day (self->world, self->entries[index].at) == day)
            return true;
    return false;
}

static inline int64_t
slow_zero (const slow_term_t *self, moment_t at)
{
    int64_t day = slow_day (self->world, at);
    if (self->term->unit == UNIT_WORKING_DAY && self->term->rule == RULE_B)
        while (!slow_works (self->world, day))
            day++;
    return day;
}

//  Walks from month to month
static inline int64_t
slow_add_months (const slow_t *self, int64_t day, int months)
{
    int64_t at = day - self->base;
    int wanted = self->of_month[at];
    while (months--)
        do {
            at++;
            assert (at + 31 < SLOW_DAYS);
        } while (self->of_month[at] != 1);
    while (self->of_month[at] != wanted && self->of_month[at + 1] != 1)
        at++;
    return self->base + at;
}

static inline int64_t
slow_days (const slow_term_t *self, int64_t from, int units)
{
    if (self->term->unit == UNIT_MONTH || self->term->unit == UNIT_YEAR)
        return slow_add_months (self->world, from, units * (self->term->unit == UNIT_YEAR ? 12 : 1)) - from;
    return units;
}

//  The counted days, one by one, until the day after which nothing more can happen and the budget is used
typedef struct {
    int64_t days[SLOW_LIST];
    size_t count;
    int64_t total;
    bool touched[SLOW_DAYS]; //  from the start on
} slow_walk_t;

static inline int64_t
slow_total (const slow_term_t *self, const slow_walk_t *walk, int64_t start)
{
    int units = self->term->budget;
    int64_t from = start, used = 0; //  the budget is of units from that day on, with so many days before
    for (size_t index = 0; index < self->count; index++) {
        if (self->entries[index].op == LEDGER_EXTEND)
            units += self->entries[index].budget;
        if (self->entries[index].op != LEDGER_FLOOR || !self->entries[index].budget)
            continue;
        int64_t zero = slow_zero (self, self->entries[index].at), before = 0;
        zero = zero < start ? start : zero;
        while (before < (int64_t) walk->count && walk->days[before] <= zero)
            before++;
        int64_t wanted = before + slow_days (self, zero, self->entries[index].budget);
        if (wanted > used + slow_days (self, from, units)) {
            from = zero;
            used = before;
            units = self->entries[index].budget;
        }
    }
    return used + slow_days (self, from, units);
}

//  The last day, or DAY_NONE; fills the walk
static inline day_t
slow_day_end (const slow_term_t *self, slow_walk_t *walk)
{
    bool working = self->term->unit == UNIT_WORKING_DAY,
         rolls = working || self->term->unit == UNIT_CALENDAR_DAY;
    int64_t start = slow_zero (self, self->term->anchor), last = start, found = 0;
    moment_t final = self->count ? self->entries[self->count - 1].at : self->term->anchor;
    bool moving = false, stands = slow_stands_after (self, self->count);
    walk->count = 0;
    walk->total = INT64_MAX;
    for (int64_t day = slow_day (self->world, self->term->anchor);; day++) {
        moving = moving || slow_resumed_at_rest (self, day);
        bool touched = slow_touched (self, day) || moving;
        walk->touched[day - self->world->base] = touched;
        moving = moving && !slow_works (self->world, day);
        if (day > start && !touched && (!working || slow_works (self->world, day)))
            walk->days[walk->count++] = day;
        if (slow_midnight (self->world, day) > final + 40LL * 1440 * 60000000)
            walk->total = slow_total (self, walk, start); //  all that can happen has happened
        last = day;
        if (walk->total != INT64_MAX && (stands || (int64_t) walk->count >= walk->total + 40))
            break;
    }
    if ((int64_t) walk->count < walk->total)
        return DAY_NONE;
    if (walk->total)
        found = walk->days[walk->total - 1];
    else {
        found = slow_day (self->world, self->term->anchor);
        found += self->term->anchor >= slow_midnight (self->world, found) + self->world->close * 60000000LL;
        found = found < start ? start : found;
    }
    while ((rolls && !slow_works (self->world, found)) || walk->touched[found - self->world->base])
        if (++found > last)
            return DAY_NONE;
    return (day_t) found;
}

//  --------------------------------------------------------------------------
//  Time, tick by tick

static inline bool
slow_counts (const slow_term_t *self, moment_t at)
{
    static const int HOURS[] = { 510, 720, 810, 1050 };
    if (self->term->unit != UNIT_OFFICE_HOUR)
        return true;
    int64_t day = slow_day (self->world, at);
    int64_t minutes = (at - slow_midnight (self->world, day)) / 60000000;
    return slow_works (self->world, day) &&
           ((minutes >= HOURS[0] && minutes < HOURS[1]) || (minutes >= HOURS[2] && minutes < HOURS[3]));
}

//  The moment of the breach, or MOMENT_NONE. walk->days are the ends of the counted ticks.
static inline moment_t
slow_time_end (const slow_term_t *self, slow_walk_t *walk)
{
    moment_t at = self->term->anchor;
    int64_t per_unit = self->term->unit == UNIT_MINUTE ? 1 : 6; //  minutes of the tests come in tens
    int64_t divide = self->term->unit == UNIT_MINUTE ? 10 : 1;
    size_t next = 0;
    bool stands = false;
    walk->count = 0;
    walk->total = self->term->budget * per_unit / divide;
    for (;; at += SLOW_TICK) {
        for (; next < self->count && self->entries[next].at <= at; next++) {
            const ledger_entry_t *entry = &self->entries[next];
            int64_t amount = entry->budget * per_unit / divide;
            if (entry->op <= LEDGER_RESUME)
                stands = entry->op == LEDGER_SUSPEND;
            else if (entry->op == LEDGER_EXTEND)
                walk->total += amount;
            else if (amount && (int64_t) walk->count + amount > walk->total)
                walk->total = (int64_t) walk->count + amount;
        }
        if (next == self->count && (stands || (int64_t) walk->count >= walk->total))
            break;
        if (!stands && slow_counts (self, at))
            walk->days[walk->count++] = at + SLOW_TICK;
    }
    if ((int64_t) walk->count < walk->total)
        return MOMENT_NONE;
    return walk->total ? walk->days[walk->total - 1] : self->term->anchor;
}

//  Until: steps back working day by working day
static inline moment_t
slow_until_end (const slow_term_t *self, day_t *due)
{
    int64_t given = slow_day (self->world, self->term->due_at - SLOW_TICK), day = given;
    int more = 0, less = self->term->earlier;
    for (size_t index = 0; index < self->count; index++)
        more += self->entries[index].op == LEDGER_EXTEND ? self->entries[index].budget : 0;
    while (more)
        more -= slow_works (self->world, ++day);
    moment_t end = self->term->due_at + (day - given) * 1440 * 60000000LL;
    *due = end == slow_midnight (self->world, day + 1) ? (day_t) day : DAY_NONE;
    if (!less)
        return end;
    int64_t start = slow_day (self->world, self->term->anchor);
    while (less)
        less -= slow_works (self->world, --day);
    if (day < start)
        day = start;
    int64_t most = slow_day (self->world, end - SLOW_TICK);
    day = day < most ? day : most;
    *due = (day_t) day;
    moment_t inside = slow_midnight (self->world, day) + self->world->close * 60000000LL;
    return inside < end ? inside : end;
}
