//  term - when a term ends: anchor + budget + unit + rule + ledger
//
//  One algorithm over four scales. A point of a scale is a day or a moment; a scale knows how much counts
//  between two points and which point comes so much later. Suspensions become pauses in points:
//
//      counted (p) = measure (start, p) - what the pauses before p cover
//      end         = advance (start, total + what the pauses before the end cover), found pause by pause

#include "common/term_unit.h"
#include <assert.h>
#include <string.h>

//  A term, made ready for counting
typedef struct {
    const calendar_t *calendar;
    const term_t *term;
    const unit_row_t *unit;
    int64_t start;
    ledger_entry_t entries[LEDGER_MOST]; //  in order, none before the anchor
    size_t entry_count;
    term_pause_t pauses[LEDGER_MOST];
    size_t pause_count;
    bool suspended;
} count_t;

static int64_t
s_max (int64_t left, int64_t right)
{
    return left > right ? left : right;
}

static int64_t
s_min (int64_t left, int64_t right)
{
    return left < right ? left : right;
}

//  --------------------------------------------------------------------------
//  The ledger in order, and its pauses

//  Usually it is in order: insertion. What was before the anchor counts at the anchor.
static void
s_sort_entries (count_t *self)
{
    const term_t *term = self->term;
    assert (term->ledger_count <= LEDGER_MOST);
    for (size_t index = 0; index < term->ledger_count; index++) {
        size_t place = self->entry_count++;
        for (; place && self->entries[place - 1].at > term->ledger[index].at; place--)
            self->entries[place] = self->entries[place - 1];
        self->entries[place] = term->ledger[index];
    }
    for (size_t index = 0; index < self->entry_count && self->entries[index].at < term->anchor; index++)
        self->entries[index].at = term->anchor;
}

//  The point from which counting begins (or goes on) after something happened: that day itself is not counted
static int64_t
s_point (const count_t *self, moment_t at)
{
    if (!self->unit->scale->days)
        return at;
    day_t day = calendar_day_of (self->calendar, at);
    bool moves = self->term->unit == UNIT_WORKING_DAY && self->term->rule == RULE_B;
    return moves ? calendar_shift (self->calendar, day, 0) : day;
}

static void
s_add_pause (count_t *self, int64_t after, int64_t until)
{
    term_pause_t *last = self->pause_count ? &self->pauses[self->pause_count - 1] : NULL;
    if (until <= after)
        return; //  it stood still for no time, or between the close and midnight
    if (last && after <= last->until)
        last->until = s_max (last->until, until);
    else
        self->pauses[self->pause_count++] = (term_pause_t){ after, until };
}

static void
s_find_pauses (count_t *self)
{
    int64_t after = 0;
    for (size_t index = 0; index < self->entry_count; index++) {
        const ledger_entry_t *entry = &self->entries[index];
        if (entry->op == LEDGER_SUSPEND && !self->suspended) {
            self->suspended = true;
            after = self->unit->scale->days ? calendar_open_day (self->calendar, entry->at) - 1 : entry->at;
        } else if (entry->op == LEDGER_RESUME && self->suspended) {
            self->suspended = false;
            s_add_pause (self, after, s_point (self, entry->at));
        }
    }
    if (self->suspended)
        s_add_pause (self, after, TERM_OPEN);
}

static void
s_prepare (count_t *self, const calendar_t *calendar, const term_t *term)
{
    self->calendar = calendar;
    self->term = term;
    self->unit = unit_row (term->unit);
    self->entry_count = self->pause_count = 0;
    self->suspended = false;
    s_sort_entries (self);
    if (!self->unit->scale)
        return;
    self->start = s_point (self, term->anchor);
    s_find_pauses (self);
}

//  --------------------------------------------------------------------------
//  Counting

static int64_t
s_counted (const count_t *self, int64_t point)
{
    const scale_t *scale = self->unit->scale;
    point = s_max (point, self->start);
    int64_t amount = scale->measure (self->calendar, self->start, point);
    for (size_t index = 0; index < self->pause_count; index++) {
        int64_t after = s_max (self->pauses[index].after, self->start);
        int64_t until = s_min (self->pauses[index].until, point);
        if (until > after)
            amount -= scale->measure (self->calendar, after, until);
    }
    return amount;
}

//  So many units from a point on, as an amount of the scale
static int64_t
s_amount (const count_t *self, int64_t from, int64_t units)
{
    int64_t amount = s_min (units, TERM_MOST) * self->unit->size;
    if (!self->unit->months)
        return amount;
    return day_add_months ((day_t) from, (int) s_min (amount, 120000)) - from;
}

//  A floor that helps begins the term anew at its point: what was counted until there, and so many units
static int64_t
s_total (const count_t *self)
{
    int64_t base = self->start, before = 0, units = self->term->budget;
    for (size_t index = 0; index < self->entry_count; index++) {
        const ledger_entry_t *entry = &self->entries[index];
        if (entry->op == LEDGER_EXTEND)
            units = s_min (units + entry->budget, TERM_MOST);
        if (entry->op != LEDGER_FLOOR || !entry->budget)
            continue;
        int64_t point = s_max (s_point (self, entry->at), self->start), counted = s_counted (self, point);
        if (counted + s_amount (self, point, entry->budget) <= before + s_amount (self, base, units))
            continue;
        base = point;
        before = counted;
        units = entry->budget;
    }
    return before + s_amount (self, base, units);
}

