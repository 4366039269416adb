//  card - what others must know of a case to tell people about it, even while routing is down
#pragma once
#include "services/routing/case.h"

#define CARD_CLEAR 2 //  from this secrecy on, no title leaves the case

//  A new object: number, title, unit, co_units, secrecy, source, submitter, procedure, not_to (see recusal.h)
json_t *card_of (const case_t *file);
