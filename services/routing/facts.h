//  facts - what a move means for others: clocks for the watchdog, notices for notify, events for the feeds
//
//  Every fact states the whole truth with a version, so that order and repetition do not matter.
#pragma once
#include "common/calendar.h"
#include "services/routing/decide.h"

//  Starts, stops and restates the clocks that the step from one state (NULL: opened) to the case's state
//  touches
void facts_clocks (const decider_t *self, case_t *file, json_t *message, const char *from, moment_t moment);
//  The notices that the procedure hangs on this event
void facts_notices (const decider_t *self, const case_t *file, json_t *message, const char *event);
//  Tells the case's source, and the source that acted if it is another
void facts_event (const decider_t *self, const case_t *file, json_t *message, const char *event);
