//  query - one blocking PostgreSQL connection for a command that is run by hand; text format
//
//  A service never does this (common/db.c); a command line tool may wait, with limits on every wait.
#pragma once
#include "services/dubanctl/command.h"
#include <jansson.h>
#include <libpq-fe.h>
#include <stdint.h>

//  who: "READER", "OPERATOR", "MIGRATE": connects with DUBAN_<who>_URL and DUBAN_<who>_PASSWORD. NULL after
//  saying why; exit_code tells USAGE, NOT_AUTHORISED or UNAVAILABLE.
PGconn *query_connect (const char *who, exit_t *exit_code);
//  Connects, runs, closes: what a command that needs nothing but a database does
typedef exit_t (query_session_fn) (PGconn *conn, const arguments_t *arguments);
exit_t query_session (const char *who, query_session_fn *run, const arguments_t *arguments);
//  One statement; parameters are texts, ended by QUERY_END. Never NULL; the caller clears it.
#define QUERY_END ((const char *) -1)
PGresult *query (PGconn *conn, const char *sql, ...);
PGresult *query_values (PGconn *conn, const char *sql, const char *const *values, int count);
bool query_good (const PGresult *result);
//  Says what the server said and turns its SQLSTATE into an exit code
exit_t query_complain (const PGresult *result);
//  A statement without an answer that matters; false after complaining
bool query_run (PGconn *conn, const char *sql);
//  A cell, NULL if it is NULL
const char *query_cell (const PGresult *result, int row, const char *column);
//  A timestamptz cell in microseconds since 1970; INT64_MIN if it is NULL
int64_t query_moment (const PGresult *result, int row, const char *column);
//  A numeric cell; 0 if it is NULL
long long query_number (const PGresult *result, int row, const char *column);
//  All rows as an array of objects, one member per column, typed as the columns are; times in RFC 3339
json_t *query_json (const PGresult *result);
