//  permission - who may move a case: roles of the person, of the unit where the role is one of a unit
#pragma once
#include "services/routing/case.h"

//  message: a `command` with source, actor, roles, unit as the door knows them from the key
bool permission_allows (const case_t *file, json_t *message, const procedure_move_t *move);
//  Is the move one of duban itself?
bool permission_is_of_system (const procedure_move_t *move);
