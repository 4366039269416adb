//  registry - who runs: announces this replica in schema bus and reads the others
//
//  Renewed every second, 5 s to live, by the database's clock; read every 2 s, and at once when a key knocks
//  that is not known yet. Its own connection (DUBAN_BUS_URL), so that the bus can live in another database.
#pragma once
#include "common/db.h"
#include "common/uuid.h"

typedef struct replica {
    uuid_t id;
    char service[24];
    char endpoint[64];
    char public_key[41];
} replica_t;

typedef struct registry registry_t;
typedef void (registry_fn) (void *arg, const replica_t *replicas, size_t count);

registry_t *registry_new (zloop_t *loop, const char *conninfo, registry_fn *on_replicas, void *arg);
void registry_destroy (registry_t **self_p);
//  From now on this replica is announced
void registry_announce (registry_t *self, const uuid_t *id, const char *endpoint, const char *public_key,
                        const char *admin);
void registry_reread (registry_t *self);
//  Tells the others the oldest parcel that this service owes. on_floor hears the oldest that anybody owes, if
//  every service has spoken within three hours; else it hears nothing.
void registry_publish_floor (registry_t *self, const uuid_t *oldest,
                             void (*on_floor) (void *arg, const uuid_t *oldest), void *arg);
void registry_retire (registry_t *self); //  the row goes at once: peers send elsewhere
bool registry_is_up (const registry_t *self);
const char *registry_local_address (registry_t *self);
