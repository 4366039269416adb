//  message - what routing is told of a submission, a command or a change of a register

#include "common/calendar.h"
#include "common/config.h"
#include "proto/excerpt.h"
#include "services/intake/decide.h"
#include "services/intake/register.h"
#include <czmq.h>

static void
s_add_excerpt (json_text_t *message, json_t *text)
{
    const char *bytes = json_string_value (text);
    json_text_name (message, "excerpt");
    json_text_string_of (message, bytes, excerpt_size (bytes, json_string_length (text)));
}

//  What every message to routing carries: who and why
static void
s_add_envelope (json_text_t *message, const event_t *event, const admission_t *admission, const char *source)
{
    char cause[200];
    snprintf (cause, sizeof cause, "%s/%s", source, event->id);
    json_text_member (message, "id", event->id);
    json_text_member (message, "source", source);
    json_text_member (message, "actor", admission->actor);
    json_text_member (message, "cause", cause);
    json_text_member (message, "trace", event->traceparent);
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
s_add_rarities (json_text_t *message, json_t *data)
{
    int year;
    int64_t moment;
    json_t *arguments = json_object_get (data, "arguments"), *history = json_object_get (data, "history");
    json_t *paper = json_object_get (data, "received_on_paper");
    const char *number = json_string_value (json_object_get (data, "parent"));
    const char *received_at = json_string_value (json_object_get (paper, "received_at"));
    if (received_at && event_time_parse (received_at, &moment))
        json_text_member_integer (message, "received_at", moment); //  terms run from here
    if (arguments)
        json_text_member_value (message, "arguments", arguments);
    int64_t parent;
    if (number && case_number_read (number, NULL, &year, &parent))
        json_text_member_integer (message, "parent", parent);
    if (history) {
        json_t *times = s_history (history);
        json_text_member_value (message, "history", times);
        json_decref (times);
    }
}

static void
s_add_submission (json_text_t *message, json_t *data, int secrecy)
{
    static const char *const COPIED[][2] = {
        { "procedure", "procedure" }, { "case_kind", "kind" }, { "title", "title" }, { "area", "area" }
    };
    const char *urgency = json_string_value (json_object_get (data, "urgency"));
    json_text_member (message, "kind", "submission");
    for (size_t index = 0; index < sizeof COPIED / sizeof *COPIED; index++)
        json_text_member_value (message, COPIED[index][0], json_object_get (data, COPIED[index][1]));
    s_add_excerpt (message, json_object_get (data, "text"));
    json_text_name (message, "urgent");
    json_text_add (message, urgency && streq (urgency, "urgent") ? "true" : "false");
    json_text_member_integer (message, "secrecy", secrecy);
    s_add_rarities (message, data);
}

static void
s_add_command (json_text_t *message, json_t *data, const person_t *person)
{
    json_t *arguments = json_object_get (data, "arguments");
    json_text_member (message, "kind", "command");
    json_text_member_value (message, "command", json_object_get (data, "command"));
    json_text_name (message, "arguments");
    if (arguments)
        json_text_value (message, arguments);
    else
        json_text_add (message, "{}");
    json_text_member_value (message, "expected_version", json_object_get (data, "expected_version"));
    json_text_name (message, "roles");
    json_text_add (message, "[");
    for (char *const *role = person ? person->roles : NULL; role && *role; role++) {
        json_text_add (message, role == person->roles ? "" : ",");
        json_text_string (message, *role);
    }
    json_text_add (message, "]");
    json_text_member (message, "unit", person ? person->unit : NULL);
}

void
intake_message (const event_t *event, const admission_t *admission, const char *source, json_text_t *message)
{
    json_text_add (message, "{");
    s_add_envelope (message, event, admission, source);
    if (intake_is_register (event))
        intake_add_register (message, event);
    else if (admission->opens)
        s_add_submission (message, event->data, admission->secrecy);
    else
        s_add_command (message, event->data, admission->person);
}

void
intake_complete (json_text_t *message, const recorded_t *recorded)
{
    if (recorded->case_no) //  none: a change of a register
        json_text_member_integer (message, "case", recorded->case_no);
    if (recorded->number)
        json_text_member (message, "number", recorded->number);
    json_text_member_integer (message, "recorded_at", recorded->recorded_at);
    json_text_member_integer (message, "occurred_at",
                              recorded->occurred_at == MOMENT_NONE ? recorded->recorded_at
                                                                   : recorded->occurred_at);
    json_text_add (message, "}");
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
