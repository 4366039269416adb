//  store - intake's SQL

#include "services/intake/store.h"

enum { ADD, FIND, SEAL, FEED, OPEN };
static const db_statement_t STATEMENTS[] = {
    //  A command is added only if its case exists; a change of a register is about none (0). A number that is drawn for a repeated submission is lost:
    //  gaps are allowed. Sorted, so that two replicas that are sent the same ids do not deadlock.
    [ADD] = { "add_submissions",
              "INSERT INTO submission (submission_id, case_no, opens, source, event_id, sha256, actor, "
              "public_key,"
              " secrecy, occurred_at, recorded_at, document) "
              "SELECT g.id, CASE WHEN g.opens THEN nextval ('case_no') ELSE g.case_no END, g.opens, g.source,"
              " g.event_id, g.sha256, g.actor, g.public_key, g.secrecy, coalesce (g.occurred_at, n.now), "
              "n.now,"
              " g.document "
              "FROM (SELECT clock_now () AS now) n, unnest ($1::bytea[], $2::bigint[], $3::bool[], "
              "$4::text[],"
              " $5::text[], $6::bytea[], $7::text[], $8::text[], $9::int[], $10::timestamptz[], $11::bytea[])"
              " AS g (id, case_no, opens, source, event_id, sha256, actor, public_key, secrecy, occurred_at, "
              "document) "
              "WHERE g.opens OR g.case_no = 0 OR g.case_no IN (SELECT s.case_no FROM submission s"
              " WHERE s.opens AND s.case_no = ANY ($2::bigint[])) "
              "ORDER BY g.id ON CONFLICT (submission_id) DO NOTHING RETURNING submission_id" },
    [FIND] = { "find_submissions", "SELECT submission_id, sha256, case_no, recorded_at FROM submission "
                                   "WHERE submission_id = ANY ($1::bytea[])" },
    [SEAL] = { "seal_reporters", "INSERT INTO sealed_reporter (submission_id, position, cut) "
                                 "SELECT * FROM unnest ($1::bytea[], $2::int[], $3::bytea[])" },
    //  The counter rows are locked last in the transaction and in order, until COMMIT: a reader's cursor can
    //  never pass a line that is still to appear
    [FEED] = { "append_feed", "WITH line AS (SELECT * FROM unnest ($1::text[], $2::bytea[]) WITH ORDINALITY "
                              "l (source, event, place)),"
                              "size AS (SELECT source, count (*) AS lines FROM line GROUP BY source),"
                              "counter AS (INSERT INTO feed_counter AS f (source, last_seq)"
                              " SELECT source, lines FROM size ORDER BY source"
                              " ON CONFLICT (source) DO UPDATE SET last_seq = f.last_seq + EXCLUDED.last_seq"
                              " RETURNING source, last_seq) "
                              "INSERT INTO feed (source, seq, recorded_at, event) "
                              "SELECT l.source, c.last_seq - s.lines + row_number () OVER (PARTITION BY "
                              "l.source ORDER BY l.place),"
                              " clock_now (), l.event FROM line l JOIN size s USING (source) JOIN counter c "
                              "USING (source)" },
    [OPEN] = { "add_open", "INSERT INTO submission (submission_id, case_no, opens, source, event_id, sha256, "
                           "actor, public_key, secrecy, occurred_at, recorded_at, document) "
                           "VALUES ($1::bytea, nextval ('case_no'), true, $2::text, $3::text, $4::bytea, "
                           "$5::text, 'duban', $6::int, $7::timestamptz, clock_now (), $8::bytea) "
                           "RETURNING case_no, recorded_at" },
};
const db_table_t INTAKE_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

//  --------------------------------------------------------------------------
//  Submissions

//  Each request of the batch with this id; there may be several, sent again in haste
static void
s_each_with_id (batch_t *batch, const void *id, void (*fn) (request_t *request, void *arg), void *arg)
{
    for (size_t index = 0; index < batch_count (batch); index++) {
        request_t *request = batch_item (batch, index)->request;
        if (!memcmp (request->admission.id, id, SUBMISSION_ID_BYTES))
            fn (request, arg);
    }
}

static void
s_set_added (request_t *request, void *arg)
{
    (void) arg;
    request->added = true; //  this one or its twin: s_set_found tells
}

static void
s_on_added (void *arg, PGresult *result)
{
    for (int row = 0; row < PQntuples (result); row++) {
        size_t size;
        s_each_with_id (arg, sql_bytes (result, row, 0, &size), s_set_added, NULL);
    }
}

typedef struct {
    const void *sha256;
    bool handed_on; //  one of several with the same id and bytes goes on to routing
    int64_t case_no;
    moment_t recorded_at;
} found_t;

static void
s_set_found (request_t *request, void *arg)
{
    found_t *found = arg;
    request->found = true;
    request->same = !memcmp (request->admission.sha256, found->sha256, SHA256_BYTES);
    request->added = request->added && request->same && !found->handed_on;
    found->handed_on |= request->added;
    request->case_no = found->case_no;
    request->recorded_at = found->recorded_at;
}

