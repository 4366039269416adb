//  lane - one database connection that works in batches: claim, load, decide, store, commit, answer

#include "common/lane_parts.h"
#include "common/log.h"

enum { BEGIN, CLAIM, NOW, BURY, COMMIT, ROLLBACK };
static const db_statement_t STATEMENTS[] = {
    [BEGIN] = { "begin", "BEGIN" },
    //  Sorted, so that two replicas that hold the same parcels do not deadlock. A duplicate writes too: its
    //  COMMIT then waits for whatever the first one's had to wait for.
    [CLAIM] = { "claim",
                "INSERT INTO inbox AS i (src, parcel_id) "
                "SELECT c.src, c.parcel_id FROM unnest ($1::text[], $2::uuid[]) AS c (src, parcel_id) "
                "ORDER BY 1, 2 ON CONFLICT (src, parcel_id) DO UPDATE SET copies = i.copies + 1 "
                "RETURNING i.parcel_id, i.copies" },
    [NOW] = { "now", "SELECT clock_now ()" },
    [BURY] = { "bury_message", "INSERT INTO dead_letter (direction, peer, parcel_id, cause, body) "
                               "SELECT 'in', d.peer, d.parcel_id, d.cause, d.body "
                               "FROM unnest ($1::text[], $2::uuid[], $3::text[], $4::bytea[]) AS d (peer, "
                               "parcel_id, cause, body)" },
    [COMMIT] = { "commit", "COMMIT" },
    [ROLLBACK] = { "rollback", "ROLLBACK" },
};
static const db_table_t TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

//  One statement of a batch, on its way
typedef struct {
    lane_t *lane;
    void (*fn) (void *arg, PGresult *result);
    void *arg;
} call_t;

//  --------------------------------------------------------------------------
//  Statements

static void
s_note_failure (lane_t *self, PGresult *result)
{
    if (*self->failure || PQresultStatus (result) == PGRES_PIPELINE_ABORTED)
        return;
    const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    snprintf (self->failure, sizeof self->failure, "%s", state ? state : "XXXXX");
    log_say (SAY_WARN, self->name, "statement failed", "sqlstate", self->failure, "text",
             PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY), NULL);
}

