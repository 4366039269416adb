//  event - CloudEvents 1.0 in structured JSON mode: one event = one frame (the only form at the door)
//
//  Parsing is strict and in this order, each step bounded: size ≤ 64 KiB; scan (depth ≤ 16, values ≤ 5,000,
//  one pass, no allocation, finds the sealed member); jansson with JSON_REJECT_DUPLICATES, or json_quick in its
//  place for ordinary JSON; attributes; type; data against the type's schema. Sources: CloudEvents 1.0.2 spec
//  and JSON format; limits: proto/README.md.
#pragma once
#include "proto/problem.h"
#include "proto/schema.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_MAX_BYTES  65536
#define EVENT_MAX_DEPTH  16
#define EVENT_MAX_VALUES 5000

typedef enum {
    EVENT_SUBMISSION,       //  cn.gov.duban.submission.v1
    EVENT_COMMAND,          //  cn.gov.duban.command.v1
    EVENT_FEED_READ,        //  cn.gov.duban.feed.read.v1
    EVENT_RECEIPT,          //  cn.gov.duban.receipt.v1
    EVENT_PROBLEM,          //  cn.gov.duban.problem.v1
    EVENT_FEED_PAGE,        //  cn.gov.duban.feed.page.v1
    EVENT_CASE_CHANGED,     //  cn.gov.duban.case.changed.v1
    EVENT_COMMAND_REFUSED,  //  cn.gov.duban.command.refused.v1
    EVENT_NOTICE,           //  cn.gov.duban.notice.v1
    EVENT_REGISTER_PUT,     //  cn.gov.duban.register.put.v1
    EVENT_REGISTER_END,     //  cn.gov.duban.register.end.v1
    EVENT_REGISTER_CHANGED, //  cn.gov.duban.register.changed.v1
    EVENT_REGISTER_REFUSED, //  cn.gov.duban.register.refused.v1
    EVENT_TYPE_COUNT
} event_type_t;

const char *event_type_name (event_type_t type);
//  The file in proto/schemas that checks data of this type: "submission.json"
const char *event_type_schema (event_type_t type);
//  True for the types that a peer may send to the door
bool event_type_is_request (event_type_t type);

typedef struct {
    event_type_t type;
    const char *id;     //  1..128 bytes, borrowed from root
    const char *source; //  URI-reference as sent; our sources are "urn:duban:source:<name>" or just "<name>"
    const char *source_name; //  the <name>
    const char *authid;      //  the person it is sent for, or NULL
    const char *traceparent; //  valid, or NULL
    const char *causationid; //  or NULL
    int64_t time;            //  microseconds since 1970 UTC; INT64_MIN if absent
    json_t *data;            //  borrowed from root
    json_t *root;            //  owned
    size_t cut_at, cut_size; //  byte range of the value of /data/reporter in the bytes; size 0: none
} event_t;

//  Loads and compiles the schemas of all request types from a folder. NULL after printing to error what is
//  wrong.
typedef struct event_contract event_contract_t;
event_contract_t *event_contract_new (const char *schema_folder, char *error, size_t error_size);
void event_contract_destroy (event_contract_t **self_p);

//  Parses bytes from outside. NULL and a problem (caller owns) if they are not an acceptable request. When
//  the id could be read in spite of the problem, it is copied to id_out (size ≥ 129), else id_out is "".
event_t *event_parse (event_contract_t *contract, const void *bytes, size_t size, problem_t **problem,
                      char *id_out);
void event_destroy (event_t **self_p);

//  Writes an event: caller frees the text. data is borrowed. authid, causationid, traceparent may be NULL.
//  id "" : a new UUIDv7
char *event_write (event_type_t type, const char *source, const char *id, int64_t time,
                   const char *causationid, const char *traceparent, json_t *data);

//  The same around data that is JSON text already. The door writes one such event for every submission.
typedef struct {
    event_type_t type;
    const char *source, *id;
    int64_t time;
    const char *causationid, *traceparent;
} event_head_t;
char *event_write_around (const event_head_t *head, const char *data);

//  RFC 3339 with zone ⇄ microseconds since 1970 UTC. Accepts years 1970–9999, offsets ±23:59, no leap second
//  (":60" is refused, like a date that does not exist). Writes UTC with "Z" and milliseconds.
bool event_time_parse (const char *text, int64_t *time);
void event_time_write (int64_t time, char text[32]);
//  A date that exists, "2026-11-23", years 1–9999
bool event_date_is_valid (const char *text);
