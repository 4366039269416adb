//  rungs - what the ladders of a case have told, what they asked, and whether it was answered
#pragma once
#include "services/dubanctl/report.h"

//  $1: case
extern const char RUNGS_SQL[];
extern const report_column_t RUNGS[];
//  Of one clock, as a table with a heading; nothing if nothing has fired
exit_t rungs_print (PGconn *conn, const char *case_no, const char *clock);
