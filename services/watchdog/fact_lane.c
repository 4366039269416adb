//  fact_lane - takes what routing states about clocks, and looks again at clocks whose dates may have moved

#include "services/watchdog/fact_lane.h"
#include "common/log.h"
#include "common/metrics.h"
#include "services/watchdog/store.h"

#define KEY_SIZE 200

//  A clock in this batch
typedef struct {
    deadline_t *deadline;
    bool dirty; //  is to be stored
    bool moved; //  it was there before: a new date is worth a line
    day_t was_due;
} entry_t;

struct fact_lane {
    const keeper_t *keeper;
    lane_t *lane;
    void (*on_next) (void *arg, moment_t now, moment_t next_at);
    void *arg;
    zhashx_t *clocks; //  "12/handling" ─▶ entry_t
    zhashx_t *fired;  //  "12/handling/H-1/1764549000000000"
    moment_t next_at; //  the earliest next step of this batch
    metric_t *stored, *ignored;
};

//  --------------------------------------------------------------------------
//  What was loaded

static void
s_clock_key (char key[KEY_SIZE], int64_t case_no, const char *name)
{
    snprintf (key, KEY_SIZE, "%lld/%.64s", (long long) case_no, name);
}

static void
s_fired_key (char key[KEY_SIZE], const deadline_t *clock, const char *rung, moment_t due_at)
{
    snprintf (key, KEY_SIZE, "%lld/%.64s/%.64s/%lld", (long long) clock->case_no, clock->name, rung,
              (long long) due_at);
}

static void
s_free_entry (void **item)
{
    entry_t *entry = *item;
    deadline_destroy (&entry->deadline);
    freen (entry);
    *item = NULL;
}

static void
s_reset (fact_lane_t *self)
{
    zhashx_purge (self->clocks);
    zhashx_purge (self->fired);
    self->next_at = MOMENT_NONE;
}

static entry_t *
s_find (fact_lane_t *self, int64_t case_no, const char *name)
{
    char key[KEY_SIZE];
    s_clock_key (key, case_no, name);
    return zhashx_lookup (self->clocks, key);
}

//  Takes the deadline
static entry_t *
s_put (fact_lane_t *self, deadline_t *deadline)
{
    entry_t *entry = s_find (self, deadline->case_no, deadline->name);
    if (entry)
        deadline_destroy (&entry->deadline);
    else {
        char key[KEY_SIZE];
        s_clock_key (key, deadline->case_no, deadline->name);
        entry = zmalloc (sizeof *entry);
        *entry = (entry_t){ .was_due = DAY_NONE };
        zhashx_insert (self->clocks, key, entry);
    }
    entry->deadline = deadline;
    return entry;
}

static void
s_on_clocks (void *arg, PGresult *result)
{
    fact_lane_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        entry_t *entry = s_put (self, store_read (result, row));
        entry->was_due = entry->deadline->due_date;
    }
}

static void
s_on_fired (void *arg, PGresult *result)
{
    fact_lane_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        char key[KEY_SIZE];
        deadline_t clock = { .case_no = sql_int8 (result, row, 0),
                             .name = (char *) sql_text (result, row, 1) };
        s_fired_key (key, &clock, sql_text (result, row, 2), sql_moment (result, row, 3));
        zhashx_insert (self->fired, key, self);
    }
}

//  --------------------------------------------------------------------------
//  What decisions ask

static const calendar_t *
s_calendar (void *arg, const char *name)
{
    return calendars_find (((fact_lane_t *) arg)->keeper->calendars, name);
}

static bool
s_has_fired (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at)
{
    char key[KEY_SIZE];
    s_fired_key (key, deadline, rung, due_at);
    return zhashx_lookup (((fact_lane_t *) arg)->fired, key) != NULL;
}

static day_t
s_due_date (void *arg, int64_t case_no, const char *clock)
{
    entry_t *entry = s_find (arg, case_no, clock);
    return entry ? entry->deadline->due_date : DAY_NONE;
}

static world_t
s_world (fact_lane_t *self, moment_t now)
{
    world_t world = keeper_world (self->keeper, self, now);
    world.calendar = s_calendar;
    world.has_fired = s_has_fired;
    world.due_date = s_due_date;
    return world;
}

//  --------------------------------------------------------------------------
//  Batch

static void
s_load (void *arg, batch_t *batch)
{
    fact_lane_t *self = arg;
    s_reset (self);
    sql_column_t *case_nos = sql_column_new (SQL_INT8);
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        recheck_t *recheck = item->request;
        json_t *number = item->message ? json_object_get (item->message, "case") : NULL;
        if (recheck || json_is_integer (number))
            sql_column_int8 (case_nos, recheck ? recheck->case_no : json_integer_value (number));
    }
    store_load_cases (batch, case_nos, s_on_clocks, s_on_fired, self);
    sql_column_destroy (&case_nos);
}

