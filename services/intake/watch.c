//  watch - who watches the watchdog: an alarm when none has beaten for 30 s

#include "services/intake/watch.h"
#include "common/log.h"
#include "common/metrics.h"

#define LOOK_MS    5000
#define SILENCE_S  30
#define FIRST_LOOK 12 //  a minute of grace after our own start

enum { BEAT };
static const db_statement_t STATEMENTS[] = {
    [BEAT] = { "watchdog_beat",
               "SELECT extract (epoch FROM clock_timestamp () - max (beat_at))::bigint FROM api.heartbeat" },
};
static const db_table_t TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

struct watch {
    zloop_t *loop;
    db_t *db;
    int timer, looks;
    bool silent; //  alarmed already
    metric_t *age;
};

static void
s_on_beat (void *arg, PGresult *result)
{
    watch_t *self = arg;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK)
        return;
    bool never = sql_is_null (result, 0, 0);
    int64_t age = sql_int8 (result, 0, 0);
    metric_set (self->age, never ? -1 : (double) age);
    bool silent = never || age > SILENCE_S;
    if (silent && !self->silent && ++self->looks > (never ? FIRST_LOOK : 0))
        service_alarm ("watchdog", "no watchdog has beaten for 30 s: nothing is being escalated");
    if (!silent && self->silent)
        log_say (SAY_INFO, "watchdog", "beats again", NULL);
    self->silent = silent && self->looks > (never ? FIRST_LOOK : 0);
}

static int
s_on_look (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    watch_t *self = arg;
    if (!db_is_up (self->db))
        return 0;
    db_query (self->db, &STATEMENTS[BEAT], NULL, s_on_beat, self);
    db_sync (self->db, NULL, NULL);
    return 0;
}

static void
s_on_database (void *arg, bool up)
{
    (void) arg;
    (void) up;
}

watch_t *
watch_new (service_t *service)
{
    watch_t *self = zmalloc (sizeof *self);
    self->loop = service_loop (service);
    self->age =
        metric_gauge ("duban_watchdog_silence_seconds", NULL, "since any watchdog has beaten; -1: never");
    self->db =
        db_new (self->loop, "watch", service_conninfo (service), "intake", &TABLE, 1, s_on_database, self);
    self->timer = zloop_timer (self->loop, LOOK_MS, 0, s_on_look, self);
    return self;
}

void
watch_destroy (watch_t **self_p)
{
    if (!*self_p)
        return;
    zloop_timer_end ((*self_p)->loop, (*self_p)->timer);
    db_destroy (&(*self_p)->db);
    freen (*self_p);
    *self_p = NULL;
}
