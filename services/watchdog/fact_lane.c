//  fact_lane - takes what routing states about clocks, and looks again at clocks whose dates may have moved

#include "services/watchdog/fact_lane.h"
#include "common/log.h"
#include "common/metrics.h"
#include "services/watchdog/casebook.h"

struct fact_lane {
    const keeper_t *keeper;
    lane_t *lane;
    void (*on_next) (void *arg, moment_t now, moment_t next_at);
    void *arg;
    casebook_t *book; //  of this batch
    moment_t next_at; //  the earliest next step of this batch
    metric_t *stored, *ignored;
};

static void
s_reset (fact_lane_t *self)
{
    casebook_reset (self->book);
    self->next_at = MOMENT_NONE;
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
    store_load_cases (batch, case_nos, &CASEBOOK_READERS, self->book);
    sql_column_destroy (&case_nos);
}

static void
s_unreadable (json_t *message, const char *kind, const char *member)
{
    log_say (SAY_ERROR, kind, "what routing stated cannot be read", "member", member, "case",
             log_number (json_integer_value (json_object_get (message, "case"))), NULL);
    service_alarm (kind, "routing stated something that cannot be read");
}

static void
s_take_fact (fact_lane_t *self, json_t *message)
{
    const char *problem;
    deadline_t *fact = deadline_from_fact (message, self->keeper->calendar, self->keeper->rule, &problem);
    if (!fact) {
        s_unreadable (message, "clock", problem);
        return;
    }
    entry_t *known = casebook_find (self->book, fact->case_no, fact->name);
    if (!watchdog_supersedes (fact, known ? known->deadline : NULL)) {
        metric_add (self->ignored, 1);
        deadline_destroy (&fact);
    } else
        casebook_put (self->book, fact)->dirty = true;
}

//  It was not recorded later than now, though the clocks of two computers may say so. Now all that is due fires, and so
//  nothing that fires later is answered by it.
static void
s_take_answer (fact_lane_t *self, json_t *message, const world_t *world)
{
    answer_t answer;
    const char *problem;
    if (!answer_from_message (message, &answer, &problem)) {
        s_unreadable (message, "answer", problem);
        return;
    }
    if (answer.at > world->now)
        answer.at = world->now;
    answers_add (self->book->answers, &answer, true);
}

static void
s_take_recheck (fact_lane_t *self, const recheck_t *recheck, const world_t *world)
{
    entry_t *entry = casebook_find (self->book, recheck->case_no, recheck->name);
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
    log_say (SAY_DEBUG, subject, "the due date moved with the calendar", "clock", clock->name, "from", from,
             "to", to, NULL);
}

//  The row for the years to come; that a provisional date is confirmed is worth one too
static bool
s_is_moved (const entry_t *entry, moved_t *row, const char *reason)
{
    const deadline_t *clock = entry->deadline;
    *row = (moved_t){ clock, entry->was_due, entry->was_breach_at, reason };
    return entry->moved && (entry->was_due != clock->due_date || entry->was_breach_at != clock->breach_at ||
                            entry->was_provisional != clock->provisional);
}

//  Whatever was answered, the clocks of the case look again at what lapses
static void
s_look_at_answers (fact_lane_t *self)
{
    for (entry_t *entry = zhashx_first (self->book->clocks); entry;
         entry = zhashx_next (self->book->clocks)) {
        const ladder_t *ladder = ladders_find (self->keeper->ladders, entry->deadline->ladder);
        if (entry->deadline->running && ladder && ladder_lapses (ladder) &&
            answers_has_told (self->book->answers, entry->deadline->case_no))
            entry->dirty = true;
    }
}

//  Dates first, of all: a text may speak of another clock of the case
static void
s_decide_clocks (fact_lane_t *self, batch_t *batch, const world_t *world)
{
    firings_t firings = { 0 };
    size_t count = 0, moved_count = 0, most = zhashx_size (self->book->clocks) + 1;
    deadline_t **dirty = zmalloc (most * sizeof *dirty);
    moved_t *moved = zmalloc (most * sizeof *moved);
    const char *reason = calendars_reason (self->keeper->calendars);
    for (entry_t *entry = zhashx_first (self->book->clocks); entry; entry = zhashx_next (self->book->clocks))
        if (entry->dirty) {
            watchdog_project (entry->deadline, world); //  a missing calendar is told below
            s_journal (entry);
            moved_count += s_is_moved (entry, &moved[moved_count], reason);
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
    size_t told_count;
    const answer_t *told = answers_told (self->book->answers, &told_count);
    store_save_answers (batch, told, told_count);
    store_save (batch, dirty, count);
    store_journal (batch, moved, moved_count);
    store_record (batch, &firings);
    metric_add (self->stored, (double) count);
    firings_reset (&firings);
    freen (dirty);
    freen (moved);
}

static void
s_decide (void *arg, batch_t *batch)
{
    fact_lane_t *self = arg;
    world_t world = casebook_world (self->book, batch_now (batch));
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        if (item->poisoned)
            continue;
        const char *kind = json_string_value (json_object_get (item->message, "kind"));
        if (kind && streq (kind, "answer"))
            s_take_answer (self, item->message, &world);
        else if (item->message)
            s_take_fact (self, item->message);
        else
            s_take_recheck (self, item->request, &world);
    }
    s_look_at_answers (self);
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
    self->book = casebook_new (keeper);
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
    casebook_destroy (&self->book);
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
