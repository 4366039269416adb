//  event - CloudEvents 1.0 in structured JSON mode: one event = one frame
//
//      bytes ─▶ size ─▶ scan ─▶ jansson ─▶ attributes ─▶ type ─▶ data against its schema ─▶ event_t
//               each step refuses with its own problem; nothing is allocated before the scan has passed

#include "proto/event.h"
#include "common/trace.h"
#include "common/uuid.h"
#include "proto/scan.h"
#include "proto/schema_node.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define URN       "urn:duban:source:"
#define TYPE_HEAD "cn.gov.duban."

static const struct {
    const char *name, *schema;
    bool request;
} TYPES[EVENT_TYPE_COUNT] = {
    [EVENT_SUBMISSION] = { TYPE_HEAD "submission.v1", "submission.json", true },
    [EVENT_COMMAND] = { TYPE_HEAD "command.v1", "command.json", true },
    [EVENT_FEED_READ] = { TYPE_HEAD "feed.read.v1", "feed.read.json", true },
    [EVENT_RECEIPT] = { TYPE_HEAD "receipt.v1", "receipt.json", false },
    [EVENT_PROBLEM] = { TYPE_HEAD "problem.v1", "problem.json", false },
    [EVENT_FEED_PAGE] = { TYPE_HEAD "feed.page.v1", "feed.page.json", false },
    [EVENT_CASE_CHANGED] = { TYPE_HEAD "case.changed.v1", "case.changed.json", false },
    [EVENT_COMMAND_REFUSED] = { TYPE_HEAD "command.refused.v1", "command.refused.json", false },
    [EVENT_NOTICE] = { TYPE_HEAD "notice.v1", "notice.json", false },
};

const char *
event_type_name (event_type_t type)
{
    assert (type < EVENT_TYPE_COUNT);
    return TYPES[type].name;
}

const char *
event_type_schema (event_type_t type)
{
    assert (type < EVENT_TYPE_COUNT);
    return TYPES[type].schema;
}

bool
event_type_is_request (event_type_t type)
{
    assert (type < EVENT_TYPE_COUNT);
    return TYPES[type].request;
}

//  --- the contract

struct event_contract {
    schema_t *schemas[EVENT_TYPE_COUNT]; //  NULL for types that are not sent to the door
};

event_contract_t *
event_contract_new (const char *schema_folder, char *error, size_t error_size)
{
    event_contract_t *self = calloc (1, sizeof *self);
    assert (self);
    for (event_type_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        char path[1024];
        if (!TYPES[type].request)
            continue;
        snprintf (path, sizeof path, "%s/%s", schema_folder, TYPES[type].schema);
        self->schemas[type] = schema_load (path, error, error_size);
        if (!self->schemas[type]) {
            event_contract_destroy (&self);
            return NULL;
        }
    }
    return self;
}

void
event_contract_destroy (event_contract_t **self_p)
{
    assert (self_p);
    event_contract_t *self = *self_p;
    if (self) {
        for (event_type_t type = 0; type < EVENT_TYPE_COUNT; type++)
            schema_destroy (&self->schemas[type]);
        free (self);
        *self_p = NULL;
    }
}

