//  decide - what a clock's fact means, and what a rung that is due does

#include "services/watchdog/decide.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
firings_reset (firings_t *self)
{
    for (size_t index = 0; index < self->count; index++) {
        json_decref (self->items[index].message);
        json_decref (self->items[index].notice);
    }
    free (self->items);
    *self = (firings_t){ 0 };
}

static firing_t *
s_add (firings_t *self)
{
    if (self->count == self->room) {
        self->room = self->room * 2 + 16;
        self->items = realloc (self->items, self->room * sizeof *self->items);
        assert (self->items);
    }
    return &self->items[self->count++];
}

static const char *
s_world (const deadline_t *self, const world_t *world, const ladder_t **ladder, const calendar_t **calendar)
{
    *ladder = ladders_find (world->ladders, self->ladder);
    *calendar = world->calendar (world->arg, self->calendar);
    return !*ladder ? "no ladder of this name" : !*calendar ? "no calendar of this name" : NULL;
}

//  Somebody was told already that this answer lapsed
static bool
s_was_told (const deadline_t *self, const world_t *world, int index, moment_t by)
{
    const ladder_t *ladder = ladders_find (world->ladders, self->ladder);
    for (size_t other = 0; other < ladder_count (ladder); other++) {
        const rung_t *rung = ladder_rung (ladder, other);
        if (rung->lapse == index && world->has_fired && world->has_fired (world->arg, self, rung->name, by))
            return true;
    }
    return false;
}

//  A rung that wants an answer on which something lapses: until when, and whether it is there
static void
s_ask (deadline_t *self, const world_t *world, step_t step, moment_t by)
{
    const rung_t *rung = step_rung (ladders_find (world->ladders, self->ladder), step);
    question_t question = { .at = step.at, .by = by, .answered_at = MOMENT_NONE };
    snprintf (question.rung, sizeof question.rung, "%s", rung->name);
    if (world->answered && by != MOMENT_NONE && !s_was_told (self, world, step.index, by))
        question.answered_at = world->answered (world->arg, self->case_no, rung, &question);
    questions_put (&self->questions, &question);
}

//  One step fires, unless it did before
static void
s_fire (deadline_t *self, const world_t *world, step_t step, firings_t *firings)
{
    const ladder_t *ladder = ladders_find (world->ladders, self->ladder);
    const rung_t *rung = step_rung (ladder, step);
    char name[STEP_NAME];
    step_name (ladder, step, name);
    bool fired = world->has_fired && world->has_fired (world->arg, self, name, step.at);
    moment_t by = MOMENT_NONE;
    if (rung->wants_answer)
        by = fired ? world->promised (world->arg, self, name, step.at)
                   : projection_answer (self, world->calendar (world->arg, self->calendar), rung, step,
                                        world->now);
    if (rung->is_awaited)
        s_ask (self, world, step, by);
    if (fired)
        return;
    firing_t *firing = s_add (firings);
    *firing = (firing_t){ .case_no = self->case_no,
                          .clock = self->name,
                          .due_at = step.at,
                          .level = rung->level,
                          .answer_by = by,
                          .answer_with = rung->with_text };
    memcpy (firing->rung, name, sizeof name);
    firing->message =
        json_pack ("{ss sI ss si ss ss sI sI}", "kind", "rung", "case", (json_int_t) self->case_no, "clock",
                   self->name, "version", self->version, "rung", name, "level", rung->level, "due_at",
                   (json_int_t) step.at, "fired_at", (json_int_t) world->now);
    assert (firing->message);
    if (rung->template && self->running)
        firing->notice = watchdog_notice (self, world, step);
}

