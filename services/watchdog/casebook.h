//  casebook - the clocks of the cases in one batch, what has fired of them, and what was answered
#pragma once
#include "services/watchdog/keeper.h"
#include "services/watchdog/store.h"

//  A clock in this batch
typedef struct {
    deadline_t *deadline;
    bool dirty; //  is to be stored
    bool moved; //  it was there before: a new date is worth a line
    day_t was_due;
    moment_t was_breach_at;
    bool was_provisional;
} entry_t;

typedef struct {
    const keeper_t *keeper;
    zhashx_t *clocks; //  "12/handling" ─▶ entry_t
    zhashx_t *fired;  //  "12/handling/H-1/1764549000000000" ─▶ past_t
    answers_t *answers;
} casebook_t;

casebook_t *casebook_new (const keeper_t *keeper);
void casebook_destroy (casebook_t **self_p);
void casebook_reset (casebook_t *self);
//  What the store has read of the cases; arg is the casebook
extern const store_readers_t CASEBOOK_READERS;

entry_t *casebook_find (casebook_t *self, int64_t case_no, const char *name);
//  Takes the deadline; replaces the one of its name
entry_t *casebook_put (casebook_t *self, deadline_t *deadline);
//  All that decisions ask is answered from here
world_t casebook_world (casebook_t *self, moment_t now);
