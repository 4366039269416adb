//  heartbeat - the watchdog watches itself

#include "services/watchdog/heartbeat.h"
#include "common/metrics.h"

enum { BEAT, FORGET };
static const db_statement_t STATEMENTS[] = {
    //  A beat is a sign of life: real time. What is due is business time.
    [BEAT] = { "beat",
               "INSERT INTO heartbeat AS h (replica_id, beat_at, oldest_due) SELECT $1::uuid, "
               "clock_timestamp (), "
               "(SELECT next_rung_at FROM clock WHERE next_rung_at <= n.now ORDER BY next_rung_at LIMIT 1) "
               "FROM (SELECT clock_now () AS now) AS n ON CONFLICT (replica_id) DO UPDATE "
               "SET beat_at = EXCLUDED.beat_at, oldest_due = EXCLUDED.oldest_due "
               "RETURNING clock_now (), oldest_due" },
    [FORGET] = { "forget", "DELETE FROM heartbeat WHERE replica_id <> $1::uuid "
                           "AND beat_at < clock_timestamp () - interval '1 minute'" },
};
const db_table_t HEARTBEAT_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

static void
s_on_beat (void *arg, PGresult *result)
{
    metric_t *oldest = arg;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK || !PQntuples (result))
        return;
    moment_t due = sql_moment (result, 0, 1);
    metric_set (oldest, due == MOMENT_NONE ? 0 : (double) (sql_moment (result, 0, 0) - due) / 1e6);
}

void
heartbeat_beat (db_t *db, const uuid_t *replica_id)
{
    metric_t *oldest = metric_gauge ("duban_watchdog_oldest_due_seconds", NULL,
                                     "how late the oldest rung is that is due and not fired; 0: none");
    sql_params_t *params = sql_params_new ();
    sql_params_uuid (params, replica_id);
    db_query (db, &STATEMENTS[BEAT], params, s_on_beat, oldest);
    db_query (db, &STATEMENTS[FORGET], params, NULL, NULL);
    db_sync (db, NULL, NULL);
    sql_params_destroy (&params);
}
