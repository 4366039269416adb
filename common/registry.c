//  registry - who runs: announces this replica in schema bus and reads the others

#include "common/registry.h"
#include "common/log.h"
#include <czmq.h>

#define RENEW_MS     1000
#define MAX_REPLICAS 256

enum { ANNOUNCE, RETIRE, LIVE, PUBLISH, FLOOR };
static const db_statement_t STATEMENTS[] = {
    [ANNOUNCE] = { "announce",
                   "SELECT bus.announce ($1::uuid, $2::text, $3::text, $4::text, interval '5 seconds')" },
    [RETIRE] = { "retire", "SELECT bus.retire ($1::uuid)" },
    [PUBLISH] = { "publish_floor", "SELECT bus.publish_floor ($1::uuid)" },
    //  A service that has not spoken may owe anything: then nobody forgets anything
    [FLOOR] = { "bus_floor",
                "SELECT oldest FROM bus.floor WHERE (SELECT count (*) FILTER (WHERE published_at > "
                "clock_timestamp () - interval '3 hours') = 4 FROM bus.floor) ORDER BY oldest LIMIT 1" },
    [LIVE] = { "live", "SELECT replica_id, service, endpoint, public_key FROM bus.live ORDER BY replica_id" },
};
static const db_table_t TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

struct registry {
    zloop_t *loop;
    db_t *db;
    int timer;
    registry_fn *on_replicas;
    void *arg;
    bool announced;
    bool reading; //  one read in flight is enough
    bool again;   //  … but somebody asked after it had begun
    void (*on_floor) (void *arg, const uuid_t *oldest);
    void *floor_arg;
    uuid_t id;
    char endpoint[64], public_key[41], admin[64];
};

static void
s_on_live (void *arg, PGresult *result)
{
    registry_t *self = arg;
    self->reading = false;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK)
        return;
    if (self->again)
        registry_reread (self);
    static replica_t replicas[MAX_REPLICAS];
    int count = PQntuples (result) < MAX_REPLICAS ? PQntuples (result) : MAX_REPLICAS;
    for (int row = 0; row < count; row++) {
        replica_t *replica = &replicas[row];
        replica->id = sql_uuid (result, row, 0);
        snprintf (replica->service, sizeof replica->service, "%s", sql_text (result, row, 1));
        snprintf (replica->endpoint, sizeof replica->endpoint, "%s", sql_text (result, row, 2));
        snprintf (replica->public_key, sizeof replica->public_key, "%s", sql_text (result, row, 3));
    }
    self->on_replicas (self->arg, replicas, (size_t) count);
}

void
registry_reread (registry_t *self)
{
    self->again = self->reading;
    if (self->reading || !db_is_up (self->db))
        return;
    self->reading = true;
    db_query (self->db, &STATEMENTS[LIVE], NULL, s_on_live, self);
    db_sync (self->db, NULL, NULL);
}

static void
s_on_renewed (void *arg, PGresult *result)
{
    (void) arg;
    if (result && PQresultStatus (result) != PGRES_TUPLES_OK)
        log_say (SAY_ERROR, "registry", "cannot announce or publish", "text", PQresultErrorMessage (result),
                 NULL);
}

static void
s_renew (registry_t *self)
{
    if (!self->announced || !db_is_up (self->db))
        return;
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, &self->id);
    sql_params_text (params, self->endpoint);
    sql_params_text (params, self->public_key);
    sql_params_text (params, self->admin);
    db_query (self->db, &STATEMENTS[ANNOUNCE], params, s_on_renewed, self);
    db_sync (self->db, NULL, NULL);
    sql_params_destroy (&params);
}

static int
s_on_timer (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    registry_t *self = arg;
    s_renew (self);
    registry_reread (self);
    return 0;
}

static void
s_on_state (void *arg, bool up)
{
    registry_t *self = arg;
    self->reading = false;
    if (up)
        s_on_timer (self->loop, 0, self);
}

registry_t *
registry_new (zloop_t *loop, const char *conninfo, registry_fn *on_replicas, void *arg)
{
    registry_t *self = zmalloc (sizeof *self);
    *self = (registry_t){ .loop = loop, .on_replicas = on_replicas, .arg = arg };
    self->db = db_new (loop, "bus", conninfo, "bus", &TABLE, 1, s_on_state, self);
    self->timer = zloop_timer (loop, RENEW_MS, 0, s_on_timer, self);
    return self;
}

void
registry_destroy (registry_t **self_p)
{
    if (!*self_p)
        return;
    zloop_timer_end ((*self_p)->loop, (*self_p)->timer);
    db_destroy (&(*self_p)->db);
    freen (*self_p);
    *self_p = NULL;
}

void
registry_announce (registry_t *self, const uuid_t *id, const char *endpoint, const char *public_key,
                   const char *admin)
{
    self->announced = true;
    self->id = *id;
    snprintf (self->endpoint, sizeof self->endpoint, "%s", endpoint);
    snprintf (self->public_key, sizeof self->public_key, "%s", public_key);
    snprintf (self->admin, sizeof self->admin, "%s", admin);
    s_renew (self);
    registry_reread (self);
}

static void
s_on_floor (void *arg, PGresult *result)
{
    registry_t *self = arg;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK || !PQntuples (result))
        return;
    uuid_t oldest = sql_uuid (result, 0, 0);
    self->on_floor (self->floor_arg, &oldest);
}

void
registry_publish_floor (registry_t *self, const uuid_t *oldest,
                        void (*on_floor) (void *arg, const uuid_t *oldest), void *arg)
{
    if (!db_is_up (self->db))
        return; //  again in an hour
    self->on_floor = on_floor;
    self->floor_arg = arg;
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, oldest);
    db_query (self->db, &STATEMENTS[PUBLISH], params, s_on_renewed, self);
    db_query (self->db, &STATEMENTS[FLOOR], NULL, s_on_floor, self);
    db_sync (self->db, NULL, NULL);
    sql_params_destroy (&params);
}

void
registry_retire (registry_t *self)
{
    if (!self->announced)
        return;
    self->announced = false;
    if (!db_is_up (self->db))
        return; //  the lease ends by itself
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, &self->id);
    db_query (self->db, &STATEMENTS[RETIRE], params, s_on_renewed, self);
    db_sync (self->db, NULL, NULL);
    sql_params_destroy (&params);
}

bool
registry_is_up (const registry_t *self)
{
    return db_is_up (self->db);
}

const char *
registry_local_address (registry_t *self)
{
    return db_local_address (self->db);
}
