//  explain - `dubanctl explain CASE CLOCK`: why this date: every day from the start to the last one, counted
//  or not
//
//  The facts come from the same tables as the watchdog's; common/calendar_explain says what they mean, and
//  here it is only put into words. Beside it stands the date that the watchdog keeps.

#include "common/calendar_explain.h"
#include "common/term_ledger.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/report.h"
#include "services/dubanctl/rungs.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CLOCK_SQL[] = //
    "SELECT k.name, k.running, k.anchor, k.budget, k.unit, k.rule, k.calendar, k.ledger, k.due_date, "
    "k.breach_at, "
    "k.provisional, k.breached, k.stopped_at, k.due_at, k.earlier, k.suspended, c.procedure FROM api.clock k LEFT JOIN api.cases c USING "
    "(case_no) "
    "WHERE k.case_no = $1 AND k.name = $2";
static const char NAMES_SQL[] = //
    "SELECT string_agg (name, ' ' ORDER BY anchor, name) AS names FROM api.clock WHERE case_no = $1";

//  --------------------------------------------------------------------------
//  The calendar, as the watchdog has it

static bool
s_each (PGconn *conn, const char *sql, const char *name, calendar_t *calendar)
{
    PGresult *result = query (conn, sql, name, QUERY_END);
    bool good = query_good (result), years = good && PQnfields (result) == 1;
    if (!good)
        query_complain (result);
    for (int row = 0; good && row < PQntuples (result); row++) {
        day_t day;
        if (years)
            calendar_add_year (calendar, atoi (PQgetvalue (result, row, 0)));
        else if (day_parse (PQgetvalue (result, row, 0), &day))
            calendar_add_day (calendar, day, *PQgetvalue (result, row, 1) == 't',
                              PQgetvalue (result, row, 2));
    }
    PQclear (result);
    return good;
}

static calendar_t *
s_calendar (PGconn *conn, const char *name)
{
    calendar_t *calendar = calendar_new ((int) settings_number ("DUBAN_TZ_MINUTES", 480));
    if (s_each (conn, "SELECT year FROM api.calendar_year WHERE calendar = $1", name, calendar) &&
        s_each (conn, "SELECT day, works, name FROM api.calendar_day WHERE calendar = $1", name, calendar)) {
        calendar_index (calendar);
        return calendar;
    }
    calendar_destroy (&calendar);
    return NULL;
}

static json_t *
s_explanation (const PGresult *clock, const calendar_t *calendar)
{
    ledger_entry_t entries[LEDGER_MOST];
    term_t term = { .anchor = query_moment (clock, 0, "anchor"),
                    .budget = (int) query_number (clock, 0, "budget"),
                    .rule = *query_cell (clock, 0, "rule") == 'B' ? RULE_B : RULE_A,
                    .due_at = query_moment (clock, 0, "due_at"),
                    .earlier = (int) query_number (clock, 0, "earlier"),
                    .ledger = entries };
    unit_parse (query_cell (clock, 0, "unit"), &term.unit);
    json_t *ledger = json_loads (query_cell (clock, 0, "ledger"), 0, NULL);
    if (ledger_from_json (ledger, term.unit, entries, &term.ledger_count))
        term.ledger_count = 0;
    json_decref (ledger);
    return calendar_explain (calendar, &term, MOMENT_NONE);
}

//  --------------------------------------------------------------------------
//  For people

static const char *
s_text (const json_t *object, const char *member)
{
    return json_string_value (json_object_get (object, member));
}

static long long
s_number (const json_t *object, const char *member)
{
    return json_integer_value (json_object_get (object, member));
}

static const char *
s_weekday (const json_t *step)
{
    static const char *const NAMES[][2] = { { "Mon", "周一" }, { "Tue", "周二" }, { "Wed", "周三" },
                                            { "Thu", "周四" }, { "Fri", "周五" }, { "Sat", "周六" },
                                            { "Sun", "周日" } };
    long long number = s_number (step, "weekday") - 1;
    return words (NAMES[number][0], NAMES[number][1]);
}

static const char *
s_kind (const json_t *step)
{
    static const struct {
        const char *kind, *en, *zh;
    } KINDS[] = { { "make_up_day", "working weekend", "调休上班" },
                  { "holiday", "day off", "放假" },
                  { "weekend", "weekend", "周末" } };
    for (size_t index = 0; index < sizeof KINDS / sizeof *KINDS; index++)
        if (!strcmp (KINDS[index].kind, s_text (step, "kind")))
            return words (KINDS[index].en, KINDS[index].zh);
    return "";
}

