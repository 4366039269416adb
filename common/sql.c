//  sql - parameters and results in PostgreSQL's binary format

#include "common/sql.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PG_EPOCH_US   946684800000000LL //  2000-01-01 in microseconds since 1970
#define PG_EPOCH_DAYS 10957
#define MAX_PARAMS    32
#define ARRAY_HEADER  20

typedef struct {
    char *data;
    size_t size, room;
} buffer_t;

static char *
s_grow (buffer_t *self, size_t size)
{
    if (self->size + size > self->room) {
        self->room = (self->size + size) * 2 + 256;
        self->data = realloc (self->data, self->room);
        assert (self->data);
    }
    char *place = self->data + self->size;
    self->size += size;
    return place;
}

static void
s_put (char *place, int64_t value, int bytes)
{
    for (int byte = 0; byte < bytes; byte++)
        place[byte] = (char) (value >> (8 * (bytes - 1 - byte)));
}

static int64_t
s_get (const char *place, int bytes)
{
    int64_t value = (place[0] & 0x80) ? -1 : 0;
    for (int byte = 0; byte < bytes; byte++)
        value = (int64_t) ((uint64_t) value << 8) | (uint8_t) place[byte];
    return value;
}

//  --------------------------------------------------------------------------
//  Columns: an array of one dimension. Header: ndim, has-null, element oid, size, lower bound.

struct sql_column {
    buffer_t buffer;
    sql_type_t type;
    size_t count;
    bool has_null;
};

sql_column_t *
sql_column_new (sql_type_t type)
{
    sql_column_t *self = calloc (1, sizeof *self);
    assert (self);
    self->type = type;
    sql_column_reset (self);
    return self;
}

void
sql_column_destroy (sql_column_t **self_p)
{
    if (!*self_p)
        return;
    free ((*self_p)->buffer.data);
    free (*self_p);
    *self_p = NULL;
}

void
sql_column_reset (sql_column_t *self)
{
    self->buffer.size = 0;
    self->count = 0;
    self->has_null = false;
    s_grow (&self->buffer, ARRAY_HEADER);
}

size_t
sql_column_count (const sql_column_t *self)
{
    return self->count;
}

static char *
s_element (sql_column_t *self, size_t size)
{
    char *place = s_grow (&self->buffer, 4 + size);
    s_put (place, (int64_t) size, 4);
    self->count++;
    return place + 4;
}

void
sql_column_null (sql_column_t *self)
{
    s_put (s_grow (&self->buffer, 4), -1, 4);
    self->count++;
    self->has_null = true;
}

void
sql_column_bool (sql_column_t *self, bool value)
{
    assert (self->type == SQL_BOOL);
    *s_element (self, 1) = value;
}

void
sql_column_int4 (sql_column_t *self, int32_t value)
{
    assert (self->type == SQL_INT4);
    s_put (s_element (self, 4), value, 4);
}

void
sql_column_int8 (sql_column_t *self, int64_t value)
{
    assert (self->type == SQL_INT8);
    s_put (s_element (self, 8), value, 8);
}

void
sql_column_text (sql_column_t *self, const char *value)
{
    assert (self->type == SQL_TEXT);
    if (!value) {
        sql_column_null (self);
        return;
    }
    size_t size = strlen (value);
    memcpy (s_element (self, size), value, size);
}

void
sql_column_bytes (sql_column_t *self, const void *data, size_t size)
{
    assert (self->type == SQL_BYTEA || self->type == SQL_TEXT);
    char *place = s_element (self, size);
    if (size)
        memcpy (place, data, size);
}

void
sql_column_uuid (sql_column_t *self, const uuid_t *value)
{
    assert (self->type == SQL_UUID);
    memcpy (s_element (self, 16), value->bytes, 16);
}

void
sql_column_moment (sql_column_t *self, moment_t value)
{
    assert (self->type == SQL_TIMESTAMPTZ);
    if (value == MOMENT_NONE)
        sql_column_null (self);
    else
        s_put (s_element (self, 8), value - PG_EPOCH_US, 8);
}

void
sql_column_day (sql_column_t *self, day_t value)
{
    assert (self->type == SQL_DATE);
    if (value == DAY_NONE)
        sql_column_null (self);
    else
        s_put (s_element (self, 4), value - PG_EPOCH_DAYS, 4);
}

//  --------------------------------------------------------------------------
//  Parameters: values stand one after the other in a buffer; offsets, because the buffer moves when it grows

struct sql_params {
    buffer_t buffer;
    int count;
    size_t offset[MAX_PARAMS];
    bool null[MAX_PARAMS];
    int length[MAX_PARAMS];
    int format[MAX_PARAMS];
    const char *value[MAX_PARAMS];
};

sql_params_t *
sql_params_new (void)
{
    sql_params_t *self = calloc (1, sizeof *self);
    assert (self);
    for (int index = 0; index < MAX_PARAMS; index++)
        self->format[index] = 1;
    return self;
}

void
sql_params_destroy (sql_params_t **self_p)
{
    if (!*self_p)
        return;
    free ((*self_p)->buffer.data);
    free (*self_p);
    *self_p = NULL;
}

