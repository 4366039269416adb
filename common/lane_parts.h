//  lane_parts - what the two files of the lane share; nobody else includes this
//
//  lane_queue.c gathers batches, lane.c runs one from BEGIN to COMMIT, lane_failure.c decides what a failed
//  one does next.
#pragma once
#include "common/lane.h"
#include "common/metrics.h"

typedef enum {
    LANE_IDLE,
    LANE_LOADING, //  BEGIN, claim and load are on their way
    LANE_STORING, //  decided; stores, outbox and COMMIT are on their way
    LANE_UNDOING, //  ROLLBACK after an error or a dry run
    LANE_PAUSED   //  a batch is in hand and waits: for the database, or for its back-off
} lane_state_t;

//  What was queued: a parcel with its messages, or one request
typedef struct {
    parcel_t *parcel;
    void *request;
    size_t size, items;
    bool duplicate; //  claimed before: its effect is there already
} entry_t;

//  An item and the entry that it came with
typedef struct {
    item_t item;
    size_t entry;
    bool buried; //  poisoned message: goes to the dead letters, decide does not see it
} slot_t;

struct batch {
    lane_t *lane;
    entry_t *entries;
    size_t entry_count;
    slot_t *slots;
    size_t slot_count;
    item_t **view; //  what decide sees in this attempt
    size_t view_count;
    moment_t now;
};

struct lane {
    zloop_t *loop;
    char *name;
    db_t *db;
    mailbox_t *mailbox;
    const lane_ops_t *ops;
    void *self;
    outgoing_t *outgoing;
    lane_state_t state;
    zlistx_t *queue; //  entry_t, waiting
    size_t queued_items;
    bool woken; //  run once more even without items
    batch_t batch;
    //  --- of the attempt in flight
    char failure[6]; //  first SQLSTATE; "" while all is well
    bool committed;
    bool answered; //  done was called
    //  --- search for a poisonous item by dry runs over prefixes
    bool searching;
    size_t good, bad; //  prefix of `good` slots works, of `bad` slots fails
    char culprit[6];  //  how it fails
    int limit;        //  rows to claim, for lanes without items
    int backoff_ms, timer;
    metric_t *batches, *items, *failures, *seconds;
    int64_t began;
};

#define LANE_LIMIT 500

//  lane_queue.c
void lane_begin_next (lane_t *self);
void lane_make_view (lane_t *self); //  what decide sees
void lane_clear_batch (batch_t *batch);
//  lane.c
void lane_attempt (lane_t *self);
void lane_finish (lane_t *self);
//  lane_failure.c
void lane_failed (lane_t *self); //  the attempt was rolled back; failure says why
void lane_dry_run_worked (lane_t *self);
size_t lane_cut (const lane_t *self); //  how many slots this attempt may see
