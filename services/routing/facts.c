//  facts - what a move means for others

#include "services/routing/facts.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define CLEAR_TITLE 2 //  from this secrecy on, no title leaves the case

//  --------------------------------------------------------------------------
//  Clocks

//  The card travels with the clock, so that leadership is told even while routing is down
static json_t *
s_card (const case_t *file)
{
    return json_pack ("{ss ss? ss? si ss ss? ss}", "number", file->number, "title",
                      file->secrecy < CLEAR_TITLE ? file->title : NULL, "unit", file->unit, "secrecy",
                      file->secrecy, "source", file->source, "submitter", file->submitter, "procedure",
                      procedure_name (file->procedure));
}

static int
s_budget (const case_t *file, const procedure_clock_t *clock)
{
    if (clock->budget)
        return clock->budget;
    json_int_t set = json_integer_value (json_object_get (file->fields, clock->budget_field));
    return set > 0 ? (int) set : clock->budget_default;
}

static void
s_state_clock (const decider_t *self, const case_t *file, json_t *message, const procedure_clock_t *clock,
               json_t *started, moment_t stopped_at)
{
    bool running = stopped_at == MOMENT_NONE;
    json_t *trace = json_object_get (message, "trace");
    json_t *fact = json_pack ("{ss sI ss si sb sO sO ss ss so sO? so}", "kind", "clock", "case",
                              (json_int_t) file->case_no, "name", clock->name, "version", file->version,
                              "running", running, "anchor", json_object_get (started, "anchor"), "budget",
                              json_object_get (started, "budget"), "unit", clock->unit, "ladder",
                              clock->ladder, "stopped_at", running ? json_null () : json_integer (stopped_at),
                              "trace", trace, "card", s_card (file));
    assert (fact);
    self->sink.post (self->sink.arg, "watchdog", fact);
}

static void
s_start (const decider_t *self, case_t *file, json_t *message, const procedure_clock_t *clock,
         moment_t moment)
{
    json_t *started = json_pack ("{sI si}", "anchor", (json_int_t) moment, "budget", s_budget (file, clock));
    json_object_set_new (json_object_get (file->fields, "clocks"), clock->name, started);
    s_state_clock (self, file, message, clock, started, MOMENT_NONE);
}

static void
s_stop (const decider_t *self, case_t *file, json_t *message, const procedure_clock_t *clock, moment_t moment)
{
    json_t *clocks = json_object_get (file->fields, "clocks");
    json_t *started = json_object_get (clocks, clock->name);
    if (!started)
        return; //  the procedure had no such clock when it would have started
    s_state_clock (self, file, message, clock, started, moment);
    json_object_del (clocks, clock->name);
}

void
facts_clocks (const decider_t *self, case_t *file, json_t *message, const char *from, moment_t moment)
{
    if (from && !strcmp (from, file->state))
        return;
    for (size_t index = 0; index < procedure_clock_count (file->procedure); index++) {
        const procedure_clock_t *clock = procedure_clock_at (file->procedure, index);
        bool ran = from && procedure_clock_runs (clock, from),
             runs = procedure_clock_runs (clock, file->state);
        if (runs && !ran)
            s_start (self, file, message, clock, moment);
        else if (ran && !runs)
            s_stop (self, file, message, clock, moment);
    }
}

//  --------------------------------------------------------------------------
//  Notices

static json_t *
s_recipient (const case_t *file, const char *role)
{
    if (!strcmp (role, "submitter"))
        return json_pack ("{sb ss ss?}", "submitter", 1, "source", file->source, "person", file->submitter);
    return json_pack ("{ss ss?}", "role", role, "unit",
                      procedure_role_is_of_unit (file->procedure, role) ? file->unit : NULL);
}

//  True if nobody could be meant: a role of the unit while the case has none
static bool
s_is_void (const case_t *file, const char *role)
{
    return procedure_role_is_of_unit (file->procedure, role) && !file->unit;
}