void
sql_params_reset (sql_params_t *self)
{
    self->count = 0;
    self->buffer.size = 0;
}

static char *
s_value (sql_params_t *self, size_t size)
{
    assert (self->count < MAX_PARAMS);
    self->offset[self->count] = self->buffer.size;
    self->length[self->count] = (int) size;
    self->null[self->count] = false;
    self->count++;
    return s_grow (&self->buffer, size + 1); //  never empty, so that the pointer is never NULL
}

static void
s_value_null (sql_params_t *self)
{
    s_value (self, 0);
    self->null[self->count - 1] = true;
}

void
sql_params_column (sql_params_t *self, const sql_column_t *column)
{
    char *place = s_value (self, column->buffer.size);
    memcpy (place, column->buffer.data, column->buffer.size);
    s_put (place, column->count ? 1 : 0, 4);
    s_put (place + 4, column->has_null, 4);
    s_put (place + 8, column->type, 4);
    s_put (place + 12, (int64_t) column->count, 4);
    s_put (place + 16, 1, 4);
    if (!column->count)
        self->length[self->count - 1] = 12; //  an empty array has no dimensions
}

void
sql_params_bool (sql_params_t *self, bool value)
{
    *s_value (self, 1) = value;
}

void
sql_params_int4 (sql_params_t *self, int32_t value)
{
    s_put (s_value (self, 4), value, 4);
}

void
sql_params_int8 (sql_params_t *self, int64_t value)
{
    s_put (s_value (self, 8), value, 8);
}

void
sql_params_text (sql_params_t *self, const char *value)
{
    if (value)
        sql_params_bytes (self, value, strlen (value));
    else
        s_value_null (self);
}

void
sql_params_bytes (sql_params_t *self, const void *data, size_t size)
{
    char *place = s_value (self, size);
    if (size)
        memcpy (place, data, size);
}

void
sql_params_uuid (sql_params_t *self, const uuid_t *value)
{
    sql_params_bytes (self, value->bytes, sizeof value->bytes);
}

void
sql_params_moment (sql_params_t *self, moment_t value)
{
    if (value == MOMENT_NONE)
        s_value_null (self);
    else
        s_put (s_value (self, 8), value - PG_EPOCH_US, 8);
}

int
sql_params_arrays (const sql_params_t *self, const char *const **values, const int **lengths,
                   const int **formats)
{
    sql_params_t *writable = (sql_params_t *) self;
    for (int index = 0; index < self->count; index++)
        writable->value[index] = self->null[index] ? NULL : self->buffer.data + self->offset[index];
    *values = self->value;
    *lengths = self->length;
    *formats = self->format;
    return self->count;
}

//  --------------------------------------------------------------------------
//  Results

bool
sql_is_null (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column);
}

static const char *
s_cell (const PGresult *result, int row, int column, int bytes)
{
    assert (PQgetlength (result, row, column) == bytes);
    return PQgetvalue (result, row, column);
}

bool
sql_bool (const PGresult *result, int row, int column)
{
    return !sql_is_null (result, row, column) && *s_cell (result, row, column, 1);
}

int32_t
sql_int4 (const PGresult *result, int row, int column)
{
    return sql_is_null (result, row, column) ? 0 : (int32_t) s_get (s_cell (result, row, column, 4), 4);
}

int64_t
sql_int8 (const PGresult *result, int row, int column)
{
    return sql_is_null (result, row, column) ? 0 : s_get (s_cell (result, row, column, 8), 8);
}

const char *
sql_text (const PGresult *result, int row, int column)
{
    return PQgetvalue (result, row, column);
}

const void *
sql_bytes (const PGresult *result, int row, int column, size_t *size)
{
    *size = (size_t) PQgetlength (result, row, column);
    return PQgetvalue (result, row, column);
}

uuid_t
sql_uuid (const PGresult *result, int row, int column)
{
    uuid_t value;
    memcpy (value.bytes, s_cell (result, row, column, 16), 16);
    return value;
}

moment_t
sql_moment (const PGresult *result, int row, int column)
{
    if (sql_is_null (result, row, column))
        return MOMENT_NONE;
    return s_get (s_cell (result, row, column, 8), 8) + PG_EPOCH_US;
}

day_t
sql_day (const PGresult *result, int row, int column)
{
    if (sql_is_null (result, row, column))
        return DAY_NONE;
    return (day_t) s_get (s_cell (result, row, column, 4), 4) + PG_EPOCH_DAYS;
}

size_t
sql_text_array (const PGresult *result, int row, int column, const char **values, size_t *lengths, size_t max)
{
    size_t size = (size_t) PQgetlength (result, row, column);
    const char *cell = PQgetvalue (result, row, column);
    if (size < ARRAY_HEADER)
        return 0; //  NULL or empty
    size_t count = (size_t) s_get (cell + 12, 4);
    const char *at = cell + ARRAY_HEADER;
    for (size_t index = 0; index < count && index < max; index++) {
        int64_t length = s_get (at, 4);
        values[index] = length < 0 ? "" : at + 4;
        lengths[index] = length < 0 ? 0 : (size_t) length;
        at += 4 + lengths[index];
    }
    return count < max ? count : max;
}
