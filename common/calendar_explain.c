//  calendar_explain - why this date: start, rule, counted days, skipped days with their names
//
//  Walks day by day, unlike the arithmetic, and so is its witness: what it says last must be what that said.

#include "common/calendar_explain.h"
#include <assert.h>
#include <string.h>

#define MINUTE_US 60000000LL

typedef struct {
    const calendar_t *calendar;
    json_t *steps;
    bool by_days; //  the unit is the calendar day
    bool cut;
} walk_t;

static const char *
s_kind (const calendar_t *calendar, day_t day)
{
    bool works = calendar_works (calendar, day), weekend = day_weekday (day) >= 5;
    if (works)
        return weekend ? "make_up_day" : "working_day";
    return calendar_day_name (calendar, day) ? "holiday" : "weekend";
}

//  count 0: the day was not counted
static void
s_step (walk_t *self, day_t day, const char *kind, int count, bool rolled)
{
    char date[11];
    if (json_array_size (self->steps) >= EXPLAIN_STEPS) {
        self->cut = true;
        return;
    }
    day_text (day, date);
    json_t *step = json_pack ("{ss si ss}", "date", date, "weekday", day_weekday (day) + 1, "kind", kind);
    assert (step);
    const char *name = calendar_day_name (self->calendar, day);
    if (name && *name)
        json_object_set_new (step, "name", json_string (name));
    if (count)
        json_object_set_new (step, "count", json_integer (count));
    if (rolled)
        json_object_set_new (step, "rolled", json_true ());
    day_t horizon = calendar_horizon (self->calendar);
    if (horizon == DAY_NONE || day > horizon)
        json_object_set_new (step, "known", json_false ());
    json_array_append_new (self->steps, step);
}

//  To the next working day, from a day that is one or not
static day_t
s_roll (walk_t *self, day_t day)
{
    while (!calendar_works (self->calendar, day)) {
        day++;
        s_step (self, day, s_kind (self->calendar, day), 0, true);
    }
    return day;
}

static day_t
s_walk (walk_t *self, day_t start, const term_t *term)
{
    day_t day = start;
    int count = 0;
    s_step (self, day, "start", 0, false);
    if (!self->by_days && (term->rule == RULE_B || !term->budget))
        day = s_roll (self, day);
    while (count < term->budget && !self->cut) {
        day++;
        bool counts = self->by_days || calendar_works (self->calendar, day);
        const char *kind = s_kind (self->calendar, day);
        count += counts;
        s_step (self, day, self->by_days ? "calendar_day" : kind, counts ? count : 0, false);
    }
    return self->by_days ? s_roll (self, day) : day;
}

static void
s_set_date (json_t *object, const char *name, day_t day)
{
    char text[11];
    day_text (day, text);
    json_object_set_new (object, name, day == DAY_NONE ? json_null () : json_string (text));
}

//  Hours and minutes run on, whatever the day
static json_t *
s_explain_exact (json_t *result, const term_t *term)
{
    moment_t unit = !strcmp (term->unit, "hour") ? 60 * MINUTE_US : MINUTE_US;
    json_object_set_new (result, "due", json_null ());
    json_object_set_new (result, "breach_at", json_integer (term->anchor + term->budget * unit));
    json_object_set_new (result, "provisional", json_false ());
    return result;
}

json_t *
calendar_explain (const calendar_t *calendar, const term_t *term)
{
    walk_t walk = { .calendar = calendar, .by_days = !strcmp (term->unit, "calendar_day") };
    day_t start = calendar_day_of (calendar, term->anchor);
    walk.steps = json_array ();
    json_t *result =
        json_pack ("{sI ss si ss so}", "started_at", (json_int_t) term->anchor, "unit", term->unit, "budget",
                   term->budget, "rule", term->rule == RULE_B ? "B" : "A", "steps", walk.steps);
    assert (result);
    s_set_date (result, "start", start);
    s_set_date (result, "horizon", calendar_horizon (calendar));
    if (!walk.by_days && strcmp (term->unit, "working_day"))
        return s_explain_exact (result, term);
    bool provisional;
    day_t due = walk.by_days ? calendar_due_calendar (calendar, start, term->budget, &provisional)
                             : calendar_due (calendar, start, term->budget, term->rule, &provisional);
    day_t witness = s_walk (&walk, start, term);
    assert (walk.cut || witness == due);
    s_set_date (result, "due", due);
    json_object_set_new (result, "breach_at", json_integer (calendar_start_of (calendar, due + 1)));
    json_object_set_new (result, "provisional", json_boolean (provisional));
    if (walk.cut)
        json_object_set_new (result, "cut", json_true ());
    return result;
}
