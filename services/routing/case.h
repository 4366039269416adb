//  case - a case in memory while a batch is decided, and what deciding makes of it
#pragma once
#include "common/sql.h"
#include "proto/procedure.h"
#include <jansson.h>
#include <stdbool.h>

//  One entry of the case's log: what happened, by whom, when
typedef struct {
    int64_t case_no;
    int version;
    const char *event; //  borrowed from the message or static
    char *state;
    char *actor, *spoke; //  the person who acted; the source whose key spoke; or NULL
    int secrecy;
    moment_t occurred_at, recorded_at;
    char *cause, *trace; //  trace may be NULL
    char *canonical;     //  JSON, sorted members, no blanks: what a sealer hashes
} log_entry_t;

typedef struct {
    int64_t case_no;
    char *number;
    const procedure_t *procedure;
    char *state;
    int version;
    char *source, *submitter; //  submitter may be NULL
    char *title, *kind, *area;
    int secrecy;
    char *unit;       //  or NULL
    int64_t parent;   //  the case that it is a part of; 0: none
    int64_t children; //  how many of its parts are open, when it was loaded
    json_t *fields;   //  what moves have set, and what duban keeps itself: "clocks" (see clocks.h), "moved"
                      //  (version of the last move), "also" (see merge.h), "secret" (see case_put)
    moment_t opened_at, closed_at;
    bool added, changed; //  to be inserted; to be updated
} case_t;

void case_destroy (case_t **self_p);
bool case_is_over (const case_t *self);
//  A field that a condition can ask for, as text: "" for what is no text; NULL: not set, or false.
//  "<list>_complete" is set while every co-unit is in the list.
const char *case_field (const case_t *self, const char *name);
//  Gives a field a value, borrowed. Names of fields that the procedure calls secret are kept in the field
//  "secret", so that views can leave them out.
void case_put (case_t *self, const char *name, json_t *value);
//  Is the text one of the list that the field holds? NULL is in no list
bool case_lists (const case_t *self, const char *field, const char *text);
//  Replaces an owned text
void case_set (char **place, const char *value);
