//  calendar_explain - why this date: start, rule, counted days, skipped days with their names, the ledger

#include "common/calendar_explain.h"
#include "common/calendar_steps.h"
#include "common/term_ledger.h"
#include <assert.h>
#include <stdlib.h>

#define MINUTE_US 60000000LL

static void
s_set_date (json_t *object, const char *name, day_t day)
{
    char text[11];
    day_text (day, text);
    json_object_set_new (object, name, day == DAY_NONE ? json_null () : json_string (text));
}

static void
s_set_moment (json_t *object, const char *name, moment_t moment)
{
    json_object_set_new (object, name, moment == MOMENT_NONE ? json_null () : json_integer (moment));
}

static int
s_compare_entries (const void *left, const void *right)
{
    const ledger_entry_t *const *a = left, *const *b = right;
    return (*a)->at != (*b)->at ? ((*a)->at < (*b)->at ? -1 : 1) : (*a > *b) - (*a < *b);
}

//  In order of time, as it is counted
static json_t *
s_ledger (const calendar_t *calendar, const term_t *term)
{
    const ledger_entry_t *entries[LEDGER_MOST];
    json_t *list = json_array ();
    for (size_t index = 0; index < term->ledger_count; index++)
        entries[index] = &term->ledger[index];
    if (term->ledger_count)
        qsort (entries, term->ledger_count, sizeof *entries, s_compare_entries);
    for (size_t index = 0; index < term->ledger_count; index++) {
        const ledger_entry_t *entry = entries[index];
        json_t *row = json_pack ("{ss sI}", "op", ledger_op_text (entry->op), "at", (json_int_t) entry->at);
        assert (row);
        s_set_date (row, "date", calendar_day_of (calendar, entry->at));
        if (entry->op == LEDGER_EXTEND || entry->op == LEDGER_FLOOR)
            json_object_set_new (row, "budget", json_integer (entry->budget));
        json_array_append_new (list, row);
    }
    return list;
}

//  --------------------------------------------------------------------------
//  Terms in time: the periods in which it ran

static void
s_add_period (const calendar_t *calendar, const term_t *term, json_t *periods, moment_t from, moment_t until)
{
    term_t part = { .anchor = from, .unit = term->unit };
    json_t *minutes =
        until == MOMENT_NONE
            ? json_null ()
            : json_integer (-term_left (calendar, &part, until) / MINUTE_US); //  of a budget of 0
    json_t *period = json_pack ("{sI so}", "from", (json_int_t) from, "minutes", minutes);
    assert (period);
    s_set_moment (period, "until", until);
    json_array_append_new (periods, period);
}

static json_t *
s_periods (const steps_t *self, const term_end_t *end)
{
    json_t *periods = json_array ();
    moment_t from = self->term->anchor;
    for (size_t index = 0; index < self->pause_count; index++) {
        const term_pause_t *pause = &self->pauses[index];
        if (end->breach_at != MOMENT_NONE && pause->after >= end->breach_at)
            break;
        if (pause->after > from)
            s_add_period (self->calendar, self->term, periods, from, pause->after);
        from = pause->until == TERM_OPEN ? MOMENT_NONE : pause->until;
    }
    if (from != MOMENT_NONE)
        s_add_period (self->calendar, self->term, periods, from, end->breach_at);
    return periods;
}

//  --------------------------------------------------------------------------
//  The days, by unit

static void
s_explain_months (steps_t *self, const term_end_t *end)
{
    steps_add (self, calendar_day_of (self->calendar, self->term->anchor), "start");
    if (end->due_date != DAY_NONE)
        steps_add (self, end->due_date, "last_day");
}

//  The days between the date inside the house and the one that was given
static void
s_explain_until (steps_t *self, const term_end_t *end)
{
    term_t given = *self->term;
    given.earlier = 0;
    day_t last = calendar_day_of (self->calendar, term_end (self->calendar, &given).breach_at - 1);
    if (!self->term->earlier)
        return;
    for (day_t day = end->due_date; day <= last && !self->cut; day++) {
        json_t *step = steps_add (self, day, steps_kind (self->calendar, day));
        int before = calendar_between (self->calendar, day, last);
        if (step && calendar_works (self->calendar, day))
            json_object_set_new (step, "before", json_integer (before));
    }
}

static void
s_explain_days (steps_t *self, const term_end_t *end)
{
    day_t witness = steps_walk (self, term_total (self->calendar, self->term));
    assert (self->cut || witness == end->due_date);
}

static void
s_explain_steps (steps_t *self, const term_end_t *end, json_t *result)
{
    const term_pause_t *last = self->pause_count ? &self->pauses[self->pause_count - 1] : NULL;
    switch (self->term->unit) {
    case UNIT_WORKING_DAY:
    case UNIT_CALENDAR_DAY:
        s_explain_days (self, end);
        break;
    case UNIT_MONTH:
    case UNIT_YEAR:
        s_explain_months (self, end);
        break;
    case UNIT_UNTIL:
        s_set_moment (result, "given_at", self->term->due_at);
        s_explain_until (self, end);
        break;
    case UNIT_OFFICE_HOUR:
        if (end->breach_at != MOMENT_NONE)
            steps_office (self, end->breach_at);
        else
            steps_office (self, last ? last->after : self->term->anchor);
        json_object_set_new (result, "periods", s_periods (self, end));
        break;
    case UNIT_HOUR:
    case UNIT_MINUTE:
        json_object_set_new (result, "periods", s_periods (self, end));
        break;
    }
}

json_t *
calendar_explain (const calendar_t *calendar, const term_t *term, moment_t now)
{
    steps_t steps = { .calendar = calendar, .term = term, .steps = json_array () };
    json_t *result =
        json_pack ("{sI ss si ss so so}", "started_at", (json_int_t) term->anchor, "unit",
                   unit_text (term->unit), "budget", term->budget, "rule", term->rule == RULE_B ? "B" : "A",
                   "ledger", s_ledger (calendar, term), "steps", steps.steps);
    assert (result);
    term_end_t end = term_end (calendar, term);
    bool days = unit_is_day (term->unit);
    steps.pause_count = term_pauses (calendar, term, steps.pauses);
    s_set_date (result, "start", calendar_day_of (calendar, term->anchor));
    s_set_date (result, "horizon", calendar_horizon (calendar));
    s_explain_steps (&steps, &end, result);
    int64_t size = days ? 1 : MINUTE_US;
    if (term->unit != UNIT_UNTIL)
        json_object_set_new (result, "total", json_integer (term_total (calendar, term) / size));
    if (now != MOMENT_NONE)
        json_object_set_new (result, "left", json_integer (term_left (calendar, term, now) / size));
    s_set_date (result, "due", end.due_date);
    s_set_moment (result, "breach_at", end.breach_at);
    json_object_set_new (result, "suspended", json_boolean (end.suspended));
    json_object_set_new (result, "provisional", json_boolean (end.provisional));
    if (steps.cut)
        json_object_set_new (result, "cut", json_true ());
    return result;
}