//  A day that was passed on the way to a working day: the one that ends it is day 0, or the last day
static const char *
s_rolled (const json_t *step, bool counting)
{
    const char *kind = s_text (step, "kind");
    if (!json_object_get (step, "rolled") || !strcmp (kind, "holiday") || !strcmp (kind, "weekend"))
        return "";
    return counting ? words ("moved to this day", "顺延至此日") : words ("day 0 (rule B)", "第 0 日(规则 B)");
}

static void
s_print_step (const json_t *step, bool counting)
{
    char number[16] = "–";
    if (json_object_get (step, "count"))
        snprintf (number, sizeof number, "%lld", s_number (step, "count"));
    const char *name = s_text (step, "name");
    const char *stood =
        json_object_get (step, "suspended") ? words ("stood still, not counted", "暂停,不计") : "";
    const char *const remarks[] = { s_kind (step), name ? name : "", stood, s_rolled (step, counting),
                                    json_object_get (step, "known")
                                        ? words ("(not published yet)", "(尚未公布)")
                                        : "" };
    printf ("  %*s%s  %s %s", 4 - text_width (number), "", number, s_text (step, "date"), s_weekday (step));
    const char *gap = "  ";
    for (size_t index = 0; index < sizeof remarks / sizeof *remarks; index++)
        if (*remarks[index]) {
            printf ("%s%s", gap, remarks[index]);
            gap = " ";
        }
    puts ("");
}

static void
s_print_days (const json_t *explanation)
{
    const json_t *steps = json_object_get (explanation, "steps"), *start = json_array_get (steps, 0);
    const char *unit = s_text (explanation, "unit");
    printf (words ("starts %s (%s %s), which is not counted\n", "起算:%s(%s %s),当日不计\n"),
            text_moment (s_number (explanation, "started_at")), s_text (start, "date"), s_weekday (start));
    puts (!strcmp (unit, "working_day")
              ? words ("the next working day is day 1; the last day ends at 24:00",
                       "次一工作日为第 1 日,末日 24 时届满")
              : words ("every day counts; a last day that is a rest day moves to the next working day",
                       "按自然日计算,末日为休息日的顺延至下一工作日"));
    bool counting = false;
    for (size_t index = 1; index < json_array_size (steps); index++) {
        const json_t *step = json_array_get (steps, index);
        counting |= json_object_get (step, "count") != NULL;
        s_print_step (step, counting);
    }
    if (json_object_get (explanation, "cut"))
        printf ("     …  %s\n", words ("the days after this are not listed", "其后各日不再列出"));
}

static void
s_print_ledger (const json_t *explanation)
{
    static const struct {
        const char *op, *en, *zh;
    } OPS[] = { { "suspend", "stands still from", "暂停" },
                { "resume", "goes on from", "恢复" },
                { "extend", "extended", "延期" },
                { "floor", "after a transfer at least so much remains", "转办后至少保留" } };
    const json_t *entry, *ledger = json_object_get (explanation, "ledger");
    size_t at;
    json_array_foreach (ledger, at, entry)
        for (size_t index = 0; index < sizeof OPS / sizeof *OPS; index++)
            if (!strcmp (OPS[index].op, s_text (entry, "op"))) {
                printf ("%s  %s", text_moment (s_number (entry, "at")), words (OPS[index].en, OPS[index].zh));
                if (json_object_get (entry, "budget"))
                    printf (": %lld", s_number (entry, "budget"));
                puts ("");
            }
}

//  The date that the watchdog keeps, and what is counted here where they differ
static void
s_print_due (const json_t *explanation, const PGresult *clock)
{
    const char *kept = query_cell (clock, 0, "due_date"), *due = s_text (explanation, "due");
    const char *shown = kept ? kept : due;
    printf ("%s%s: %s%s%s", colour_of ("bold"), words ("due", "届满"),
            shown ? shown : words ("none while it stands still", "暂停期间无届满日"), shown ? " 24:00" : "",
            colour_of ("plain"));
    const char *horizon = s_text (explanation, "horizon");
    if (*query_cell (clock, 0, "provisional") == 't')
        printf (words (" (provisional: holidays are published until %s)", "(暂定:放假安排公布至 %s)"),
                horizon ? horizon : "-");
    puts ("");
    if (kept && due && strcmp (kept, due))
        printf (words ("counted anew now: %s; ledger: %s\n", "现按日历重算:%s;台账:%s\n"), due,
                query_cell (clock, 0, "ledger"));
}

