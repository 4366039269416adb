//  office_hours - the hours in which an office works

#include "common/office_hours.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_US 60000000LL
#define LAST      1440

//  "08:30", with two digits each; 24:00 is the end of the day
static bool
s_time (const char *at, int *minutes)
{
    static const char SHAPE[] = "dd:dd";
    for (size_t index = 0; SHAPE[index]; index++) {
        bool digit = at[index] >= '0' && at[index] <= '9';
        if (SHAPE[index] == 'd' ? !digit : at[index] != ':')
            return false;
    }
    int hours = (at[0] - '0') * 10 + at[1] - '0', rest = (at[3] - '0') * 10 + at[4] - '0';
    *minutes = hours * 60 + rest;
    return rest < 60 && *minutes <= LAST;
}

bool
office_hours_parse (const char *text, office_hours_t *self)
{
    office_hours_t found = { .count = 0 };
    int before = -1;
    for (const char *at = text; *at; at += *at == ' ') {
        int from, to;
        if (found.count == OFFICE_SPANS || !s_time (at, &from) || at[5] != '-' || !s_time (at + 6, &to) ||
            from <= before || to <= from)
            return false;
        found.spans[found.count].from = from;
        found.spans[found.count++].to = before = to;
        at += 11;
        if (*at && (*at != ' ' || !at[1]))
            return false;
    }
    if (found.count)
        *self = found;
    return found.count > 0;
}

void
office_hours_text (const office_hours_t *self, char text[OFFICE_TEXT])
{
    size_t used = 0;
    for (size_t index = 0; index < self->count; index++) {
        int from = self->spans[index].from, to = self->spans[index].to;
        used += (size_t) snprintf (text + used, OFFICE_TEXT - used, "%s%02d:%02d-%02d:%02d", index ? " " : "",
                                   from / 60, from % 60, to / 60, to % 60);
    }
}

moment_t
office_hours_length (const office_hours_t *self)
{
    return office_hours_passed (self, LAST * MINUTE_US);
}

moment_t
office_hours_passed (const office_hours_t *self, moment_t time_of_day)
{
    moment_t passed = 0;
    for (size_t index = 0; index < self->count; index++) {
        moment_t from = self->spans[index].from * MINUTE_US, to = self->spans[index].to * MINUTE_US;
        if (time_of_day > from)
            passed += (time_of_day < to ? time_of_day : to) - from;
    }
    return passed;
}

moment_t
office_hours_reach (const office_hours_t *self, moment_t amount)
{
    for (size_t index = 0; index < self->count; index++) {
        moment_t from = self->spans[index].from * MINUTE_US, to = self->spans[index].to * MINUTE_US;
        if (amount <= to - from)
            return from + amount;
        amount -= to - from;
    }
    assert (false && "more than a day has");
    return 0;
}
