//  notices - `dubanctl notices`: who was told last, over all cases

#include "services/dubanctl/report.h"

static const char SQL[] = //
    "SELECT n.created_at, n.number, n.template, d.recipient, p.name AS recipient_name, s.name AS "
    "source_name, "
    "d.channel, d.state, d.attempts, d.delivered_at, d.outcome, d.text FROM api.notice n JOIN api.delivery d "
    "USING (notice_key) LEFT JOIN api.person p ON p.person = d.recipient "
    "LEFT JOIN api.source s ON 'source:' || s.source = d.recipient "
    "WHERE $1::text IS NULL OR d.state IN ('queued', 'sending', 'dead') "
    "ORDER BY n.created_at DESC, d.delivery_id DESC LIMIT $2::bigint";

static const report_column_t COLUMNS[] = {
    { "created_at", "when", "时间", report_moment }, { "number", "case", "编号", NULL },
    { "template", "notice", "通知", NULL },          { "recipient", "to", "对象", report_recipient },
    { "channel", "channel", "渠道", NULL },          { "state", "delivery", "送达", report_delivery },
    { "text", "text", "内容", report_title40 },      { 0 },
};

static const report_t REPORT = {
    .sql = SQL,
    .options = { "undelivered" },
    .limit = 30,
    .schema = "duban.notices.v1",
    .rows = "notices",
    .columns = COLUMNS,
};

static exit_t
s_run (const arguments_t *arguments)
{
    return report_run (&REPORT, arguments);
}

static const option_row_t OPTIONS[] = {
    { "undelivered", NULL, "only what has not arrived", "只看未送达的" },
    { "limit", "N", "at most so many (30)", "最多条数(默认 30)" },
    { 0 },
};

const command_t COMMAND_NOTICES = {
    "notices", "", 0, 0, "who was told last, over all cases", "最近的通知与送达", OPTIONS, s_run,
};
