//  calendar_load - facts of the calendar from CSV into watchdog.calendar_day and calendar_year
//
//      # published: State Council notices …     (any comment; this one is stored with the years)
//      date,works,name
//      2026-01-04,true,元旦
//
//  The file's name is the calendar's. The years of its dates become known. Rows that are the same stay
//  untouched: a change would make every watchdog project all clocks anew.

#include "services/dubanctl/migrate.h"
#include "services/dubanctl/text.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char DAY_SQL[] = //
    "INSERT INTO watchdog.calendar_day AS d (calendar, day, works, name) VALUES ($1, $2, $3::boolean, $4) "
    "ON CONFLICT (calendar, day) DO UPDATE SET works = EXCLUDED.works, name = EXCLUDED.name "
    "WHERE (d.works, d.name) IS DISTINCT FROM (EXCLUDED.works, EXCLUDED.name)";
static const char YEAR_SQL[] = //
    "INSERT INTO watchdog.calendar_year AS y (calendar, year, published) VALUES ($1, $2, $3) "
    "ON CONFLICT (calendar, year) DO UPDATE SET published = EXCLUDED.published "
    "WHERE y.published <> EXCLUDED.published";

typedef struct {
    PGconn *conn;
    char calendar[64];
    char published[512];
    char year[5]; //  the last one that was stored
} loader_t;

static bool
s_stored (PGresult *result)
{
    bool good = query_good (result);
    if (!good)
        query_complain (result);
    PQclear (result);
    return good;
}

static void
s_take_comment (loader_t *self, const char *line)
{
    const char *at = line + strspn (line, "# ");
    if (!strncasecmp (at, "published:", 10))
        snprintf (self->published, sizeof self->published, "%s", at + 10 + strspn (at + 10, " "));
}

static bool
s_take_day (loader_t *self, char *line)
{
    char *works = strchr (line, ','), *name = works ? strchr (works + 1, ',') : NULL;
    if (!name) {
        complain (words ("not date,works,name: %s", "不是 date,works,name:%s"), line);
        return false;
    }
    *works++ = 0;
    *name++ = 0;
    if (!s_stored (query (self->conn, DAY_SQL, self->calendar, line, works, name, QUERY_END)))
        return false;
    if (!strncmp (self->year, line, 4))
        return true;
    snprintf (self->year, sizeof self->year, "%.4s", line);
    return s_stored (query (self->conn, YEAR_SQL, self->calendar, self->year, self->published, QUERY_END));
}

static bool
s_load (PGconn *conn, const char *folder, const char *name)
{
    char path[PATH_MAX];
    size_t size;
    loader_t self = { .conn = conn };
    snprintf (path, sizeof path, "%s/%s", folder, name);
    snprintf (self.calendar, sizeof self.calendar, "%.*s", (int) strcspn (name, "."), name);
    char *text = file_read (path, &size), *rest = text;
    bool good = text && query_run (conn, "BEGIN");
    for (char *line; good && (line = strsep (&rest, "\n"));) {
        line[strcspn (line, "\r")] = 0;
        if (*line == '#')
            s_take_comment (&self, line);
        else if (*line && strncmp (line, "date,", 5))
            good = s_take_day (&self, line);
    }
    free (text);
    if (!good)
        complain ("%s", path);
    return query_run (conn, good ? "COMMIT" : "ROLLBACK") && good;
}

static int
s_is_csv (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return length > 4 && entry->d_name[0] != '.' && !strcmp (entry->d_name + length - 4, ".csv");
}

bool
migrate_calendars (PGconn *conn, const char *folder)
{
    struct dirent **entries;
    int count = scandir (folder, &entries, s_is_csv, alphasort);
    if (count < 0) {
        complain ("%s: %s", folder, strerror (errno));
        return false;
    }
    bool good = true;
    for (int index = 0; index < count; index++) {
        good = good && s_load (conn, folder, entries[index]->d_name);
        free (entries[index]);
    }
    free (entries);
    return good;
}
