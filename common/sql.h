//  sql - parameters and results in PostgreSQL's binary format
//
//  Binary, because text would need escaping and parsing for every bytea and timestamp. Columns are arrays for
//  `FROM unnest ($1::bigint[], $2::bytea[] …)`: one statement stores a whole batch.
//  Sources: PostgreSQL manual 55.7 (message formats); src/backend/utils/adt/arrayfuncs.c (array_recv).
#pragma once
#include "common/uuid.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

//  Times are microseconds since 1970-01-01 UTC everywhere in duban; days are days since 1970-01-01.
typedef int64_t moment_t;
typedef int32_t day_t;

#define MOMENT_NONE INT64_MIN //  stored as NULL
#define DAY_NONE    INT32_MIN //  stored as NULL

typedef enum {
    SQL_BOOL = 16,
    SQL_BYTEA = 17,
    SQL_INT8 = 20,
    SQL_INT2 = 21,
    SQL_INT4 = 23,
    SQL_TEXT = 25,
    SQL_JSON = 114,
    SQL_FLOAT8 = 701,
    SQL_DATE = 1082,
    SQL_TIMESTAMPTZ = 1184,
    SQL_UUID = 2950,
    SQL_JSONB = 3802
} sql_type_t; //  the OIDs of pg_type.dat

//  One growing column: an array parameter
typedef struct sql_column sql_column_t;
sql_column_t *sql_column_new (sql_type_t type);
void sql_column_destroy (sql_column_t **self_p);
void sql_column_reset (sql_column_t *self);
size_t sql_column_count (const sql_column_t *self);
void sql_column_null (sql_column_t *self);
void sql_column_bool (sql_column_t *self, bool value);
void sql_column_int4 (sql_column_t *self, int32_t value);
void sql_column_int8 (sql_column_t *self, int64_t value);
void sql_column_text (sql_column_t *self,
                      const char *value); //  NULL is stored as NULL; must be UTF-8 without NUL
void sql_column_bytes (sql_column_t *self, const void *data, size_t size);
void sql_column_uuid (sql_column_t *self, const uuid_t *value);
void sql_column_moment (sql_column_t *self, moment_t value);
void sql_column_day (sql_column_t *self, day_t value);

//  The parameters of one call, added in order $1, $2 … (at most 32)
typedef struct sql_params sql_params_t;
sql_params_t *sql_params_new (void);
void sql_params_destroy (sql_params_t **self_p);
void sql_params_reset (sql_params_t *self);
void sql_params_column (sql_params_t *self, const sql_column_t *column); //  copied
void sql_params_bool (sql_params_t *self, bool value);
void sql_params_int4 (sql_params_t *self, int32_t value);
void sql_params_int8 (sql_params_t *self, int64_t value);
void sql_params_text (sql_params_t *self, const char *value);
void sql_params_bytes (sql_params_t *self, const void *data, size_t size);
void sql_params_uuid (sql_params_t *self, const uuid_t *value);
void sql_params_moment (sql_params_t *self, moment_t value);
//  For libpq: number of parameters and the parallel arrays PQsendQueryPrepared wants
int sql_params_arrays (const sql_params_t *self, const char *const **values, const int **lengths,
                       const int **formats);

//  Reading a cell of a binary result. Our own SQL decides the types, so a wrong one is our mistake: asserted.
bool sql_is_null (const PGresult *result, int row, int column);
bool sql_bool (const PGresult *result, int row, int column);
int32_t sql_int4 (const PGresult *result, int row, int column);
int64_t sql_int8 (const PGresult *result, int row, int column);
const char *sql_text (const PGresult *result, int row, int column); //  "" for NULL; NUL-terminated, borrowed
const void *sql_bytes (const PGresult *result, int row, int column, size_t *size);
uuid_t sql_uuid (const PGresult *result, int row, int column);
moment_t sql_moment (const PGresult *result, int row, int column); //  MOMENT_NONE for NULL
day_t sql_day (const PGresult *result, int row, int column);       //  DAY_NONE for NULL
//  Elements of a text[] or bigint[] cell: returns the count and fills at most max
size_t sql_text_array (const PGresult *result, int row, int column, const char **values, size_t *lengths,
                       size_t max);
