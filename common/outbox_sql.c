//  outbox_sql - what the mailbox asks of the database on its own connection: refill, take-over, deletes,
//  upkeep
//
//  Every statement is a transaction of its own and harmless when repeated; a lost answer is simply asked
//  again.

#include "common/log.h"
#include "common/mailbox_parts.h"

enum { REFILL, TAKE_OVER, DELETE, COUNT, DIED, DEAD, PARTITIONS, FLOOR, OLDEST, EXPIRE };
static const db_statement_t STATEMENTS[] = {
    [REFILL] = { "refill",
                 "SELECT parcel_id, deaths, body FROM outbox WHERE target = $1::text AND owner = $2::uuid "
                 "AND parcel_id <> ALL ($3::uuid[]) ORDER BY parcel_id LIMIT $4::int" },
    //  The owners are few: they are found by jumping along the index, not by reading the backlog. Two seconds
    //  are more than a replica needs to be seen in the registry.
    [TAKE_OVER] = { "take_over",
                    "WITH RECURSIVE owners AS ("
                    " (SELECT owner FROM outbox WHERE target = $1::text ORDER BY owner LIMIT 1)"
                    " UNION ALL"
                    " SELECT (SELECT n.owner FROM outbox n WHERE n.target = $1::text AND n.owner > o.owner"
                    "         ORDER BY n.owner LIMIT 1) FROM owners o WHERE o.owner IS NOT NULL),"
                    "dead AS (SELECT owner FROM owners WHERE owner IS NOT NULL AND owner <> ALL "
                    "($3::uuid[])),"
                    "pick AS MATERIALIZED ("
                    " SELECT b.parcel_id FROM outbox b JOIN dead d ON d.owner = b.owner WHERE b.target = "
                    "$1::text"
                    " AND b.created_at < clock_timestamp () - interval '2 seconds'"
                    " ORDER BY b.parcel_id LIMIT 500 FOR UPDATE OF b SKIP LOCKED)"
                    "UPDATE outbox b SET owner = $2::uuid FROM pick WHERE b.parcel_id = pick.parcel_id" },
    [DELETE] = { "delete_settled", "DELETE FROM outbox WHERE parcel_id = ANY ($1::uuid[])" },
    [COUNT] = { "count_outbox",
                "SELECT count (*) FROM (SELECT FROM outbox WHERE target = $1::text LIMIT 20000) t" },
    [DIED] = { "count_death", "UPDATE outbox SET deaths = $2::int WHERE parcel_id = $1::uuid" },
    [DEAD] = { "bury_parcel", "WITH gone AS (DELETE FROM outbox WHERE parcel_id = $1::uuid RETURNING target, "
                              "parcel_id, body) "
                              "INSERT INTO dead_letter (direction, peer, parcel_id, cause, body) "
                              "SELECT 'out', target, parcel_id, $2::text, body FROM gone" },
    [PARTITIONS] = { "partitions", "SELECT inbox_partitions ()" },
    [FLOOR] = { "floor", "SELECT parcel_id FROM inbox_floor" },
    [OLDEST] = { "oldest", "SELECT parcel_id FROM outbox ORDER BY parcel_id LIMIT 1" },
    [EXPIRE] = { "expire", "SELECT inbox_expire ($1::uuid)" },
};
const db_table_t OUTBOX_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

