//  mailbox_parts - what the files of the mailbox share; nobody else includes this
#pragma once
#include "common/mailbox.h"
#include "common/metrics.h"
#include "common/outflow.h"
#include "common/wire.h"

#define MAX_TARGETS  4
#define MAX_SETTLED  4096
#define MAX_REPLICAS 256
#define TICK_MS      100
#define SECOND_MS    1000

//  One connection to one replica of a target
typedef struct {
    struct target *target;
    uuid_t replica;
    zsock_t *socket;
    metric_t *in_flight;
    int64_t seen;  //  in the registry, last time
    int64_t heard; //  a CREDIT, or when it was opened
} link_t;

//  One service that we hand parcels to
typedef struct target {
    mailbox_t *mailbox;
    const char *name;
    outflow_t *outflow;
    zlistx_t *links; //  link_t
    bool refilling;  //  a refill is on its way
    size_t asked;    //  how many it asked for
    size_t backlog;  //  parcels in the outbox, as last counted
    metric_t *parcels;
} target_t;

//  One connection that another service's replica made to us
typedef struct {
    uint8_t id[8];
    size_t id_size;
    uint64_t session;
    uint64_t number; //  connections are counted: the newest is the one that is alive
    int64_t heard;
} route_t;

typedef struct {
    zsock_t *router;
    zhashx_t *routes; //  routing id (hex) → route_t
    zhashx_t *held;   //  parcel id (hex) → routing id (hex) to acknowledge to
    uint64_t connections;
    bool draining;
    metric_t *received, *repeated, *refused;
} inflow_t;

struct mailbox {
    mailbox_options_t options;
    db_t *db;
    zcert_t *cert;
    int tick_timer, second_timer;
    target_t targets[MAX_TARGETS];
    size_t target_count;
    inflow_t in;
    uuid_t live[MAX_REPLICAS]; //  replicas of this service that live
    size_t live_count;
    uuid_t floor;                //  parcels older than this are never applied
    uuid_t settled[MAX_SETTLED]; //  acknowledged, rows not deleted yet
    size_t settled_count;
};

//  mailbox_out: the sender's side
void mailbox_out_open (mailbox_t *self);
void mailbox_out_close (mailbox_t *self);
void mailbox_out_peers (mailbox_t *self, const struct replica *replicas, size_t count);
void mailbox_out_tick (mailbox_t *self);
void mailbox_out_second (mailbox_t *self);
target_t *mailbox_out_target (const mailbox_t *self, const char *name);
void mailbox_out_lost_database (mailbox_t *self);

//  mailbox_in: the receiver's side
void mailbox_in_open (mailbox_t *self);
void mailbox_in_close (mailbox_t *self);
int mailbox_in_bind (mailbox_t *self, const char *endpoint);
void mailbox_in_second (mailbox_t *self);
void mailbox_in_drain (mailbox_t *self);

//  outbox_sql: the statements on the mailbox's own connection
extern const db_table_t OUTBOX_TABLE;
void outbox_delete_settled (mailbox_t *self);
void outbox_refill (target_t *target);
void outbox_take_over (target_t *target);
void outbox_count (target_t *target);
void outbox_died (mailbox_t *self, const outparcel_t *parcel);
void outbox_dead (target_t *target, const outparcel_t *parcel, const char *cause);
void outbox_maintain (mailbox_t *self);
