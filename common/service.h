//  service - what every service does alike: start, announce, serve, drain, stop
//
//      block signals ─ config ─ loop + signalfd ─ ZAP thread ─ mailbox ─ ops.start ─ registry ─ ready
//      SIGTERM ─ ops.drain (close doors) ─ finish what is in hand, at most 8 s ─ ops.stop ─ exit 0
//
//  One thread, one loop. Exit codes: 0 stopped as asked; 1 could not start or lost its footing; 2 usage or
//  configuration.
#pragma once
#include "common/config.h"
#include "common/lane.h"
#include "common/mailbox.h"
#include "common/zap.h"

typedef struct service service_t;

typedef struct {
    const char *name;             //  "routing": schema, database role duban_routing, metrics
    const char *about;            //  one paragraph for --help
    const config_entry_t *config; //  beside the common ones
    size_t config_count;
    const char *const *targets; //  services it hands to, NULL-terminated
    const char *const *kinds;   //  message kinds it understands, NULL-terminated
    size_t size;                //  of its object, which begins as zeros
    bool (*start) (void *self,
                   service_t *service); //  opens its lanes and sockets; false after saying why: exit 1
    lane_t *(*mail) (void *self);       //  the lane that takes parcels
    bool (*is_ready) (void *self);      //  beside database, bus and mailbox; may be NULL
    void (*drain) (void *self);         //  stop taking in; finish what is in hand; NULL: there is only mail
    bool (*is_idle) (void *self);       //  nothing in hand, beside mail
    void (*stop) (void *self);          //  closes what start opened, also where start gave up halfway
} service_ops_t;

int service_main (int argc, char **argv, const service_ops_t *ops);

zloop_t *service_loop (service_t *self);
mailbox_t *service_mailbox (service_t *self);
zap_t *service_zap (service_t *self);
const char *service_conninfo (service_t *self);
const uuid_t *service_replica_id (service_t *self);
bool service_is_stopping (const service_t *self);
//  A lane on this service's schema
lane_t *service_lane (service_t *self, const char *name, const db_table_t *tables, size_t table_count,
                      const lane_ops_t *ops, void *arg);
//  Something that must not happen to an operator unseen: logged as error, counted in duban_alarms_total
void service_alarm (const char *subject, const char *message);