static bool
s_is_good (PGresult *result, const char *what)
{
    if (!result)
        return false; //  the connection: already logged
    ExecStatusType status = PQresultStatus (result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return true;
    //  Class 57 is a server that is going down: the world's doing, and repaired by itself
    const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    bool going_down = state && !strncmp (state, "57", 2);
    log_say (going_down ? SAY_WARN : SAY_ERROR, "outbox", what, "text", PQresultErrorMessage (result), NULL);
    return false;
}

static void
s_ask (mailbox_t *self, int statement, sql_params_t *params, db_result_fn *fn, void *arg)
{
    db_query (self->db, &STATEMENTS[statement], params, fn, arg);
    db_sync (self->db, NULL, NULL);
    sql_params_destroy (&params);
}

//  --------------------------------------------------------------------------
//  Deleting what was acknowledged

typedef struct {
    mailbox_t *mailbox;
    size_t count;
    uuid_t ids[];
} deletion_t;

static void
s_on_deleted (void *arg, PGresult *result)
{
    deletion_t *self = arg;
    if (!s_is_good (result, "cannot delete what was acknowledged"))
        for (size_t index = 0; index < self->count && self->mailbox->settled_count < MAX_SETTLED; index++)
            self->mailbox->settled[self->mailbox->settled_count++] = self->ids[index];
    freen (self);
}

void
outbox_delete_settled (mailbox_t *self)
{
    if (!self->settled_count || !db_is_up (self->db))
        return;
    deletion_t *deletion = zmalloc (sizeof *deletion + self->settled_count * sizeof (uuid_t));
    deletion->mailbox = self;
    deletion->count = self->settled_count;
    sql_column_t *ids = sql_column_new (SQL_UUID);
    for (size_t index = 0; index < self->settled_count; index++) {
        deletion->ids[index] = self->settled[index];
        sql_column_uuid (ids, &self->settled[index]);
    }
    self->settled_count = 0;
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, ids);
    sql_column_destroy (&ids);
    s_ask (self, DELETE, params, s_on_deleted, deletion);
}

//  --------------------------------------------------------------------------
//  Refill: the one way from the outbox into memory

static void
s_add_id (void *column, const uuid_t *id)
{
    sql_column_uuid (column, id);
}

static void
s_on_refill (void *arg, PGresult *result)
{
    target_t *target = arg;
    target->refilling = false;
    if (!s_is_good (result, "cannot refill"))
        return;
    int rows = PQntuples (result);
    outflow_refilled (target->outflow, (size_t) rows < target->asked);
    for (int row = 0; row < rows; row++) {
        outparcel_t parcel = { .id = sql_uuid (result, row, 0), .deaths = sql_int4 (result, row, 1) };
        const void *body = sql_bytes (result, row, 2, &parcel.size);
        parcel.body = malloc (parcel.size);
        assert (parcel.body);
        memcpy (parcel.body, body, parcel.size);
        outflow_add (target->outflow, &parcel, zclock_mono ());
    }
}

void
outbox_refill (target_t *target)
{
    mailbox_t *self = target->mailbox;
    target->asked = outflow_room (target->outflow);
    if (target->asked > 64)
        target->asked = 64; //  4 MiB at a time
    if (target->refilling || !target->asked || !db_is_up (self->db))
        return;
    target->refilling = true;
    sql_column_t *here = sql_column_new (SQL_UUID);
    outflow_each (target->outflow, s_add_id, here);
    for (size_t index = 0; index < self->settled_count; index++)
        sql_column_uuid (here, &self->settled[index]);
    sql_params_t *params = sql_params_new ();
    sql_params_text (params, target->name);
    sql_params_uuid (params, &self->options.replica_id);
    sql_params_column (params, here);
    sql_params_int4 (params, (int32_t) target->asked);
    sql_column_destroy (&here);
    s_ask (self, REFILL, params, s_on_refill, target);
}

static void
s_on_taken_over (void *arg, PGresult *result)
{
    target_t *target = arg;
    if (!s_is_good (result, "cannot take over"))
        return;
    if (!streq (PQcmdTuples (result), "0"))
        log_say (SAY_INFO, target->name, "took over parcels of replicas that are gone", "parcels",
                 PQcmdTuples (result), NULL);
    outbox_refill (target);
}

