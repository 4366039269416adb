//  merge - a case that goes on as another one: both submitters are told, its own clocks end
#pragma once
#include "services/routing/decide.h"

//  NULL, or why the case cannot go on as the one that the command names
const char *merge_impossible (const decider_t *self, const case_t *file, json_t *message,
                              const procedure_move_t *move);
//  The other case takes over: its log says so, and its submitter's part is told what this one's is told
void merge_go_on (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move);
