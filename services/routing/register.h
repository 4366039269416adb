//  register - what a request makes of an entry of a register: fields, version, history. No I/O, no clock.
//
//      (record, message) ─▶ declaration ─▶ record changed + line of its log + register_changed for the feeds
//                                     └──▶ register_refused to who asked
//
//  Two requests may come here in another order than the door took them. So each field knows when the door took its
//  value, and only a later request replaces it: the result is that of the order of receipts.
#pragma once
#include "common/sql.h"
#include "proto/form.h"

//  One entry while a batch is decided
typedef struct {
    char *register_name, *key;
    const form_t *form;    //  NULL: there is no such register here
    int version;           //  0: there is no such entry (yet)
    json_t *body, *secret; //  fields; what is secret apart
    json_t *stamps;        //  field → when the door took its value; "." → when it ended or was put again
    bool ended;
    moment_t changed_at;
    char *changed_by;
    bool changed; //  to be stored
} record_t;

record_t *record_new (const form_t *form, const char *register_name, const char *key);
void record_destroy (record_t **self_p);
//  A date field of the entry: DAY_NONE if the register or the entry has none
day_t record_valid_from (const record_t *self);
day_t record_valid_until (const record_t *self);

//  One line of the log of an entry
typedef struct {
    char *register_name, *key;
    int version;
    const char *event; //  static
    char *actor, *spoke;
    int secrecy;
    moment_t occurred_at, recorded_at;
    char *cause, *trace; //  trace may be NULL
    char *canonical;     //  JSON, sorted members, no blanks: what a sealer hashes
    char *secret;        //  values of secret fields, or NULL
} record_log_t;
void record_log_clear (record_log_t *self);

typedef struct {
    void (*log) (void *arg, const record_log_t *line);             //  takes what the line points to
    void (*post) (void *arg, const char *target, json_t *message); //  takes the message
    void *arg;
} record_sink_t;

//  A `register` message on its entry
void record_decide (const forms_t *forms, const record_sink_t *sink, record_t *record, json_t *message);