static void
s_copy_plain (json_t *to, json_t *from)
{
    const char *name;
    json_t *value;
    json_object_foreach (from, name, value)
        if (json_is_string (value) || json_is_integer (value))
            json_object_set (to, name, value);
}

static json_t *
s_arguments (const decider_t *self, const case_t *file, json_t *message)
{
    json_t *arguments = json_object ();
    moment_t recorded_at = json_integer_value (json_object_get (message, "recorded_at"));
    s_copy_plain (arguments, file->fields);
    s_copy_plain (arguments, json_object_get (message, "arguments"));
    day_t day = (day_t) ((recorded_at + self->utc_offset_minutes * 60000000LL) / 86400000000LL);
    char date[11];
    day_text (day, date);
    json_object_set_new (arguments, "no", json_string (file->number));
    json_object_set_new (arguments, "d", json_string (date));
    json_object_set_new (arguments, "state",
                         json_string (procedure_state (file->procedure, file->state)->title_zh));
    if (file->secrecy < CLEAR_TITLE)
        json_object_set_new (arguments, "title", json_string (file->title));
    if (file->unit)
        json_object_set_new (arguments, "u", json_string (file->unit));
    return arguments;
}

static void
s_notice (const decider_t *self, const case_t *file, json_t *message, const procedure_notice_t *notice)
{
    json_t *to = json_array ();
    for (const char *const *role = notice->to; *role; role++)
        if (!s_is_void (file, *role))
            json_array_append_new (to, s_recipient (file, *role));
    if (!json_array_size (to)) {
        json_decref (to);
        return;
    }
    char key[120];
    snprintf (key, sizeof key, "%lld/%.60s/%d", (long long) file->case_no, notice->template, file->version);
    json_t *fact =
        json_pack ("{ss ss sI ss ss si sb sb so so sO sO?}", "kind", "notice", "key", key, "case",
                   (json_int_t) file->case_no, "number", file->number, "template", notice->template,
                   "secrecy", file->secrecy, "urgent", notice->urgent, "confirm", notice->confirm, "to", to,
                   "arguments", s_arguments (self, file, message), "occurred_at",
                   json_object_get (message, "recorded_at"), "trace", json_object_get (message, "trace"));
    assert (fact);
    self->sink.post (self->sink.arg, "notify", fact);
}

void
facts_notices (const decider_t *self, const case_t *file, json_t *message, const char *event)
{
    for (size_t index = 0; index < procedure_notice_count (file->procedure); index++) {
        const procedure_notice_t *notice = procedure_notice_at (file->procedure, index);
        if (!strcmp (notice->on, event))
            s_notice (self, file, message, notice);
    }
}

//  --------------------------------------------------------------------------
//  Events for the feeds

static void
s_event (const decider_t *self, const case_t *file, json_t *message, const char *event, const char *source,
         bool own)
{
    //  What was said inside the bureau stays there: only who said it gets it back
    json_t *arguments = own ? json_object_get (message, "arguments") : NULL;
    json_t *id = json_object_get (message, "id");
    json_t *fact = json_pack (
        "{ss ss sI ss si ss ss sO? sI sI sO sO? so}", "kind", "case_event", "source", source, "case",
        (json_int_t) file->case_no, "number", file->number, "version", file->version, "event", event, "state",
        file->state, "actor", own ? json_object_get (message, "actor") : NULL, "occurred_at",
        json_integer_value (json_object_get (message, "recorded_at")), "recorded_at",
        json_integer_value (json_object_get (message, "recorded_at")), "cause",
        id ? id : json_object_get (message, "cause"), "trace", json_object_get (message, "trace"), "details",
        arguments ? json_incref (arguments) : json_object ());
    assert (fact);
    self->sink.post (self->sink.arg, "intake", fact);
}

void
facts_event (const decider_t *self, const case_t *file, json_t *message, const char *event)
{
    const char *acting = json_string_value (json_object_get (message, "source"));
    bool same = acting && !strcmp (acting, file->source);
    s_event (self, file, message, event, file->source, same);
    if (acting && !same)
        s_event (self, file, message, event, acting, true);
}
