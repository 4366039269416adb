//  register_store - the SQL of the registers

#include "services/routing/register_store.h"
#include "common/columns.h"

enum { LOCK, LOAD, STORE, LOG };
static const db_statement_t STATEMENTS[] = {
    //  An entry that is not there yet has no row to lock: its name is locked instead, in the order of the
    //  numbers, so that two replicas with the same new entries wait for each other and do not collide
    [LOCK] = { "register_lock",
               "SELECT pg_advisory_xact_lock (l.number) FROM (SELECT DISTINCT hashtextextended (w.register || '/' "
               "|| w.key, 0) AS number FROM unnest ($1::text[], $2::text[]) AS w (register, key) ORDER BY 1) l" },
    [LOAD] = { "register_load",
               "SELECT e.register, e.key, e.version, convert_to (e.body::text, 'UTF8'), e.secret, e.stamps, "
               "e.ended, e.changed_at, e.changed_by FROM register_entry e JOIN (SELECT DISTINCT * FROM unnest "
               "($1::text[], $2::text[]) AS w (register, key)) n USING (register, key)" },
    [STORE] = { "register_store",
                "INSERT INTO register_entry AS e (register, key, version, body, secret, stamps, ended, valid_from,"
                " valid_until, changed_at, changed_by) "
                "SELECT n.register, n.key, n.version, convert_from (n.body, 'UTF8')::jsonb, n.secret, n.stamps, "
                "n.ended, n.valid_from, n.valid_until, n.changed_at, n.changed_by FROM unnest ($1::text[], "
                "$2::text[], $3::int[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bool[], $8::date[], $9::date[],"
                " $10::timestamptz[], $11::text[]) AS n (register, key, version, body, secret, stamps, ended, "
                "valid_from, valid_until, changed_at, changed_by) "
                "ON CONFLICT (register, key) DO UPDATE SET version = EXCLUDED.version, body = EXCLUDED.body, "
                "secret = EXCLUDED.secret, stamps = EXCLUDED.stamps, ended = EXCLUDED.ended, valid_from = "
                "EXCLUDED.valid_from, valid_until = EXCLUDED.valid_until, changed_at = EXCLUDED.changed_at, "
                "changed_by = EXCLUDED.changed_by" },
    [LOG] = { "register_log",
              "INSERT INTO register_log (register, key, version, event, actor, spoke, secrecy, occurred_at, "
              "recorded_at, cause, traceparent, canonical, secret) "
              "SELECT * FROM unnest ($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], "
              "$7::int[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::bytea[], "
              "$13::bytea[])" },
};
const db_table_t REGISTER_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

//  --------------------------------------------------------------------------
//  Loading

void
register_load (batch_t *batch, const sql_column_t *registers, const sql_column_t *keys,
               void (*on_entries) (void *arg, PGresult *result), void *arg)
{
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, registers);
    sql_params_column (params, keys);
    batch_query (batch, &STATEMENTS[LOCK], params, NULL, NULL);
    batch_query (batch, &STATEMENTS[LOAD], params, on_entries, arg);
    sql_params_destroy (&params);
}

const char *
register_row_register (const PGresult *result, int row)
{
    return sql_text (result, row, 0);
}

const char *
register_row_key (const PGresult *result, int row)
{
    return sql_text (result, row, 1);
}

static void
s_read_json (json_t **place, const PGresult *result, int row, int column)
{
    size_t size;
    if (sql_is_null (result, row, column))
        return;
    const char *bytes = sql_bytes (result, row, column, &size);
    json_decref (*place);
    *place = json_loadb (bytes, size, 0, NULL);
    assert (*place); //  we wrote it
}

void
register_read (record_t *record, const PGresult *result, int row)
{
    record->version = sql_int4 (result, row, 2);
    s_read_json (&record->body, result, row, 3);
    s_read_json (&record->secret, result, row, 4);
    s_read_json (&record->stamps, result, row, 5);
    record->ended = sql_bool (result, row, 6);
    record->changed_at = sql_moment (result, row, 7);
    record->changed_by = strdup (sql_text (result, row, 8));
}

//  --------------------------------------------------------------------------
//  Storing

#define MAX_COLUMNS 13

void
register_store_records (batch_t *batch, record_t *const *records, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_TEXT, SQL_TEXT, SQL_INT4, SQL_BYTEA,       SQL_BYTEA, SQL_BYTEA,
                                        SQL_BOOL, SQL_DATE, SQL_DATE, SQL_TIMESTAMPTZ, SQL_TEXT };
    sql_column_t *column[MAX_COLUMNS];
    columns_open (column, TYPES, 11);
    for (size_t index = 0; index < count; index++) {
        const record_t *record = records[index];
        if (!record->changed)
            continue;
        sql_column_text (column[0], record->register_name);
        sql_column_text (column[1], record->key);
        sql_column_int4 (column[2], record->version);
        columns_json (column[3], record->body);
        if (json_object_size (record->secret))
            columns_json (column[4], record->secret);
        else
            sql_column_null (column[4]);
        columns_json (column[5], record->stamps);
        sql_column_bool (column[6], record->ended);
        sql_column_day (column[7], record_valid_from (record));
        sql_column_day (column[8], record_valid_until (record));
        sql_column_moment (column[9], record->changed_at);
        sql_column_text (column[10], record->changed_by);
    }
    columns_send (batch, &STATEMENTS[STORE], column, 11);
}

void
register_store_log (batch_t *batch, const record_log_t *lines, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_TEXT, SQL_TEXT,  SQL_INT4,        SQL_TEXT,        SQL_TEXT,
                                        SQL_TEXT, SQL_INT4,  SQL_TIMESTAMPTZ, SQL_TIMESTAMPTZ, SQL_TEXT,
                                        SQL_TEXT, SQL_BYTEA, SQL_BYTEA };
    sql_column_t *column[MAX_COLUMNS];
    columns_open (column, TYPES, 13);
    for (size_t index = 0; index < count; index++) {
        const record_log_t *line = &lines[index];
        sql_column_text (column[0], line->register_name);
        sql_column_text (column[1], line->key);
        sql_column_int4 (column[2], line->version);
        sql_column_text (column[3], line->event);
        sql_column_text (column[4], line->actor);
        sql_column_text (column[5], line->spoke);
        sql_column_int4 (column[6], line->secrecy);
        sql_column_moment (column[7], line->occurred_at);
        sql_column_moment (column[8], line->recorded_at);
        sql_column_text (column[9], line->cause);
        sql_column_text (column[10], line->trace);
        sql_column_bytes (column[11], line->canonical, strlen (line->canonical));
        if (line->secret)
            sql_column_bytes (column[12], line->secret, strlen (line->secret));
        else
            sql_column_null (column[12]);
    }
    columns_send (batch, &STATEMENTS[LOG], column, 13);
}
