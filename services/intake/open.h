//  open - a move of one case opens another: the door numbers it like a submission, and routing gets it back
//
//      routing ─open─▶ row of submission, case number ─submission (parent)─▶ routing
//
//  Once for each move: the inbox sees to that, and the id is made of the case and its version.
#pragma once
#include "services/intake/store.h"

//  load: for each message of kind "open"; numbers stand in the messages when the answers are in
void open_load (batch_t *batch);
//  decide: hands them back to routing
void open_decide (batch_t *batch);
