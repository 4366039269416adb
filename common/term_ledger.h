//  term_ledger - the ledger of a term as it stands in messages and rows
//
//      [{"op": "suspend", "at": 1770861600000000}, {"op": "resume", "at": …},
//       {"op": "extend", "at": …, "budget": 5, "unit": "working_day"}, {"op": "floor", "at": …, "budget": 2}]
//
//  Times in microseconds since 1970 UTC. unit may be left out; it is the term's. Other members (who, why) are
//  left to those who wrote them.
#pragma once
#include "common/term.h"
#include <jansson.h>

//  NULL, or the member that is wrong. No list is an empty one.
const char *ledger_from_json (const json_t *list, unit_t unit, ledger_entry_t entries[LEDGER_MOST],
                              size_t *count);
const char *ledger_op_text (ledger_op_t op);
