//  show - `dubanctl show CASE`: state, history, clocks, and who was told

#include "services/dubanctl/case.h"
#include "services/dubanctl/report.h"
#include "services/dubanctl/rungs.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <string.h>

static const char CASE_SQL[] = //
    "SELECT c.number, c.case_no, c.title, c.procedure, c.state, c.version, c.kind, c.area, c.secrecy, "
    "c.unit, "
    "u.name AS unit_name, c.source, s.name AS source_name, c.submitter, c.fields::jsonb AS fields, "
    "c.fields::jsonb ->> 'proposed_unit' AS proposed_unit, c.fields::jsonb ->> 'proposed_by' AS proposed_by, "
    "c.fields::jsonb ->> 'priority' AS priority, "
    "c.opened_at, "
    "c.closed_at FROM api.cases c LEFT JOIN api.unit u USING (unit) LEFT JOIN api.source s USING (source) "
    "WHERE case_no = $1";
static const char LOG_SQL[] = //
    "SELECT version, event, state, actor, spoke, occurred_at, recorded_at, cause FROM api.case_log "
    "WHERE case_no = $1 ORDER BY version";
static const char CLOCK_SQL[] = //
    "SELECT name, running, anchor, budget, unit, due_date, breach_at, provisional, breached, stopped_at, "
    "next_rung_at FROM api.clock WHERE case_no = $1 ORDER BY anchor, name";
static const char NOTICE_SQL[] = //
    "SELECT n.created_at, n.template, d.recipient, p.name AS recipient_name, s.name AS source_name, "
    "d.channel, d.state, d.attempts, "
    "d.delivered_at, d.outcome, d.subject, d.text, n.withdrawn FROM api.notice n LEFT JOIN api.delivery d "
    "USING (notice_key) LEFT JOIN api.person p ON p.person = d.recipient LEFT JOIN api.source s "
    "ON 'source:' || s.source = d.recipient WHERE n.case_no = $1 "
    "ORDER BY n.created_at, n.notice_key, d.delivery_id";

static const char *
s_clock (const PGresult *result, int row, const char *column)
{
    return clock_title ("suggestion", query_cell (result, row, column));
}

static const report_column_t HISTORY[] = {
    { "version", "v", "版本", NULL },
    { "occurred_at", "happened", "发生", report_moment },
    { "recorded_at", "recorded", "记录", report_moment },
    { "event", "event", "事件", NULL },
    { "state", "state after", "之后状态", report_state },
    { "actor", "by", "办理人", NULL },
    { "spoke", "through", "经由", NULL },
    { 0 },
};
static const report_column_t CLOCKS[] = {
    { "name", "clock", "时限", s_clock },
    { "budget", "term", "期限", report_term },
    { "anchor", "from", "起算", report_moment },
    { "due_date", "due", "届满", report_due },
    { "stopped_at", "stopped", "停止", report_moment },
    { "next_rung_at", "next reminder", "下次督办", report_moment },
    { 0 },
};
static const report_column_t NOTICES[] = {
    { "created_at", "when", "时间", report_moment },
    { "template", "notice", "通知", NULL },
    { "recipient", "to", "对象", report_recipient },
    { "channel", "channel", "渠道", NULL },
    { "state", "delivery", "送达", report_delivery },
    { "text", "text", "内容", report_title40 },
    { 0 },
};

static const char *
s_or (const char *first, const char *second)
{
    return first ? first : second ? second : "-";
}

//  What the assignment rules said, until a unit has the case
static void
s_print_proposal (const PGresult *result)
{
    const char *unit = query_cell (result, 0, "proposed_unit"), *rule = query_cell (result, 0, "proposed_by");
    const char *priority = query_cell (result, 0, "priority");
    if (unit && rule && !query_cell (result, 0, "unit"))
        printf (words ("proposed: %s (rule \"%s\")\n", "拟交办: %s(规则“%s”)\n"), unit, rule);
    if (priority)
        printf ("%s: %s\n", words ("priority", "优先级"), priority);
}

