//  event_write - from an event to bytes
//
//  By hand around the data, without a tree: the door writes one event for every submission.

#include "common/uuid.h"
#include "proto/event.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//  `,"name":"value"` at the end of the text; nothing for NULL. Values are names, ids and times: hardly any needs to
//  be escaped, and what does is left to jansson.
static char *
s_add_attribute (char *end, const char *name, const char *value)
{
    if (!value)
        return end;
    bool plain = true;
    for (const char *at = value; *at && plain; at++)
        plain = *at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\';
    json_t *string = plain ? NULL : json_string (value);
    char *escaped = plain ? NULL : json_dumps (string, JSON_ENCODE_ANY);
    assert (plain || escaped);
    end += plain ? sprintf (end, ",\"%s\":\"%s\"", name, value) : sprintf (end, ",\"%s\":%s", name, escaped);
    free (escaped);
    json_decref (string);
    return end;
}

char *
event_write (event_type_t type, const char *source, const char *id, int64_t time, const char *causationid,
             const char *traceparent, json_t *data)
{
    char made[UUID_TEXT], when[32];
    if (!*id) {
        uuid_t uuid = uuid_new ();
        uuid_text (&uuid, made);
        id = made;
    }
    if (time != INT64_MIN)
        event_time_write (time, when);
    char *body = json_dumps (data, JSON_COMPACT);
    assert (body);
    size_t foreign = strlen (source) + strlen (id) + (causationid ? strlen (causationid) : 0) +
                     (traceparent ? strlen (traceparent) : 0);
    char *text = malloc (strlen (body) + 6 * foreign + 300); //  an escaped byte takes at most six
    assert (text);
    char *end = text + sprintf (text, "{\"specversion\":\"1.0\"");
    end = s_add_attribute (end, "id", id);
    end = s_add_attribute (end, "source", source);
    end = s_add_attribute (end, "type", event_type_name (type));
    end = s_add_attribute (end, "time", time != INT64_MIN ? when : NULL);
    end = s_add_attribute (end, "causationid", causationid);
    end = s_add_attribute (end, "traceparent", traceparent);
    sprintf (end, ",\"data\":%s}", body);
    free (body);
    return text;
}
