//  store - routing's SQL: cases, their log, and commands that wait
#pragma once
#include "common/lane.h"
#include "services/routing/case.h"

extern const db_table_t ROUTING_TABLE;

//  A command that came too early
typedef struct {
    int64_t id; //  of its row; 0: not stored yet
    int64_t case_no;
    json_t *message;
    bool over;    //  its time is up
    bool settled; //  applied or refused: the row may go
} waiting_t;

void waiting_destroy (waiting_t **self_p);

//  load: locks the cases in order of number and reads them with what waits for them
void store_load (batch_t *batch, const sql_column_t *case_numbers,
                 void (*on_cases) (void *arg, PGresult *result),
                 void (*on_waiting) (void *arg, PGresult *result), void *arg);
//  A row of either answer; procedure is set by the caller from the names
case_t *store_read_case (const PGresult *result, int row, const char **procedure, int *procedure_version);
waiting_t *store_read_waiting (const PGresult *result, int row);

//  decide: everything that changed
void store_cases (batch_t *batch, case_t *const *files, size_t count);
void store_log (batch_t *batch, const log_entry_t *entries, size_t count);
void store_waiting (batch_t *batch, waiting_t *const *waiting, size_t count);

//  load of the lane that looks after what waits: the oldest of it, with its cases
void store_load_waiting (batch_t *batch, void (*on_cases) (void *arg, PGresult *result),
                         void (*on_waiting) (void *arg, PGresult *result), void *arg);