static void
s_print (const json_t *explanation, const PGresult *clock, const char *number)
{
    const char *procedure = query_cell (clock, 0, "procedure");
    unit_t unit = UNIT_UNTIL;
    unit_parse (s_text (explanation, "unit"), &unit);
    bool days = unit_is_day (unit); //  hours and minutes have no last day
    printf ("%s  %s  %s\n", number,
            clock_title (procedure ? procedure : "suggestion", query_cell (clock, 0, "name")),
            report_term (clock, 0, "budget"));
    s_print_ledger (explanation);
    if (days) {
        s_print_days (explanation);
        s_print_due (explanation, clock);
    } else if (unit == UNIT_UNTIL)
        printf (words ("the date was given from outside: %s\n", "届满时间由来源系统给定:%s\n"),
                text_moment (s_number (explanation, "given_at")));
    else if (unit == UNIT_OFFICE_HOUR)
        printf (words ("starts %s and runs in office hours\n", "起算:%s,按办公时间计算\n"),
                text_moment (s_number (explanation, "started_at")));
    else
        printf (words ("starts %s and runs on, whatever the day\n", "起算:%s,连续计算,不分工作日\n"),
                text_moment (s_number (explanation, "started_at")));
    printf ("%s: %s\n", words ("overdue from", "逾期起点"),
            query_cell (clock, 0, "breach_at") ? text_moment (query_moment (clock, 0, "breach_at")) : "-");
    if (query_cell (clock, 0, "stopped_at"))
        printf (
            "%s: %s (%s)\n", words ("stopped", "停止"), text_moment (query_moment (clock, 0, "stopped_at")),
            *query_cell (clock, 0, "breached") == 't' ? words ("late", "逾期") : words ("in time", "按期"));
}

//  --------------------------------------------------------------------------

//  The explanation as it is, with times as dubanctl writes them everywhere
static void
s_print_json (json_t *explanation, const PGresult *clock, const char *number)
{
    static const char *const TIMES[] = { "started_at", "breach_at" };
    for (size_t index = 0; index < sizeof TIMES / sizeof *TIMES; index++)
        if (json_is_integer (json_object_get (explanation, TIMES[index])))
            json_object_set_new (explanation, TIMES[index],
                                 json_string (text_rfc3339 (s_number (explanation, TIMES[index]))));
    json_t *rows = query_json (clock);
    json_print (json_pack ("{s:s, s:s, s:O, s:O}", "schema", "duban.explain.v2", "case", number, "clock",
                           json_array_get (rows, 0), "explanation", explanation));
    json_decref (rows);
}

static exit_t
s_show (PGconn *conn, const PGresult *clock, const char *number)
{
    calendar_t *calendar = s_calendar (conn, query_cell (clock, 0, "calendar"));
    if (!calendar)
        return FAILED;
    json_t *explanation = s_explanation (clock, calendar);
    if (option_json)
        s_print_json (explanation, clock, number);
    else
        s_print (explanation, clock, number);
    json_decref (explanation);
    calendar_destroy (&calendar);
    return DONE;
}

static exit_t
s_no_clock (PGconn *conn, const char *serial, const char *name)
{
    PGresult *result = query (conn, NAMES_SQL, serial, QUERY_END);
    const char *names = query_good (result) ? query_cell (result, 0, "names") : NULL;
    complain (words ("there is no clock \"%s\"; this case has: %s", "没有时限“%s”,该事项有:%s"), name,
              names ? names : "-");
    PQclear (result);
    return NOT_FOUND;
}

static exit_t
s_explain (PGconn *conn, const arguments_t *arguments)
{
    exit_t code;
    char number[48], serial[24];
    int64_t case_no = case_find (conn, arguments->operands[0], number, &code);
    if (!case_no)
        return code;
    snprintf (serial, sizeof serial, "%lld", (long long) case_no);
    PGresult *clock = query (conn, CLOCK_SQL, serial, arguments->operands[1], QUERY_END);
    code = !query_good (clock)  ? query_complain (clock)
           : !PQntuples (clock) ? s_no_clock (conn, serial, arguments->operands[1])
                                : s_show (conn, clock, number);
    PQclear (clock);
    if (code == DONE && !option_json)
        code = rungs_print (conn, serial, arguments->operands[1]);
    return code;
}

static exit_t
s_run (const arguments_t *arguments)
{
    return query_session ("READER", s_explain, arguments);
}

const command_t COMMAND_EXPLAIN = {
    "explain",
    "CASE CLOCK",
    2,
    2,
    "why this date: every day, counted or skipped",
    "说明届满日期:逐日列出计入与不计入的日子",
    NULL,
    s_run,
};
