//  db - one PostgreSQL connection, pipelined, non-blocking, driven by the service's loop
//
//      db_query ──▶ pipeline (FIFO) ──▶ libpq ──▶ server
//      callback ◀── head of pipeline ◀── s_on_socket
//
//  The only object that calls libpq's asynchronous functions. It connects by itself, prepares every statement
//  table it was given, reconnects with back-off, and gives every answer a deadline: PostgreSQL that stopped
//  answering costs at most DB_DEADLINE_MS, after which the connection is dropped and every pending callback
//  hears "unknown" (result NULL). A COMMIT is never cancelled.
#pragma once
#include "common/sql.h"
#include <czmq.h>
#include <libpq-fe.h>
#include <stdbool.h>

#define DB_DEADLINE_MS 10000

typedef struct db db_t;

typedef struct {
    const char *name; //  unique over all tables of the connection
    const char *sql;  //  with $n; casts give the types
} db_statement_t;

typedef struct {
    const db_statement_t *statements;
    size_t count;
} db_table_t;

//  The answer to one query, in order. Binary format. Borrowed for the call. NULL: the connection was lost
//  and the outcome is unknown. PQresultStatus may be an error, or PGRES_PIPELINE_ABORTED after one.
typedef void (db_result_fn) (void *arg, PGresult *result);
//  The connection is usable (true: all statements prepared) or was lost (false)
typedef void (db_state_fn) (void *arg, bool up);

//  conninfo and tables are borrowed for the life of the object. search_path is set to schema.
db_t *db_new (zloop_t *loop, const char *name, const char *conninfo, const char *schema,
              const db_table_t *tables, size_t table_count, db_state_fn *on_state, void *arg);
void db_destroy (db_t **self_p);

bool db_is_up (const db_t *self);
//  Sends a prepared statement; params may be NULL (none) and are copied. Must be up.
void db_query (db_t *self, const db_statement_t *statement, const sql_params_t *params, db_result_fn *fn,
               void *arg);
//  The answers so far are wanted now (a flush request; the transaction goes on)
void db_flush (db_t *self);
//  Ends the pipeline; fn hears a PGRES_PIPELINE_SYNC (or NULL) when everything before was processed
void db_sync (db_t *self, db_result_fn *fn, void *arg);
//  True if a WARNING came since the last db_sync was answered: a COMMIT with a warning is not a commit
//  (cancelled wait for a synchronous standby reports success with a warning)
bool db_warned (const db_t *self);
//  Our own address on the connection ("10.0.0.7"), NULL over a Unix socket
const char *db_local_address (db_t *self);
