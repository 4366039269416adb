//  casebook - the clocks of the cases in one batch, what has fired of them, and what was answered

#include "services/watchdog/casebook.h"

#define KEY_SIZE 200

//  A rung that has fired
typedef struct {
    moment_t answer_by;
} past_t;

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
s_free_past (void **item)
{
    freen (*item);
}

casebook_t *
casebook_new (const keeper_t *keeper)
{
    casebook_t *self = zmalloc (sizeof *self);
    self->keeper = keeper;
    self->clocks = zhashx_new ();
    zhashx_set_destructor (self->clocks, s_free_entry);
    self->fired = zhashx_new ();
    zhashx_set_destructor (self->fired, s_free_past);
    self->answers = answers_new ();
    return self;
}

void
casebook_destroy (casebook_t **self_p)
{
    if (!*self_p)
        return;
    zhashx_destroy (&(*self_p)->clocks);
    zhashx_destroy (&(*self_p)->fired);
    answers_destroy (&(*self_p)->answers);
    freen (*self_p);
    *self_p = NULL;
}

void
casebook_reset (casebook_t *self)
{
    zhashx_purge (self->clocks);
    zhashx_purge (self->fired);
    answers_reset (self->answers);
}

entry_t *
casebook_find (casebook_t *self, int64_t case_no, const char *name)
{
    char key[KEY_SIZE];
    s_clock_key (key, case_no, name);
    return zhashx_lookup (self->clocks, key);
}

entry_t *
casebook_put (casebook_t *self, deadline_t *deadline)
{
    entry_t *entry = casebook_find (self, deadline->case_no, deadline->name);
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

//  --------------------------------------------------------------------------
//  What was loaded

static void
s_on_clocks (void *arg, PGresult *result)
{
    casebook_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        entry_t *entry = casebook_put (self, store_read (result, row));
        entry->was_due = entry->deadline->due_date;
        entry->was_breach_at = entry->deadline->breach_at;
        entry->was_provisional = entry->deadline->provisional;
    }
}

static void
s_on_fired (void *arg, PGresult *result)
{
    casebook_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        char key[KEY_SIZE];
        deadline_t clock = { .case_no = sql_int8 (result, row, 0),
                             .name = (char *) sql_text (result, row, 1) };
        s_fired_key (key, &clock, sql_text (result, row, 2), sql_moment (result, row, 3));
        past_t *past = zmalloc (sizeof *past);
        past->answer_by = sql_moment (result, row, 4);
        zhashx_insert (self->fired, key, past);
    }
}

static void
s_on_answers (void *arg, PGresult *result)
{
    casebook_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        answer_t answer = store_read_answer (result, row);
        answers_add (self->answers, &answer, false);
    }
}

const store_readers_t CASEBOOK_READERS = { s_on_clocks, s_on_fired, s_on_answers };

//  --------------------------------------------------------------------------
//  What decisions ask

static const calendar_t *
s_calendar (void *arg, const char *name)
{
    return calendars_find (((casebook_t *) arg)->keeper->calendars, name);
}

static past_t *
s_past (casebook_t *self, const deadline_t *deadline, const char *rung, moment_t due_at)
{
    char key[KEY_SIZE];
    s_fired_key (key, deadline, rung, due_at);
    return zhashx_lookup (self->fired, key);
}

static bool
s_has_fired (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at)
{
    return s_past (arg, deadline, rung, due_at) != NULL;
}

static moment_t
s_promised (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at)
{
    past_t *past = s_past (arg, deadline, rung, due_at);
    return past ? past->answer_by : MOMENT_NONE;
}

static moment_t
s_answered (void *arg, int64_t case_no, const rung_t *rung, const question_t *question)
{
    return answers_first (((casebook_t *) arg)->answers, case_no, rung, question);
}

static day_t
s_due_date (void *arg, int64_t case_no, const char *clock)
{
    entry_t *entry = casebook_find (arg, case_no, clock);
    return entry ? entry->deadline->due_date : DAY_NONE;
}

world_t
casebook_world (casebook_t *self, moment_t now)
{
    world_t world = keeper_world (self->keeper, self, now);
    world.calendar = s_calendar;
    world.has_fired = s_has_fired;
    world.promised = s_promised;
    world.answered = s_answered;
    world.due_date = s_due_date;
    return world;
}
