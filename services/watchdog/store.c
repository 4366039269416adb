//  store - the watchdog's SQL

#include "services/watchdog/store.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                                                  \
    "c.case_no, c.name, c.version, c.running, c.anchor, c.budget, c.unit, c.rule, c.calendar, c.ladder, "        \
    "c.card, "                                                                                                   \
    "c.stopped_at, c.due_date, c.breach_at, c.provisional, c.next_rung, c.next_rung_at, c.questions, c.ledger, " \
    "c.due_at, c.earlier, c.suspended"
#define RECORD_SQL                                                                                           \
    "INSERT INTO fired (case_no, clock, rung, due_at, fired_at, level, answer_by, answer_with) "             \
    "SELECT * FROM unnest ($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], "     \
    "$6::text[], $7::timestamptz[], $8::text[]) "                                                            \
    "ON CONFLICT DO NOTHING"

enum { LOCK, LOAD, FIRED, ANSWERS, SAVE, SAVE_ANSWERS, RECORD_FACT, JOURNAL };
static const db_statement_t FACT[] = {
    //  Two replicas may hold the first two versions of a clock that has no row to lock: the case itself is
    //  locked, in order. The first number keeps these locks apart from other uses.
    [LOCK] = { "lock_cases",
               "SELECT pg_advisory_xact_lock (1668050795, k::int) FROM (SELECT DISTINCT c % 2147483647 AS "
               "k FROM unnest ($1::bigint[]) AS u (c) ORDER BY 1) AS s" },
    [LOAD] = { "load_clocks", "SELECT " COLUMNS
                              " FROM clock c WHERE c.case_no = ANY ($1::bigint[]) ORDER BY c.case_no, c.name "
                              "FOR UPDATE" },
    [FIRED] = { "load_fired",
                "SELECT case_no, clock, rung, due_at, answer_by FROM fired WHERE case_no = ANY ($1::bigint[])" },
    [ANSWERS] = { "load_answers",
                  "SELECT case_no, version, command, at FROM answer WHERE case_no = ANY ($1::bigint[])" },
    [SAVE] = { "save_clocks",
               "INSERT INTO clock AS c (case_no, name, version, running, anchor, budget, unit, rule, "
               "calendar, ladder, "
               "card, stopped_at, due_date, breach_at, provisional, next_rung, next_rung_at, questions, "
               "ledger, due_at, earlier, suspended) "
               "SELECT * FROM unnest ($1::bigint[], $2::text[], $3::int[], $4::boolean[], $5::timestamptz[], "
               "$6::int[], "
               "$7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::timestamptz[], "
               "$13::date[], "
               "$14::timestamptz[], $15::boolean[], $16::int[], $17::timestamptz[], $18::bytea[], "
               "$19::bytea[], $20::timestamptz[], $21::int[], $22::boolean[]) ORDER BY 1, 2 "
               "ON CONFLICT (case_no, name) DO UPDATE SET version = EXCLUDED.version, running = "
               "EXCLUDED.running, "
               "anchor = EXCLUDED.anchor, budget = EXCLUDED.budget, unit = EXCLUDED.unit, ladder = "
               "EXCLUDED.ladder, "
               "card = EXCLUDED.card, stopped_at = EXCLUDED.stopped_at, due_date = EXCLUDED.due_date, "
               "breach_at = EXCLUDED.breach_at, provisional = EXCLUDED.provisional, next_rung = "
               "EXCLUDED.next_rung, "
               "next_rung_at = EXCLUDED.next_rung_at, questions = EXCLUDED.questions, ledger = EXCLUDED.ledger, "
               "due_at = EXCLUDED.due_at, earlier = EXCLUDED.earlier, suspended = EXCLUDED.suspended "
               "WHERE c.version <= EXCLUDED.version" },
    [SAVE_ANSWERS] = { "save_answers",
                       "INSERT INTO answer (case_no, version, command, at) SELECT * FROM unnest "
                       "($1::bigint[], $2::int[], $3::text[], $4::timestamptz[]) ON CONFLICT DO NOTHING" },
    [RECORD_FACT] = { "record_fired", RECORD_SQL },
    [JOURNAL] = { "journal_moved",
                  "INSERT INTO moved (case_no, clock, moved_at, was_due, due_date, was_breach_at, breach_at, "
                  "provisional, reason) SELECT * FROM unnest ($1::bigint[], $2::text[], $3::timestamptz[], "
                  "$4::date[], $5::date[], $6::timestamptz[], $7::timestamptz[], $8::boolean[], $9::text[])" },
};
const db_table_t STORE_FACT_TABLE = { FACT, sizeof FACT / sizeof *FACT };

