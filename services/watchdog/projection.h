//  projection - the dates of a clock and the steps of its ladder; pure arithmetic over facts and calendar
//
//  A step is a rung that applies, at its moment. Its index is the rung's; the repetitions of a rung that
//  repeats (the last one) count on from there. Steps follow one another by moment, then by index.
#pragma once
#include "services/watchdog/deadline.h"
#include "services/watchdog/ladder.h"

typedef struct {
    int index; //  -1: no step
    moment_t at;
} step_t;

#define STEP_FIRST ((step_t){ .index = -1, .at = MOMENT_NONE }) //  before every step
#define STEP_NAME  64

//  Sets due_date, breach_at and provisional
void projection_dates (deadline_t *self, const calendar_t *calendar);
//  The first step after this one
step_t projection_next (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar,
                        step_t after);
//  The step with this index; index -1 if the ladder has no such rung for this clock
step_t projection_step (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar,
                        int index);
//  Of a rung that repeats, the last repetition that is due at now; any other step as it is
step_t projection_latest (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar,
                          step_t step, moment_t now);
const rung_t *step_rung (const ladder_t *ladder, step_t step);
//  "H-1"; of a rung that repeats "weekly.3"
void step_name (const ladder_t *ladder, step_t step, char name[STEP_NAME]);
//  How many steps before this one pressed somebody: red, and somebody was told
int projection_urged (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar,
                      step_t step);
//  Until when the answer to a step is wanted: never in the past
moment_t projection_answer (const deadline_t *self, const calendar_t *calendar, const rung_t *rung,
                            step_t step, moment_t now);
