//  mailbox - the hand-over between services: exactly one effect for every message
//
//      producer                                              consumer
//      business rows + outbox row ─COMMIT─▶ DATA ──────────▶ inbox row + effect ─COMMIT─┐
//      delete outbox row ◀───────────────── ACK ◀──────────────────────────────────────┘
//
//  Truth is in PostgreSQL; ZeroMQ carries at wire speed and may lose anything. Memory is a cache of the
//  outbox, fed by one statement, refill: rows whose owner is this replica or no live replica, not in memory,
//  oldest first. That is the one way back after a crash, a lost connection, an unknown commit, a target that
//  was down. common/README.md has the protocol and the reasons.
#pragma once
#include "common/config.h"
#include "common/db.h"
#include "common/uuid.h"
#include <czmq.h>
#include <jansson.h>

typedef struct mailbox mailbox_t;

//  One parcel that came in. Held by the lane until its batch is committed.
typedef struct {
    uuid_t id;
    char src[24];     //  the producing service, from its key
    bool alone;       //  it was there when receivers died: it gets a transaction of its own
    json_t *messages; //  array of objects
    void *body;       //  the bytes as they came
    size_t size;
} parcel_t;

void parcel_destroy (parcel_t **self_p);

typedef struct {
    zloop_t *loop;
    const char *service; //  this service's name, also its schema
    const char *conninfo;
    uuid_t replica_id;
    const char *const *targets; //  services it hands parcels to, NULL-terminated
    const char *const
        *kinds;    //  message kinds it understands, NULL-terminated; others are refused for a while
    size_t window; //  bytes it holds unacknowledged, over all senders
    //  A parcel came in: takes it. Called on the loop.
    void (*on_parcel) (void *arg, parcel_t *parcel);
    //  Once an hour: the oldest parcel that this service still owes to anybody (or a new id: none). To be
    //  published.
    void (*on_oldest) (void *arg, const uuid_t *oldest);
    void *arg;
} mailbox_options_t;

//  Everything is set up; sockets follow with mailbox_bind. options are copied, strings are borrowed.
mailbox_t *mailbox_new (const mailbox_options_t *options);
void mailbox_destroy (mailbox_t **self_p);
//  Binds the internal ROUTER with a key pair made for this run; returns the port, -1 if it cannot.
//  endpoint "tcp://127.0.0.1:*"
int mailbox_bind (mailbox_t *self, const char *endpoint, zcert_t *cert);
//  The live replicas as the registry has them (the mailbox connects, disconnects, takes over accordingly)
struct replica;
void mailbox_peers (mailbox_t *self, const struct replica *replicas, size_t count);
//  Every producer has published what it owes, and this is the oldest of all: inbox partitions before it may
//  go
void mailbox_expire (mailbox_t *self, const uuid_t *oldest_owed);
//  Tells every sender to send no more (stopping)
void mailbox_drain (mailbox_t *self);
bool mailbox_is_up (const mailbox_t *self);
//  Nothing unacknowledged on the way out, as far as memory knows
bool mailbox_is_idle (const mailbox_t *self);
//  Parcels waiting for the target, in memory or beyond it: the bound that intake looks at
size_t mailbox_backlog (const mailbox_t *self, const char *target);

//  --- for the lane
//  The statement tables a lane needs beside its own
extern const db_table_t MAILBOX_TABLE;
typedef struct outgoing outgoing_t; //  parcels of one transaction, before COMMIT
outgoing_t *outgoing_new (mailbox_t *mailbox);
void outgoing_destroy (outgoing_t **self_p);
void outgoing_reset (outgoing_t *self);
void outgoing_add (outgoing_t *self, const char *target, json_t *message); //  takes message
void outgoing_add_text (outgoing_t *self, const char *target, const char *text, size_t size); //  copied
//  Sends INSERT INTO outbox for what was added, and the DELETE of parcels acknowledged meanwhile
void outgoing_store (outgoing_t *self, db_t *db, db_result_fn *fn, void *arg);
//  COMMIT is durable: pushes. Or it failed: puts the acknowledged ids back.
void outgoing_committed (outgoing_t *self);
void outgoing_failed (outgoing_t *self);
//  Acknowledges a parcel whose effect is durable; takes it
void mailbox_ack (mailbox_t *self, parcel_t **parcel_p);
//  Refuses a parcel below the inbox floor for ever; takes it
void mailbox_expired (mailbox_t *self, parcel_t **parcel_p);