enum { CLAIM, NEAREST, ADVANCE, POSTPONE, RECORD_DUE };
static const db_statement_t DUE[] = {
    [CLAIM] = { "claim_due",
                "SELECT " COLUMNS ", CASE WHEN c.ladder = ANY ($2::text[]) THEN "
                "(SELECT array_agg (s.name || to_char (s.due_date, '=YYYY-MM-DD')) FROM clock s "
                "WHERE s.case_no = c.case_no AND s.due_date IS NOT NULL) END "
                "FROM clock c WHERE c.next_rung_at <= (SELECT clock_now ()) ORDER BY c.next_rung_at LIMIT $1 "
                "FOR UPDATE OF c SKIP LOCKED" },
    [NEAREST] = { "nearest", "SELECT next_rung_at FROM clock WHERE next_rung_at > (SELECT clock_now ()) "
                             "ORDER BY next_rung_at LIMIT 1" },
    [ADVANCE] = { "advance",
                  "UPDATE clock c SET next_rung = n.next_rung, next_rung_at = n.next_rung_at, "
                  "questions = n.questions "
                  "FROM unnest ($1::bigint[], $2::text[], $3::int[], $4::timestamptz[], $5::bytea[]) "
                  "AS n (case_no, name, next_rung, next_rung_at, questions) WHERE c.case_no = n.case_no AND c.name = n.name" },
    [POSTPONE] = { "postpone",
                   "UPDATE clock SET next_rung_at = clock_now () + interval '1 hour' "
                   "WHERE case_no = $1::bigint AND name = $2::text AND next_rung_at IS NOT NULL" },
    [RECORD_DUE] = { "record_fired", RECORD_SQL },
};
const db_table_t STORE_DUE_TABLE = { DUE, sizeof DUE / sizeof *DUE };

//  --------------------------------------------------------------------------
//  Columns of one statement

#define MAX_COLUMNS 22

typedef struct {
    sql_column_t *columns[MAX_COLUMNS];
    size_t count;
} columns_t;

static columns_t
s_columns (const sql_type_t *types, size_t count)
{
    columns_t self = { .count = count };
    for (size_t index = 0; index < count; index++)
        self.columns[index] = sql_column_new (types[index]);
    return self;
}

//  Sends the statement with its columns and frees them
static void
s_send (columns_t *self, batch_t *batch, const db_statement_t *statement)
{
    sql_params_t *params = sql_params_new ();
    for (size_t index = 0; index < self->count; index++) {
        sql_params_column (params, self->columns[index]);
        sql_column_destroy (&self->columns[index]);
    }
    batch_query (batch, statement, params, NULL, NULL);
    sql_params_destroy (&params);
}

static void
s_put_questions (sql_column_t *column, const questions_t *questions)
{
    char *text = questions->count ? questions_text (questions) : NULL;
    sql_column_bytes (column, text ? text : "[]", text ? strlen (text) : 2);
    free (text);
}

static void
s_put_index (sql_column_t *column, int index)
{
    if (index < 0)
        sql_column_null (column);
    else
        sql_column_int4 (column, index);
}

//  --------------------------------------------------------------------------
//  Facts

void
store_load_cases (batch_t *batch, const sql_column_t *case_nos, const store_readers_t *readers, void *arg)
{
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, case_nos);
    batch_query (batch, &FACT[LOCK], params, NULL, NULL);
    batch_query (batch, &FACT[LOAD], params, readers->on_clocks, arg);
    batch_query (batch, &FACT[FIRED], params, readers->on_fired, arg);
    batch_query (batch, &FACT[ANSWERS], params, readers->on_answers, arg);
    sql_params_destroy (&params);
}

