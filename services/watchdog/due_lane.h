//  due_lane - fires what is due: claims clocks, climbs their ladders, sleeps until the nearest
//
//      claim (SKIP LOCKED) ─▶ fire ─▶ fired rows, messages, next steps ─▶ COMMIT ─▶ again while a claim was
//      full
//                                                                          └─▶ sleep, at most a second
//
//  Any number of replicas; no leader. At most a second, because another replica may have taken in a nearer
//  clock and died. A clock that makes the database refuse the batch is found by smaller claims and waits.
#pragma once
#include "services/watchdog/fact_lane.h"

typedef struct due_lane due_lane_t;

//  facts is told of clocks that must be decided from the start
due_lane_t *due_lane_new (const keeper_t *keeper, fact_lane_t *facts);
void due_lane_destroy (due_lane_t **self_p);
//  From now on it looks: the calendar is there
void due_lane_start (due_lane_t *self);
void due_lane_stop (due_lane_t *self);
bool due_lane_is_idle (const due_lane_t *self);
bool due_lane_is_up (const due_lane_t *self);
//  Something is due at next_at (business time, as is now): do not sleep longer
void due_lane_expect (due_lane_t *self, moment_t now, moment_t next_at);
