//  event_parts - what the files event* share and nobody else needs
#pragma once
#include "proto/event.h"

//  Takes the members of root, except data, into the event. Everything that is wrong with them becomes a problem
//  (caller owns); false if anything is. A type that nobody knows is EVENT_TYPE_COUNT, and no mistake here.
bool event_take_attributes (event_t *event, problem_t **problem);