//  Fires from a step on until now; what remains is the next one
static void
s_fire_until_now (deadline_t *self, const world_t *world, step_t step, firings_t *firings)
{
    const ladder_t *ladder;
    const calendar_t *calendar;
    s_world (self, world, &ladder, &calendar);
    while (step.index >= 0 && step.at <= world->now) {
        step = projection_latest (self, ladder, calendar, step, world->now);
        s_fire (self, world, step, firings);
        step = projection_next (self, ladder, calendar, step);
    }
    self->next_rung = step.index;
    self->next_rung_at = step.index >= 0 ? step.at : MOMENT_NONE;
}

//  It stopped, or stands still, after its breach: that it was late stays on record, even if nobody looked in time
static void
s_keep_breach (deadline_t *self, const world_t *world, firings_t *firings)
{
    const ladder_t *ladder = ladders_find (world->ladders, self->ladder);
    moment_t until = self->running ? world->now : self->stopped_at; //  running: it stands still
    if (!ladder || until == MOMENT_NONE || self->breach_at == MOMENT_NONE || until < self->breach_at)
        return;
    for (size_t index = 0; index < ladder_count (ladder); index++)
        if (ladder_rung (ladder, index)->when.base == WHEN_BREACH)
            s_fire (self, world, (step_t){ .index = (int) index, .at = self->breach_at }, firings);
}

bool
watchdog_supersedes (const deadline_t *fact, const deadline_t *known)
{
    return !known || fact->version > known->version;
}

const char *
watchdog_project (deadline_t *self, const world_t *world)
{
    const calendar_t *calendar = world->calendar (world->arg, self->calendar);
    self->next_rung = -1;
    self->next_rung_at = MOMENT_NONE;
    if (!calendar) {
        self->breach_at = self->anchor; //  a row must have one
        return "no calendar of this name";
    }
    projection_dates (self, calendar);
    return NULL;
}

const char *
watchdog_restart (deadline_t *self, const world_t *world, firings_t *firings)
{
    const ladder_t *ladder;
    const calendar_t *calendar;
    self->next_rung = -1;
    self->next_rung_at = MOMENT_NONE;
    questions_reset (&self->questions); //  each rung that has fired asks again, and hears the answers
    if (!self->running || self->suspended) {
        s_keep_breach (self, world, firings);
        return NULL;
    }
    const char *problem = s_world (self, world, &ladder, &calendar);
    if (!problem)
        s_fire_until_now (self, world, projection_next (self, ladder, calendar, STEP_FIRST), firings);
    return problem;
}

const char *
watchdog_climb (deadline_t *self, const world_t *world, firings_t *firings)
{
    const ladder_t *ladder;
    const calendar_t *calendar;
    const char *problem = s_world (self, world, &ladder, &calendar);
    if (problem) {
        self->next_rung = -1;
        return problem;
    }
    step_t step = projection_step (self, ladder, calendar, self->next_rung);
    if (step.index < 0) //  the ladder has another shape now: go on with what is still to come
        step = projection_next (self, ladder, calendar, (step_t){ .index = INT32_MAX, .at = world->now });
    s_fire_until_now (self, world, step, firings);
    return NULL;
}

bool
watchdog_is_stale (const deadline_t *self, const world_t *world)
{
    const ladder_t *ladder;
    const calendar_t *calendar;
    if (!self->running || s_world (self, world, &ladder, &calendar))
        return false;
    deadline_t copy = *self;
    projection_dates (&copy, calendar);
    if (copy.due_date != self->due_date || copy.breach_at != self->breach_at ||
        copy.provisional != self->provisional || copy.suspended != self->suspended)
        return true;
    if (self->suspended)
        return self->next_rung_at != MOMENT_NONE;
    step_t next = projection_step (self, ladder, calendar, self->next_rung);
    if (next.index >= 0 && next.at <= world->now)
        return false; //  it fires at this moment, or waits for its retry
    next = projection_next (self, ladder, calendar, (step_t){ .index = INT32_MAX, .at = world->now });
    moment_t next_at = next.index >= 0 ? next.at : MOMENT_NONE;
    return next.index != self->next_rung || next_at != self->next_rung_at;
}
