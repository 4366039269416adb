//  facts - what a move means for others: notices for notify, events for the feeds
//
//  Every fact states the whole truth with a version, so that order and repetition do not matter.
#pragma once
#include "services/routing/decide.h"

//  The notices that the procedure hangs on this event
void facts_notices (const decider_t *self, const case_t *file, json_t *message, const char *event);
//  Tells the case's source, the source that acted if it is another, the sources of cases that go on as this
//  one, and those that the procedure names (NULL: none)
void facts_event (const decider_t *self, const case_t *file, json_t *message, const char *event,
                  const char *const *tells);