//  True for a good answer. A result of NULL is a lost connection: s_on_database hears of it too.
static bool
s_is_good (lane_t *self, PGresult *result)
{
    if (!result)
        return false;
    ExecStatusType status = PQresultStatus (result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        s_note_failure (self, result);
    return !*self->failure;
}

static void
s_on_result (void *arg, PGresult *result)
{
    call_t *call = arg;
    if (s_is_good (call->lane, result) && call->fn)
        call->fn (call->arg, result);
    freen (call);
}

static void
s_on_outgoing (void *arg, PGresult *result)
{
    s_is_good (arg, result);
}

void
batch_query (batch_t *batch, const db_statement_t *statement, const sql_params_t *params,
             void (*fn) (void *arg, PGresult *result), void *arg)
{
    lane_t *self = batch->lane;
    if (!db_is_up (self->db))
        return; //  lost: the batch runs again
    call_t *call = zmalloc (sizeof *call);
    *call = (call_t){ .lane = self, .fn = fn, .arg = arg };
    db_query (self->db, statement, params, s_on_result, call);
}

//  --------------------------------------------------------------------------
//  From decide to COMMIT

//  Nothing of the attempt is left in the database
static void
s_undone (lane_t *self)
{
    outgoing_failed (self->outgoing);
    if (self->searching && !*self->failure)
        lane_dry_run_worked (self);
    else
        lane_failed (self);
}

static void
s_on_undone (void *arg, PGresult *result)
{
    if (result)
        s_undone (arg);
}

static void
s_undo (lane_t *self)
{
    self->state = LANE_UNDOING;
    db_query (self->db, &STATEMENTS[ROLLBACK], NULL, NULL, NULL);
    db_sync (self->db, s_on_undone, self);
}

static void
s_on_commit (void *arg, PGresult *result)
{
    lane_t *self = arg;
    //  COMMIT of a failed transaction also "works", with the tag ROLLBACK
    self->committed = streq (PQcmdStatus (result), "COMMIT") && !db_warned (self->db);
}

static void
s_on_stored (void *arg, PGresult *result)
{
    lane_t *self = arg;
    if (!result)
        return;
    if (self->committed && !*self->failure)
        lane_finish (self);
    else if (self->searching && !*self->failure)
        s_undone (self); //  a dry run has rolled itself back
    else
        s_undo (self);
}

static void
s_answer (lane_t *self, batch_t *batch)
{
    self->ops->done (self->self, batch);
    for (size_t index = 0; index < batch->entry_count; index++)
        if (batch->entries[index].parcel)
            mailbox_ack (self->mailbox, &batch->entries[index].parcel);
}

static void
s_bury (lane_t *self)
{
    sql_column_t *peers = sql_column_new (SQL_TEXT), *ids = sql_column_new (SQL_UUID);
    sql_column_t *causes = sql_column_new (SQL_TEXT), *bodies = sql_column_new (SQL_BYTEA);
    batch_t *batch = &self->batch;
    for (size_t index = 0; index < batch->slot_count; index++) {
        slot_t *slot = &batch->slots[index];
        if (!slot->buried || batch->entries[slot->entry].duplicate)
            continue;
        char *body = json_dumps (slot->item.message, JSON_COMPACT);
        sql_column_text (peers, slot->item.src);
        sql_column_uuid (ids, &batch->entries[slot->entry].parcel->id);
        sql_column_text (causes, slot->item.reason);
        sql_column_bytes (bodies, body, strlen (body));
        free (body);
    }
    if (sql_column_count (ids)) {
        sql_params_t *params = sql_params_new ();
        sql_params_column (params, peers);
        sql_params_column (params, ids);
        sql_params_column (params, causes);
        sql_params_column (params, bodies);
        batch_query (batch, &STATEMENTS[BURY], params, NULL, NULL);
        sql_params_destroy (&params);
    }
    sql_column_destroy (&peers);
    sql_column_destroy (&ids);
    sql_column_destroy (&causes);
    sql_column_destroy (&bodies);
}

static void
s_store (lane_t *self)
{
    self->state = LANE_STORING;
    self->ops->decide (self->self, &self->batch);
    if (!db_is_up (self->db))
        return; //  lost meanwhile: s_on_database has paused us
    s_bury (self);
    outgoing_store (self->outgoing, self->db, s_on_outgoing, self);
#ifdef MUTANT_ACK_BEFORE_COMMIT //  tests/chaos: the checker must see what this loses
    if (!self->searching) {
        s_answer (self, &self->batch);
        self->answered = true;
    }
#endif
    if (self->searching)
        batch_query (&self->batch, &STATEMENTS[ROLLBACK], NULL, NULL, NULL);
    else
        batch_query (&self->batch, &STATEMENTS[COMMIT], NULL, s_on_commit, self);
    db_sync (self->db, s_on_stored, self);
}

//  --------------------------------------------------------------------------
//  From the queue to decide

static void
s_on_claimed (void *arg, PGresult *result)
{
#ifndef MUTANT_NO_INBOX //  tests/chaos: the checker must see what this doubles
    lane_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        uuid_t id = sql_uuid (result, row, 0);
        for (size_t index = 0; index < self->batch.entry_count; index++) {
            entry_t *entry = &self->batch.entries[index];
            if (entry->parcel && !uuid_compare (&entry->parcel->id, &id))
                entry->duplicate = sql_int4 (result, row, 1) > 1;
        }
    }
#else
    (void) arg;
    (void) result;
#endif
}

static void
s_on_now (void *arg, PGresult *result)
{
    lane_t *self = arg;
    self->batch.now = sql_moment (result, 0, 0);
    lane_make_view (self);
    s_store (self);
}

//  The load phase ended with an error: nobody asked for the sync yet
static void
s_on_loaded (void *arg, PGresult *result)
{
    lane_t *self = arg;
    if (s_is_good (self, result))
        s_on_now (self, result);
    else if (result)
        db_sync (self->db, s_on_stored, self);
}

static void
s_claim (lane_t *self)
{
    sql_column_t *sources = sql_column_new (SQL_TEXT), *ids = sql_column_new (SQL_UUID);
    for (size_t index = 0; index < self->batch.entry_count; index++) {
        entry_t *entry = &self->batch.entries[index];
        entry->duplicate = false;
        if (entry->parcel) {
            sql_column_text (sources, entry->parcel->src);
            sql_column_uuid (ids, &entry->parcel->id);
        }
    }
    if (sql_column_count (ids)) {
        sql_params_t *params = sql_params_new ();
        sql_params_column (params, sources);
        sql_params_column (params, ids);
        batch_query (&self->batch, &STATEMENTS[CLAIM], params, s_on_claimed, self);
        sql_params_destroy (&params);
    }
    sql_column_destroy (&sources);
    sql_column_destroy (&ids);
}