void
store_save (batch_t *batch, deadline_t *const *deadlines, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8,        SQL_TEXT,        SQL_INT4,  SQL_BOOL,
                                        SQL_TIMESTAMPTZ, SQL_INT4,        SQL_TEXT,  SQL_TEXT,
                                        SQL_TEXT,        SQL_TEXT,        SQL_BYTEA, SQL_TIMESTAMPTZ,
                                        SQL_DATE,        SQL_TIMESTAMPTZ, SQL_BOOL,  SQL_INT4,
                                        SQL_TIMESTAMPTZ, SQL_BYTEA,       SQL_BYTEA, SQL_TIMESTAMPTZ,
                                        SQL_INT4,        SQL_BOOL };
    if (!count)
        return;
    columns_t set = s_columns (TYPES, sizeof TYPES / sizeof *TYPES);
    for (size_t index = 0; index < count; index++) {
        const deadline_t *one = deadlines[index];
        sql_column_t **column = set.columns;
        sql_column_int8 (*column++, one->case_no);
        sql_column_text (*column++, one->name);
        sql_column_int4 (*column++, one->version);
        sql_column_bool (*column++, one->running);
        sql_column_moment (*column++, one->anchor);
        sql_column_int4 (*column++, one->budget);
        sql_column_text (*column++, one->unit);
        sql_column_text (*column++, one->rule == RULE_B ? "B" : "A");
        sql_column_text (*column++, one->calendar);
        sql_column_text (*column++, one->ladder);
        sql_column_bytes (*column++, one->card_text, strlen (one->card_text));
        sql_column_moment (*column++, one->stopped_at);
        sql_column_day (*column++, one->due_date);
        sql_column_moment (*column++, one->breach_at);
        sql_column_bool (*column++, one->provisional);
        s_put_index (*column++, one->next_rung);
        sql_column_moment (*column++, one->next_rung_at);
        s_put_questions (*column++, &one->questions);
        sql_column_bytes (*column++, one->ledger_text, strlen (one->ledger_text));
        sql_column_moment (*column++, one->due_at);
        sql_column_int4 (*column++, one->earlier);
        sql_column_bool (*column++, one->suspended);
    }
    s_send (&set, batch, &FACT[SAVE]);
}

void
store_save_answers (batch_t *batch, const answer_t *answers, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8, SQL_INT4, SQL_TEXT, SQL_TIMESTAMPTZ };
    if (!count)
        return;
    columns_t set = s_columns (TYPES, sizeof TYPES / sizeof *TYPES);
    for (size_t index = 0; index < count; index++) {
        sql_column_int8 (set.columns[0], answers[index].case_no);
        sql_column_int4 (set.columns[1], answers[index].version);
        sql_column_text (set.columns[2], answers[index].command);
        sql_column_moment (set.columns[3], answers[index].at);
    }
    s_send (&set, batch, &FACT[SAVE_ANSWERS]);
}

void
store_journal (batch_t *batch, const moved_t *moved, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8,        SQL_TEXT,        SQL_TIMESTAMPTZ, SQL_DATE, SQL_DATE,
                                        SQL_TIMESTAMPTZ, SQL_TIMESTAMPTZ, SQL_BOOL,        SQL_TEXT };
    if (!count)
        return;
    columns_t set = s_columns (TYPES, sizeof TYPES / sizeof *TYPES);
    for (size_t index = 0; index < count; index++) {
        const deadline_t *clock = moved[index].clock;
        sql_column_int8 (set.columns[0], clock->case_no);
        sql_column_text (set.columns[1], clock->name);
        sql_column_moment (set.columns[2], batch_now (batch));
        sql_column_day (set.columns[3], moved[index].was_due);
        sql_column_day (set.columns[4], clock->due_date);
        sql_column_moment (set.columns[5], moved[index].was_breach_at);
        sql_column_moment (set.columns[6], clock->breach_at);
        sql_column_bool (set.columns[7], clock->provisional);
        sql_column_text (set.columns[8], moved[index].reason);
    }
    s_send (&set, batch, &FACT[JOURNAL]);
}

answer_t
store_read_answer (const PGresult *result, int row)
{
    answer_t self = { .case_no = sql_int8 (result, row, 0),
                      .version = sql_int4 (result, row, 1),
                      .at = sql_moment (result, row, 3) };
    snprintf (self.command, sizeof self.command, "%s", sql_text (result, row, 2));
    return self;
}

//  --------------------------------------------------------------------------
//  Due

void
store_claim (batch_t *batch, const sql_column_t *dated, void (*on_clocks) (void *, PGresult *),
             void (*on_nearest) (void *, PGresult *), void *arg)
{
    sql_params_t *params = sql_params_new ();
    sql_params_int8 (params, batch_limit (batch)); //  LIMIT is a bigint
    sql_params_column (params, dated);
    batch_query (batch, &DUE[CLAIM], params, on_clocks, arg);
    batch_query (batch, &DUE[NEAREST], NULL, on_nearest, arg);
    sql_params_destroy (&params);
}

