//  explain - `dubanctl explain CASE CLOCK`: why this date: every day from the start to the last one, counted
//  or not
//
//  The facts come from the same tables as the watchdog's, the arithmetic from the same functions; the date
//  that the watchdog keeps is compared with what is counted here.

#include "common/calendar.h"
#include "services/dubanctl/case.h"
#include "services/dubanctl/report.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DAYS 1000 //  shown; a term is never so long

static const char CLOCK_SQL[] = //
    "SELECT k.name, k.running, k.anchor, k.budget, k.unit, k.rule, k.calendar, k.ledger, k.due_date, "
    "k.breach_at, "
    "k.provisional, k.breached, k.stopped_at, c.procedure FROM api.clock k LEFT JOIN api.cases c USING "
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

//  --------------------------------------------------------------------------
//  The days

typedef struct {
    day_t day;
    int number;       //  0: not counted
    const char *name; //  of a special day, or NULL
    bool works;
} counted_t;

typedef struct {
    day_t start, zero, due; //  the day of the event; day 0; the last day
    bool provisional;
    size_t count;
    counted_t days[MAX_DAYS];
} explanation_t;

static void
s_count (explanation_t *self, const calendar_t *calendar, int budget, const char *unit)
{
    bool working = !strcmp (unit, "working_day");
    int number = 0;
    for (day_t day = self->start + 1; day <= self->due && self->count < MAX_DAYS; day++) {
        counted_t *row = &self->days[self->count++];
        *row = (counted_t){ day, 0, calendar_day_name (calendar, day), calendar_works (calendar, day) };
        if (day > self->zero && (row->works || !working) && number < budget)
            row->number = ++number;
    }
}

static void
s_explain (explanation_t *self, const PGresult *clock, const calendar_t *calendar)
{
    int budget = (int) query_number (clock, 0, "budget");
    const char *unit = query_cell (clock, 0, "unit");
    calendar_rule_t rule = *query_cell (clock, 0, "rule") == 'B' ? RULE_B : RULE_A;
    self->start = self->zero = calendar_day_of (calendar, query_moment (clock, 0, "anchor"));
    if (rule == RULE_B)
        self->zero = calendar_shift (calendar, self->start, 0);
    if (!strcmp (unit, "working_day"))
        self->due = calendar_due (calendar, self->start, budget, rule, &self->provisional);
    else
        self->due = calendar_due_calendar (calendar, self->start, budget, &self->provisional);
    s_count (self, calendar, budget, unit);
}

//  --------------------------------------------------------------------------
//  For people

static const char *
s_weekday (day_t day)
{
    static const char *const NAMES[][2] = { { "Mon", "周一" }, { "Tue", "周二" }, { "Wed", "周三" },
                                            { "Thu", "周四" }, { "Fri", "周五" }, { "Sat", "周六" },
                                            { "Sun", "周日" } };
    int number = day_weekday (day);
    return words (NAMES[number][0], NAMES[number][1]);
}

static const char *
s_why (const counted_t *row)
{
    bool weekend = day_weekday (row->day) >= 5;
    if (row->works)
        return weekend       ? words ("working weekend", "调休上班")
               : row->number ? ""
                             : words ("not counted", "不计");
    return row->name ? words ("day off", "放假")
           : weekend ? words ("weekend", "周末")
                     : words ("day off", "休息");
}

static void
s_print_rule (const explanation_t *self, const PGresult *clock)
{
    char start[11];
    day_text (self->start, start);
    printf (words ("starts %s (%s %s), which is not counted", "起算:%s(%s %s),当日不计"),
            text_moment (query_moment (clock, 0, "anchor")), start, s_weekday (self->start));
    if (self->zero != self->start) {
        char zero[11];
        day_text (self->zero, zero);
        printf (words ("; a rest day, moved to %s (rule B)", ";休息日,顺延至 %s(规则 B)"), zero);
    }
    printf ("\n%s\n",
            !strcmp (query_cell (clock, 0, "unit"), "working_day")
                ? words ("the next working day is day 1; the last day ends at 24:00",
                         "次一工作日为第 1 日,末日 24 时届满")
                : words ("every day counts; a last day that is a rest day moves to the next working day",
                         "按自然日计算,末日为休息日的顺延至下一工作日"));
}

