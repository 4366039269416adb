//  register_show - reading registers: `dubanctl register list`, `show`, `export`, and `check` of a declaration

#include "services/dubanctl/query.h"
#include "services/dubanctl/register.h"
#include "services/dubanctl/report.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SHOWN 20

//  --------------------------------------------------------------------------
//  What is looked for

static const char LIST_SQL[] = //
    "SELECT key, version, body, has_secrets, ended, valid_from, valid_until, changed_at, changed_by "
    "FROM api.register_entry WHERE register = $1 AND body @> $2::jsonb AND ($3::text IS NOT NULL OR NOT ended) "
    "AND ($4::int IS NULL OR valid_until <= current_date + $4::int) ORDER BY key LIMIT $5::bigint";

//  field=value … as an object that an entry must contain; of a list one value is enough. NULL after complaining.
static json_t *
s_filter (const form_t *form, const arguments_t *arguments)
{
    json_t *filter = json_object ();
    for (int index = 1; index < arguments->count; index++) {
        char name[64];
        const char *operand = arguments->operands[index], *equals = strchr (operand, '=');
        snprintf (name, sizeof name, "%.*s", equals ? (int) (equals - operand) : 0, operand);
        const field_t *field = form_field (form, name);
        json_t *value = field && !field->secret ? field_read (field, equals + 1) : NULL;
        if (!value) {
            complain (words ("not field=value of this register: %s", "不是该登记簿的 字段=值:%s"), operand);
            json_decref (filter);
            return NULL;
        }
        json_object_set_new (filter, name, value);
    }
    return filter;
}

//  --------------------------------------------------------------------------
//  list

static void
s_row (table_t *table, const form_t *form, const PGresult *result, int row)
{
    char *cells[MAX_SHOWN] = { 0 };
    size_t count = form_shown_count (form);
    json_t *body = json_loads (query_cell (result, row, "body"), 0, NULL);
    cells[0] = strdup (query_cell (result, row, "key"));
    for (size_t index = 0; index < count; index++) {
        const field_t *field = form_shown_at (form, index);
        const json_t *value = json_object_get (body, field->name);
        cells[index + 1] = value ? field_text (field, value) : NULL;
    }
    cells[count + 1] = strdup (query_cell (result, row, "version"));
    cells[count + 2] = strdup (*query_cell (result, row, "ended") == 't' ? words ("ended", "已注销")
                                                                         : words ("holds", "有效"));
    table_row (table, (const char *const *) cells);
    for (size_t index = 0; index < MAX_SHOWN; index++)
        free (cells[index]);
    json_decref (body);
}

static void
s_table (const form_t *form, const PGresult *result, long limit)
{
    const char *headings[MAX_SHOWN + 1] = { field_title (form_key (form)) };
    size_t count = form_shown_count (form);
    for (size_t index = 0; index < count; index++)
        headings[index + 1] = field_title (form_shown_at (form, index));
    headings[count + 1] = words ("version", "版本");
    headings[count + 2] = words ("state", "状态");
    table_t *table = table_new (headings);
    for (int row = 0; row < PQntuples (result); row++)
        s_row (table, form, result, row);
    table_print (table);
    table_destroy (&table);
    if (!PQntuples (result))
        remark ("%s", words ("(none)", "(无)"));
    else if (PQntuples (result) == limit)
        remark (words ("(the first %ld; --limit shows more)", "(前 %ld 条,用 --limit 显示更多)"), limit);
}

