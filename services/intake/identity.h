//  identity - who may speak at the door: sources, keys and persons, kept in memory and never older than a
//  second
//
//  Read anew whenever identity_version moved. ZAP gets the keys for the handshake; every message is checked
//  again here, so a revoked key is out within a second even on an open connection.
#pragma once
#include "common/service.h"

#define IDENTITY_MAX_LIST 16

typedef struct {
    char *source;
    char *name;
    char **procedures, **commands; //  NULL-terminated
    long rate, burst;
    double tokens; //  of the quota, see quota.h
    int64_t filled_at;
    int64_t warned_at; //  refusals are logged once a minute and source
} source_t;

typedef struct {
    char *person;
    char **roles; //  NULL-terminated
    char *unit;   //  or NULL
} person_t;

typedef struct {
    char *public_key;
    source_t *source;
    char *person;      //  or NULL
    char **speaks_for; //  NULL-terminated; "*": anybody in the directory
} speaker_t;

typedef struct identity identity_t;

identity_t *identity_new (service_t *service);
void identity_destroy (identity_t **self_p);
bool identity_is_ready (const identity_t *self);
//  NULL: not known, revoked, or its source is closed
speaker_t *identity_speaker (identity_t *self, const char *public_key);
//  NULL: not in the directory or not active
const person_t *identity_person (identity_t *self, const char *person);
//  True if the word or "*" is in the list
bool identity_lists (char *const *list, const char *word);
