//  fact_lane - takes what routing states about clocks, and looks again at clocks whose dates may have moved
//
//      parcel ─▶ lock cases ─▶ their clocks, what fired ─▶ highest versions ─▶ dates ─▶ what is due already
//      ─▶ store
#pragma once
#include "services/watchdog/keeper.h"

typedef struct fact_lane fact_lane_t;

//  on_next hears, after COMMIT, when the earliest of the stored clocks has its next step
fact_lane_t *fact_lane_new (const keeper_t *keeper,
                            void (*on_next) (void *arg, moment_t now, moment_t next_at), void *arg);
void fact_lane_destroy (fact_lane_t **self_p);
lane_t *fact_lane_lane (fact_lane_t *self);
//  Queues a clock to be looked at again
void fact_lane_recheck (fact_lane_t *self, int64_t case_no, const char *name);
