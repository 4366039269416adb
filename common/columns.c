//  columns - the arrays of one statement of a batch: opened from a table of types, filled row by row, sent

#include "common/columns.h"

void
columns_open (sql_column_t **column, const sql_type_t *types, size_t count)
{
    for (size_t index = 0; index < count; index++)
        column[index] = sql_column_new (types[index]);
}

void
columns_send (batch_t *batch, const db_statement_t *statement, sql_column_t **column, size_t count)
{
    if (sql_column_count (column[0])) {
        sql_params_t *params = sql_params_new ();
        for (size_t index = 0; index < count; index++)
            sql_params_column (params, column[index]);
        batch_query (batch, statement, params, NULL, NULL);
        sql_params_destroy (&params);
    }
    for (size_t index = 0; index < count; index++)
        sql_column_destroy (&column[index]);
}

void
columns_json (sql_column_t *column, const json_t *value)
{
    char *text = json_dumps (value, JSON_COMPACT | JSON_SORT_KEYS);
    assert (text);
    sql_column_bytes (column, text, strlen (text));
    free (text);
}
