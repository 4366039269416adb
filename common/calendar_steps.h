//  calendar_steps - the days of an explanation, one after the other
#pragma once
#include "common/calendar_explain.h"

typedef struct {
    const calendar_t *calendar;
    const term_t *term;
    json_t *steps;
    term_pause_t pauses[LEDGER_MOST];
    size_t pause_count;
    bool cut;
} steps_t;

//  working_day, make_up_day, holiday or weekend
const char *steps_kind (const calendar_t *calendar, day_t day);
//  Adds a day and answers its step, for more members; NULL when there are too many
json_t *steps_add (steps_t *self, day_t day, const char *kind);
//  Walks day by day through a term in working days or calendar days. DAY_NONE: it stands still before its end.
day_t steps_walk (steps_t *self, int64_t total);
//  Day by day through the office hours between the anchor and the end
void steps_office (steps_t *self, moment_t end);
