//  notice - what a rung asks notify to say, and to whom; pure

#include "proto/event.h"
#include "services/watchdog/decide.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//  Nobody hears of a case that no unit has yet: then this role does
#define FALLBACK_ROLE "escalation_officer"
#define MINUTE_US     60000000LL

static void
s_append_role (json_t *to, const char *role, json_t *unit)
{
    json_t *recipient = json_pack ("{ss sO}", "role", role, "unit", unit);
    assert (recipient);
    json_array_append_new (to, recipient);
}

static void
s_append_co_units (json_t *to, const char *role, json_t *units)
{
    size_t index;
    json_t *unit;
    json_array_foreach (units, index, unit)
        s_append_role (to, role, unit);
}

static json_t *
s_recipients (deadline_t *self, const rung_t *rung)
{
    json_t *card = deadline_card (self), *to = json_array ();
    json_t *unit = json_object_get (card, "unit");
    for (size_t index = 0; index < rung->to_count; index++) {
        const recipient_t *one = &rung->to[index];
        if (one->clock && strcmp (one->clock, self->name))
            continue;
        if (!one->role) {
            json_t *submitter =
                json_pack ("{sb sO? sO?}", "submitter", 1, "source", json_object_get (card, "source"),
                           "person", json_object_get (card, "submitter"));
            assert (submitter);
            json_array_append_new (to, submitter);
        } else if (one->of_co_unit)
            s_append_co_units (to, one->role, json_object_get (card, "co_units"));
        else if (!one->of_unit)
            s_append_role (to, one->role, json_null ());
        else if (json_is_string (unit))
            s_append_role (to, one->role, unit);
    }
    if (!json_array_size (to))
        s_append_role (to, FALLBACK_ROLE, json_null ());
    return to;
}

//  --------------------------------------------------------------------------
//  Arguments of the text

static void
s_set_day (json_t *arguments, const char *name, day_t day)
{
    char text[11];
    if (day == DAY_NONE)
        return;
    day_text (day, text);
    json_object_set_new (arguments, name, json_string (text));
}

//  "2026-11-24 17:00", local
static void
s_set_moment (json_t *arguments, const char *name, const calendar_t *calendar, moment_t moment)
{
    char date[11], text[20];
    day_t day = calendar_day_of (calendar, moment);
    unsigned minutes = (unsigned) ((moment - calendar_start_of (calendar, day)) / MINUTE_US) % 1440;
    day_text (day, date);
    snprintf (text, sizeof text, "%s %02u:%02u", date, minutes / 60, minutes % 60);
    json_object_set_new (arguments, name, json_string (text));
}

//  c and h: the last days that the text speaks of; h is this clock's own unless the rung says otherwise
static void
s_set_dates (json_t *arguments, const deadline_t *self, const world_t *world, const rung_t *rung)
{
    const calendar_t *calendar = world->calendar (world->arg, self->calendar);
    const struct {
        const char *argument, *clock;
    } DATES[] = { { "c", rung->dates_c }, { "h", rung->dates_h } };
    for (size_t index = 0; index < sizeof DATES / sizeof *DATES; index++) {
        const char *clock = DATES[index].clock;
        if (clock && strcmp (clock, self->name))
            s_set_day (arguments, DATES[index].argument,
                       world->due_date ? world->due_date (world->arg, self->case_no, clock) : DAY_NONE);
        else if (clock || !strcmp (DATES[index].argument, "h")) {
            if (self->due_date != DAY_NONE)
                s_set_day (arguments, DATES[index].argument, self->due_date);
            else
                s_set_moment (arguments, DATES[index].argument, calendar, self->breach_at);
        }
    }
}

//  q and r: what is wanted, and until when. Of a rung that is due because an answer lapsed and that wants none
//  itself: what was wanted, and until when it was.
static void
s_set_answer (json_t *arguments, const deadline_t *self, const world_t *world, step_t step)
{
    const ladder_t *ladder = ladders_find (world->ladders, self->ladder);
    const calendar_t *calendar = world->calendar (world->arg, self->calendar);
    const rung_t *rung = step_rung (ladder, step), *asks = rung;
    if (rung->wants_answer)
        s_set_moment (arguments, "r", calendar, projection_answer (self, calendar, rung, step, world->now));
    else if (rung->when.base == WHEN_LAPSE) {
        asks = ladder_rung (ladder, (size_t) rung->lapse);
        s_set_moment (arguments, "r", calendar, step.at);
    } else
        return;
    json_object_set_new (arguments, "q_zh", json_string (asks->asked_zh));
    json_object_set_new (arguments, "q_en", json_string (asks->asked_en));
}

static json_t *
s_arguments (deadline_t *self, const world_t *world, step_t step)
{
    const ladder_t *ladder = ladders_find (world->ladders, self->ladder);
    const calendar_t *calendar = world->calendar (world->arg, self->calendar);
    const rung_t *rung = step_rung (ladder, step);
    json_t *card = deadline_card (self);
    day_t today = calendar_day_of (calendar, world->now);
    json_t *arguments =
        json_pack ("{sO? ss ss si ss}", "no", json_object_get (card, "number"), "clk_zh",
                   ladder_title (ladder, self->name, "zh"), "clk_en", ladder_title (ladder, self->name, "en"),
                   "k", projection_urged (self, ladder, calendar, step), "channel", rung->channels);
    assert (arguments);
    s_set_day (arguments, "d", today);
    s_set_dates (arguments, self, world, rung);
    if (self->due_date != DAY_NONE)
        json_object_set_new (arguments, "n",
                             json_integer (abs (calendar_between (calendar, today, self->due_date))));
    s_set_answer (arguments, self, world, step);
    json_t *unit = json_object_get (card, "unit");
    if (json_is_string (unit))
        json_object_set (arguments, "u", unit);
    moment_t late = (world->now - step.at) / MINUTE_US;
    if (late)
        json_object_set_new (arguments, "late_minutes", json_integer (late));
    return arguments;
}

json_t *
watchdog_notice (deadline_t *self, const world_t *world, step_t step)
{
    const ladder_t *ladder = ladders_find (world->ladders, self->ladder);
    const rung_t *rung = step_rung (ladder, step);
    json_t *card = deadline_card (self), *number = json_object_get (card, "number");
    json_t *trace = json_object_get (card, "trace");
    char name[STEP_NAME], due[32], key[200];
    step_name (ladder, step, name);
    event_time_write (step.at, due);
    snprintf (key, sizeof key, "%lld/%.60s.%s/%s", (long long) self->case_no, self->name, name, due);
    json_t *notice =
        json_pack ("{ss ss sI sO ss sI sb sb so so sI sO sO*}", "kind", "notice", "key", key, "case",
                   (json_int_t) self->case_no, "number", number ? number : json_null (), "template",
                   rung->template, "secrecy", json_integer_value (json_object_get (card, "secrecy")),
                   "urgent", rung->urgent, "confirm", 0, "to", s_recipients (self, rung), "arguments",
                   s_arguments (self, world, step), "occurred_at", (json_int_t) world->now, "trace",
                   trace ? trace : json_null (), "not_to", json_object_get (card, "not_to"));
    assert (notice);
    return notice;
}
