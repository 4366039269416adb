//  term_unit - the units of terms, and the four scales on which they are counted
#pragma once
#include "common/term.h"

typedef struct {
    int64_t (*measure) (const calendar_t *calendar, int64_t from, int64_t to);     //  counts in (from, to]
    int64_t (*advance) (const calendar_t *calendar, int64_t from, int64_t amount); //  the first such point
    bool days;
    bool rolls; //  on to a working day
} scale_t;

typedef struct {
    const char *name;
    const scale_t *scale; //  NULL: until
    int64_t size;         //  of a unit, in the scale's amount; of month and year: months
    bool months;
} unit_row_t;

const unit_row_t *unit_row (unit_t unit);