static void
s_print_days (const explanation_t *self)
{
    for (size_t index = 0; index < self->count; index++) {
        const counted_t *row = &self->days[index];
        char date[11], number[16] = "–";
        day_text (row->day, date);
        if (row->number)
            snprintf (number, sizeof number, "%d", row->number);
        const char *why = s_why (row), *name = row->name ? row->name : "";
        printf ("  %*s%s  %s %s%s%s%s%s\n", 4 - text_width (number), "", number, date, s_weekday (row->day),
                *why ? "  " : "", why, *name ? " " : "", name);
    }
}

static void
s_print_end (const explanation_t *self, const PGresult *clock)
{
    const char *kept = query_cell (clock, 0, "due_date");
    char due[11];
    day_text (self->due, due);
    printf ("%s%s: %s 24:00%s%s\n", colour_of ("bold"), words ("due", "届满"), kept ? kept : due,
            colour_of ("plain"),
            *query_cell (clock, 0, "provisional") == 't'
                ? words (" (provisional: the calendar of that year is not published yet)",
                         "(暂定:该年度放假安排尚未公布)")
                : "");
    printf ("%s: %s\n", words ("overdue from", "逾期起点"),
            text_moment (query_moment (clock, 0, "breach_at")));
    if (kept && strcmp (kept, due))
        printf (words ("counted without extensions and suspensions: %s; ledger: %s\n",
                       "不含延期和暂停:%s;台账:%s\n"),
                due, query_cell (clock, 0, "ledger"));
    if (query_cell (clock, 0, "stopped_at"))
        printf (
            "%s: %s (%s)\n", words ("stopped", "停止"), text_moment (query_moment (clock, 0, "stopped_at")),
            *query_cell (clock, 0, "breached") == 't' ? words ("late", "逾期") : words ("in time", "按期"));
}

//  --------------------------------------------------------------------------

static json_t *
s_json (const explanation_t *self, const PGresult *clock, const char *number)
{
    json_t *rows = query_json (clock), *days = json_array ();
    for (size_t index = 0; index < self->count; index++) {
        const counted_t *row = &self->days[index];
        char date[11];
        day_text (row->day, date);
        json_array_append_new (days, json_pack ("{s:s, s:b, s:b, s:i, s:s*}", "date", date, "works",
                                                row->works, "counted", row->number > 0, "number", row->number,
                                                "name", row->name));
    }
    json_t *document = json_pack ("{s:s, s:s, s:O, s:o}", "schema", "duban.explain.v1", "case", number,
                                  "clock", json_array_get (rows, 0), "days", days);
    json_decref (rows);
    return document;
}

static exit_t
s_show (PGconn *conn, const PGresult *clock, const char *number)
{
    calendar_t *calendar = s_calendar (conn, query_cell (clock, 0, "calendar"));
    if (!calendar)
        return FAILED;
    static explanation_t explanation;
    const char *procedure = query_cell (clock, 0, "procedure");
    bool days = strstr (query_cell (clock, 0, "unit"), "day");
    if (days)
        s_explain (&explanation, clock, calendar);
    if (option_json)
        json_print (s_json (&explanation, clock, number));
    else {
        printf ("%s  %s  %s\n", number,
                clock_title (procedure ? procedure : "suggestion", query_cell (clock, 0, "name")),
                report_term (clock, 0, "budget"));
        if (days) {
            s_print_rule (&explanation, clock);
            s_print_days (&explanation);
        }
        s_print_end (&explanation, clock);
    }
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
s_run (const arguments_t *arguments)
{
    exit_t code;
    char number[48], serial[24];
    PGconn *conn = query_connect ("READER", &code);
    int64_t case_no = conn ? case_find (conn, arguments->operands[0], number, &code) : 0;
    if (case_no) {
        snprintf (serial, sizeof serial, "%lld", (long long) case_no);
        PGresult *clock = query (conn, CLOCK_SQL, serial, arguments->operands[1], QUERY_END);
        code = !query_good (clock)  ? query_complain (clock)
               : !PQntuples (clock) ? s_no_clock (conn, serial, arguments->operands[1])
                                    : s_show (conn, clock, number);
        PQclear (clock);
    }
    PQfinish (conn);
    return code;
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
