//  request - one thing that was asked at the door, from its arrival until it is answered
#pragma once
#include "services/intake/decide.h"

#define ROUTE_BYTES 8

//  Where an answer goes: the connection, and whether the peer is a REQ (an empty frame comes first)
typedef struct {
    uint8_t id[ROUTE_BYTES];
    size_t id_size;
    bool delimiter;
} route_t;

//  A submission or command that is to be made durable. Owns everything that it points to.
typedef struct {
    route_t route;
    char event_id[132];
    char *source, *actor; //  actor may be NULL
    char public_key[41];
    char *trace;                      //  or NULL
    char *entry_register, *entry_key; //  of a change of a register; else NULL
    admission_t admission;
    moment_t occurred_at; //  MOMENT_NONE: not said
    char *document;       //  the bytes as they came, the reporter's value replaced by null
    size_t document_size;
    char *cut; //  the reporter's value; NULL: none
    size_t cut_at, cut_size;
    json_text_t message; //  for routing; its end comes with what the database says
    size_t message_open; //  … its size without that
    //  --- what the database said
    bool found, added; //  is there now; by this request
    bool same;         //  … with the same bytes
    int64_t case_no;
    char number[CASE_NUMBER_TEXT];
    moment_t recorded_at;
} request_t;

request_t *request_new (const route_t *route, const speaker_t *speaker, const event_t *event,
                        const admission_t *admission, const void *bytes, size_t size);
void request_destroy (request_t **self_p);
