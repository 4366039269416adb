//  event - CloudEvents 1.0 in structured JSON mode: one event = one frame
//
//      bytes ─▶ size ─▶ scan ─▶ jansson ─▶ attributes ─▶ type ─▶ data against its schema ─▶ event_t
//               each step refuses with its own problem; nothing is allocated before the scan has passed

#include "proto/event_parts.h"
#include "proto/json_quick.h"
#include "proto/scan.h"
#include "proto/schema_node.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    [EVENT_REGISTER_PUT] = { TYPE_HEAD "register.put.v1", "register.put.json", true },
    [EVENT_REGISTER_END] = { TYPE_HEAD "register.end.v1", "register.end.json", true },
    [EVENT_REGISTER_CHANGED] = { TYPE_HEAD "register.changed.v1", "register.changed.json", false },
    [EVENT_REGISTER_REFUSED] = { TYPE_HEAD "register.refused.v1", "register.refused.json", false },
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
    event->root = json_quick_read (bytes, size);
    if (!event->root)
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
    problem_t *problem = NULL;
    if (!event_take_attributes (event, &problem))
        return problem;
    if (event->type == EVENT_TYPE_COUNT || !contract->schemas[event->type])
        return problem_new (PROBLEM_UNKNOWN_TYPE, json_string_value (json_object_get (event->root, "type")));
    const schema_t *schema = contract->schemas[event->type];
    event->data = json_object_get (event->root, "data");
    if (event->data && schema_check (schema, event->data, "/data", NULL))
        return NULL;
    problem = problem_new (PROBLEM_INVALID, NULL); //  only now: nearly every event is good
    if (!event->data)
        problem_point (problem, "/data", "is missing");
    else
        schema_check (schema, event->data, "/data", problem);
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
