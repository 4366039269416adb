//  register_store - the SQL of the registers: entries as they are, and the log of their changes
#pragma once
#include "common/lane.h"
#include "services/routing/register.h"

extern const db_table_t REGISTER_TABLE;

//  load: the entries of these keys (two columns of the same length); nobody else changes them, or enters them,
//  until this transaction ends
void register_load (batch_t *batch, const sql_column_t *registers, const sql_column_t *keys,
                    void (*on_entries) (void *arg, PGresult *result), void *arg);
//  A row of the answer: the record named by register and key is filled
const char *register_row_register (const PGresult *result, int row);
const char *register_row_key (const PGresult *result, int row);
void register_read (record_t *record, const PGresult *result, int row);

//  decide: what changed
void register_store_records (batch_t *batch, record_t *const *records, size_t count);
void register_store_log (batch_t *batch, const record_log_t *lines, size_t count);
