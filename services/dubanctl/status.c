//  status - `dubanctl status`: who runs, what waits, what died, how late; --fail-if for monitoring
//
//  Every measure is a row: a name, a query for one number, words; some say in a column `since` how long it
//  has been so. --fail-if compares by the same names.

#include "services/dubanctl/report.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_OUTBOXES                                                                                         \
    "(SELECT * FROM api.intake_outbox UNION ALL SELECT * FROM api.routing_outbox UNION ALL "                 \
    "SELECT * FROM api.watchdog_outbox UNION ALL SELECT * FROM api.notify_outbox) o"
#define ALL_DEAD                                                                                             \
    "(SELECT * FROM api.intake_dead_letter UNION ALL SELECT * FROM api.routing_dead_letter UNION ALL "       \
    "SELECT * FROM api.watchdog_dead_letter UNION ALL SELECT * FROM api.notify_dead_letter) d"

typedef struct {
    const char *name, *sql, *en, *zh, *standard; //  standard: what --fail-if default compares with
} measure_t;

static const measure_t MEASURES[] = {
    { "missing",
      "SELECT count (*) FROM unnest (ARRAY['intake', 'routing', 'watchdog', 'notify']) s (service) "
      "WHERE NOT EXISTS (SELECT FROM bus.live l WHERE l.service = s.service)",
      "services without a live replica", "没有运行副本的服务", ">0" },
    { "oldest",
      "SELECT coalesce (extract (epoch FROM clock_timestamp () - min (o.oldest)), 0)::int8 "
      "FROM " ALL_OUTBOXES,
      "oldest message not handed over (s)", "最久未移交的消息(秒)", ">60" },
    { "queued", "SELECT coalesce (sum (o.messages), 0)::int8 FROM " ALL_OUTBOXES,
      "messages not handed over yet", "未移交的消息", NULL },
    { "dead", "SELECT count (*) FROM " ALL_DEAD, "dead letters", "死信", ">0" },
    { "undelivered", "SELECT count (*) FROM api.delivery WHERE state = 'dead'", "deliveries given up",
      "已放弃的送达", ">0" },
    //  mails that are due are taken within a second, unless no notify has a mail server to give them to
    { "unsent",
      "SELECT count (*), min (next_try_at) AS since FROM api.delivery "
      "WHERE state = 'queued' AND next_try_at < clock_timestamp () - interval '10 s'",
      "mails that wait for a mail server", "等待邮件服务器的邮件", NULL },
    { "unreached", "SELECT count (*) FROM api.unreached", "recipients that could not be found",
      "找不到对象的通知", ">0" },
    { "waiting", "SELECT count (*) FROM api.waiting", "commands that wait for their case", "等待事项的命令",
      NULL },
    { "heartbeat",
      "SELECT coalesce (extract (epoch FROM clock_timestamp () - max (beat_at)), 999999999)::int8 FROM "
      "api.heartbeat",
      "since the watchdog's last heartbeat (s)", "督办时钟最近心跳(秒前)", ">30" },
    { "lateness",
      "SELECT coalesce (extract (epoch FROM max (lateness)), 0)::int8 FROM api.heartbeat "
      "WHERE beat_at > clock_timestamp () - interval '30 s'",
      "oldest reminder that is due and not sent (s)", "最久未发出的督办(秒)", ">30" },
    { "open", "SELECT count (*) FROM api.cases WHERE closed_at IS NULL", "open cases", "在办事项", NULL },
    { "overdue", "SELECT count (DISTINCT case_no) FROM api.clock WHERE running AND breached", "cases overdue",
      "超期事项", NULL },
};
#define MEASURE_COUNT (sizeof MEASURES / sizeof *MEASURES)

static const char REPLICA_SQL[] = //
    "SELECT service, replica_id, endpoint, admin, started_at FROM bus.live ORDER BY service, started_at";
static const report_column_t REPLICAS[] = {
    { "service", "service", "服务", NULL },           { "replica_id", "replica", "副本", NULL },
    { "endpoint", "endpoint", "地址", NULL },         { "admin", "admin", "管理端口", NULL },
    { "started_at", "since", "启动", report_moment }, { 0 },
};

//  A comparison such as ">60"; -1: it is none
static int
s_compare (long long value, const char *comparison)
{
    if (*comparison != '>' && *comparison != '<')
        return -1;
    char *end;
    long long limit = strtoll (comparison + 1, &end, 10);
    if (*end || end == comparison + 1)
        return -1;
    return *comparison == '>' ? value > limit : value < limit;
}

//  The comparison that the list has for a measure: "dead>0,oldest>60"; "default" is all standards
static const char *
s_wanted (const char *list, const measure_t *measure)
{
    static char text[32];
    size_t length = strlen (measure->name);
    for (const char *at = list; at; at = strchr (at, ',')) {
        at += *at == ',';
        size_t size = strcspn (at, ",");
        if (!strncmp (at, measure->name, length) && strchr ("<>", at[length]) && size < sizeof text) {
            snprintf (text, sizeof text, "%.*s", (int) (size - length), at + length);
            return text;
        }
        if (size == 7 && !strncmp (at, "default", 7) && measure->standard)
            return measure->standard;
    }
    return NULL;
}

