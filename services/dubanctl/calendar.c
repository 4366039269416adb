//  calendar - `dubanctl calendar load FILE`: days off and make-up working days of the years that a file tells
//
//  CSV, JSON or iCalendar (common/calendar_file.h). The file is the whole truth of its years: a day that it does
//  not name becomes an ordinary one. Every watchdog sees the change within a second or two, projects all running
//  clocks anew, and journals each date that moves.

#include "common/calendar_file.h"
#include "services/dubanctl/migrate.h"
#include "services/dubanctl/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//  $1 calendar, $2 [{"day", "works", "name"}], $3 years, $4 where the facts come from
#define FACTS "json_to_recordset ($2::json) AS f (day date, works boolean, name text)"
static const char DELETE_SQL[] = //
    "DELETE FROM watchdog.calendar_day d WHERE calendar = $1 AND extract (year FROM day) = ANY ($3::int[]) "
    "AND NOT EXISTS (SELECT FROM " FACTS " WHERE f.day = d.day)";
static const char DAYS_SQL[] = //
    "INSERT INTO watchdog.calendar_day AS d (calendar, day, works, name) SELECT $1, day, works, name FROM " FACTS
    " ON CONFLICT (calendar, day) DO UPDATE SET works = EXCLUDED.works, name = EXCLUDED.name "
    "WHERE (d.works, d.name) IS DISTINCT FROM (EXCLUDED.works, EXCLUDED.name)";
static const char YEARS_SQL[] = //
    "INSERT INTO watchdog.calendar_year AS y (calendar, year, published) SELECT $1, year, $2 "
    "FROM unnest ($3::int[]) AS u (year) ON CONFLICT (calendar, year) DO UPDATE SET published = "
    "EXCLUDED.published WHERE y.published <> EXCLUDED.published";

typedef struct {
    const char *calendar, *published;
    char years[CALENDAR_YEARS * 6 + 3]; //  {2026,2027}
    char *days;                         //  JSON
    long removed, stored, published_years;
} load_t;

static void
s_prepare (load_t *self, const calendar_file_t *file)
{
    size_t used = 0;
    for (size_t index = 0; index < file->year_count; index++)
        used += (size_t) snprintf (self->years + used, sizeof self->years - used, "%s%d", index ? "," : "{",
                                   file->years[index]);
    snprintf (self->years + used, sizeof self->years - used, "}");
    json_t *list = json_array ();
    for (size_t index = 0; index < file->count; index++) {
        char date[11];
        const calendar_fact_t *fact = &file->facts[index];
        day_text (fact->day, date);
        json_array_append_new (
            list, json_pack ("{ss sb ss}", "day", date, "works", fact->works, "name", fact->name));
    }
    self->days = json_dumps (list, JSON_COMPACT);
    json_decref (list);
}

//  One statement of the change; how many rows it touched
static bool
s_change (PGresult *result, long *rows)
{
    bool good = query_good (result);
    if (!good)
        query_complain (result);
    else
        *rows = atol (PQcmdTuples (result));
    PQclear (result);
    return good;
}

static exit_t
s_store (PGconn *conn, load_t *self, bool dry_run)
{
    bool good = query_run (conn, "BEGIN") &&
                s_change (query (conn, DELETE_SQL, self->calendar, self->days, self->years, QUERY_END),
                          &self->removed) &&
                s_change (query (conn, DAYS_SQL, self->calendar, self->days, QUERY_END), &self->stored) &&
                s_change (query (conn, YEARS_SQL, self->calendar, self->published, self->years, QUERY_END),
                          &self->published_years);
    return query_run (conn, good && !dry_run ? "COMMIT" : "ROLLBACK") && good ? DONE : FAILED;
}

static void
s_tell (const load_t *self, const calendar_file_t *file, bool dry_run)
{
    if (option_json)
        json_print (json_pack ("{s:s, s:s, s:s, s:I, s:I, s:I, s:b}", "schema", "duban.calendar.v1",
                               "calendar", self->calendar, "years", self->years, "removed",
                               (json_int_t) self->removed, "stored", (json_int_t) self->stored, "passed_over",
                               (json_int_t) file->passed_over, "dry_run", dry_run));
    else
        remark (words ("%s %s: %zu days in the file, %ld new or changed, %ld removed%s",
                       "%s %s:文件含 %zu 天,新增或变更 %ld 天,删除 %ld 天%s"),
                self->calendar, self->years, file->count, self->stored, self->removed,
                dry_run ? words ("; nothing was stored", ",未写入") : "");
}

static exit_t
s_load (PGconn *conn, const arguments_t *arguments)
{
    const char *path = arguments->operands[0], *name = arguments_value (arguments, "calendar");
    const char *reason = arguments_value (arguments, "reason");
    bool dry_run = arguments_has (arguments, "dry-run");
    calendar_file_t file = { 0 };
    size_t size;
    char *text = file_read (path, &size);
    if (!text)
        return NOT_FOUND;
    exit_t code = FAILED;
    if (!calendar_file_read (&file, arguments_value (arguments, "format"), text, size))
        complain ("%s: %s", path, file.error);
    else {
        load_t load = { .calendar = name ? name : "cn",
                        .published = reason            ? reason
                                     : *file.published ? file.published
                                                       : path };
        s_prepare (&load, &file);
        code = s_store (conn, &load, dry_run);
        if (code == DONE)
            s_tell (&load, &file, dry_run);
        free (load.days);
    }
    calendar_file_reset (&file);
    free (text);
    return code;
}

static exit_t
s_run (const arguments_t *arguments)
{
    return query_session ("OPERATOR", s_load, arguments);
}

static const option_row_t OPTIONS[] = {
    { "calendar", "NAME", "which calendar (cn)", "日历名称(默认 cn)" },
    { "format", "FORMAT", "csv, json or ics (what the file looks like)",
      "格式:csv、json 或 ics(默认自动识别)" },
    { "reason", "TEXT", "where the facts come from (what the file says)", "依据(默认取自文件)" },
    { "dry-run", NULL, "says what would change", "只说明将变更什么" },
    { 0 },
};

const command_t COMMAND_CALENDAR_LOAD = {
    "calendar load",
    "FILE",
    1,
    1,
    "load days off and make-up days; running clocks are projected anew",
    "导入放假和调休安排,运行中的时限随之重算",
    OPTIONS,
    s_run,
};
