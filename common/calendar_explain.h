//  calendar_explain - why this date: start, rule, counted days, skipped days with their names, the ledger
//
//      {"start": "2026-02-12", "started_at": 1770861600000000, "unit": "working_day", "budget": 3,
//       "rule": "A", "total": 3, "left": 1,
//       "ledger": [{"op": "suspend", "at": 1770861600000000, "date": "2026-02-12"} …],
//       "steps": [{"date": "2026-02-12", "weekday": 4, "kind": "start"},
//                 {"date": "2026-02-13", "weekday": 5, "kind": "working_day", "count": 1},
//                 {"date": "2026-02-14", "weekday": 6, "kind": "make_up_day", "name": "春节", "count": 2},
//                 {"date": "2026-02-15", "weekday": 7, "kind": "holiday", "name": "春节"},
//                 {"date": "2026-02-24", "weekday": 2, "kind": "working_day", "suspended": true} …],
//       "due": "2026-02-24", "breach_at": 1771948800000000, "suspended": false, "provisional": false,
//       "horizon": "2026-12-31"}
//
//  kind: start, working_day, make_up_day (a weekend that is worked), holiday (a day off with a name),
//  weekend, calendar_day (counted whether it works or not), last_day. count: its number in the term, absent
//  when it was skipped. "suspended": true on days that are not counted because the term stood still. "rolled":
//  true on days between the end of a term in calendar days and the working day it moves to, or between a start
//  and the day 0 of rule B. "known": false on days of a year that is not published. due and breach_at are null
//  while a term stands still; the steps then end on the day on which it stopped.
//
//  month and year: no days between; office_hour: count is minutes, "minutes" those of the day; hour, minute and
//  office_hour: "periods": [{"from": …, "until": … or null, "minutes": 95} …], in which it ran; until:
//  "given_at" and, if it is due earlier, the days from the one to the other, with "before" in working days.
#pragma once
#include "common/term.h"
#include <jansson.h>

#define EXPLAIN_STEPS 400 //  of a longer term the steps end here, with "cut": true

//  now: for what is left; MOMENT_NONE leaves that out
json_t *calendar_explain (const calendar_t *calendar, const term_t *term, moment_t now);