void
outbox_take_over (target_t *target)
{
    mailbox_t *self = target->mailbox;
    if (!db_is_up (self->db))
        return;
#ifdef MUTANT_NO_TAKE_OVER //  tests/chaos: the checker must see what this loses
    outbox_refill (target);
    return;
#endif
    sql_column_t *live = sql_column_new (SQL_UUID);
    sql_column_uuid (live, &self->options.replica_id);
    for (size_t index = 0; index < self->live_count; index++)
        sql_column_uuid (live, &self->live[index]);
    sql_params_t *params = sql_params_new ();
    sql_params_text (params, target->name);
    sql_params_uuid (params, &self->options.replica_id);
    sql_params_column (params, live);
    sql_column_destroy (&live);
    s_ask (self, TAKE_OVER, params, s_on_taken_over, target);
}

//  --------------------------------------------------------------------------
//  Counting, deaths, upkeep

static void
s_on_count (void *arg, PGresult *result)
{
    target_t *target = arg;
    if (!s_is_good (result, "cannot count"))
        return;
    target->backlog = (size_t) sql_int8 (result, 0, 0);
    metric_set (target->parcels, (double) target->backlog);
}

void
outbox_count (target_t *target)
{
    if (!db_is_up (target->mailbox->db))
        return;
    sql_params_t *params = sql_params_new ();
    sql_params_text (params, target->name);
    s_ask (target->mailbox, COUNT, params, s_on_count, target);
}

static void
s_on_noted (void *arg, PGresult *result)
{
    s_is_good (result, arg);
}

void
outbox_died (mailbox_t *self, const outparcel_t *parcel)
{
    if (!db_is_up (self->db))
        return; //  counts again at the next death
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, &parcel->id);
    sql_params_int4 (params, parcel->deaths);
    s_ask (self, DIED, params, s_on_noted, "cannot note a death");
}

void
outbox_dead (target_t *target, const outparcel_t *parcel, const char *cause)
{
    char id[UUID_TEXT];
    uuid_text (&parcel->id, id);
    log_say (SAY_ERROR, target->name, "parcel goes to the dead letters", "parcel", id, "cause", cause, NULL);
    if (!db_is_up (target->mailbox->db))
        return; //  the row is still there: refill brings it again
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, &parcel->id);
    sql_params_text (params, cause);
    s_ask (target->mailbox, DEAD, params, s_on_noted, "cannot bury a parcel");
}

static void
s_on_floor (void *arg, PGresult *result)
{
    mailbox_t *self = arg;
    if (s_is_good (result, "cannot read the floor") && PQntuples (result))
        self->floor = sql_uuid (result, 0, 0);
}

static void
s_on_oldest (void *arg, PGresult *result)
{
    mailbox_t *self = arg;
    if (!s_is_good (result, "cannot read the oldest parcel"))
        return;
    uuid_t oldest = PQntuples (result) ? sql_uuid (result, 0, 0) : uuid_new ();
    self->options.on_oldest (self->options.arg, &oldest);
}

static void
s_on_expired (void *arg, PGresult *result)
{
    mailbox_t *self = arg;
    if (!s_is_good (result, "cannot expire inbox partitions") || !sql_int4 (result, 0, 0))
        return;
    log_say (SAY_INFO, "inbox", "dropped partitions of parcels that nobody owes any more", "partitions",
             log_number (sql_int4 (result, 0, 0)), NULL);
    s_ask (self, FLOOR, NULL, s_on_floor, self);
}

void
mailbox_expire (mailbox_t *self, const uuid_t *oldest_owed)
{
    if (!db_is_up (self->db))
        return;
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, oldest_owed);
    s_ask (self, EXPIRE, params, s_on_expired, self);
}

void
outbox_maintain (mailbox_t *self)
{
    if (!db_is_up (self->db))
        return;
    s_ask (self, OLDEST, NULL, s_on_oldest, self);
    s_ask (self, PARTITIONS, NULL, s_on_noted, "cannot make inbox partitions");
    s_ask (self, FLOOR, NULL, s_on_floor, self);
}
