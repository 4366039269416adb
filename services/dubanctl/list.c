//  list - `dubanctl list`: cases, those that are due first at the top

#include "services/dubanctl/report.h"

//  The running clock that runs out first stands for the case. Open cases come before closed ones.
static const char LIST_SQL[] = //
    "SELECT c.number, c.case_no, c.title, c.procedure, c.state, c.version, c.unit, u.name AS unit_name, "
    "c.source, "
    "c.opened_at, c.closed_at, k.name AS clock, k.due_date, k.breach_at, k.running, k.breached, "
    "k.provisional "
    "FROM api.cases c LEFT JOIN api.unit u USING (unit) LEFT JOIN LATERAL (SELECT * FROM api.clock k "
    "WHERE k.case_no = c.case_no AND k.running ORDER BY k.breach_at LIMIT 1) k ON true "
    "WHERE ($1::text IS NULL OR c.state = $1) AND ($2::text IS NULL OR c.unit = $2) "
    "AND ($3::text IS NULL OR k.breached) "
    "ORDER BY c.closed_at IS NOT NULL, k.breach_at NULLS LAST, c.case_no LIMIT $4::bigint";

static const char *
s_unit (const PGresult *result, int row, const char *column)
{
    const char *name = query_cell (result, row, "unit_name");
    return name ? name : query_cell (result, row, column);
}

static const report_column_t COLUMNS[] = {
    { "number", "case", "编号", NULL },
    { "title", "title", "标题", report_title40 },
    { "state", "state", "状态", report_state },
    { "unit", "unit", "主办", s_unit },
    { "due_date", "due", "最近届满", report_due },
    { "opened_at", "opened", "收到", report_moment },
    { 0 },
};

static const report_t REPORT = {
    .sql = LIST_SQL,
    .options = { "state", "unit", "overdue" },
    .limit = 50,
    .schema = "duban.list.v1",
    .rows = "cases",
    .columns = COLUMNS,
};

static exit_t
s_run (const arguments_t *arguments)
{
    return report_run (&REPORT, arguments);
}

static const option_row_t OPTIONS[] = {
    { "state", "STATE", "only this state: received, accepted, assigned, handling …",
      "只看此状态:received、accepted、assigned、handling …" },
    { "unit", "UNIT", "only this unit's", "只看此机构主办的" },
    { "overdue", NULL, "only what is late now", "只看已超期的" },
    { "limit", "N", "at most so many (50)", "最多条数(默认 50)" },
    { 0 },
};

const command_t COMMAND_LIST = {
    "list", "", 0, 0, "cases, what is due first at the top", "事项列表,最先届满的在前", OPTIONS, s_run,
};
