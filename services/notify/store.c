//  store - the mail lane's SQL: people, notices, deliveries; one statement per table and batch

#include "services/notify/store.h"

enum { PEOPLE, WITHDRAW, WITHDRAW_DELIVERIES, NOTICES, FED, DELIVERIES, UNREACHED, DEAD_LETTERS };
static const db_statement_t STATEMENTS[] = {
    //  Nothing, unless the directory has changed. One statement, so that units and people are of one version;
    //  the
    //  left join says so even of an empty one.
    [PEOPLE] = { "directory_read",
                 "SELECT v.last_value, NULL::text AS person, u.unit, u.name AS detail, NULL::text AS "
                 "language, "
                 "NULL::text[] AS roles FROM directory_version v LEFT JOIN unit u ON true "
                 "WHERE v.last_value <> $1::bigint "
                 "UNION ALL SELECT v.last_value, p.person, p.unit, p.email, p.language, p.roles "
                 "FROM directory_version v JOIN person p ON p.active WHERE v.last_value <> $1::bigint "
                 "UNION ALL SELECT v.last_value, NULL, NULL, s.superior, s.role, NULL "
                 "FROM directory_version v JOIN superior s ON true WHERE v.last_value <> $1::bigint" },
    //  The key is the meeting point of a notice and its withdrawal, whichever comes first: both insert it
    [WITHDRAW] = { "notice_withdraw",
                   "INSERT INTO notice AS n (notice_key, withdrawn, created_at) "
                   "SELECT k.key, true, clock_now () FROM unnest ($1::text[]) AS k (key) ORDER BY 1 "
                   "ON CONFLICT (notice_key) DO UPDATE SET withdrawn = true WHERE NOT n.withdrawn" },
    //  What is on its way may have arrived: it keeps its state until that is known
    [WITHDRAW_DELIVERIES] = { "delivery_withdraw",
                              "UPDATE delivery SET state = 'withdrawn', next_try_at = NULL "
                              "WHERE notice_key = ANY ($1::text[]) AND state = 'queued'" },
    [NOTICES] = { "notice_insert",
                  "INSERT INTO notice AS n (notice_key, case_no, number, template, secrecy, urgent, confirm, "
                  "created_at, body) "
                  "SELECT k.key, k.case_no, k.number, k.template, k.secrecy, k.urgent, k.confirm, clock_now "
                  "(), k.body "
                  "FROM unnest ($1::text[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::bool[], "
                  "$7::bool[], "
                  "$8::bytea[]) AS k (key, case_no, number, template, secrecy, urgent, confirm, body) ORDER "
                  "BY 1 "
                  "ON CONFLICT (notice_key) DO UPDATE SET case_no = excluded.case_no, number = "
                  "excluded.number, "
                  "template = excluded.template, secrecy = excluded.secrecy, urgent = excluded.urgent, "
                  "confirm = excluded.confirm, created_at = excluded.created_at, body = excluded.body "
                  "WHERE n.template IS NULL RETURNING n.notice_key, n.withdrawn" },
    [FED] = { "delivery_fed",
              "WITH fed AS (UPDATE delivery d SET state = 'delivered', delivered_at = f.at "
              "FROM unnest ($1::text[], $2::text[], $3::timestamptz[]) AS f (key, recipient, at) "
              "WHERE d.notice_key = f.key AND d.recipient = f.recipient AND d.channel = 'feed' "
              "AND d.state = 'sending' RETURNING d.notice_key, d.delivered_at) "
              "SELECT n.notice_key, n.case_no, fed.delivered_at FROM fed JOIN notice n USING (notice_key) "
              "WHERE n.confirm" },
    [DELIVERIES] = { "delivery_insert",
                     "INSERT INTO delivery (notice_key, recipient, channel, address, state, next_try_at, "
                     "subject, text) "
                     "SELECT k.key, k.recipient, k.channel, k.address, k.state, "
                     "CASE WHEN k.state = 'queued' THEN clock_timestamp () END, k.subject, k.text "
                     "FROM unnest ($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
                     "$7::text[]) "
                     "AS k (key, recipient, channel, address, state, subject, text) "
                     "ON CONFLICT (notice_key, recipient, channel) DO NOTHING" },
    [UNREACHED] = { "unreached_insert",
                    "INSERT INTO unreached (notice_key, wanted, noted_at) SELECT k.key, k.wanted, clock_now "
                    "() "
                    "FROM unnest ($1::text[], $2::text[]) AS k (key, wanted) ON CONFLICT DO NOTHING" },
    [DEAD_LETTERS] = { "unreadable_insert",
                       "INSERT INTO dead_letter (direction, peer, parcel_id, cause, body) "
                       "SELECT 'in', k.peer, '00000000-0000-0000-0000-000000000000', k.cause, k.body "
                       "FROM unnest ($1::text[], $2::text[], $3::bytea[]) AS k (peer, cause, body)" },
};
const db_table_t STORE_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