//  The point at which so much has been counted; false if it stands still before
static bool
s_reach (const count_t *self, int64_t amount, int64_t *point)
{
    const scale_t *scale = self->unit->scale;
    *point = scale->advance (self->calendar, self->start, amount);
    if (!amount) { //  the day of the event itself, unless it is over
        if (scale->days)
            *point = s_max (*point, calendar_open_day (self->calendar, self->term->anchor));
        return true;
    }
    for (size_t index = 0; index < self->pause_count; index++) {
        const term_pause_t *pause = &self->pauses[index];
        if (pause->after >= *point)
            break;
        if (pause->until == TERM_OPEN)
            return false;
        if (pause->until > self->start)
            amount += scale->measure (self->calendar, s_max (pause->after, self->start), pause->until);
        *point = scale->advance (self->calendar, self->start, amount);
    }
    return true;
}

//  From a last day on to the next one that may be it: a working day, if the unit says so, on which the term
//  runs
static bool
s_settle (const count_t *self, int64_t *point)
{
    bool rolls = self->unit->scale->rolls;
    if (rolls)
        *point = calendar_shift (self->calendar, (day_t) *point, 0);
    for (size_t index = 0; index < self->pause_count; index++) {
        const term_pause_t *pause = &self->pauses[index];
        if (pause->after >= *point)
            break;
        if (pause->until == TERM_OPEN)
            return false;
        if (pause->until >= *point)
            *point = rolls ? calendar_shift (self->calendar, (day_t) pause->until + 1, 0) : pause->until + 1;
    }
    return true;
}

//  --------------------------------------------------------------------------
//  Ends

static bool
s_is_provisional (const count_t *self, day_t reached, day_t due)
{
    day_t from = calendar_day_of (self->calendar, self->term->anchor);
    switch (self->term->unit) {
    case UNIT_WORKING_DAY: //  rule A never looks at the first day
        return calendar_is_provisional (self->calendar,
                                        self->term->rule == RULE_A && due > from ? from + 1 : from, due);
    case UNIT_CALENDAR_DAY: //  only the way from the last day to a working day is looked at
        return calendar_is_provisional (self->calendar, reached, due);
    case UNIT_OFFICE_HOUR:
        return calendar_is_provisional (self->calendar, from, due);
    default:
        return false;
    }
}

//  Until: nobody here stops it
static term_end_t
s_until (const count_t *self)
{
    const term_t *term = self->term;
    const calendar_t *calendar = self->calendar;
    int64_t extended = 0;
    for (size_t index = 0; index < self->entry_count; index++)
        if (self->entries[index].op == LEDGER_EXTEND)
            extended = s_min (extended + self->entries[index].budget, TERM_MOST);
    day_t given = calendar_day_of (calendar, term->due_at - 1); //  24:00 belongs to the day that ends
    day_t day = extended ? calendar_shift (calendar, given, (int) extended) : given;
    moment_t until = term->due_at + (calendar_start_of (calendar, day) - calendar_start_of (calendar, given));
    bool whole = until == calendar_start_of (calendar, day + 1);
    term_end_t end = { .due_date = whole ? day : DAY_NONE, .breach_at = until };
    if (term->earlier) {
        day_t start = calendar_day_of (calendar, term->anchor);
        day_t earlier = calendar_shift (calendar, day, -term->earlier);
        end.due_date = (day_t) s_min (day, s_max (earlier, start));
        end.breach_at = s_min (until, calendar_end_of (calendar, end.due_date));
    }
    day_t first = (day_t) s_min (given, end.due_date != DAY_NONE ? end.due_date : day);
    if (term->earlier || extended)
        end.provisional = calendar_is_provisional (calendar, first, day);
    return end;
}

term_end_t
term_end (const calendar_t *calendar, const term_t *term)
{
    count_t self;
    s_prepare (&self, calendar, term);
    if (!self.unit->scale)
        return s_until (&self);
    term_end_t end = { .suspended = self.suspended, .due_date = DAY_NONE, .breach_at = MOMENT_NONE };
    int64_t point, reached;
    if (!s_reach (&self, s_total (&self), &point))
        return end;
    reached = point;
    if (!self.unit->scale->days) {
        end.breach_at = point;
        end.provisional = s_is_provisional (&self, 0, calendar_day_of (calendar, point));
        return end;
    }
    if (!s_settle (&self, &point))
        return end;
    end.due_date = (day_t) point;
    end.breach_at = calendar_end_of (calendar, end.due_date);
    end.provisional = s_is_provisional (&self, (day_t) reached, end.due_date);
    return end;
}

int64_t
term_total (const calendar_t *calendar, const term_t *term)
{
    count_t self;
    s_prepare (&self, calendar, term);
    return self.unit->scale ? s_total (&self) : 0;
}

int64_t
term_left (const calendar_t *calendar, const term_t *term, moment_t now)
{
    count_t self;
    s_prepare (&self, calendar, term);
    if (!self.unit->scale)
        return s_until (&self).breach_at - now;
    int64_t point = self.unit->scale->days ? calendar_day_of (calendar, now) : now;
    return s_total (&self) - s_counted (&self, point);
}

size_t
term_pauses (const calendar_t *calendar, const term_t *term, term_pause_t pauses[LEDGER_MOST])
{
    count_t self;
    s_prepare (&self, calendar, term);
    memcpy (pauses, self.pauses, self.pause_count * sizeof *pauses);
    return self.pause_count;
}