static void
s_take_fact (fact_lane_t *self, json_t *message)
{
    const char *problem;
    deadline_t *fact = deadline_from_fact (message, self->keeper->calendar, self->keeper->rule, &problem);
    if (!fact) {
        log_say (SAY_ERROR, "clock", "a fact cannot be read", "member", problem, "case",
                 log_number (json_integer_value (json_object_get (message, "case"))), NULL);
        service_alarm ("clock", "routing stated a clock that cannot be read");
        return;
    }
    entry_t *known = s_find (self, fact->case_no, fact->name);
    if (!watchdog_supersedes (fact, known ? known->deadline : NULL)) {
        metric_add (self->ignored, 1);
        deadline_destroy (&fact);
    } else
        s_put (self, fact)->dirty = true;
}

static void
s_take_recheck (fact_lane_t *self, const recheck_t *recheck, const world_t *world)
{
    entry_t *entry = s_find (self, recheck->case_no, recheck->name);
    if (!entry || entry->dirty || !entry->deadline->running)
        return;
    entry->moved = entry->dirty =
        entry->deadline->next_rung < 0 || watchdog_is_stale (entry->deadline, world);
}

static void
s_journal (const entry_t *entry)
{
    char subject[40], from[11] = "none", to[11] = "none";
    const deadline_t *clock = entry->deadline;
    if (!entry->moved || entry->was_due == clock->due_date)
        return;
    snprintf (subject, sizeof subject, "case %lld", (long long) clock->case_no);
    if (entry->was_due != DAY_NONE)
        day_text (entry->was_due, from);
    if (clock->due_date != DAY_NONE)
        day_text (clock->due_date, to);
    log_say (SAY_INFO, subject, "the due date moved with the calendar", "clock", clock->name, "from", from,
             "to", to, NULL);
}

//  Dates first, of all: a text may speak of another clock of the case
static void
s_decide_clocks (fact_lane_t *self, batch_t *batch, const world_t *world)
{
    firings_t firings = { 0 };
    size_t count = 0;
    deadline_t **dirty = zmalloc ((zhashx_size (self->clocks) + 1) * sizeof *dirty);
    for (entry_t *entry = zhashx_first (self->clocks); entry; entry = zhashx_next (self->clocks))
        if (entry->dirty) {
            watchdog_project (entry->deadline, world); //  a missing calendar is told below
            s_journal (entry);
            dirty[count++] = entry->deadline;
        }
    for (size_t index = 0; index < count; index++) {
        const char *problem = watchdog_restart (dirty[index], world, &firings);
        if (problem)
            keeper_postpone (dirty[index], world->now, problem);
        moment_t next_at = dirty[index]->next_rung_at;
        if (next_at != MOMENT_NONE && (self->next_at == MOMENT_NONE || next_at < self->next_at))
            self->next_at = next_at;
    }
    store_save (batch, dirty, count);
    store_record (batch, &firings);
    metric_add (self->stored, (double) count);
    firings_reset (&firings);
    freen (dirty);
}

static void
s_decide (void *arg, batch_t *batch)
{
    fact_lane_t *self = arg;
    world_t world = s_world (self, batch_now (batch));
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        if (item->poisoned)
            continue;
        if (item->message)
            s_take_fact (self, item->message);
        else
            s_take_recheck (self, item->request, &world);
    }
    s_decide_clocks (self, batch, &world);
}

static void
s_done (void *arg, batch_t *batch)
{
    fact_lane_t *self = arg;
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        if (item->request && item->poisoned)
            service_alarm ("clock", "a clock cannot be projected anew");
        freen (item->request);
    }
    if (self->next_at != MOMENT_NONE)
        self->on_next (self->arg, batch_now (batch), self->next_at);
    s_reset (self);
}

static const lane_ops_t OPS = { .load = s_load, .decide = s_decide, .done = s_done };

//  --------------------------------------------------------------------------
//  Public

fact_lane_t *
fact_lane_new (const keeper_t *keeper, void (*on_next) (void *arg, moment_t now, moment_t next_at), void *arg)
{
    fact_lane_t *self = zmalloc (sizeof *self);
    *self = (fact_lane_t){ .keeper = keeper, .on_next = on_next, .arg = arg, .next_at = MOMENT_NONE };
    self->clocks = zhashx_new ();
    zhashx_set_destructor (self->clocks, s_free_entry);
    self->fired = zhashx_new ();
    self->stored = metric_counter ("duban_watchdog_clocks_total", NULL, "clocks stored or projected anew");
    self->ignored =
        metric_counter ("duban_watchdog_old_facts_total", NULL, "facts that a newer one had overtaken");
    self->lane = service_lane (keeper->service, "mail", &STORE_FACT_TABLE, 1, &OPS, self);
    return self;
}

void
fact_lane_destroy (fact_lane_t **self_p)
{
    if (!*self_p)
        return;
    fact_lane_t *self = *self_p;
    lane_destroy (&self->lane);
    zhashx_destroy (&self->clocks);
    zhashx_destroy (&self->fired);
    freen (self);
    *self_p = NULL;
}

lane_t *
fact_lane_lane (fact_lane_t *self)
{
    return self->lane;
}

void
fact_lane_recheck (fact_lane_t *self, int64_t case_no, const char *name)
{
    recheck_t *recheck = zmalloc (sizeof *recheck);
    recheck->case_no = case_no;
    snprintf (recheck->name, sizeof recheck->name, "%s", name);
    lane_put (self->lane, recheck, sizeof *recheck);
}