//  Every item of --fail-if must name a measure
static bool
s_check (const char *list)
{
    for (const char *at = list; at; at = strchr (at, ',')) {
        at += *at == ',';
        bool known = !strncmp (at, "default", 7);
        for (size_t index = 0; index < MEASURE_COUNT; index++) {
            const char *comparison = s_wanted (at, &MEASURES[index]);
            size_t length = strlen (MEASURES[index].name);
            known |=
                !strncmp (at, MEASURES[index].name, length) && comparison && s_compare (0, comparison) >= 0;
        }
        if (!known) {
            complain (words ("--fail-if: not a measure and a limit: %s", "--fail-if:不是“指标>数值”:%s"), at);
            return false;
        }
    }
    return true;
}

//  since: INT64_MIN if the measure does not say
static bool
s_measure (PGconn *conn, const measure_t *measure, long long *value, int64_t *since)
{
    PGresult *result = query (conn, measure->sql, QUERY_END);
    bool good = query_good (result);
    if (good) {
        *value = strtoll (PQgetvalue (result, 0, 0), NULL, 10);
        *since = PQfnumber (result, "since") < 0 ? INT64_MIN : query_moment (result, 0, "since");
    } else
        query_complain (result);
    PQclear (result);
    return good;
}

static void
s_add_row (table_t *table, const measure_t *measure, const char *value, bool fails)
{
    char label[128];
    snprintf (label, sizeof label, "%s: %s", measure->name, words (measure->en, measure->zh));
    table_row (table, (const char *const[]){ label, value, fails ? words ("■ trouble", "■ 异常") : " " });
}

//  Adds numbers and the moments since when to the objects
static exit_t
s_measures (PGconn *conn, const char *fail_if, json_t *numbers, json_t *moments)
{
    exit_t code = DONE;
    const char *const headings[] = { words ("measure", "指标"), words ("value", "数值"), " ", NULL };
    table_t *table = table_new (headings);
    for (size_t index = 0; index < MEASURE_COUNT; index++) {
        const measure_t *measure = &MEASURES[index];
        long long value;
        int64_t since;
        char text[96];
        if (!s_measure (conn, measure, &value, &since)) {
            table_destroy (&table);
            return UNAVAILABLE;
        }
        const char *comparison = s_wanted (fail_if, measure);
        bool fails = comparison && s_compare (value, comparison) == 1;
        if (fails)
            code = TROUBLE;
        int used = snprintf (text, sizeof text, "%lld", value);
        if (since != INT64_MIN) {
            snprintf (text + used, sizeof text - (size_t) used, words (" since %s", "(自 %s)"),
                      text_moment (since));
            json_object_set_new (moments, measure->name, json_string (text_rfc3339 (since)));
        }
        s_add_row (table, measure, text, fails);
        json_object_set_new (numbers, measure->name, json_integer (value));
    }
    if (!option_json)
        table_print (table);
    table_destroy (&table);
    return code;
}

static exit_t
s_status (PGconn *conn, const arguments_t *arguments)
{
    PGresult *result = query (conn, REPLICA_SQL, QUERY_END);
    if (!query_good (result)) {
        exit_t code = query_complain (result);
        PQclear (result);
        return code;
    }
    json_t *replicas = query_json (result), *numbers = json_object (), *moments = json_object ();
    if (!option_json) {
        report_print (result, REPLICAS);
        puts ("");
    }
    PQclear (result);
    exit_t code = s_measures (conn, arguments_value (arguments, "fail-if"), numbers, moments);
    if (option_json)
        json_print (json_pack ("{s:s, s:b, s:O, s:O, s:O}", "schema", "duban.status.v1", "good", code == DONE,
                               "measures", numbers, "since", moments, "replicas", replicas));
    json_decref (replicas);
    json_decref (numbers);
    json_decref (moments);
    return code;
}

static exit_t
s_run (const arguments_t *arguments)
{
    const char *fail_if = arguments_value (arguments, "fail-if");
    if (fail_if && !s_check (fail_if))
        return USAGE;
    return query_session ("READER", s_status, arguments);
}

static const option_row_t OPTIONS[] = {
    { "fail-if", "LIST", "exit 8 if a measure is beyond its limit: dead>0,oldest>60 … or default",
      "指标越限则退出码为 8:dead>0,oldest>60 … 或 default" },
    { 0 },
};

const command_t COMMAND_STATUS = {
    "status", "",    0, 0, "replicas, queues, dead letters, lateness", "副本、队列、死信、督办延迟",
    OPTIONS,  s_run,
};
