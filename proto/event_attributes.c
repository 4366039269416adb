//  event_attributes - the attributes of an event from outside: what each may be, and where it goes
//
//  A table with a row for each attribute that means something to us. Others are allowed if they are what the
//  specification calls an attribute, and nobody reads them.

#include "common/trace.h"
#include "proto/event_parts.h"
#include "proto/schema_node.h"
#include <assert.h>
#include <string.h>
#include <strings.h>

#define URN "urn:duban:source:"

//  Takes its value into the event, or says what is wrong with it
typedef const char *(attribute_fn) (event_t *event, const char *text);

static const char *
s_take_version (event_t *event, const char *text)
{
    (void) event;
    return strcmp (text, "1.0") == 0 ? NULL : "must be 1.0";
}

static const char *
s_take_id (event_t *event, const char *text)
{
    event->id = text;
    return schema_is_id (text) ? NULL : "must be 1 to 128 bytes without control or invisible characters";
}

static const char *
s_take_source (event_t *event, const char *text)
{
    event->source = text;
    event->source_name = strncmp (text, URN, strlen (URN)) == 0 ? text + strlen (URN) : text;
    size_t length = strlen (event->source_name);
    bool good = length >= 1 && length <= 40 && *event->source_name != '-' &&
                strspn (event->source_name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
    return good ? NULL : "must be a name (a-z, 0-9, -; at most 40), alone or after " URN;
}

static const char *
s_take_type (event_t *event, const char *text)
{
    event->type = EVENT_TYPE_COUNT;
    for (event_type_t type = 0; type < EVENT_TYPE_COUNT; type++)
        if (strcmp (text, event_type_name (type)) == 0)
            event->type = type;
    return *text ? NULL : "must not be empty";
}

static const char *
s_take_time (event_t *event, const char *text)
{
    return event_time_parse (text, &event->time) ? NULL
                                                 : "must be a time with zone, like 2026-11-23T08:30:00+08:00";
}

static const char *
s_take_content_type (event_t *event, const char *text)
{
    (void) event;
    return strcasecmp (text, "application/json") == 0 ? NULL : "must be application/json";
}

static const char *
s_take_person (event_t *event, const char *text)
{
    event->authid = text;
    return schema_is_id (text) ? NULL : "must be 1 to 128 bytes without control or invisible characters";
}

static const char *
s_take_cause (event_t *event, const char *text)
{
    event->causationid = text;
    return schema_is_id (text) ? NULL : "must be 1 to 128 bytes without control or invisible characters";
}

//  W3C Trace Context: who receives a traceparent that it cannot read goes on as if there were none
static const char *
s_take_trace (event_t *event, const char *text)
{
    event->traceparent = trace_is_valid (text) ? text : NULL;
    return NULL;
}

static const struct {
    const char *name;
    bool required;
    attribute_fn *take;
} ATTRIBUTES[] = {
    { "specversion", true, s_take_version }, { "id", true, s_take_id },
    { "source", true, s_take_source },       { "type", true, s_take_type },
    { "time", false, s_take_time },          { "datacontenttype", false, s_take_content_type },
    { "authid", false, s_take_person },      { "causationid", false, s_take_cause },
    { "traceparent", false, s_take_trace },
};

//  What the specification asks of every attribute; NULL if it is so
static const char *
s_check_attribute (const char *name, const json_t *value)
{
    size_t length = strlen (name);
    if (length < 1 || length > 20 || strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789") != length)
        return "is not the name of an attribute (a-z and 0-9, at most 20)";
    if (json_is_boolean (value) || json_is_null (value))
        return NULL;
    if (json_is_integer (value))
        return json_integer_value (value) == (int32_t) json_integer_value (value)
                   ? NULL
                   : "does not fit a 32-bit integer";
    if (!json_is_string (value))
        return "must be a string, a 32-bit integer or a boolean";
    for (const char *text = json_string_value (value); *text;) {
        unsigned point = utf8_next (&text);
        if (point < 0x20 || (point >= 0x7f && point < 0xa0))
            return "must not contain control characters";
    }
    return NULL;
}

static void
s_point (problem_t **problem, const char *name, const char *detail)
{
    char pointer[400] = "";
    pointer_append (pointer, sizeof pointer, name);
    if (!*problem)
        *problem = problem_new (PROBLEM_NOT_AN_EVENT, NULL);
    problem_point (*problem, pointer, detail);
}

//  Takes one member of the event; seen gets the bit of its row in the table. NULL, or what is wrong with it.
static const char *
s_take_attribute (event_t *event, const char *name, json_t *value, unsigned *seen)
{
    if (strcmp (name, "data_base64") == 0)
        return "is not taken: data is JSON";
    const char *wrong = s_check_attribute (name, value);
    for (size_t index = 0; index < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; index++) {
        if (json_is_null (value) || strcmp (ATTRIBUTES[index].name, name) != 0)
            continue;
        *seen |= 1u << index;
        if (!wrong)
            wrong = json_is_string (value) ? ATTRIBUTES[index].take (event, json_string_value (value))
                                           : "must be a string";
    }
    return wrong;
}

bool
event_take_attributes (event_t *event, problem_t **problem)
{
    const char *name;
    json_t *value;
    unsigned seen = 0;
    json_object_foreach (event->root, name, value) {
        const char *wrong = strcmp (name, "data") == 0 ? NULL : s_take_attribute (event, name, value, &seen);
        if (wrong)
            s_point (problem, name, wrong);
    }
    for (size_t index = 0; index < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; index++)
        if (ATTRIBUTES[index].required && !(seen & 1u << index))
            s_point (problem, ATTRIBUTES[index].name, "is missing");
    return !*problem;
}
