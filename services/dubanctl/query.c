//  query - one blocking PostgreSQL connection for a command that is run by hand

#include "services/dubanctl/query.h"
#include "common/sql.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PARAMS 16

static void
s_on_notice (void *arg, const char *message)
{
    (void) arg;
    fprintf (stderr, "%s", message);
}

static exit_t
s_complain_connection (PGconn *conn)
{
    const char *message = PQerrorMessage (conn);
    complain ("%.*s", (int) strcspn (message, "\n"), message);
    return PQconnectionNeedsPassword (conn) || PQconnectionUsedPassword (conn) ? NOT_AUTHORISED : UNAVAILABLE;
}

PGconn *
query_connect (const char *who, exit_t *exit_code)
{
    char name[64];
    snprintf (name, sizeof name, "DUBAN_%s_URL", who);
    const char *url = settings_need (name);
    *exit_code = USAGE;
    if (!url)
        return NULL;
    snprintf (name, sizeof name, "DUBAN_%s_PASSWORD", who);
    const char *password = settings_text (name);
    const char *const keywords[] = {
        "connect_timeout", "dbname", "client_encoding", "application_name", password ? "password" : NULL, NULL
    };
    const char *const values[] = { "5", url, "UTF8", "dubanctl", password, NULL };
    PGconn *conn = PQconnectdbParams (keywords, values, 1);
    if (PQstatus (conn) != CONNECTION_OK) {
        *exit_code = s_complain_connection (conn);
        PQfinish (conn);
        return NULL;
    }
    PQsetNoticeProcessor (conn, s_on_notice, NULL);
    PQclear (PQexec (conn, "SET client_min_messages = warning; SET timezone = 'UTC'"));
    return conn;
}

exit_t
query_session (const char *who, query_session_fn *run, const arguments_t *arguments)
{
    exit_t code;
    PGconn *conn = query_connect (who, &code);
    if (conn)
        code = run (conn, arguments);
    PQfinish (conn);
    return code;
}

PGresult *
query_values (PGconn *conn, const char *sql, const char *const *values, int count)
{
    PGresult *result = PQexecParams (conn, sql, count, NULL, values, NULL, NULL, 0);
    return result ? result : PQmakeEmptyPGresult (conn, PGRES_FATAL_ERROR);
}

PGresult *
query (PGconn *conn, const char *sql, ...)
{
    const char *values[MAX_PARAMS];
    int count = 0;
    va_list arguments;
    va_start (arguments, sql);
    for (const char *value; (value = va_arg (arguments, const char *)) != QUERY_END;) {
        assert (count < MAX_PARAMS);
        values[count++] = value;
    }
    va_end (arguments);
    return query_values (conn, sql, values, count);
}

bool
query_good (const PGresult *result)
{
    ExecStatusType status = PQresultStatus (result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

exit_t
query_complain (const PGresult *result)
{
    const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL);
    complain ("%s%s%s (%s)", message ? message : words ("no answer from the database", "数据库无应答"),
              detail ? "; " : "", detail ? detail : "", state ? state : "-");
    if (!state || !strncmp (state, "08", 2) || !strncmp (state, "57", 2))
        return UNAVAILABLE;
    return !strcmp (state, "42501") ? NOT_AUTHORISED : FAILED;
}

bool
query_run (PGconn *conn, const char *sql)
{
    PGresult *result = PQexec (conn, sql);
    bool good = query_good (result);
    if (!good)
        query_complain (result);
    PQclear (result);
    return good;
}

const char *
query_cell (const PGresult *result, int row, const char *column)
{
    int number = PQfnumber (result, column);
    assert (number >= 0);
    return PQgetisnull (result, row, number) ? NULL : PQgetvalue (result, row, number);
}

//  "2026-11-23 21:14:08.617849+00": the session's time zone is UTC
static int64_t
s_moment (const char *text)
{
    struct tm parts = { 0 };
    const char *rest = strptime (text, "%Y-%m-%d %H:%M:%S", &parts);
    assert (rest);
    int64_t micros = 0, unit = 100000;
    if (*rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10)
            micros += (*rest - '0') * unit;
    return (int64_t) timegm (&parts) * 1000000 + micros;
}

int64_t
query_moment (const PGresult *result, int row, const char *column)
{
    const char *cell = query_cell (result, row, column);
    return cell ? s_moment (cell) : INT64_MIN;
}

long long
query_number (const PGresult *result, int row, const char *column)
{
    const char *cell = query_cell (result, row, column);
    return cell ? strtoll (cell, NULL, 10) : 0;
}

static json_t *
s_cell_json (const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue (result, row, column);
    if (PQgetisnull (result, row, column))
        return json_null ();
    switch (PQftype (result, column)) {
    case SQL_BOOL:
        return json_boolean (*text == 't');
    case SQL_INT2:
    case SQL_INT4:
    case SQL_INT8:
        return json_integer (strtoll (text, NULL, 10));
    case SQL_FLOAT8:
        return json_real (strtod (text, NULL));
    case SQL_JSON:
    case SQL_JSONB:
        return json_loads (text, JSON_DECODE_ANY, NULL);
    case SQL_TIMESTAMPTZ:
        return json_string (text_rfc3339 (s_moment (text)));
    default:
        return json_string (text);
    }
}

json_t *
query_json (const PGresult *result)
{
    json_t *rows = json_array ();
    for (int row = 0; row < PQntuples (result); row++) {
        json_t *object = json_object ();
        for (int column = 0; column < PQnfields (result); column++)
            json_object_set_new (object, PQfname (result, column), s_cell_json (result, row, column));
        json_array_append_new (rows, object);
    }
    return rows;
}
