//  mail - what other services send to intake: a line of somebody's feed, or a case that another one opens

#include "services/intake/mail.h"
#include "proto/event.h"
#include "services/intake/open.h"

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

//  Copies members that are there and not null
static void
s_copy (json_t *data, json_t *message, const char *from, const char *to)
{
    json_t *value = json_object_get (message, from);
    if (value && !json_is_null (value))
        json_object_set (data, to, value);
}

static void
s_copy_time (json_t *data, json_t *message, const char *member)
{
    char text[32];
    json_t *value = json_object_get (message, member);
    if (!json_is_integer (value))
        return;
    event_time_write (json_integer_value (value), text);
    json_object_set_new (data, member, json_string (text));
}

//  Which members of a message go into the event's data, under which name
typedef struct {
    const char *kind;
    event_type_t type;
    const char *time; //  the member that becomes the event's time
    const char *cause;
    const char *members[12][2];
} mapping_t;

static const mapping_t MAPPINGS[] = {
    { "case_event",
      EVENT_CASE_CHANGED,
      "recorded_at",
      "cause",
      { { "number", "case" },
        { "case", "case_no" },
        { "version", "version" },
        { "event", "event" },
        { "state", "state" },
        { "actor", "actor" },
        { "details", "details" },
        { NULL, NULL } } },
    { "refused",
      EVENT_COMMAND_REFUSED,
      NULL,
      "cause",
      { { "number", "case" },
        { "command", "command" },
        { "cause", "command_id" },
        { "problem", "problem" },
        { NULL, NULL } } },
    { "register_changed",
      EVENT_REGISTER_CHANGED,
      "recorded_at",
      "cause",
      { { "register", "register" },
        { "key", "key" },
        { "version", "version" },
        { "event", "event" },
        { "changed", "changed" },
        { "fields", "fields" },
        { "actor", "actor" },
        { NULL, NULL } } },
    { "register_refused",
      EVENT_REGISTER_REFUSED,
      NULL,
      "cause",
      { { "register", "register" },
        { "key", "key" },
        { "cause", "change_id" },
        { "problem", "problem" },
        { NULL, NULL } } },
    { "feed",
      EVENT_NOTICE,
      "occurred_at",
      "key",
      { { "number", "case" },
        { "template", "template" },
        { "to", "to" },
        { "subject", "subject" },
        { "text", "text" },
        { NULL, NULL } } },
};

char *
mail_event (json_t *message)
{
    const char *kind = s_text (message, "kind");
    for (size_t index = 0; index < sizeof MAPPINGS / sizeof *MAPPINGS; index++) {
        const mapping_t *mapping = &MAPPINGS[index];
        if (!streq (kind, mapping->kind))
            continue;
        json_t *data = json_object ();
        for (size_t place = 0; mapping->members[place][0]; place++)
            s_copy (data, message, mapping->members[place][0], mapping->members[place][1]);
        if (mapping->type == EVENT_CASE_CHANGED || mapping->type == EVENT_REGISTER_CHANGED) {
            s_copy_time (data, message, "occurred_at");
            s_copy_time (data, message, "recorded_at");
        }
        json_t *time = mapping->time ? json_object_get (message, mapping->time) : NULL;
        char *text =
            event_write (mapping->type, "duban", "", time ? json_integer_value (time) : zclock_time () * 1000,
                         s_text (message, mapping->cause), s_text (message, "trace"), data);
        json_decref (data);
        return text;
    }
    return NULL;
}

static void
s_load (void *self, batch_t *batch)
{
    (void) self;
    open_load (batch);
}

//  A line of the notice kind is confirmed: notify then knows that it arrived
static void
s_confirm (batch_t *batch, json_t *message)
{
    char recipient[64];
    snprintf (recipient, sizeof recipient, "source:%.48s", s_text (message, "source"));
    batch_post (batch, "notify",
                json_pack ("{ss sO ss sI}", "kind", "fed", "key", json_object_get (message, "key"),
                           "recipient", recipient, "at", (json_int_t) batch_now (batch)));
}

static void
s_decide (void *self, batch_t *batch)
{
    (void) self;
    size_t count = 0;
    feed_line_t *lines = zmalloc ((batch_count (batch) + 1) * sizeof *lines);
    for (size_t index = 0; index < batch_count (batch); index++) {
        json_t *message = batch_item (batch, index)->message;
        char *event = mail_event (message);
        if (!event || !s_text (message, "source")) {
            free (event);
            continue;
        }
        lines[count++] = (feed_line_t){ .source = s_text (message, "source"), .event = event };
        if (streq (s_text (message, "kind"), "feed"))
            s_confirm (batch, message);
    }
    open_decide (batch);
    store_feed (batch, lines, count);
    for (size_t index = 0; index < count; index++)
        free (lines[index].event);
    freen (lines);
}

static void
s_done (void *self, batch_t *batch)
{
    (void) self;
    (void) batch;
}

const lane_ops_t INTAKE_MAIL_OPS = { s_load, s_decide, s_done, NULL };