void
lane_attempt (lane_t *self)
{
    if (!db_is_up (self->db)) {
        self->state = LANE_PAUSED;
        return;
    }
    self->state = LANE_LOADING;
    *self->failure = 0;
    self->committed = false;
    self->batch.view_count = 0;
    batch_query (&self->batch, &STATEMENTS[BEGIN], NULL, NULL, NULL);
    s_claim (self);
    lane_make_view (self); //  before the claim is answered load sees everything; decide sees what is new
    self->ops->load (self->self, &self->batch);
    if (!db_is_up (self->db))
        return;
    db_query (self->db, &STATEMENTS[NOW], NULL, s_on_loaded, self);
    db_flush (self->db);
}

//  --------------------------------------------------------------------------
//  Batches come and go

//  Durable. The next batch goes to the server first, so that it works while we answer.
void
lane_finish (lane_t *self)
{
    outgoing_committed (self->outgoing);
    metric_add (self->batches, 1);
    metric_add (self->items, (double) self->batch.slot_count);
    metric_observe (self->seconds, (double) (zclock_usecs () - self->began) / 1e6);
    batch_t finished = self->batch;
    bool answered = self->answered;
    self->batch = (batch_t){ .lane = self };
    self->state = LANE_IDLE;
    self->backoff_ms = 0;
    self->limit = self->limit * 2 > LANE_LIMIT ? LANE_LIMIT : self->limit * 2;
    lane_begin_next (self);
    if (!answered)
        s_answer (self, &finished);
    lane_clear_batch (&finished);
}

static void
s_on_database (void *arg, bool up)
{
    lane_t *self = arg;
    if (up && self->state == LANE_PAUSED && !self->timer)
        lane_attempt (self);
    else if (up)
        lane_begin_next (self);
    else if (self->state != LANE_IDLE && self->state != LANE_PAUSED) {
        //  Unknown outcome: the same batch again on the next connection; what had been committed turns up as
        //  duplicate there
        self->state = LANE_PAUSED;
        outgoing_failed (self->outgoing);
#ifdef MUTANT_ACK_BEFORE_COMMIT
        if (self->answered) { //  it believes that it is done
            lane_clear_batch (&self->batch);
            self->state = LANE_IDLE;
        }
#endif
    }
}

//  --------------------------------------------------------------------------
//  Public

lane_t *
lane_new (zloop_t *loop, const char *name, const char *conninfo, const char *schema, mailbox_t *mailbox,
          const db_table_t *tables, size_t table_count, const lane_ops_t *ops, void *arg)
{
    lane_t *self = zmalloc (sizeof *self);
    *self = (lane_t){ .loop = loop, .mailbox = mailbox, .ops = ops, .self = arg, .limit = LANE_LIMIT };
    self->name = zsys_sprintf ("lane %s", name);
    self->queue = zlistx_new ();
    self->outgoing = outgoing_new (mailbox);
    self->batch.lane = self;
    char labels[64];
    snprintf (labels, sizeof labels, "lane=\"%s\"", name);
    self->batches = metric_counter ("duban_batches_total", labels, "committed transactions");
    self->items =
        metric_counter ("duban_items_total", labels, "messages and requests in committed transactions");
    self->failures = metric_counter ("duban_batch_failures_total", labels, "attempts that were rolled back");
    self->seconds =
        metric_histogram ("duban_batch_seconds", labels, "from the first statement to the answer");
    assert (table_count <= 5);
    db_table_t all[8] = { TABLE, MAILBOX_TABLE };
    memcpy (all + 2, tables, table_count * sizeof *tables);
    self->db = db_new (loop, name, conninfo, schema, all, table_count + 2, s_on_database, self);
    return self;
}

void
lane_destroy (lane_t **self_p)
{
    if (!*self_p)
        return;
    lane_t *self = *self_p;
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    db_destroy (&self->db);
    lane_clear_batch (&self->batch);
    for (entry_t *entry = zlistx_first (self->queue); entry; entry = zlistx_next (self->queue)) {
        parcel_destroy (&entry->parcel);
        freen (entry);
    }
    zlistx_destroy (&self->queue);
    outgoing_destroy (&self->outgoing);
    freen (self->name);
    freen (self);
    *self_p = NULL;
}
