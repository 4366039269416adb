//  argument - is what a command brings complete, well-formed and possible?
#pragma once
#include "services/routing/decide.h"

//  False after refusing. Takes from the proposal what the move needs and was not given; moment: when it
//  happened, as the procedure's argument says, else when the door recorded it.
bool argument_check (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move,
                     moment_t *moment);
