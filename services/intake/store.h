//  store - intake's SQL: what was said (submission), whose identity is sealed, what is said back (feed)
#pragma once
#include "common/lane.h"
#include "services/intake/request.h"

extern const db_table_t INTAKE_TABLE;

//  load: adds what is new; fills found, added, same, case_no, number, recorded_at of those requests
void store_submissions (batch_t *batch);
//  decide: reads what was there before, for the others; the answer comes before COMMIT's
void store_find_earlier (batch_t *batch);
//  decide: the sealed reporters of the requests that were added
void store_reporters (batch_t *batch);

//  A case that another one opens
typedef struct {
    const uint8_t *id, *sha256;                       //  of the row; of the document
    const char *source, *event_id, *actor, *document; //  actor may be NULL
    int secrecy;
    moment_t occurred_at;
} open_row_t;
//  fn gets a row of case_no, recorded_at
void store_open (batch_t *batch, const open_row_t *row, void (*fn) (void *arg, PGresult *result), void *arg);

//  One line of a feed
typedef struct {
    const char *source;
    char *event; //  CloudEvent without sequence
} feed_line_t;
//  Appends in the order given, gaplessly per source
void store_feed (batch_t *batch, const feed_line_t *lines, size_t count);