static void
s_print_head (const PGresult *result)
{
    static const char *const SECRECY[][2] = {
        { "public", "公开" }, { "internal", "内部" }, { "confidential", "保密" }, { "sealed", "密封" }
    };
    long long secrecy = query_number (result, 0, "secrecy");
    printf ("%s%s%s  %s\n", colour_of ("bold"), query_cell (result, 0, "number"), colour_of ("plain"),
            query_cell (result, 0, "title"));
    printf ("%s: %s   %s: %s   %s: %s   %s: %s\n", words ("state", "状态"), report_state (result, 0, "state"),
            words ("unit", "主办"),
            s_or (query_cell (result, 0, "unit_name"), query_cell (result, 0, "unit")),
            words ("kind", "类别"), query_cell (result, 0, "kind"), words ("secrecy", "密级"),
            secrecy >= 0 && secrecy <= 3 ? words (SECRECY[secrecy][0], SECRECY[secrecy][1]) : "?");
    printf ("%s: %s   %s: %s   %s: %s\n", words ("from", "来源"),
            s_or (query_cell (result, 0, "source_name"), query_cell (result, 0, "source")),
            words ("person", "提出人"), s_or (query_cell (result, 0, "submitter"), NULL),
            words ("opened", "收到"), s_or (report_moment (result, 0, "opened_at"), NULL));
    s_print_proposal (result);
}

static const struct {
    const char *member, *sql, *en, *zh;
    const report_column_t *columns;
} SECTIONS[] = {
    { "history", LOG_SQL, "History", "办理经过", HISTORY },
    { "clocks", CLOCK_SQL, "Clocks", "时限", CLOCKS },
    { "rungs", RUNGS_SQL, "Reminders and escalations", "督办经过", RUNGS },
    { "notices", NOTICE_SQL, "Who was told", "通知与送达", NOTICES },
};

static exit_t
s_sections (PGconn *conn, const char *serial, json_t *document)
{
    exit_t code = DONE;
    for (size_t index = 0; index < sizeof SECTIONS / sizeof *SECTIONS && code == DONE; index++) {
        PGresult *result = query (conn, SECTIONS[index].sql, serial, QUERY_END);
        if (!query_good (result))
            code = query_complain (result);
        else if (option_json)
            json_object_set_new (document, SECTIONS[index].member, query_json (result));
        else if (PQntuples (result)) {
            report_title (SECTIONS[index].en, SECTIONS[index].zh);
            report_print (result, SECTIONS[index].columns);
        }
        PQclear (result);
    }
    return code;
}

static exit_t
s_show (PGconn *conn, int64_t case_no)
{
    char serial[24];
    snprintf (serial, sizeof serial, "%lld", (long long) case_no);
    PGresult *result = query (conn, CASE_SQL, serial, QUERY_END);
    exit_t code = query_good (result) ? DONE : query_complain (result);
    json_t *document = json_pack ("{s:s}", "schema", "duban.case.v1");
    if (code == DONE && !PQntuples (result))
        code = NOT_FOUND; //  it was there a moment ago
    if (code == DONE && option_json) {
        json_t *rows = query_json (result);
        json_object_set (document, "case", json_array_get (rows, 0));
        json_decref (rows);
    } else if (code == DONE)
        s_print_head (result);
    PQclear (result);
    if (code == DONE)
        code = s_sections (conn, serial, document);
    if (code == DONE && option_json)
        json_print (json_incref (document));
    json_decref (document);
    return code;
}

static exit_t
s_find (PGconn *conn, const arguments_t *arguments)
{
    exit_t code;
    char number[48];
    int64_t case_no = case_find (conn, arguments->operands[0], number, &code);
    return case_no ? s_show (conn, case_no) : code;
}

static exit_t
s_run (const arguments_t *arguments)
{
    return query_session ("READER", s_find, arguments);
}

const command_t COMMAND_SHOW = {
    "show",
    "CASE",
    1,
    1,
    "one case: state, history, clocks, who was told",
    "查看事项:状态、办理经过、时限、通知",
    NULL,
    s_run,
};
