//  columns - the arrays of one statement of a batch: opened from a table of types, filled row by row, sent
#pragma once
#include "common/lane.h"

void columns_open (sql_column_t **column, const sql_type_t *types, size_t count);
//  Sends the statement if there is a row, and frees the columns
void columns_send (batch_t *batch, const db_statement_t *statement, sql_column_t **column, size_t count);
//  A row's JSON, members sorted, as bytes: the same value is always the same text
void columns_json (sql_column_t *column, const json_t *value);
