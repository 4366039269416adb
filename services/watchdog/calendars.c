//  calendars - the calendars of the database in memory, read again whenever one of their rows changed

#include "services/watchdog/calendars.h"
#include "common/log.h"
#include "common/metrics.h"

enum { VERSION, FACTS };
static const db_statement_t STATEMENTS[] = {
    [VERSION] = { "calendar_version", "SELECT last_value FROM calendar_version" },
    //  One statement, one snapshot: days, years and version belong together. The row without a calendar is
    //  there even if nothing else is.
    [FACTS] = { "calendar_facts",
                "SELECT v.last_value, f.calendar, f.day, f.works, f.name, f.year FROM calendar_version v "
                "LEFT JOIN "
                "(SELECT calendar, day, works, name, NULL::int AS year FROM calendar_day UNION ALL "
                "SELECT calendar, NULL, NULL, NULL, year FROM calendar_year UNION ALL "
                "SELECT NULL, NULL, NULL, NULL, NULL) f ON true" },
};
const db_table_t CALENDARS_TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

struct calendars {
    int utc_offset_minutes;
    const char *standard;
    void (*fn) (void *arg);
    void *arg;
    zhashx_t *by_name; //  NULL until loaded
    int64_t version;
    bool asked; //  an answer is on its way
    metric_t *horizon;
    char reason[80];
};

static void
s_free_calendar (void **item)
{
    calendar_t *calendar = *item;
    calendar_destroy (&calendar);
    *item = NULL;
}

calendars_t *
calendars_new (int utc_offset_minutes, const char *standard, void (*fn) (void *arg), void *arg)
{
    calendars_t *self = zmalloc (sizeof *self);
    *self =
        (calendars_t){ .utc_offset_minutes = utc_offset_minutes, .standard = standard, .fn = fn, .arg = arg };
    self->horizon = metric_gauge ("duban_watchdog_calendar_horizon_seconds", NULL,
                                  "end of the last day with published facts, in Unix time");
    return self;
}

void
calendars_destroy (calendars_t **self_p)
{
    if (!*self_p)
        return;
    zhashx_destroy (&(*self_p)->by_name);
    freen (*self_p);
    *self_p = NULL;
}

static calendar_t *
s_need (calendars_t *self, zhashx_t *by_name, const char *name)
{
    calendar_t *calendar = zhashx_lookup (by_name, name);
    if (!calendar) {
        calendar = calendar_new (self->utc_offset_minutes);
        zhashx_insert (by_name, name, calendar);
    }
    return calendar;
}

static zhashx_t *
s_read (calendars_t *self, PGresult *result)
{
    zhashx_t *by_name = zhashx_new ();
    zhashx_set_destructor (by_name, s_free_calendar);
    s_need (self, by_name, self->standard);
    for (int row = 0; row < PQntuples (result); row++) {
        if (sql_is_null (result, row, 1))
            continue;
        calendar_t *calendar = s_need (self, by_name, sql_text (result, row, 1));
        if (sql_is_null (result, row, 5))
            calendar_add_day (calendar, sql_day (result, row, 2), sql_bool (result, row, 3),
                              sql_text (result, row, 4));
        else
            calendar_add_year (calendar, sql_int4 (result, row, 5));
    }
    for (calendar_t *calendar = zhashx_first (by_name); calendar; calendar = zhashx_next (by_name))
        calendar_index (calendar);
    return by_name;
}

static void
s_on_facts (void *arg, PGresult *result)
{
    calendars_t *self = arg;
    self->asked = false;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK || !PQntuples (result))
        return;
    zhashx_t *by_name = s_read (self, result);
    zhashx_destroy (&self->by_name);
    self->by_name = by_name;
    self->version = sql_int8 (result, 0, 0);
    day_t horizon = calendar_horizon (calendars_find (self, self->standard));
    char text[11] = "none";
    if (horizon != DAY_NONE) {
        day_text (horizon, text);
        metric_set (self->horizon, (double) (horizon + 1) * 86400 - self->utc_offset_minutes * 60);
    }
    snprintf (self->reason, sizeof self->reason, "calendar version %lld, known to %s",
              (long long) self->version, text);
    log_say (SAY_INFO, "calendar", "loaded", "version", log_number (self->version), "known to", text, NULL);
    self->fn (self->arg);
}

static void
s_on_version (void *arg, PGresult *result)
{
    calendars_t *self = arg;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK || !PQntuples (result))
        return;
    if (self->by_name && sql_int8 (result, 0, 0) == self->version)
        return;
    self->version = -1; //  calendars_check reads the facts next time
}

void
calendars_check (calendars_t *self, db_t *db)
{
    bool read = !self->by_name || self->version < 0;
    if (self->asked)
        return;
    self->asked = read;
    db_query (db, &STATEMENTS[read ? FACTS : VERSION], NULL, read ? s_on_facts : s_on_version, self);
    db_sync (db, NULL, NULL);
}

const char *
calendars_reason (const calendars_t *self)
{
    return self->reason;
}

bool
calendars_are_loaded (const calendars_t *self)
{
    return self->by_name != NULL;
}

const calendar_t *
calendars_find (const calendars_t *self, const char *name)
{
    return self->by_name ? zhashx_lookup (self->by_name, name) : NULL;
}
