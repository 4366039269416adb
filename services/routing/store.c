//  store - routing's SQL

#include "services/routing/store.h"
#include "common/columns.h"

#define GIVE_UP_S 30

#define CASE_COLUMNS                                                                                         \
    "case_no, number, procedure, procedure_version, state, version, source, submitter, title, kind, area, "  \
    "secrecy::int, unit, fields, opened_at, closed_at, parent, (SELECT count (*) FROM cases child "          \
    "WHERE child.parent = c.case_no AND child.closed_at IS NULL)"
//  Real time, not business time: it bounds a race between messages
#define WAITING_COLUMNS "waiting_id, case_no, body, give_up_at <= clock_timestamp ()"

enum { LOAD, LOAD_WAITING, ADD, CHANGE, LOG, WAIT, UNWAIT, RETRY_CASES, RETRY };
static const db_statement_t STATEMENTS[] = {
    //  A sorted array does not sort locks: without ORDER BY two replicas deadlock
    [LOAD] = { "load_cases", "SELECT " CASE_COLUMNS " FROM cases c WHERE case_no = ANY ($1::bigint[]) "
                             "ORDER BY case_no FOR UPDATE" },
    [LOAD_WAITING] = { "load_waiting",
                       "SELECT " WAITING_COLUMNS " FROM waiting WHERE case_no = ANY ($1::bigint[]) "
                       "ORDER BY waiting_id FOR UPDATE SKIP LOCKED" },
    [ADD] = { "add_cases",
              "INSERT INTO cases (case_no, number, procedure, procedure_version, state, version, source, "
              "submitter,"
              " title, kind, area, secrecy, unit, fields, opened_at, closed_at, parent) "
              "SELECT * FROM unnest ($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[],"
              " $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[], $13::text[], "
              "$14::bytea[],"
              " $15::timestamptz[], $16::timestamptz[], $17::bigint[])" },
    [CHANGE] = { "change_cases",
                 "UPDATE cases c SET state = n.state, version = n.version, unit = n.unit, fields = n.fields,"
                 " closed_at = n.closed_at, secrecy = n.secrecy "
                 "FROM unnest ($1::bigint[], $2::text[], $3::int[], $4::text[], $5::bytea[], "
                 "$6::timestamptz[], $7::int[])"
                 " AS n (case_no, state, version, unit, fields, closed_at, secrecy) WHERE c.case_no = n.case_no" },
    [LOG] = { "add_log", "INSERT INTO case_log (case_no, version, event, state, actor, spoke, secrecy, "
                         "occurred_at, recorded_at,"
                         " cause, traceparent, canonical) "
                         "SELECT * FROM unnest ($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], "
                         "$6::text[], $7::int[],"
                         " $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::bytea[])" },
    [WAIT] = { "add_waiting",
               "INSERT INTO waiting (case_no, give_up_at, body) "
               "SELECT w.case_no, clock_timestamp () + make_interval (secs => $3::int), w.body "
               "FROM unnest ($1::bigint[], $2::bytea[]) AS w (case_no, body)" },
    [UNWAIT] = { "delete_waiting", "DELETE FROM waiting WHERE waiting_id = ANY ($1::bigint[])" },
    //  What has waited for a while: its case may have moved in a transaction that could not see it
    [RETRY_CASES] = { "retry_cases",
                      "SELECT " CASE_COLUMNS " FROM cases c WHERE case_no IN (SELECT w.case_no FROM waiting w"
                      " ORDER BY w.waiting_id LIMIT $1::int) ORDER BY case_no FOR UPDATE" },
    [RETRY] = { "retry_waiting", "SELECT " WAITING_COLUMNS " FROM waiting ORDER BY waiting_id LIMIT $1::int "
                                 "FOR UPDATE SKIP LOCKED" },
};
const db_table_t ROUTING_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

void
waiting_destroy (waiting_t **self_p)
{
    if (!*self_p)
        return;
    json_decref ((*self_p)->message);
    freen (*self_p);
    *self_p = NULL;
}

#define MAX_COLUMNS 17

//  --------------------------------------------------------------------------
//  Loading

