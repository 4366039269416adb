//  store - the watchdog's SQL: clocks are read, stored and advanced in sets, one statement for a whole batch
#pragma once
#include "common/lane.h"
#include "services/watchdog/answers.h"
#include "services/watchdog/decide.h"

extern const db_table_t STORE_FACT_TABLE; //  statements of the lane that takes facts
extern const db_table_t STORE_DUE_TABLE;  //  statements of the lane that fires

//  --- facts. One replica at a time works on a case, also on one that has no row yet; then the clocks of the
//  cases and what has fired of them, both locked, and what was answered.
typedef struct {
    void (*on_clocks) (void *, PGresult *);
    void (*on_fired) (void *, PGresult *);   //  case_no, clock, rung, due_at, answer_by
    void (*on_answers) (void *, PGresult *); //  as store_read_answer reads them
} store_readers_t;
void store_load_cases (batch_t *batch, const sql_column_t *case_nos, const store_readers_t *readers,
                       void *arg);
//  Inserts or replaces, if the version is newer than the row's
void store_save (batch_t *batch, deadline_t *const *deadlines, size_t count);
//  A date that another calendar has moved
typedef struct {
    const deadline_t *clock; //  as it is now
    day_t was_due;
    moment_t was_breach_at;
    const char *reason;
} moved_t;
void store_journal (batch_t *batch, const moved_t *moved, size_t count);
//  Those that are there already stay as they are
void store_save_answers (batch_t *batch, const answer_t *answers, size_t count);
answer_t store_read_answer (const PGresult *result, int row);

//  --- due. Claims what is due and not claimed by another replica; columns as in store_read, then the dates
//  of the case's clocks as text[] "name=2026-11-23", if the ladder is one of dated.
void store_claim (batch_t *batch, const sql_column_t *dated, void (*on_clocks) (void *, PGresult *),
                  void (*on_nearest) (void *, PGresult *), void *arg);
#define STORE_DATES_COLUMN 22
//  Stores the next step, and what was asked
void store_advance (batch_t *batch, deadline_t *const *deadlines, size_t count);
//  Outside any batch: this clock's next step waits an hour
void store_postpone (db_t *db, int64_t case_no, const char *name);

//  --- both. What fired is recorded and handed to routing and notify.
void store_record (batch_t *batch, firings_t *firings);
deadline_t *store_read (const PGresult *result, int row);
