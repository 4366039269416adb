//  store - intake's SQL

#include "services/intake/store.h"

enum { ADD, FIND, SEAL, FEED, OPEN };
static const db_statement_t STATEMENTS[] = {
    //  A command is added only if its case exists; a change of a register is about none (0). A number that is
    //  drawn for a repeated submission is lost: gaps are allowed. Sorted, so that two replicas that are sent the
    //  same ids do not deadlock.
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
              "ORDER BY g.id ON CONFLICT (submission_id) DO NOTHING "
              "RETURNING submission_id, sha256, case_no, recorded_at" },
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

static int
s_by_id (const void *left, const void *right)
{
    const request_t *const *one = left, *const *other = right;
    return memcmp ((*one)->admission.id, (*other)->admission.id, SUBMISSION_ID_BYTES);
}

//  The requests that can be stored, sorted by their ids; the caller frees the array
static request_t **
s_sorted (batch_t *batch, size_t *count)
{
    request_t **requests = zmalloc ((batch_count (batch) + 1) * sizeof *requests);
    *count = 0;
    for (size_t index = 0; index < batch_count (batch); index++)
        if (!batch_item (batch, index)->poisoned)
            requests[(*count)++] = batch_item (batch, index)->request;
    qsort (requests, *count, sizeof *requests, s_by_id);
    return requests;
}

//  The place of the first request with this id or a greater one
static size_t
s_place (request_t *const *requests, size_t count, const void *id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (memcmp (requests[middle]->admission.id, id, SUBMISSION_ID_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
s_take_row (request_t *request, const PGresult *result, int row)
{
    size_t size;
    request->found = true;
    request->same = !memcmp (request->admission.sha256, sql_bytes (result, row, 1, &size), SHA256_BYTES);
    request->case_no = sql_int8 (result, row, 2);
    request->recorded_at = sql_moment (result, row, 3);
    if (request->case_no) //  none: a change of a register
        intake_number (request->number, request->case_no, request->recorded_at);
}

//  Each row to all requests with its id: there may be several, sent again in haste. One of those that have the
//  bytes of a new row goes on to routing.
static void
s_take_rows (batch_t *batch, const PGresult *result, bool are_new)
{
    size_t count, size;
    request_t **requests = s_sorted (batch, &count);
    for (int row = 0; row < PQntuples (result); row++) {
        const void *id = sql_bytes (result, row, 0, &size);
        bool goes_on = are_new;
        for (size_t at = s_place (requests, count, id);
             at < count && !memcmp (requests[at]->admission.id, id, SUBMISSION_ID_BYTES); at++) {
            s_take_row (requests[at], result, row);
            requests[at]->added = goes_on && requests[at]->same;
            goes_on = goes_on && !requests[at]->added;
        }
    }
    freen (requests);
}

static void
s_on_added (void *arg, PGresult *result)
{
    s_take_rows (arg, result, true);
}

static void
s_on_found (void *arg, PGresult *result)
{
    s_take_rows (arg, result, false);
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
    sql_params_destroy (&params);
    for (int index = 0; index < COLUMNS; index++)
        sql_column_destroy (&column[index]);
}

void
store_find_earlier (batch_t *batch)
{
    sql_column_t *ids = sql_column_new (SQL_BYTEA);
    for (size_t index = 0; index < batch_count (batch); index++) {
        const item_t *item = batch_item (batch, index);
        const request_t *request = item->request;
        if (!item->poisoned && !request->found)
            sql_column_bytes (ids, request->admission.id, SUBMISSION_ID_BYTES);
    }
    if (sql_column_count (ids)) {
        sql_params_t *params = sql_params_new ();
        sql_params_column (params, ids);
        batch_query (batch, &STATEMENTS[FIND], params, s_on_found, batch);
        sql_params_destroy (&params);
    }
    sql_column_destroy (&ids);
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