static exit_t
s_list (PGconn *conn, const arguments_t *arguments)
{
    exit_t code;
    long limit = 50, days = -1;
    char limit_text[24], days_text[24];
    const form_t *form = register_form (arguments->operands[0], &code);
    if (!form)
        return code;
    if (!arguments_number (arguments, "limit", &limit, 1, 10000000) ||
        !arguments_number (arguments, "expiring", &days, 0, 100000))
        return USAGE;
    json_t *filter = s_filter (form, arguments);
    if (!filter)
        return USAGE;
    char *text = json_dumps (filter, JSON_COMPACT);
    snprintf (limit_text, sizeof limit_text, "%ld", limit);
    snprintf (days_text, sizeof days_text, "%ld", days);
    PGresult *result = query (conn, LIST_SQL, form_name (form), text, arguments_value (arguments, "all"),
                              days < 0 ? NULL : days_text, limit_text, QUERY_END);
    code = query_good (result) ? DONE : query_complain (result);
    if (code == DONE && option_json)
        json_print (json_pack ("{s:s, s:s, s:o}", "schema", "duban.register.v1", "register", form_name (form),
                               "entries", query_json (result)));
    else if (code == DONE)
        s_table (form, result, limit);
    PQclear (result);
    free (text);
    json_decref (filter);
    return code;
}

//  --------------------------------------------------------------------------
//  show

static const char ENTRY_SQL[] = //
    "SELECT key, version, body, has_secrets, ended, valid_from, valid_until, changed_at, changed_by "
    "FROM api.register_entry WHERE register = $1 AND key = $2";
static const char HISTORY_SQL[] = //
    "SELECT version, event, actor, spoke, recorded_at, cause, canonical::json->>'reason' AS reason, "
    "(canonical::json->'set')::text AS changed, (canonical::json->'secret')::text AS secret "
    "FROM api.register_log WHERE register = $1 AND key = $2 ORDER BY version";

static const report_column_t HISTORY[] = {
    { "version", "v", "版本", NULL },
    { "recorded_at", "recorded", "记录", report_moment },
    { "event", "event", "事件", NULL },
    { "actor", "by", "办理人", NULL },
    { "spoke", "through", "经由", NULL },
    { "reason", "reason", "事由", NULL },
    { "changed", "changed to", "变更为", report_title40 },
    { "secret", "secret fields", "保密字段", NULL },
    { 0 },
};

static void
s_print_entry (const form_t *form, const PGresult *result)
{
    json_t *body = json_loads (query_cell (result, 0, "body"), 0, NULL);
    printf ("%s%s%s  %s %s%s\n", colour_of ("bold"), query_cell (result, 0, "key"), colour_of ("plain"),
            words ("version", "版本"), query_cell (result, 0, "version"),
            *query_cell (result, 0, "ended") == 't' ? words ("  (ended)", "  (已注销)") : "");
    for (size_t index = 0; index < form_field_count (form); index++) {
        const field_t *field = form_field_at (form, index);
        const json_t *value = json_object_get (body, field->name);
        if (!value)
            continue;
        char *text = field_text (field, value);
        text_flatten (text);
        printf ("  %s: %s\n", field_title (field), text);
        free (text);
    }
    if (*query_cell (result, 0, "has_secrets") == 't')
        printf ("  %s\n", words ("(further fields are secret)", "(另有保密字段)"));
    printf ("  %s: %s, %s\n", words ("changed", "最近变更"), report_moment (result, 0, "changed_at"),
            query_cell (result, 0, "changed_by"));
    json_decref (body);
}

static exit_t
s_history (PGconn *conn, const arguments_t *arguments, json_t *document)
{
    PGresult *result = query (conn, HISTORY_SQL, arguments->operands[0], arguments->operands[1], QUERY_END);
    exit_t code = query_good (result) ? DONE : query_complain (result);
    if (code == DONE && option_json)
        json_object_set_new (document, "history", query_json (result));
    else if (code == DONE) {
        report_title ("History", "变更经过");
        report_print (result, HISTORY);
    }
    PQclear (result);
    return code;
}

static exit_t
s_show (PGconn *conn, const arguments_t *arguments)
{
    exit_t code;
    const form_t *form = register_form (arguments->operands[0], &code);
    if (!form)
        return code;
    PGresult *result = query (conn, ENTRY_SQL, form_name (form), arguments->operands[1], QUERY_END);
    code = query_good (result) ? DONE : query_complain (result);
    json_t *document = json_pack ("{s:s, s:s}", "schema", "duban.entry.v1", "register", form_name (form));
    if (code == DONE && !PQntuples (result)) {
        complain (words ("no such entry: %s", "没有此条目:%s"), arguments->operands[1]);
        code = NOT_FOUND;
    }
    if (code == DONE && option_json) {
        json_t *rows = query_json (result);
        json_object_set (document, "entry", json_array_get (rows, 0));
        json_decref (rows);
    } else if (code == DONE)
        s_print_entry (form, result);
    PQclear (result);
    if (code == DONE && arguments_has (arguments, "history"))
        code = s_history (conn, arguments, document);
    if (code == DONE && option_json)
        json_print (json_incref (document));
    json_decref (document);
    return code;
}

