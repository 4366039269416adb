//  watchdog - clocks, calendars, ladders: says when something is due, and to whom, and never sleeps over it
//
//      routing ─clock─▶ lane "mail" (fact_lane) ─▶ clock rows ─▶ lane "due" (due_lane) ─rung─▶ routing
//                                                                                      └notice▶ notify
//      every second: heartbeat, calendar version, a page of the review

#include "services/watchdog/due_lane.h"
#include "services/watchdog/heartbeat.h"
#include "services/watchdog/review.h"

#define TICK_MS      1000
#define FAST_TICK_MS 20 //  until the calendar is there, and while a review goes on

typedef struct {
    service_t *service;
    keeper_t keeper;
    fact_lane_t *facts;
    due_lane_t *due;
    review_t *review;
    db_t *db; //  for what is not done in batches
    int timer;
    int64_t beat_at;
} watchdog_t;

static void
s_on_calendars (void *arg)
{
    watchdog_t *self = arg;
    review_start (self->review);
    due_lane_start (self->due);
}

static void
s_on_next (void *arg, moment_t now, moment_t next_at)
{
    due_lane_expect (((watchdog_t *) arg)->due, now, next_at);
}

static void
s_every_second (watchdog_t *self)
{
    calendars_check (self->keeper.calendars, self->db);
    if (calendars_are_loaded (self->keeper.calendars)) //  a beat says "I look"
        heartbeat_beat (self->db, service_replica_id (self->service));
}

static int
s_on_timer (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    watchdog_t *self = arg;
    if (!db_is_up (self->db) || service_is_stopping (self->service))
        return 0;
    int64_t now = zclock_mono ();
    if (now >= self->beat_at) {
        self->beat_at = now + TICK_MS;
        s_every_second (self);
    }
    review_step (self->review, self->db);
    return 0;
}

//  Up: the first heartbeat and the calendar at once, not at the next tick
static void
s_on_database (void *arg, bool up)
{
    watchdog_t *self = arg;
    if (!up)
        return;
    self->beat_at = zclock_mono () + TICK_MS;
    s_every_second (self);
}

//  --------------------------------------------------------------------------
//  Life of the service

static void
s_stop (void *arg)
{
    watchdog_t *self = arg;
    if (self->timer)
        zloop_timer_end (service_loop (self->service), self->timer);
    db_destroy (&self->db);
    due_lane_destroy (&self->due);
    fact_lane_destroy (&self->facts);
    review_destroy (&self->review);
    calendars_destroy (&self->keeper.calendars);
    ladders_destroy (&self->keeper.ladders);
}

static bool
s_configure (watchdog_t *self)
{
    char error[400] = "";
    const char *rule = config_text ("DUBAN_RULE");
    self->keeper.ladders = ladders_load (config_text ("DUBAN_LADDERS"), error, sizeof error);
    if (!self->keeper.ladders)
        return config_complain ("DUBAN_LADDERS", error);
    if (!streq (rule, "A") && !streq (rule, "B"))
        return config_complain ("DUBAN_RULE", "must be A or B");
    self->keeper.rule = streq (rule, "B") ? RULE_B : RULE_A;
    self->keeper.calendar = config_text ("DUBAN_CALENDAR");
    self->keeper.service = self->service;
    return true;
}

static bool
s_start (void *arg, service_t *service)
{
    static db_table_t tables[3]; //  lives as long as the connection
    watchdog_t *self = arg;
    self->service = service;
    if (!s_configure (self))
        return false;
    zloop_t *loop = service_loop (service);
    self->keeper.calendars =
        calendars_new ((int) config_number ("DUBAN_TZ_MINUTES"), self->keeper.calendar, s_on_calendars, self);
    self->facts = fact_lane_new (&self->keeper, s_on_next, self);
    self->due = due_lane_new (&self->keeper, self->facts);
    self->review = review_new (&self->keeper, self->facts);
    tables[0] = CALENDARS_TABLE;
    tables[1] = HEARTBEAT_TABLE;
    tables[2] = REVIEW_TABLE;
    self->db = db_new (loop, "watch", service_conninfo (service), "watchdog", tables, 3, s_on_database, self);
    self->timer = zloop_timer (loop, FAST_TICK_MS, 0, s_on_timer, self);
    return true;
}

static lane_t *
s_mail (void *arg)
{
    return fact_lane_lane (((watchdog_t *) arg)->facts);
}

static bool
s_is_ready (void *arg)
{
    watchdog_t *self = arg;
    return calendars_are_loaded (self->keeper.calendars) && due_lane_is_up (self->due);
}

static void
s_drain (void *arg)
{
    due_lane_stop (((watchdog_t *) arg)->due);
}

static bool
s_is_idle (void *arg)
{
    return due_lane_is_idle (((watchdog_t *) arg)->due);
}

static const config_entry_t CONFIG[] = {
    { "DUBAN_LADDERS", CONFIG_PATH, "deploy/ladders", "folder with the ladders (*.json)", 0, 0 },
    { "DUBAN_CALENDAR", CONFIG_TEXT, "cn", "calendar of new clocks", 0, 0 },
    { "DUBAN_RULE", CONFIG_TEXT, "A",
      "A: the day of the event is not counted; B: a rest day moves to the next first", 0, 0 },
};
static const char *const TARGETS[] = { "routing", "notify", NULL };
static const char *const KINDS[] = { "clock", "answer", NULL };

static const service_ops_t OPS = {
    .name = "watchdog",
    .about = "Clocks, calendars, ladders: reminds before a term ends, escalates after it, watches itself.\n"
             "时限督办：按工作日历计算期限，临期提醒，超期逐级督办。",
    .config = CONFIG,
    .config_count = sizeof CONFIG / sizeof *CONFIG,
    .targets = TARGETS,
    .kinds = KINDS,
    .size = sizeof (watchdog_t),
    .start = s_start,
    .mail = s_mail,
    .is_ready = s_is_ready,
    .drain = s_drain,
    .is_idle = s_is_idle,
    .stop = s_stop,
};

int
main (int argc, char **argv)
{
    return service_main (argc, argv, &OPS);
}
