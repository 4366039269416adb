//  event_write - from an event to bytes
//
//  Around the data, without a tree: the door writes one event for every submission.

#include "common/json_text.h"
#include "common/uuid.h"
#include "proto/event.h"
#include <assert.h>
#include <stdlib.h>

static void
s_add_attribute (json_text_t *text, const char *name, const char *value)
{
    if (value)
        json_text_member (text, name, value);
}

char *
event_write_around (const event_head_t *head, const char *data)
{
    json_text_t text = { 0 };
    char made[UUID_TEXT], when[32];
    if (!*head->id) {
        uuid_t uuid = uuid_new ();
        uuid_text (&uuid, made);
    }
    if (head->time != INT64_MIN)
        event_time_write (head->time, when);
    json_text_add (&text, "{");
    s_add_attribute (&text, "specversion", "1.0");
    s_add_attribute (&text, "id", *head->id ? head->id : made);
    s_add_attribute (&text, "source", head->source);
    s_add_attribute (&text, "type", event_type_name (head->type));
    s_add_attribute (&text, "time", head->time != INT64_MIN ? when : NULL);
    s_add_attribute (&text, "causationid", head->causationid);
    s_add_attribute (&text, "traceparent", head->traceparent);
    json_text_name (&text, "data");
    json_text_add (&text, data);
    json_text_add (&text, "}");
    return text.data;
}

char *
event_write (event_type_t type, const char *source, const char *id, int64_t time, const char *causationid,
             const char *traceparent, json_t *data)
{
    event_head_t head = { type, source, id, time, causationid, traceparent };
    char *body = json_dumps (data, JSON_COMPACT);
    assert (body);
    char *text = event_write_around (&head, body);
    free (body);
    return text;
}