void
store_load (batch_t *batch, const sql_column_t *case_numbers, void (*on_cases) (void *arg, PGresult *result),
            void (*on_waiting) (void *arg, PGresult *result), void *arg)
{
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, case_numbers);
    batch_query (batch, &STATEMENTS[LOAD], params, on_cases, arg);
    batch_query (batch, &STATEMENTS[LOAD_WAITING], params, on_waiting, arg);
    sql_params_destroy (&params);
}

static char *
s_text (const PGresult *result, int row, int column)
{
    return sql_is_null (result, row, column) ? NULL : strdup (sql_text (result, row, column));
}

static json_t *
s_json (const PGresult *result, int row, int column)
{
    size_t size;
    const char *bytes = sql_bytes (result, row, column, &size);
    json_t *value = json_loadb (bytes, size, 0, NULL);
    assert (value); //  we wrote it
    return value;
}

case_t *
store_read_case (const PGresult *result, int row, const char **procedure, int *procedure_version)
{
    case_t *file = zmalloc (sizeof *file);
    *procedure = sql_text (result, row, 2);
    *procedure_version = sql_int4 (result, row, 3);
    *file = (case_t){ .case_no = sql_int8 (result, row, 0),
                      .number = s_text (result, row, 1),
                      .state = s_text (result, row, 4),
                      .version = sql_int4 (result, row, 5),
                      .source = s_text (result, row, 6),
                      .submitter = s_text (result, row, 7),
                      .title = s_text (result, row, 8),
                      .kind = s_text (result, row, 9),
                      .area = s_text (result, row, 10),
                      .secrecy = sql_int4 (result, row, 11),
                      .unit = s_text (result, row, 12),
                      .fields = s_json (result, row, 13),
                      .opened_at = sql_moment (result, row, 14),
                      .closed_at = sql_moment (result, row, 15),
                      .parent = sql_is_null (result, row, 16) ? 0 : sql_int8 (result, row, 16),
                      .children = sql_int8 (result, row, 17) };
    return file;
}

waiting_t *
store_read_waiting (const PGresult *result, int row)
{
    waiting_t *waiting = zmalloc (sizeof *waiting);
    *waiting = (waiting_t){ .id = sql_int8 (result, row, 0),
                            .case_no = sql_int8 (result, row, 1),
                            .message = s_json (result, row, 2),
                            .over = sql_bool (result, row, 3) };
    return waiting;
}

void
store_load_waiting (batch_t *batch, void (*on_cases) (void *arg, PGresult *result),
                    void (*on_waiting) (void *arg, PGresult *result), void *arg)
{
    sql_params_t *params = sql_params_new ();
    sql_params_int4 (params, batch_limit (batch));
    batch_query (batch, &STATEMENTS[RETRY_CASES], params, on_cases, arg);
    batch_query (batch, &STATEMENTS[RETRY], params, on_waiting, arg);
    sql_params_destroy (&params);
}

//  --------------------------------------------------------------------------
//  Storing

static void
s_add_cases (batch_t *batch, case_t *const *files, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8,        SQL_TEXT, SQL_TEXT, SQL_INT4,  SQL_TEXT,
                                        SQL_INT4,        SQL_TEXT, SQL_TEXT, SQL_TEXT,  SQL_TEXT,
                                        SQL_TEXT,        SQL_INT4, SQL_TEXT, SQL_BYTEA, SQL_TIMESTAMPTZ,
                                        SQL_TIMESTAMPTZ, SQL_INT8 };
    sql_column_t *column[MAX_COLUMNS];
    columns_open (column, TYPES, MAX_COLUMNS);
    for (size_t index = 0; index < count; index++) {
        const case_t *file = files[index];
        if (!file->added)
            continue;
        sql_column_int8 (column[0], file->case_no);
        sql_column_text (column[1], file->number);
        sql_column_text (column[2], procedure_name (file->procedure));
        sql_column_int4 (column[3], procedure_version (file->procedure));
        sql_column_text (column[4], file->state);
        sql_column_int4 (column[5], file->version);
        sql_column_text (column[6], file->source);
        sql_column_text (column[7], file->submitter);
        sql_column_text (column[8], file->title);
        sql_column_text (column[9], file->kind);
        sql_column_text (column[10], file->area);
        sql_column_int4 (column[11], file->secrecy);
        sql_column_text (column[12], file->unit);
        columns_json (column[13], file->fields);
        sql_column_moment (column[14], file->opened_at);
        sql_column_moment (column[15], file->closed_at);
        if (file->parent)
            sql_column_int8 (column[16], file->parent);
        else
            sql_column_null (column[16]);
    }
    columns_send (batch, &STATEMENTS[ADD], column, MAX_COLUMNS);
}

