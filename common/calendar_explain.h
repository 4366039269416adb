//  calendar_explain - why this date: start, rule, counted days, skipped days with their names
//
//      {"start": "2026-02-12", "started_at": 1770861600000000, "unit": "working_day", "budget": 3, "rule":
//      "A",
//       "steps": [{"date": "2026-02-12", "weekday": 4, "kind": "start"},
//                 {"date": "2026-02-13", "weekday": 5, "kind": "working_day", "count": 1},
//                 {"date": "2026-02-14", "weekday": 6, "kind": "make_up_day", "name": "春节", "count": 2},
//                 {"date": "2026-02-15", "weekday": 7, "kind": "holiday", "name": "春节"} …],
//       "due": "2026-02-24", "breach_at": 1771948800000000, "provisional": false, "horizon": "2026-12-31"}
//
//  kind: start, working_day, make_up_day (a weekend that is worked), holiday (a day off with a name),
//  weekend, calendar_day (counted whether it works or not). count: its number in the term, absent when it was
//  skipped. "rolled": true on days between the end of a term in calendar days and the working day it moves
//  to, or between a start and the day 0 of rule B. "known": false on days of a year that is not published.
#pragma once
#include "common/calendar.h"
#include <jansson.h>

typedef struct {
    moment_t anchor;
    int budget;
    const char *unit; //  working_day, calendar_day, hour, minute
    calendar_rule_t rule;
} term_t;

#define EXPLAIN_STEPS 400 //  of a longer term the steps end here, with "cut": true

json_t *calendar_explain (const calendar_t *calendar, const term_t *term);