static void
s_on_found (void *arg, PGresult *result)
{
    for (int row = 0; row < PQntuples (result); row++) {
        size_t size;
        found_t found = { .sha256 = sql_bytes (result, row, 1, &size),
                          .case_no = sql_int8 (result, row, 2),
                          .recorded_at = sql_moment (result, row, 3) };
        s_each_with_id (arg, sql_bytes (result, row, 0, &size), s_set_found, &found);
    }
}

#define COLUMNS 11
static const sql_type_t TYPES[COLUMNS] = { SQL_BYTEA, SQL_INT8,        SQL_BOOL, SQL_TEXT,
                                           SQL_TEXT,  SQL_BYTEA,       SQL_TEXT, SQL_TEXT,
                                           SQL_INT4,  SQL_TIMESTAMPTZ, SQL_BYTEA };

static void
s_add_row (sql_column_t **column, const request_t *request)
{
    sql_column_bytes (column[0], request->admission.id, SUBMISSION_ID_BYTES);
    sql_column_int8 (column[1], request->admission.case_no);
    sql_column_bool (column[2], request->admission.opens);
    sql_column_text (column[3], request->source);
    sql_column_text (column[4], request->event_id);
    sql_column_bytes (column[5], request->admission.sha256, SHA256_BYTES);
    sql_column_text (column[6], request->actor);
    sql_column_text (column[7], request->public_key);
    sql_column_int4 (column[8], request->admission.secrecy);
    sql_column_moment (column[9], request->occurred_at);
    sql_column_bytes (column[10], request->document, request->document_size);
}

void
store_submissions (batch_t *batch)
{
    sql_column_t *column[COLUMNS];
    for (int index = 0; index < COLUMNS; index++)
        column[index] = sql_column_new (TYPES[index]);
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        request_t *request = item->request;
        request->found = request->added = request->same = false; //  of an earlier attempt
        if (!item->poisoned)
            s_add_row (column, request);
    }
    sql_params_t *params = sql_params_new ();
    for (int index = 0; index < COLUMNS; index++)
        sql_params_column (params, column[index]);
    batch_query (batch, &STATEMENTS[ADD], params, s_on_added, batch);
    sql_params_reset (params);
    sql_params_column (params, column[0]);
    batch_query (batch, &STATEMENTS[FIND], params, s_on_found, batch);
    sql_params_destroy (&params);
    for (int index = 0; index < COLUMNS; index++)
        sql_column_destroy (&column[index]);
}

void
store_reporters (batch_t *batch)
{
    sql_column_t *ids = sql_column_new (SQL_BYTEA), *places = sql_column_new (SQL_INT4);
    sql_column_t *cuts = sql_column_new (SQL_BYTEA);
    for (size_t index = 0; index < batch_count (batch); index++) {
        const request_t *request = batch_item (batch, index)->request;
        if (!request->added || !request->cut)
            continue;
        sql_column_bytes (ids, request->admission.id, SUBMISSION_ID_BYTES);
        sql_column_int4 (places, (int32_t) request->cut_at);
        sql_column_bytes (cuts, request->cut, request->cut_size);
    }
    if (sql_column_count (ids)) {
        sql_params_t *params = sql_params_new ();
        sql_params_column (params, ids);
        sql_params_column (params, places);
        sql_params_column (params, cuts);
        batch_query (batch, &STATEMENTS[SEAL], params, NULL, NULL);
        sql_params_destroy (&params);
    }
    sql_column_destroy (&ids);
    sql_column_destroy (&places);
    sql_column_destroy (&cuts);
}

void
store_open (batch_t *batch, const open_row_t *row, void (*fn) (void *arg, PGresult *result), void *arg)
{
    sql_params_t *params = sql_params_new ();
    sql_params_bytes (params, row->id, SUBMISSION_ID_BYTES);
    sql_params_text (params, row->source);
    sql_params_text (params, row->event_id);
    sql_params_bytes (params, row->sha256, SHA256_BYTES);
    sql_params_text (params, row->actor);
    sql_params_int4 (params, row->secrecy);
    sql_params_moment (params, row->occurred_at);
    sql_params_bytes (params, row->document, strlen (row->document));
    batch_query (batch, &STATEMENTS[OPEN], params, fn, arg);
    sql_params_destroy (&params);
}

//  --------------------------------------------------------------------------
//  The feed

void
store_feed (batch_t *batch, const feed_line_t *lines, size_t count)
{
    if (!count)
        return;
    sql_column_t *sources = sql_column_new (SQL_TEXT), *events = sql_column_new (SQL_BYTEA);
    for (size_t index = 0; index < count; index++) {
        sql_column_text (sources, lines[index].source);
        sql_column_bytes (events, lines[index].event, strlen (lines[index].event));
    }
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, sources);
    sql_params_column (params, events);
    batch_query (batch, &STATEMENTS[FEED], params, NULL, NULL);
    sql_params_destroy (&params);
    sql_column_destroy (&sources);
    sql_column_destroy (&events);
}