//  What a gathered row consists of
#define MAX_COLUMNS 8
static const sql_type_t COLUMNS[][MAX_COLUMNS] = {
    [WITHDRAW] = { SQL_TEXT },
    [NOTICES] = { SQL_TEXT, SQL_INT8, SQL_TEXT, SQL_TEXT, SQL_INT4, SQL_BOOL, SQL_BOOL, SQL_BYTEA },
    [FED] = { SQL_TEXT, SQL_TEXT, SQL_TIMESTAMPTZ },
    [DELIVERIES] = { SQL_TEXT, SQL_TEXT, SQL_TEXT, SQL_TEXT, SQL_TEXT, SQL_TEXT, SQL_TEXT },
    [UNREACHED] = { SQL_TEXT, SQL_TEXT },
    [DEAD_LETTERS] = { SQL_TEXT, SQL_TEXT, SQL_BYTEA },
};
#define TABLES (sizeof COLUMNS / sizeof *COLUMNS)

struct store {
    sql_column_t *columns[TABLES][MAX_COLUMNS];
    sql_params_t *params;
};

store_t *
store_new (void)
{
    store_t *self = zmalloc (sizeof *self);
    self->params = sql_params_new ();
    for (size_t table = 0; table < TABLES; table++)
        for (size_t column = 0; column < MAX_COLUMNS && COLUMNS[table][column]; column++)
            self->columns[table][column] = sql_column_new (COLUMNS[table][column]);
    return self;
}

void
store_destroy (store_t **self_p)
{
    if (!*self_p)
        return;
    store_t *self = *self_p;
    for (size_t table = 0; table < TABLES; table++)
        for (size_t column = 0; column < MAX_COLUMNS; column++)
            sql_column_destroy (&self->columns[table][column]);
    sql_params_destroy (&self->params);
    freen (self);
    *self_p = NULL;
}

void
store_reset (store_t *self)
{
    for (size_t table = 0; table < TABLES; table++)
        for (size_t column = 0; column < MAX_COLUMNS && self->columns[table][column]; column++)
            sql_column_reset (self->columns[table][column]);
}

//  --------------------------------------------------------------------------
//  Gathering

void
store_add_withdrawal (store_t *self, const char *key)
{
    sql_column_text (self->columns[WITHDRAW][0], key);
}

void
store_add_notice (store_t *self, const notice_t *notice)
{
    sql_column_t **columns = self->columns[NOTICES];
    json_t *body = json_pack ("{s:O, s:o}", "to", notice->to, "arguments", placeholder_arguments (notice));
    char *text = json_dumps (body, JSON_COMPACT);
    sql_column_text (columns[0], notice->key);
    sql_column_int8 (columns[1], notice->case_no);
    sql_column_text (columns[2], notice->number);
    sql_column_text (columns[3], notice->template_name);
    sql_column_int4 (columns[4], notice->secrecy);
    sql_column_bool (columns[5], notice->urgent);
    sql_column_bool (columns[6], notice->confirm);
    sql_column_bytes (columns[7], text, strlen (text));
    free (text);
    json_decref (body);
}

void
store_add_fed (store_t *self, const char *key, const char *recipient, moment_t at)
{
    sql_column_text (self->columns[FED][0], key);
    sql_column_text (self->columns[FED][1], recipient);
    sql_column_moment (self->columns[FED][2], at);
}

