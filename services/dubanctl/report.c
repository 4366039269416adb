//  report - the rows of a query as a table for people

#include "services/dubanctl/report.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MAX_COLUMNS 12

void
report_print (const PGresult *result, const report_column_t *columns)
{
    const char *headings[MAX_COLUMNS + 1] = { 0 };
    size_t count = 0;
    for (; columns[count].column; count++) {
        assert (count < MAX_COLUMNS);
        headings[count] = words (columns[count].en, columns[count].zh);
    }
    table_t *table = table_new (headings);
    for (int row = 0; row < PQntuples (result); row++) {
        char *cells[MAX_COLUMNS] = { 0 };
        for (size_t index = 0; index < count; index++) {
            const report_column_t *column = &columns[index];
            const char *cell = (column->cell ? column->cell : query_cell) (result, row, column->column);
            cells[index] = strdup (cell ? cell : "");
        }
        table_row (table, (const char *const *) cells);
        for (size_t index = 0; index < count; index++)
            free (cells[index]);
    }
    table_print (table);
    if (!table_count (table))
        remark ("%s", words ("(none)", "(无)"));
    table_destroy (&table);
}

static exit_t
s_show (const report_t *self, const PGresult *result, long limit)
{
    if (!query_good (result))
        return query_complain (result);
    if (option_json) {
        json_print (json_pack ("{s:s, s:o}", "schema", self->schema, self->rows, query_json (result)));
        return DONE;
    }
    report_print (result, self->columns);
    if (limit && PQntuples (result) == limit)
        remark (words ("(the first %ld; --limit shows more)", "(前 %ld 条,用 --limit 显示更多)"), limit);
    return DONE;
}

exit_t
report_run (const report_t *self, const arguments_t *arguments)
{
    exit_t code;
    int count = 0;
    long limit = self->limit;
    char limit_text[24];
    const char *values[MAX_REPORT_OPTIONS + 1];
    for (; self->options[count]; count++)
        values[count] = arguments_value (arguments, self->options[count]);
    if (limit) {
        if (!arguments_number (arguments, "limit", &limit, 1, 1000000))
            return USAGE;
        snprintf (limit_text, sizeof limit_text, "%ld", limit);
        values[count++] = limit_text;
    }
    PGconn *conn = query_connect ("READER", &code);
    if (!conn)
        return code;
    PGresult *result = query_values (conn, self->sql, values, count);
    code = s_show (self, result, limit);
    PQclear (result);
    PQfinish (conn);
    return code;
}

void
report_title (const char *en, const char *zh)
{
    printf ("\n%s%s%s\n", colour_of ("bold"), words (en, zh), colour_of ("plain"));
}

const char *
report_moment (const PGresult *result, int row, const char *column)
{
    int64_t moment = query_moment (result, row, column);
    return moment == INT64_MIN ? NULL : text_moment (moment);
}

const char *
report_title40 (const PGresult *result, int row, const char *column)
{
    static char text[256];
    const char *cell = query_cell (result, row, column);
    if (!cell || text_width (cell) <= 40)
        return cell;
    snprintf (text, sizeof text, "%.*s…", (int) text_fit (cell, 39), cell);
    return text;
}

const char *
report_state (const PGresult *result, int row, const char *column)
{
    const char *procedure =
        PQfnumber (result, "procedure") < 0 ? NULL : query_cell (result, row, "procedure");
    const char *state = query_cell (result, row, column);
    return state ? state_title (procedure ? procedure : "suggestion", state) : NULL;
}

//  Shape, word and date: colour is never the only sign
const char *
report_due (const PGresult *result, int row, const char *column)
{
    static char text[128];
    const char *date = query_cell (result, row, column);
    int64_t breach = query_moment (result, row, "breach_at");
    if (breach == INT64_MIN)
        return NULL;
    bool running = *query_cell (result, row, "running") == 't',
         breached = *query_cell (result, row, "breached") == 't';
    const char *mark = "";
    if (running && breached)
        mark = words ("■ overdue ", "■ 超期 ");
    else if (!running)
        mark = breached ? words ("□ done late ", "□ 逾期完成 ") : words ("✓ done in time ", "✓ 按期完成 ");
    bool provisional = *query_cell (result, row, "provisional") == 't';
    snprintf (text, sizeof text, "%s%s%s", mark, date ? date : text_moment (breach),
              provisional ? words (" (provisional)", "(暂定)") : "");
    return text;
}

const char *
report_recipient (const PGresult *result, int row, const char *column)
{
    const char *name = query_cell (result, row, "recipient_name");
    int source = PQfnumber (result, "source_name"); //  a delivery to the feed goes to a source, not a person
    if (!name && source >= 0 && !PQgetisnull (result, row, source))
        name = PQgetvalue (result, row, source);
    return name ? name : query_cell (result, row, column);
}

const char *
report_delivery (const PGresult *result, int row, const char *column)
{
    static const struct {
        const char *state, *en, *zh;
    } STATES[] = { { "queued", "queued", "待发送" },
                   { "sending", "sending", "发送中" },
                   { "delivered", "delivered", "已送达" },
                   { "dead", "failed", "失败" },
                   { "withdrawn", "withdrawn", "已撤回" } };
    const char *state = query_cell (result, row, column);
    for (size_t index = 0; state && index < sizeof STATES / sizeof *STATES; index++)
        if (!strcmp (STATES[index].state, state))
            return words (STATES[index].en, STATES[index].zh);
    return state;
}

const char *
report_term (const PGresult *result, int row, const char *column)
{
    static const struct {
        const char *unit, *en, *zh;
    } UNITS[] = { { "working_day", "working days", "个工作日" },
                  { "calendar_day", "days", "天" },
                  { "hour", "hours", "小时" },
                  { "minute", "minutes", "分钟" } };
    static char text[64];
    const char *number = query_cell (result, row, column), *unit = query_cell (result, row, "unit");
    for (size_t index = 0; index < sizeof UNITS / sizeof *UNITS; index++)
        if (!strcmp (UNITS[index].unit, unit))
            unit = words (UNITS[index].en, UNITS[index].zh);
    size_t length = strlen (unit);
    if (!strcmp (number, "1") && length && unit[length - 1] == 's')
        length--; //  1 day
    snprintf (text, sizeof text, "%s %.*s", number, (int) length, unit);
    return text;
}
