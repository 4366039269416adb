//  calendar_steps - the days of an explanation, one after the other
//
//  Walks day by day, unlike the arithmetic, and so is its witness: what it says last must be what that said.

#include "common/calendar_steps.h"
#include <assert.h>

#define MINUTE_US 60000000LL

const char *
steps_kind (const calendar_t *calendar, day_t day)
{
    bool works = calendar_works (calendar, day), weekend = day_weekday (day) >= 5;
    if (works)
        return weekend ? "make_up_day" : "working_day";
    return calendar_day_name (calendar, day) ? "holiday" : "weekend";
}

json_t *
steps_add (steps_t *self, day_t day, const char *kind)
{
    char date[11];
    if (json_array_size (self->steps) >= EXPLAIN_STEPS) {
        self->cut = true;
        return NULL;
    }
    day_text (day, date);
    json_t *step = json_pack ("{ss si ss}", "date", date, "weekday", day_weekday (day) + 1, "kind", kind);
    assert (step);
    const char *name = calendar_day_name (self->calendar, day);
    if (name && *name)
        json_object_set_new (step, "name", json_string (name));
    day_t horizon = calendar_horizon (self->calendar);
    if (horizon == DAY_NONE || day > horizon)
        json_object_set_new (step, "known", json_false ());
    json_array_append_new (self->steps, step);
    return step;
}

//  The pause in which the term stands still on a day, or NULL
static const term_pause_t *
s_pause (const steps_t *self, day_t day)
{
    for (size_t index = 0; index < self->pause_count; index++)
        if (day > self->pauses[index].after && day <= self->pauses[index].until)
            return &self->pauses[index];
    return NULL;
}

//  count 0: the day was not counted
static void
s_step (steps_t *self, day_t day, const char *kind, int count, bool rolled)
{
    json_t *step = steps_add (self, day, kind);
    if (step && count)
        json_object_set_new (step, "count", json_integer (count));
    if (step && rolled)
        json_object_set_new (step, "rolled", json_true ());
    if (step && s_pause (self, day))
        json_object_set_new (step, "suspended", json_true ());
}

//  A day that is only passed on the way
static day_t
s_next_day (steps_t *self, day_t day)
{
    s_step (self, day + 1, steps_kind (self->calendar, day + 1), 0, true);
    return day + 1;
}

//  To the next working day on which it runs (needs_run), from a day that is one or not
static day_t
s_roll (steps_t *self, day_t day, bool needs_run)
{
    const term_pause_t *pause;
    while (!calendar_works (self->calendar, day) || (needs_run && s_pause (self, day))) {
        pause = s_pause (self, day);
        if (self->cut || (needs_run && pause && pause->until == TERM_OPEN))
            return DAY_NONE;
        day = s_next_day (self, day);
    }
    return day;
}

day_t
steps_walk (steps_t *self, int64_t total)
{
    const term_t *term = self->term;
    bool by_days = term->unit == UNIT_CALENDAR_DAY;
    day_t day = calendar_day_of (self->calendar, term->anchor);
    s_step (self, day, "start", 0, false);
    if (!by_days && term->rule == RULE_B)
        day = s_roll (self, day, false);
    if (!total && day < calendar_open_day (self->calendar, term->anchor))
        day = s_next_day (self, day);
    for (int count = 0; count < total && !self->cut;) {
        const term_pause_t *pause = s_pause (self, ++day);
        bool counts = !pause && (by_days || calendar_works (self->calendar, day));
        const char *kind = by_days && counts ? "calendar_day" : steps_kind (self->calendar, day);
        count += counts;
        s_step (self, day, kind, counts ? count : 0, false);
        if (pause && pause->until == TERM_OPEN)
            return DAY_NONE;
    }
    return s_roll (self, day, true);
}

//  --------------------------------------------------------------------------
//  Office hours

//  Office time of a day between two moments, less what the pauses cover
static int64_t
s_office_minutes (const steps_t *self, day_t day, moment_t from, moment_t to)
{
    const office_hours_t *office = calendar_office (self->calendar);
    moment_t midnight = calendar_start_of (self->calendar, day), passed = 0;
    if (!calendar_works (self->calendar, day))
        return 0;
    moment_t at = from > midnight ? from : midnight, next = calendar_start_of (self->calendar, day + 1);
    to = to < next ? to : next;
    for (size_t index = 0; index < self->pause_count && at < to; index++) {
        const term_pause_t *pause = &self->pauses[index];
        if (pause->after > at && pause->after < to)
            passed += office_hours_passed (office, pause->after - midnight) -
                      office_hours_passed (office, at - midnight);
        if (pause->until > at && pause->after < to)
            at = pause->until;
    }
    if (at < to)
        passed += office_hours_passed (office, to - midnight) - office_hours_passed (office, at - midnight);
    return passed / MINUTE_US;
}

void
steps_office (steps_t *self, moment_t end)
{
    moment_t anchor = self->term->anchor;
    int64_t count = 0;
    day_t day = calendar_day_of (self->calendar, anchor), last = calendar_day_of (self->calendar, end - 1);
    for (; day <= last && !self->cut; day++) {
        int64_t minutes = s_office_minutes (self, day, anchor, end);
        json_t *step = steps_add (self, day, steps_kind (self->calendar, day));
        count += minutes;
        if (step && minutes) {
            json_object_set_new (step, "minutes", json_integer (minutes));
            json_object_set_new (step, "count", json_integer (count));
        }
    }
}