static void
s_change_cases (batch_t *batch, case_t *const *files, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8,  SQL_TEXT,        SQL_INT4, SQL_TEXT,
                                        SQL_BYTEA, SQL_TIMESTAMPTZ, SQL_INT4 };
    sql_column_t *column[MAX_COLUMNS];
    columns_open (column, TYPES, 7);
    for (size_t index = 0; index < count; index++) {
        const case_t *file = files[index];
        if (file->added || !file->changed)
            continue;
        sql_column_int8 (column[0], file->case_no);
        sql_column_text (column[1], file->state);
        sql_column_int4 (column[2], file->version);
        sql_column_text (column[3], file->unit);
        columns_json (column[4], file->fields);
        sql_column_moment (column[5], file->closed_at);
        sql_column_int4 (column[6], file->secrecy);
    }
    columns_send (batch, &STATEMENTS[CHANGE], column, 7);
}

void
store_cases (batch_t *batch, case_t *const *files, size_t count)
{
    s_add_cases (batch, files, count);
    s_change_cases (batch, files, count);
}

void
store_log (batch_t *batch, const log_entry_t *entries, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8,        SQL_INT4, SQL_TEXT, SQL_TEXT,
                                        SQL_TEXT,        SQL_TEXT, SQL_INT4, SQL_TIMESTAMPTZ,
                                        SQL_TIMESTAMPTZ, SQL_TEXT, SQL_TEXT, SQL_BYTEA };
    sql_column_t *column[MAX_COLUMNS];
    columns_open (column, TYPES, 12);
    for (size_t index = 0; index < count; index++) {
        const log_entry_t *entry = &entries[index];
        sql_column_int8 (column[0], entry->case_no);
        sql_column_int4 (column[1], entry->version);
        sql_column_text (column[2], entry->event);
        sql_column_text (column[3], entry->state);
        sql_column_text (column[4], entry->actor);
        sql_column_text (column[5], entry->spoke);
        sql_column_int4 (column[6], entry->secrecy);
        sql_column_moment (column[7], entry->occurred_at);
        sql_column_moment (column[8], entry->recorded_at);
        sql_column_text (column[9], entry->cause);
        sql_column_text (column[10], entry->trace);
        sql_column_bytes (column[11], entry->canonical, strlen (entry->canonical));
    }
    columns_send (batch, &STATEMENTS[LOG], column, 12);
}

void
store_waiting (batch_t *batch, waiting_t *const *waiting, size_t count)
{
    sql_column_t *cases = sql_column_new (SQL_INT8), *bodies = sql_column_new (SQL_BYTEA);
    sql_column_t *gone = sql_column_new (SQL_INT8);
    for (size_t index = 0; index < count; index++) {
        if (waiting[index]->id && waiting[index]->settled)
            sql_column_int8 (gone, waiting[index]->id);
        else if (!waiting[index]->id && !waiting[index]->settled) {
            sql_column_int8 (cases, waiting[index]->case_no);
            columns_json (bodies, waiting[index]->message);
        }
    }
    if (sql_column_count (cases)) {
        sql_params_t *params = sql_params_new ();
        sql_params_column (params, cases);
        sql_params_column (params, bodies);
        sql_params_int4 (params, GIVE_UP_S);
        batch_query (batch, &STATEMENTS[WAIT], params, NULL, NULL);
        sql_params_destroy (&params);
    }
    columns_send (batch, &STATEMENTS[UNWAIT], &gone, 1);
    sql_column_destroy (&cases);
    sql_column_destroy (&bodies);
}
