//  lane - one database connection that works in batches: claim, load, decide, store, commit, answer
//
//      items ─▶ BEGIN ─▶ claim (inbox) ─▶ ops.load ─▶ ops.decide ─▶ outbox ─▶ COMMIT ─▶ ops.done, ACK
//                        └── one round trip ──┘      └────── one round trip ──────┘
//
//  An item is a message of a parcel (from another service) or a request of the service's own (at the door, a
//  finished delivery). While one transaction is in flight the next batch gathers: no timer, at most two
//  commits of waiting. A service may have several lanes; each is one connection with one batch in flight.
//
//  When a batch fails:
//    connection lost, outcome unknown   the same batch runs again on the next connection; the inbox (or the
//                                       service's own unique key) tells what had happened already
//    SQLSTATE class 22 or 23            data that can never be stored: the smallest failing prefix is
//    searched
//                                       by dry runs, its last item is poisoned (a message becomes a dead
//                                       letter, a request is answered with a problem), the rest goes on
//    anything else                      the batch runs again after a back-off
#pragma once
#include "common/db.h"
#include "common/mailbox.h"
#include <jansson.h>

typedef struct lane lane_t;
typedef struct batch batch_t;

typedef struct {
    const char *src;    //  the producing service; NULL for the service's own request
    json_t *message;    //  an object of the parcel, borrowed; NULL for a request
    void *request;      //  the service's own; NULL for a message
    bool poisoned;      //  was found to be impossible to store: skip it, but answer it
    const char *reason; //  SQLSTATE that poisoned it
} item_t;

typedef struct {
    //  Sends the questions whose answers decide needs, rows in ORDER BY … FOR UPDATE. May send none.
    //  Called again from the start if the batch is repeated: must forget what an earlier try had loaded.
    void (*load) (void *self, batch_t *batch);
    //  All answers are in. Decides, sends the statements that store, posts what others are to know.
    //  Items of duplicate parcels are no longer in the batch.
    void (*decide) (void *self, batch_t *batch);
    //  Committed: answer those who wait. The next batch may have been loaded for by then: touch only what
    //  belongs to this batch's items.
    void (*done) (void *self, batch_t *batch);
    //  For lanes without items: an attempt failed for good (class 22/23) with `limit` rows claimed. The lane
    //  tries again with half of them; with limit 1 the culprit is known and must be put aside here. May be
    //  NULL.
    void (*failed) (void *self, const char *sqlstate, int limit);
} lane_ops_t;

#define LANE_BATCH_ITEMS 200
#define LANE_BATCH_BYTES (1024 * 1024)

//  tables: the service's own statements. The lane adds its own (begin, commit, claim …).
lane_t *lane_new (zloop_t *loop, const char *name, const char *conninfo, const char *schema,
                  mailbox_t *mailbox, const db_table_t *tables, size_t table_count, const lane_ops_t *ops,
                  void *self);
void lane_destroy (lane_t **self_p);

//  Queues a request of the service's own; size counts against LANE_BATCH_BYTES. It is the service's to free,
//  after ops.done has seen it.
void lane_put (lane_t *self, void *request, size_t size);
//  Queues a parcel; takes it
void lane_put_parcel (lane_t *self, parcel_t *parcel);
//  Runs a batch even without items (a lane that claims due rows in load)
void lane_wake (lane_t *self);
bool lane_is_up (const lane_t *self);
bool lane_is_idle (const lane_t *self); //  nothing in flight, nothing gathered
size_t lane_queued (const lane_t *self);
db_t *lane_db (lane_t *self); //  for reads outside a batch

//  --- inside load, decide and done
size_t batch_count (const batch_t *self);
item_t *batch_item (batch_t *self, size_t index);
//  Business time, clock_now () of this schema at the start of the transaction. From decide on.
moment_t batch_now (const batch_t *self);
//  How many rows a lane without items should claim
int batch_limit (const batch_t *self);
//  Sends a statement of this transaction. fn may be NULL; it hears only successful results: an error ends the
//  attempt and the lane deals with it.
void batch_query (batch_t *self, const db_statement_t *statement, const sql_params_t *params,
                  void (*fn) (void *arg, PGresult *result), void *arg);
//  Hands a message to another service: goes into this transaction's parcel for target. Takes the message.
void batch_post (batch_t *self, const char *target, json_t *message);
//  A message that is JSON text already, one object; copied
void batch_post_text (batch_t *self, const char *target, const char *text, size_t size);
