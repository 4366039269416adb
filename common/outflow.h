//  outflow - which parcel goes to which receiver, and when again: the sender's rules, without I/O or clock
//
//      add ─▶ waiting ─▶ in flight at a peer ─▶ settled (row deleted)
//               ▲               │ peer lost, connection replaced, told to wait
//               └───────────────┘
//
//  One object per target service. Everything that happens comes in as a call with the time; everything to be
//  done goes out through the table of actions, so that the same code runs under a simulator with a fake
//  network.
#pragma once
#include "common/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTFLOW_MAX_PARCELS 512 //  in memory; the rest stays in the outbox
#define OUTFLOW_MAX_BYTES   (8 * 1024 * 1024)
#define OUTFLOW_SILENCE_MS  3000  //  a peer that says nothing for so long is lost
#define OUTFLOW_PATIENCE_MS 60000 //  no answer from a living peer for so long: send again
#define OUTFLOW_PAUSE_MS    1000  //  between two ticks: we stood still ourselves
#define OUTFLOW_ALONE_AFTER 3     //  receivers died with it: send it alone
#define OUTFLOW_DEAD_AFTER  20    //  … to the dead letters

typedef struct {
    uuid_t id;
    int deaths;
    void *body;
    size_t size;
} outparcel_t;

typedef struct {
    //  Puts a parcel on the wire to a peer; false: cannot now, it stays waiting
    bool (*send) (void *arg, const uuid_t *peer, const outparcel_t *parcel, bool alone);
    //  The receiver has it for good: its row may go
    void (*settled) (void *arg, const uuid_t *id);
    //  A receiver died while it had the parcel
    void (*died) (void *arg, const outparcel_t *parcel);
    //  Nobody will ever take it: to the dead letters
    void (*dead) (void *arg, const outparcel_t *parcel, const char *cause);
} outflow_actions_t;

typedef struct outflow outflow_t;

outflow_t *outflow_new (const outflow_actions_t *actions, void *arg);
void outflow_destroy (outflow_t **self_p);

//  Takes the parcel if there is room and it is not here already. False: it was freed, the outbox has it.
bool outflow_add (outflow_t *self, outparcel_t *parcel, int64_t now);
//  A receiver said CREDIT. A new session: what was in flight on the old connection is sent again.
void outflow_credit (outflow_t *self, const uuid_t *peer, uint64_t session, size_t window, int64_t now);
void outflow_drain (outflow_t *self, const uuid_t *peer);
//  The peer is gone; died: not by its own will
void outflow_lost (outflow_t *self, const uuid_t *peer, bool died, int64_t now);
void outflow_ack (outflow_t *self, const uuid_t *id, int64_t now);
//  milliseconds 0: never
void outflow_nack (outflow_t *self, const uuid_t *id, int64_t milliseconds, int64_t now);
//  Time passes: peers fall silent, parcels that waited may go
void outflow_tick (outflow_t *self, int64_t now);

bool outflow_holds (const outflow_t *self, const uuid_t *id);
size_t outflow_count (const outflow_t *self);                         //  parcels in memory
size_t outflow_in_flight (const outflow_t *self, const uuid_t *peer); //  parcels at a peer, unacknowledged
bool outflow_left_some (const outflow_t *self);    //  there was no room for a parcel: the outbox has more
size_t outflow_room (const outflow_t *self);       //  parcels that may be added
void outflow_refilled (outflow_t *self, bool all); //  all: the outbox had no more than what was added
//  Calls fn for every parcel in memory
void outflow_each (const outflow_t *self, void (*fn) (void *arg, const uuid_t *id), void *arg);
