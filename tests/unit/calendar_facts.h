//  calendar_facts - the calendar that is shipped, for tests (read from deploy/calendar/cn.csv; run at the
//  root)
#pragma once
#include "common/calendar.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline calendar_t *
calendar_of_china (void)
{
    FILE *file = fopen ("deploy/calendar/cn.csv", "r");
    assert (file && "tests run at the root of the repository");
    calendar_t *calendar = calendar_new (480);
    char line[512];
    while (fgets (line, sizeof line, file)) {
        char *rest = line, *date = strsep (&rest, ","), *works = strsep (&rest, ",");
        day_t day;
        if (*line == '#' || !rest || !day_parse (date, &day))
            continue;
        rest[strcspn (rest, "\n")] = 0;
        calendar_add_day (calendar, day, !strcmp (works, "true"), rest);
        calendar_add_year (calendar, atoi (date));
    }
    fclose (file);
    calendar_index (calendar);
    return calendar;
}
