//  rungs - what the ladders of a case have told, what they asked, and whether it was answered

#include "services/dubanctl/rungs.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                                              \
    "SELECT f.clock, f.rung, f.level, f.due_at, f.fired_at, f.answer_by, f.answer, f.answered_at, "          \
    "f.answer_state, c.procedure FROM api.fired f JOIN api.cases c USING (case_no) WHERE f.case_no = $1 "
#define ORDER "ORDER BY f.due_at, f.fired_at, f.clock, f.rung"

const char RUNGS_SQL[] = COLUMNS ORDER;
static const char OF_CLOCK_SQL[] = COLUMNS "AND f.clock = $2 " ORDER;

static const char *
s_clock (const PGresult *result, int row, const char *column)
{
    const char *procedure = query_cell (result, row, "procedure");
    return clock_title (procedure ? procedure : "suggestion", query_cell (result, row, column));
}

//  A word beside the colour's name: it is read without colours, too
static const char *
s_level (const PGresult *result, int row, const char *column)
{
    static const struct {
        const char *level, *en, *zh;
    } LEVELS[] = { { "info", "info", "告知" },
                   { "blue", "blue", "蓝(临期)" },
                   { "yellow", "yellow", "黄(预警)" },
                   { "red", "red", "红(督办)" } };
    const char *level = query_cell (result, row, column);
    for (size_t index = 0; level && index < sizeof LEVELS / sizeof *LEVELS; index++)
        if (!strcmp (LEVELS[index].level, level))
            return words (LEVELS[index].en, LEVELS[index].zh);
    return level;
}

static const char *
s_answer (const PGresult *result, int row, const char *column)
{
    static const struct {
        const char *state, *en, *zh, *moment;
    } STATES[] = { { "answered", "✓ answered", "✓ 已回应", "answered_at" },
                   { "late", "□ answered late,", "□ 逾期回应", "answered_at" },
                   { "lapsed", "■ not answered by", "■ 未回应,限", "answer_by" },
                   { "open", "wanted by", "待回应,限", "answer_by" } };
    static char text[120];
    const char *state = query_cell (result, row, column), *answer = query_cell (result, row, "answer");
    for (size_t index = 0; state && index < sizeof STATES / sizeof *STATES; index++) {
        if (strcmp (STATES[index].state, state))
            continue;
        snprintf (text, sizeof text, "%s %s%s%.40s%s", words (STATES[index].en, STATES[index].zh),
                  text_moment (query_moment (result, row, STATES[index].moment)), answer ? " (" : "",
                  answer ? answer : "", answer ? ")" : "");
        return text;
    }
    return state;
}

const report_column_t RUNGS[] = {
    { "clock", "clock", "时限", s_clock },
    { "rung", "rung", "级", NULL },
    { "level", "level", "级别", s_level },
    { "due_at", "due", "应督办", report_moment },
    { "fired_at", "told", "已督办", report_moment },
    { "answer_state", "answer", "回应", s_answer },
    { 0 },
};

exit_t
rungs_print (PGconn *conn, const char *case_no, const char *clock)
{
    PGresult *result = query (conn, OF_CLOCK_SQL, case_no, clock, QUERY_END);
    exit_t code = query_good (result) ? DONE : query_complain (result);
    if (code == DONE && PQntuples (result)) {
        report_title ("Reminders and escalations", "督办经过");
        report_print (result, RUNGS);
    }
    PQclear (result);
    return code;
}
