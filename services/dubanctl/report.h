//  report - the rows of a query as a table for people; columns are data
#pragma once
#include "services/dubanctl/query.h"

//  What a cell says; may use a static buffer, is copied at once
typedef const char *(report_cell_fn) (const PGresult *result, int row, const char *column);

typedef struct {
    const char *column; //  of the result
    const char *en, *zh;
    report_cell_fn *cell; //  NULL: as it is
} report_column_t;

//  columns are ended by one without a name. With JSON wanted, nothing is printed.
void report_print (const PGresult *result, const report_column_t *columns);

//  A command that is one statement, shown as a table or as one JSON document
#define MAX_REPORT_OPTIONS 8
typedef struct {
    const char *sql;                         //  $1 … are the values of these options, then the limit
    const char *options[MAX_REPORT_OPTIONS]; //  ended by NULL
    long limit;                              //  rows, unless --limit says how many; 0: all
    const char *schema, *rows;               //  of the document: its name, the member with the rows
    const report_column_t *columns;
} report_t;
exit_t report_run (const report_t *self, const arguments_t *arguments);

//  A heading above a table
void report_title (const char *en, const char *zh);

//  Cells
report_cell_fn report_moment;    //  local time to the minute
report_cell_fn report_title40;   //  at most 40 columns, … behind
report_cell_fn report_state;     //  title of a state of the procedure "suggestion", or of column "procedure"
report_cell_fn report_due;       //  due_date or breach_at, with marks from breached, provisional, running
report_cell_fn report_recipient; //  names from recipient_name or source_name, if they are known
report_cell_fn report_delivery;  //  state of a delivery in words
report_cell_fn report_term;      //  "5 working days": the number of this column, the unit of column "unit"