//  --- attributes: each takes its value into the event, or says what is wrong with it

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
        if (strcmp (text, TYPES[type].name) == 0)
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
s_point (problem_t *problem, const char *name, const char *detail)
{
    char pointer[400] = "";
    pointer_append (pointer, sizeof pointer, name);
    problem_point (problem, pointer, detail);
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

//  Adds everything that is wrong with the attributes to problem; false if anything is
static bool
s_take_attributes (event_t *event, problem_t *problem)
{
    const char *name;
    json_t *value;
    unsigned seen = 0;
    bool good = true;
    json_object_foreach (event->root, name, value) {
        const char *wrong = strcmp (name, "data") == 0 ? NULL : s_take_attribute (event, name, value, &seen);
        if (wrong) {
            s_point (problem, name, wrong);
            good = false;
        }
    }
    for (size_t index = 0; index < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; index++)
        if (ATTRIBUTES[index].required && !(seen & 1u << index)) {
            s_point (problem, ATTRIBUTES[index].name, "is missing");
            good = false;
        }
    return good;
}

//  --- from bytes to an event

static problem_t *
s_scan (const void *bytes, size_t size, scan_t *scan)
{
    if (size > EVENT_MAX_BYTES)
        return problem_new (PROBLEM_TOO_LARGE, NULL);
    switch (scan_json (bytes, size, EVENT_MAX_DEPTH, EVENT_MAX_VALUES, "data", "reporter", scan)) {
    case SCAN_TOO_DEEP:
        return problem_new (PROBLEM_TOO_DEEP, NULL);
    case SCAN_TOO_MANY:
        return problem_new (PROBLEM_TOO_MANY_VALUES, NULL);
    case SCAN_BROKEN:
        return problem_new (PROBLEM_MALFORMED, "It ends too early, or its brackets do not match.");
    case SCAN_OK:
        break;
    }
    return NULL;
}

//  Fills event->root. Only what is wrong with the text as JSON.
static problem_t *
s_read (event_t *event, const void *bytes, size_t size)
{
    json_error_t why;
    char detail[JSON_ERROR_TEXT_LENGTH + 60];
    event->root = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &why);
    if (event->root)
        return NULL;
    //  jansson quotes the text it stumbled over; that is a stranger's text, and may be personal: left out
    char *quote = strstr (why.text, " near ");
    if (quote)
        *quote = 0;
    snprintf (detail, sizeof detail, "Line %d, column %d: %s", why.line, why.column, why.text);
    return problem_new (PROBLEM_MALFORMED, detail);
}

static problem_t *
s_take (event_t *event, const event_contract_t *contract)
{
    if (!json_is_object (event->root))
        return problem_new (PROBLEM_NOT_AN_EVENT, "The event must be a JSON object.");
    problem_t *problem = problem_new (PROBLEM_NOT_AN_EVENT, NULL);
    if (!s_take_attributes (event, problem))
        return problem;
    problem_destroy (&problem);
    if (event->type == EVENT_TYPE_COUNT || !contract->schemas[event->type])
        return problem_new (PROBLEM_UNKNOWN_TYPE, json_string_value (json_object_get (event->root, "type")));
    problem = problem_new (PROBLEM_INVALID, NULL);
    event->data = json_object_get (event->root, "data");
    if (!event->data)
        problem_point (problem, "/data", "is missing");
    else if (schema_check (contract->schemas[event->type], event->data, "/data", problem))
        problem_destroy (&problem);
    return problem;
}

static void
s_copy_id (const event_t *event, char *id_out)
{
    const char *id = json_string_value (json_object_get (event->root, "id"));
    if (id && schema_is_id (id))
        strcpy (id_out, id);
}

event_t *
event_parse (event_contract_t *contract, const void *bytes, size_t size, problem_t **problem, char *id_out)
{
    scan_t scan = { 0 };
    *id_out = 0;
    *problem = s_scan (bytes, size, &scan);
    if (*problem)
        return NULL;
    event_t *self = calloc (1, sizeof *self);
    assert (self);
    self->time = INT64_MIN;
    self->cut_at = scan.at;
    self->cut_size = scan.size;
    *problem = s_read (self, bytes, size);
    if (!*problem) {
        s_copy_id (self, id_out);
        *problem = s_take (self, contract);
    }
    if (*problem)
        event_destroy (&self);
    return self;
}

void
event_destroy (event_t **self_p)
{
    assert (self_p);
    event_t *self = *self_p;
    if (self) {
        json_decref (self->root);
        free (self);
        *self_p = NULL;
    }
}

//  --- from an event to bytes

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

//  Written by hand around the data: the door writes one for every submission
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
