//  decide - what a clock's fact means, and what a rung that is due does; pure: no I/O, no clock
//
//      fact + calendar + ladder ──▶ due date, breach, next step
//      step that is due         ──▶ fired row, message `rung` to routing, message `notice` to notify, next
//      step
//      answers                  ──▶ what lapses, and so the next step
//
//  Rungs that were missed fire in order, at once. Of a rung that repeats only the last repetition does: a
//  year of weekly reminders in one minute helps nobody. What has fired before (same rung, same moment) does
//  not fire again; a rung that moved does. What was told because an answer lapsed is not taken back by an answer
//  that comes in later, though it was recorded in time.
#pragma once
#include "services/watchdog/projection.h"

//  What decisions look at. Functions get arg.
typedef struct {
    const ladders_t *ladders;
    const calendar_t *(*calendar) (void *arg, const char *name); //  NULL: none of this name
    bool (*has_fired) (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at);
    //  Until when an answer was wanted, of what has fired; MOMENT_NONE: none was
    moment_t (*promised) (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at);
    //  When a question was answered; MOMENT_NONE: not in time
    moment_t (*answered) (void *arg, int64_t case_no, const rung_t *rung, const question_t *question);
    day_t (*due_date) (void *arg, int64_t case_no, const char *clock); //  of another clock; DAY_NONE: unknown
    void *arg;
    moment_t now;
} world_t;

//  A rung that fires
typedef struct {
    int64_t case_no;
    const char *clock; //  borrowed from the deadline
    char rung[STEP_NAME];
    moment_t due_at;
    const char *level; //  borrowed from the ladder
    moment_t answer_by;
    const char *answer_with; //  commands, borrowed from the ladder; NULL: none, or no answer is wanted
    json_t *message;         //  `rung`; whoever posts it takes it
    json_t *notice;          //  or NULL: nobody is to be told
} firing_t;

typedef struct {
    firing_t *items;
    size_t count, room;
} firings_t;

void firings_reset (firings_t *self); //  frees what is left in it

//  The newer version of a clock counts, whatever came first
bool watchdog_supersedes (const deadline_t *fact, const deadline_t *known);
//  The three below answer NULL, or why it cannot be done ("no ladder of this name"); then next_rung is -1.
//  Sets the dates of a clock
const char *watchdog_project (deadline_t *self, const world_t *world);
//  A fact or a new calendar: fires all that is due and has not fired, sets the next step. A clock that
//  stopped has no next step, but keeps the breach that came before.
const char *watchdog_restart (deadline_t *self, const world_t *world, firings_t *firings);
//  Its next step is due: fires it and those that follow until now, sets the next step
const char *watchdog_climb (deadline_t *self, const world_t *world, firings_t *firings);
//  The dates or the next step are no longer what calendar and ladder say
bool watchdog_is_stale (const deadline_t *self, const world_t *world);

//  --- notice.c
json_t *watchdog_notice (deadline_t *self, const world_t *world, step_t step);
