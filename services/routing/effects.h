//  effects - what a move does beside moving: fields, marks, lists, dates, cases that open or go on elsewhere
#pragma once
#include "services/routing/decide.h"

//  NULL, or why the move is impossible now (a sentence for who asked): its conditions, its extension, the case
//  that it merges into
const char *effects_impossible (const decider_t *self, case_t *file, json_t *message,
                                const procedure_move_t *move);
//  On the case itself
void effects_apply (case_t *file, json_t *message, const procedure_move_t *move);
//  On others, once the move is in the log: the answer to a ladder, cases that open, the case that goes on
void effects_tell (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move);