//  --------------------------------------------------------------------------
//  export: lines that `import` takes; secrets are not among them

static exit_t
s_export (PGconn *conn, const arguments_t *arguments)
{
    exit_t code;
    const form_t *form = register_form (arguments->operands[0], &code);
    if (!form)
        return code;
    PGresult *result = query (conn, LIST_SQL, form_name (form), "{}", NULL, NULL, "10000000", QUERY_END);
    code = query_good (result) ? DONE : query_complain (result);
    for (int row = 0; code == DONE && row < PQntuples (result); row++) {
        json_t *line = json_object (), *body = json_loads (query_cell (result, row, "body"), 0, NULL);
        json_object_set_new (line, form_key (form)->name, json_string (query_cell (result, row, "key")));
        json_object_update (line, body);
        char *text = json_dumps (line, JSON_COMPACT);
        puts (text);
        free (text);
        json_decref (body);
        json_decref (line);
    }
    PQclear (result);
    return code;
}

//  --------------------------------------------------------------------------

static exit_t
s_run_list (const arguments_t *arguments)
{
    return query_session ("READER", s_list, arguments);
}

static exit_t
s_run_show (const arguments_t *arguments)
{
    return query_session ("READER", s_show, arguments);
}

static exit_t
s_run_export (const arguments_t *arguments)
{
    return query_session ("READER", s_export, arguments);
}

static exit_t
s_check (const arguments_t *arguments)
{
    exit_t code = DONE;
    for (int index = 0; index < arguments->count; index++) {
        char error[400];
        form_t *form = form_load (arguments->operands[index], error, sizeof error);
        if (!form) {
            complain ("%s", error);
            code = TROUBLE;
        } else if (!option_json)
            printf ("%s  %s\n", arguments->operands[index], form_title (form, words ("en", "zh")));
        form_destroy (&form);
    }
    if (option_json)
        json_print (json_pack ("{s:s, s:b}", "schema", "duban.check.v1", "good", code == DONE));
    return code;
}

static const option_row_t LIST_OPTIONS[] = {
    { "all", NULL, "also entries that have ended", "包括已注销的条目" },
    { "expiring", "DAYS", "only what ends within so many days", "只看若干天内到期的" },
    { "limit", "N", "at most so many (50)", "最多条数(默认 50)" },
    { 0 },
};
static const option_row_t SHOW_OPTIONS[] = {
    { "history", NULL, "and everything that changed it", "并显示全部变更" },
    { 0 },
};

const command_t COMMAND_REGISTER_LIST = {
    "register list",
    "NAME [field=value …]",
    1,
    -1,
    "entries of a register: enterprise, organisation, supervisor, equipment, relation …",
    "登记簿条目:enterprise、organisation、supervisor、equipment、relation …",
    LIST_OPTIONS,
    s_run_list,
};
const command_t COMMAND_REGISTER_SHOW = {
    "register show",    "NAME KEY",   2,          2, "one entry of a register",
    "查看一个登记条目", SHOW_OPTIONS, s_run_show,
};
const command_t COMMAND_REGISTER_EXPORT = {
    "register export",
    "NAME",
    1,
    1,
    "all entries as lines of JSON, without what is secret",
    "以每行一个 JSON 导出全部条目(不含保密字段)",
    NULL,
    s_run_export,
};
const command_t COMMAND_REGISTER_CHECK = {
    "register check",     "FILE …", 1,       -1, "is a declaration of a register good?",
    "检查登记簿定义文件", NULL,     s_check,
};
