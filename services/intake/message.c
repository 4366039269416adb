//  message - what routing is told of a submission, a command or a change of a register

#include "common/calendar.h"
#include "common/config.h"
#include "proto/excerpt.h"
#include "services/intake/decide.h"
#include "services/intake/register.h"
#include <czmq.h>

static json_t *
s_excerpt (json_t *text)
{
    const char *bytes = json_string_value (text);
    return json_stringn (bytes, excerpt_size (bytes, json_string_length (text)));
}

static json_t *
s_text_or_null (const char *text)
{
    return text ? json_string (text) : json_null ();
}

//  What every message to routing carries: who, when, why
static void
s_add_envelope (json_t *message, const event_t *event, const admission_t *admission, const char *source)
{
    char cause[200];
    snprintf (cause, sizeof cause, "%s/%s", source, event->id);
    json_object_set_new (message, "id", json_string (event->id));
    json_object_set_new (message, "source", json_string (source));
    json_object_set_new (message, "actor", s_text_or_null (admission->actor));
    if (event->time != INT64_MIN)
        json_object_set_new (message, "occurred_at", json_integer (event->time));
    json_object_set_new (message, "cause", json_string (cause));
    json_object_set_new (message, "trace", s_text_or_null (event->traceparent));
}

static void
s_set_time (json_t *object, const char *member, json_t *from)
{
    int64_t moment;
    const char *text = json_string_value (json_object_get (from, member));
    if (text && event_time_parse (text, &moment))
        json_object_set_new (object, member, json_integer (moment));
}

//  Times as numbers; the schema has seen that they are times
static json_t *
s_history (json_t *from)
{
    const char *name;
    json_t *ran, *clocks = json_object ();
    json_t *history = json_pack ("{sO so}", "state", json_object_get (from, "state"), "clocks", clocks);
    s_set_time (history, "opened_at", from);
    s_set_time (history, "closed_at", from);
    json_object_foreach (json_object_get (from, "clocks"), name, ran) {
        json_t *one = json_object ();
        s_set_time (one, "from", ran);
        s_set_time (one, "stopped_at", ran);
        json_object_set_new (clocks, name, one);
    }
    return history;
}

//  What most submissions do not have
static void
s_add_rarities (json_t *message, json_t *data)
{
    int year;
    int64_t parent;
    json_t *arguments = json_object_get (data, "arguments"), *history = json_object_get (data, "history");
    const char *number = json_string_value (json_object_get (data, "parent"));
    if (arguments)
        json_object_set (message, "arguments", arguments);
    if (number && case_number_read (number, NULL, &year, &parent))
        json_object_set_new (message, "parent", json_integer (parent));
    if (history)
        json_object_set_new (message, "history", s_history (history));
}

static void
s_add_submission (json_t *message, json_t *data, int secrecy)
{
    const char *urgency = json_string_value (json_object_get (data, "urgency"));
    json_t *area = json_object_get (data, "area");
    json_object_set_new (message, "kind", json_string ("submission"));
    json_object_set (message, "procedure", json_object_get (data, "procedure"));
    json_object_set (message, "case_kind", json_object_get (data, "kind"));
    json_object_set (message, "title", json_object_get (data, "title"));
    json_object_set_new (message, "area", area ? json_incref (area) : json_null ());
    json_object_set_new (message, "excerpt", s_excerpt (json_object_get (data, "text")));
    json_object_set_new (message, "urgent", json_boolean (urgency && streq (urgency, "urgent")));
    json_object_set_new (message, "secrecy", json_integer (secrecy));
    json_t *paper = json_object_get (data, "received_on_paper");
    const char *text = json_string_value (json_object_get (paper, "received_at"));
    int64_t received_at;
    if (text && event_time_parse (text, &received_at))
        json_object_set_new (message, "received_at", json_integer (received_at)); //  terms run from here
    s_add_rarities (message, data);
}

static void
s_add_command (json_t *message, json_t *data, const person_t *person)
{
    json_t *roles = json_array ();
    for (char *const *role = person ? person->roles : NULL; role && *role; role++)
        json_array_append_new (roles, json_string (*role));
    json_t *arguments = json_object_get (data, "arguments");
    json_t *version = json_object_get (data, "expected_version");
    json_object_set_new (message, "kind", json_string ("command"));
    json_object_set (message, "command", json_object_get (data, "command"));
    json_object_set_new (message, "arguments", arguments ? json_incref (arguments) : json_object ());
    json_object_set_new (message, "expected_version", version ? json_incref (version) : json_null ());
    json_object_set_new (message, "roles", roles);
    json_object_set_new (message, "unit", s_text_or_null (person ? person->unit : NULL));
}

json_t *
intake_message (const event_t *event, const admission_t *admission, const char *source)
{
    json_t *message = json_object ();
    s_add_envelope (message, event, admission, source);
    if (intake_is_register (event))
        intake_add_register (message, event);
    else if (admission->opens)
        s_add_submission (message, event->data, admission->secrecy);
    else
        s_add_command (message, event->data, admission->person);
    return message;
}

void
intake_complete (json_t *message, int64_t case_no, const char *number, moment_t recorded_at)
{
    if (case_no) //  none: a change of a register
        json_object_set_new (message, "case", json_integer (case_no));
    if (number)
        json_object_set_new (message, "number", json_string (number));
    json_object_set_new (message, "recorded_at", json_integer (recorded_at));
    if (!json_object_get (message, "occurred_at"))
        json_object_set_new (message, "occurred_at", json_integer (recorded_at));
}

void
intake_number (char text[CASE_NUMBER_TEXT], int64_t case_no, moment_t recorded_at)
{
    static const char *prefix; //  settings do not change while we run, and this is asked for every submission
    static long offset_minutes;
    if (!prefix) {
        prefix = config_text ("DUBAN_NUMBER_PREFIX");
        offset_minutes = config_number ("DUBAN_TZ_MINUTES");
    }
    int year, month, day;
    moment_t local = recorded_at + offset_minutes * 60000000LL;
    day_to_civil ((day_t) (local / 86400000000LL), &year, &month, &day);
    case_number_write (text, prefix, year, case_no);
}
