//  rows - records of a CSV (RFC 4180, with a heading) or NDJSON file, plain or gzip, one at a time
#pragma once
#include <jansson.h>
#include <stdbool.h>

typedef struct rows rows_t;

//  NULL after saying why
rows_t *rows_open (const char *path);
void rows_close (rows_t **self_p);
//  The next record. ROWS_BROKEN: this one cannot be read (too long, not JSON); the next may be.
typedef enum { ROWS_END, ROWS_GOOD, ROWS_BROKEN } rows_next_t;
rows_next_t rows_next (rows_t *self);
//  A value of the current record; NULL if there is no such column. Borrowed until the next record.
const char *rows_value (const rows_t *self, const char *column);
//  The current record of an NDJSON file as it is; NULL: a CSV
const json_t *rows_object (const rows_t *self);
//  Has the heading of a CSV such a column?
bool rows_has (const rows_t *self, const char *column);
//  The line of the file on which the current record begins, from 1
long rows_line (const rows_t *self);
//  How much of the file has been read, 0 … 1
double rows_fraction (const rows_t *self);

//  Which column is meant by a name; a list of them ends with one without a name
typedef struct {
    const char *name, *column;
} rows_column_t;

//  Takes "title=标题,text=内容" over into columns. False after saying what is wrong.
bool rows_map (rows_column_t *columns, const char *list);
