//  review - after the start and after a new calendar: are the stored dates still what calendar and ladders
//  say?
//
//  Reads all running clocks page by page, without locks, and hands those that are not to the lane of facts,
//  which decides again under lock. Every replica does it; the second finds nothing left to do.
#pragma once
#include "services/watchdog/fact_lane.h"

typedef struct review review_t;

extern const db_table_t REVIEW_TABLE;

review_t *review_new (const keeper_t *keeper, fact_lane_t *facts);
void review_destroy (review_t **self_p);
void review_start (review_t *self); //  from the first clock
//  Called every second and after each page: goes on if there is something to do and room in the lane
void review_step (review_t *self, db_t *db);