void
store_add_delivery (store_t *self, const char *key, const plan_t *plan)
{
    const char *values[] = { key,         plan->recipient, plan->channel, plan->address,
                             plan->state, plan->subject,   plan->text };
    for (size_t column = 0; column < sizeof values / sizeof *values; column++)
        sql_column_text (self->columns[DELIVERIES][column], values[column]);
}

void
store_add_unreached (store_t *self, const char *key, const char *wanted)
{
    sql_column_text (self->columns[UNREACHED][0], key);
    sql_column_text (self->columns[UNREACHED][1], wanted);
}

void
store_add_dead_letter (store_t *self, const char *src, const char *cause, json_t *message)
{
    char *text = json_dumps (message, JSON_COMPACT | JSON_ENCODE_ANY);
    sql_column_text (self->columns[DEAD_LETTERS][0], src);
    sql_column_text (self->columns[DEAD_LETTERS][1], cause);
    sql_column_bytes (self->columns[DEAD_LETTERS][2], text, strlen (text));
    free (text);
}

//  --------------------------------------------------------------------------
//  Sending

//  Statement `which` with the columns gathered for `table`, unless there are none
static void
s_send (store_t *self, batch_t *batch, int which, int table, void (*fn) (void *arg, PGresult *result),
        void *arg)
{
    sql_column_t **columns = self->columns[table];
    if (!sql_column_count (columns[0]))
        return;
    sql_params_reset (self->params);
    for (size_t column = 0; column < MAX_COLUMNS && columns[column]; column++)
        sql_params_column (self->params, columns[column]);
    batch_query (batch, &STATEMENTS[which], self->params, fn, arg);
}

static void
s_add_person (directory_t *directory, PGresult *result, int row)
{
    enum { MAX_ROLES = 64 };
    const char *roles[MAX_ROLES];
    size_t sizes[MAX_ROLES], count = sql_text_array (result, row, 5, roles, sizes, MAX_ROLES);
    person_t person = { .person = sql_text (result, row, 1),
                        .email = sql_text (result, row, 3),
                        .language = sql_text (result, row, 4) };
    directory_add_person (directory, &person, sql_text (result, row, 2));
    for (size_t role = 0; role < count; role++)
        directory_add_role (directory, roles[role], sizes[role]);
}

static void
s_on_people (void *arg, PGresult *result)
{
    directory_t *directory = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        if (row == 0)
            directory_begin (directory, sql_int8 (result, row, 0));
        if (!sql_is_null (result, row, 1))
            s_add_person (directory, result, row);
        else if (!sql_is_null (result, row, 2))
            directory_add_unit (directory, sql_text (result, row, 2), sql_text (result, row, 3));
        else if (!sql_is_null (result, row, 4))
            directory_add_superior (directory, sql_text (result, row, 4), sql_text (result, row, 3));
    }
}

void
store_ask_people (store_t *self, batch_t *batch, directory_t *directory)
{
    sql_params_reset (self->params);
    sql_params_int8 (self->params, directory_version (directory));
    batch_query (batch, &STATEMENTS[PEOPLE], self->params, s_on_people, directory);
}

void
store_withdraw (store_t *self, batch_t *batch)
{
    s_send (self, batch, WITHDRAW, WITHDRAW, NULL, NULL);
    s_send (self, batch, WITHDRAW_DELIVERIES, WITHDRAW, NULL, NULL);
}

void
store_notices (store_t *self, batch_t *batch, void (*fn) (void *arg, PGresult *result), void *arg)
{
    s_send (self, batch, NOTICES, NOTICES, fn, arg);
}

void
store_fed (store_t *self, batch_t *batch, void (*fn) (void *arg, PGresult *result), void *arg)
{
    s_send (self, batch, FED, FED, fn, arg);
}

void
store_decided (store_t *self, batch_t *batch)
{
    s_send (self, batch, DELIVERIES, DELIVERIES, NULL, NULL);
    s_send (self, batch, UNREACHED, UNREACHED, NULL, NULL);
    s_send (self, batch, DEAD_LETTERS, DEAD_LETTERS, NULL, NULL);
}
