//  due_lane - fires what is due

#include "services/watchdog/due_lane.h"
#include "common/log.h"
#include "common/metrics.h"
#include "services/watchdog/store.h"

#define LONGEST_SLEEP_MS 1000

struct due_lane {
    const keeper_t *keeper;
    fact_lane_t *facts;
    lane_t *lane;
    bool running;
    int timer;       //  0: awake, or in a batch
    int64_t wake_at; //  of the timer
    //  --- of the batch in hand
    deadline_t **claimed;
    moment_t *due_at;   //  when each was due, for the measure of lateness
    char (*dates)[512]; //  dates of the case's clocks, "name=2026-11-23 name=…"
    size_t count, room;
    size_t current;    //  whose dates are asked for
    moment_t nearest;  //  next step of the clocks that were not due
    moment_t expected; //  what came in while a batch was under way, and may be nearer
    metric_t *lateness, *fired;
};

//  --------------------------------------------------------------------------
//  Claim

static void
s_reset (due_lane_t *self)
{
    for (size_t index = 0; index < self->count; index++)
        deadline_destroy (&self->claimed[index]);
    self->count = 0;
    self->nearest = MOMENT_NONE;
}

static void
s_make_room (due_lane_t *self, size_t count)
{
    if (count <= self->room)
        return;
    self->room = count;
    self->claimed = realloc (self->claimed, count * sizeof *self->claimed);
    self->due_at = realloc (self->due_at, count * sizeof *self->due_at);
    self->dates = realloc (self->dates, count * sizeof *self->dates);
    assert (self->claimed && self->due_at && self->dates);
}

static void
s_read_dates (const PGresult *result, int row, char text[512])
{
    const char *values[16];
    size_t lengths[16], used = 0;
    size_t count = sql_text_array (result, row, STORE_DATES_COLUMN, values, lengths, 16);
    text[0] = 0;
    for (size_t index = 0; index < count && used + lengths[index] + 2 < 512; index++) {
        memcpy (text + used, values[index], lengths[index]);
        used += lengths[index];
        text[used++] = ' ';
        text[used] = 0;
    }
}

static void
s_on_clocks (void *arg, PGresult *result)
{
    due_lane_t *self = arg;
    s_make_room (self, (size_t) PQntuples (result));
    for (int row = 0; row < PQntuples (result); row++) {
        deadline_t *one = store_read (result, row);
        self->claimed[self->count] = one;
        self->due_at[self->count] = one->next_rung_at;
        s_read_dates (result, row, self->dates[self->count]);
        self->count++;
    }
}

static void
s_on_nearest (void *arg, PGresult *result)
{
    due_lane_t *self = arg;
    self->nearest = PQntuples (result) ? sql_moment (result, 0, 0) : MOMENT_NONE;
}

static void
s_load (void *arg, batch_t *batch)
{
    due_lane_t *self = arg;
    s_reset (self);
    sql_column_t *dated = sql_column_new (SQL_TEXT);
    for (size_t index = 0; index < ladders_count (self->keeper->ladders); index++) {
        const ladder_t *ladder = ladders_at (self->keeper->ladders, index);
        if (ladder_wants_dates (ladder))
            sql_column_text (dated, ladder_name (ladder));
    }
    store_claim (batch, dated, s_on_clocks, s_on_nearest, self);
    sql_column_destroy (&dated);
}

//  --------------------------------------------------------------------------
//  Fire

static const calendar_t *
s_calendar (void *arg, const char *name)
{
    return calendars_find (((due_lane_t *) arg)->keeper->calendars, name);
}

static day_t
s_due_date (void *arg, int64_t case_no, const char *clock)
{
    due_lane_t *self = arg;
    (void) case_no; //  the one in hand
    size_t size = strlen (clock);
    for (char *at = self->dates[self->current]; *at; at = strchr (at, ' ') + 1) {
        char date[11] = "";
        day_t day;
        if (strncmp (at, clock, size) || at[size] != '=')
            continue;
        memcpy (date, at + size + 1, 10);
        return day_parse (date, &day) ? day : DAY_NONE;
    }
    return DAY_NONE;
}

static void
s_decide (void *arg, batch_t *batch)
{
    due_lane_t *self = arg;
    firings_t firings = { 0 };
    world_t world = keeper_world (self->keeper, self, batch_now (batch));
    world.calendar = s_calendar;
    world.due_date = s_due_date;
    for (self->current = 0; self->current < self->count; self->current++) {
        deadline_t *one = self->claimed[self->current];
        bool lost = one->next_rung < 0; //  it could not be decided: its facts are taken anew, see s_done
        const char *problem = lost ? NULL : watchdog_climb (one, &world, &firings);
        if (problem)
            keeper_postpone (one, world.now, problem);
        else if (lost)
            one->next_rung_at = world.now + KEEPER_RETRY_US;
        else
            metric_observe (self->lateness, (double) (world.now - self->due_at[self->current]) / 1e6);
    }
    store_advance (batch, self->claimed, self->count);
    store_record (batch, &firings);
    metric_add (self->fired, (double) firings.count);
    firings_reset (&firings);
}

