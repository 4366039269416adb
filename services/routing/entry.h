//  entry - one entry of a case's log: written once, in canonical bytes that a sealer can hash
#pragma once
#include "services/routing/decide.h"

//  The case gets its next version. from: the state before, NULL if there was none. A reminder (event "rung")
//  is a version too, but no move.
void entry_write (const decider_t *self, case_t *file, json_t *message, const char *event, const char *from,
                  moment_t occurred_at);