void
store_advance (batch_t *batch, deadline_t *const *deadlines, size_t count)
{
    static const sql_type_t TYPES[] = { SQL_INT8, SQL_TEXT, SQL_INT4, SQL_TIMESTAMPTZ, SQL_BYTEA };
    if (!count)
        return;
    columns_t set = s_columns (TYPES, sizeof TYPES / sizeof *TYPES);
    for (size_t index = 0; index < count; index++) {
        sql_column_int8 (set.columns[0], deadlines[index]->case_no);
        sql_column_text (set.columns[1], deadlines[index]->name);
        s_put_index (set.columns[2], deadlines[index]->next_rung);
        sql_column_moment (set.columns[3], deadlines[index]->next_rung_at);
        s_put_questions (set.columns[4], &deadlines[index]->questions);
    }
    s_send (&set, batch, &DUE[ADVANCE]);
}

void
store_postpone (db_t *db, int64_t case_no, const char *name)
{
    sql_params_t *params = sql_params_new ();
    sql_params_int8 (params, case_no);
    sql_params_text (params, name);
    db_query (db, &DUE[POSTPONE], params, NULL, NULL);
    db_sync (db, NULL, NULL);
    sql_params_destroy (&params);
}

//  --------------------------------------------------------------------------
//  Both

void
store_record (batch_t *batch, firings_t *firings)
{
    static const sql_type_t TYPES[] = { SQL_INT8,        SQL_TEXT, SQL_TEXT,        SQL_TIMESTAMPTZ,
                                        SQL_TIMESTAMPTZ, SQL_TEXT, SQL_TIMESTAMPTZ, SQL_TEXT };
    if (!firings->count)
        return;
    columns_t set = s_columns (TYPES, sizeof TYPES / sizeof *TYPES);
    for (size_t index = 0; index < firings->count; index++) {
        firing_t *one = &firings->items[index];
        sql_column_int8 (set.columns[0], one->case_no);
        sql_column_text (set.columns[1], one->clock);
        sql_column_text (set.columns[2], one->rung);
        sql_column_moment (set.columns[3], one->due_at);
        sql_column_moment (set.columns[4], batch_now (batch));
        sql_column_text (set.columns[5], one->level);
        sql_column_moment (set.columns[6], one->answer_by);
        sql_column_text (set.columns[7], one->answer_with);
        batch_post (batch, "routing", one->message);
        if (one->notice)
            batch_post (batch, "notify", one->notice);
        one->message = one->notice = NULL;
    }
    s_send (&set, batch, &FACT[RECORD_FACT]); //  prepared under this name on both lanes' connections
}

static char *
s_copy (const char *text)
{
    char *copy = strdup (text);
    assert (copy);
    return copy;
}

//  A bytea column as a text
static char *
s_copy_bytes (const PGresult *result, int row, int column)
{
    size_t size;
    const char *bytes = sql_bytes (result, row, column, &size);
    char *text = malloc (size + 1);
    assert (text);
    memcpy (text, bytes, size);
    text[size] = 0;
    return text;
}

deadline_t *
store_read (const PGresult *result, int row)
{
    deadline_t *self = calloc (1, sizeof *self);
    assert (self);
    size_t size;
    bool has_step = !sql_is_null (result, row, 15);
    *self = (deadline_t){ .case_no = sql_int8 (result, row, 0),
                          .name = s_copy (sql_text (result, row, 1)),
                          .version = sql_int4 (result, row, 2),
                          .running = sql_bool (result, row, 3),
                          .anchor = sql_moment (result, row, 4),
                          .budget = sql_int4 (result, row, 5),
                          .unit = s_copy (sql_text (result, row, 6)),
                          .rule = *sql_text (result, row, 7) == 'B' ? RULE_B : RULE_A,
                          .calendar = s_copy (sql_text (result, row, 8)),
                          .ladder = s_copy (sql_text (result, row, 9)),
                          .card_text = s_copy_bytes (result, row, 10),
                          .stopped_at = sql_moment (result, row, 11),
                          .due_date = sql_day (result, row, 12),
                          .breach_at = sql_moment (result, row, 13),
                          .provisional = sql_bool (result, row, 14),
                          .next_rung = has_step ? sql_int4 (result, row, 15) : -1,
                          .next_rung_at = sql_moment (result, row, 16),
                          .ledger_text = s_copy_bytes (result, row, 18),
                          .due_at = sql_moment (result, row, 19),
                          .earlier = sql_int4 (result, row, 20),
                          .suspended = sql_bool (result, row, 21) };
    deadline_read_ledger (self);
    const char *questions = sql_bytes (result, row, 17, &size);
    questions_read (&self->questions, questions, size);
    return self;
}