//  --------------------------------------------------------------------------
//  Sleep

static int
s_on_timer (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    due_lane_t *self = arg;
    if (timer != self->timer)
        return 0; //  ended meanwhile
    self->timer = 0;
    if (self->running)
        lane_wake (self->lane);
    return 0;
}

static void
s_sleep (due_lane_t *self, int64_t milliseconds)
{
    zloop_t *loop = service_loop (self->keeper->service);
    int64_t wake_at = zclock_mono () + milliseconds;
    if (self->timer && self->wake_at <= wake_at)
        return;
    if (self->timer)
        zloop_timer_end (loop, self->timer);
    self->wake_at = wake_at;
    self->timer = zloop_timer (loop, (size_t) milliseconds, 1, s_on_timer, self);
}

//  Milliseconds until then, rounded up: a millisecond too early finds nothing
static int64_t
s_until (moment_t now, moment_t then)
{
    if (then == MOMENT_NONE || then - now > LONGEST_SLEEP_MS * 1000LL)
        return LONGEST_SLEEP_MS;
    return then <= now ? 1 : (then - now) / 1000 + 1;
}

static moment_t
s_earlier (moment_t left, moment_t right)
{
    if (left == MOMENT_NONE || right == MOMENT_NONE)
        return left == MOMENT_NONE ? right : left;
    return left < right ? left : right;
}

static void
s_done (void *arg, batch_t *batch)
{
    due_lane_t *self = arg;
    for (size_t index = 0; index < self->count; index++)
        if (self->claimed[index]->running && self->claimed[index]->next_rung < 0 &&
            self->claimed[index]->next_rung_at != MOMENT_NONE)
            fact_lane_recheck (self->facts, self->claimed[index]->case_no, self->claimed[index]->name);
    bool full = self->count == (size_t) batch_limit (batch);
    if (self->running && full)
        lane_wake (self->lane);
    else if (self->running)
        s_sleep (self, s_until (batch_now (batch), s_earlier (self->nearest, self->expected)));
    self->expected = MOMENT_NONE;
    s_reset (self);
}

//  The database refuses what was claimed. Down to one clock, we know which.
static void
s_failed (void *arg, const char *sqlstate, int limit)
{
    due_lane_t *self = arg;
    if (limit > 1 || self->count != 1)
        return;
    deadline_t *one = self->claimed[0];
    char subject[120];
    snprintf (subject, sizeof subject, "clock %lld/%.60s", (long long) one->case_no, one->name);
    log_say (SAY_ERROR, subject, "its rung cannot be stored: it waits an hour", "sqlstate", sqlstate, NULL);
    service_alarm (subject, "its rung cannot be stored");
    if (lane_is_up (self->lane))
        store_postpone (lane_db (self->lane), one->case_no, one->name);
}

static const lane_ops_t OPS = { .load = s_load, .decide = s_decide, .done = s_done, .failed = s_failed };

//  --------------------------------------------------------------------------
//  Public

due_lane_t *
due_lane_new (const keeper_t *keeper, fact_lane_t *facts)
{
    due_lane_t *self = zmalloc (sizeof *self);
    *self = (due_lane_t){ .keeper = keeper, .facts = facts, .nearest = MOMENT_NONE, .expected = MOMENT_NONE };
    self->lateness =
        metric_histogram ("duban_watchdog_lateness_seconds", NULL, "from a rung's moment to its firing");
    self->fired = metric_counter ("duban_watchdog_fired_total", NULL, "rungs fired by the due lane");
    self->lane = service_lane (keeper->service, "due", &STORE_DUE_TABLE, 1, &OPS, self);
    return self;
}

void
due_lane_destroy (due_lane_t **self_p)
{
    if (!*self_p)
        return;
    due_lane_t *self = *self_p;
    if (self->timer)
        zloop_timer_end (service_loop (self->keeper->service), self->timer);
    lane_destroy (&self->lane);
    s_reset (self);
    free (self->claimed);
    free (self->due_at);
    free (self->dates);
    freen (self);
    *self_p = NULL;
}

void
due_lane_start (due_lane_t *self)
{
    if (self->running)
        return;
    self->running = true;
    lane_wake (self->lane);
}

void
due_lane_stop (due_lane_t *self)
{
    self->running = false;
}

bool
due_lane_is_idle (const due_lane_t *self)
{
    return lane_is_idle (self->lane);
}

bool
due_lane_is_up (const due_lane_t *self)
{
    return lane_is_up (self->lane);
}

void
due_lane_expect (due_lane_t *self, moment_t now, moment_t next_at)
{
    if (self->running && self->timer)
        s_sleep (self, s_until (now, next_at));
    else
        self->expected = s_earlier (self->expected, next_at);
}
