//  office_hours - the hours in which an office works: spans of a working day, in minutes after 00:00
#pragma once
#include "common/sql.h"

#define OFFICE_SPANS 6
#define OFFICE_USUAL "08:30-12:00 13:30-17:30"
#define OFFICE_TEXT  (OFFICE_SPANS * 12)

typedef struct {
    struct {
        int from, to;
    } spans[OFFICE_SPANS]; //  in order, not touching
    size_t count;
} office_hours_t;

//  "08:30-12:00 13:30-17:30"; false if it is not such, then self is as it was
bool office_hours_parse (const char *text, office_hours_t *self);
void office_hours_text (const office_hours_t *self, char text[OFFICE_TEXT]);
//  Office time of a working day, in microseconds: all of it; what has passed at a time of the day; and the
//  first time of the day at which so much has passed (0 < amount ≤ all)
moment_t office_hours_length (const office_hours_t *self);
moment_t office_hours_passed (const office_hours_t *self, moment_t time_of_day);
moment_t office_hours_reach (const office_hours_t *self, moment_t amount);
