//  calendar_civil - civil dates: year, month and day of the month against days since 1970
//
//  The year begins in March, so that the leap day is its last; eras of 400 years are all alike.

#include "common/calendar.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST_YEAR 9999

day_t
day_from_civil (int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void
day_to_civil (day_t day, int *year, int *month, int *day_of_month)
{
    int64_t days = (int64_t) day + 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int day_of_era = (int) (days - era * 146097);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    *day_of_month = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted + (shifted < 10 ? 3 : -9);
    *year = (int) (year_of_era + era * 400) + (*month <= 2);
}

int
day_weekday (day_t day)
{
    return (int) ((((int64_t) day + 3) % 7 + 7) % 7); //  1970-01-01 was a Thursday
}

bool
day_parse (const char *text, day_t *day)
{
    static const char SHAPE[] = "dddd-dd-dd";
    if (strlen (text) != sizeof SHAPE - 1)
        return false;
    for (size_t index = 0; SHAPE[index]; index++) {
        bool digit = text[index] >= '0' && text[index] <= '9';
        if (SHAPE[index] == 'd' ? !digit : text[index] != '-')
            return false;
    }
    int year = atoi (text), month = atoi (text + 5), day_of_month = atoi (text + 8);
    if (!year || month < 1 || month > 12 || day_of_month < 1)
        return false;
    day_t found = day_from_civil (year, month, day_of_month);
    int real_year, real_month, real_day;
    day_to_civil (found, &real_year, &real_month, &real_day);
    if (real_month != month || real_day != day_of_month)
        return false; //  30 February is not the 2 March
    *day = found;
    return true;
}

void
day_text (day_t day, char text[11])
{
    int year, month, day_of_month;
    day_to_civil (day, &year, &month, &day_of_month);
    if (year < 0 || year > LAST_YEAR)
        snprintf (text, 11, "%s", "beyond");
    else
        snprintf (text, 11, "%04u-%02u-%02u", (unsigned) year % 10000, (unsigned) month % 100,
                  (unsigned) day_of_month % 100);
}

//  The first day of a month, which is counted from January of the year 0
static day_t
s_first_of (int count)
{
    int year = (count >= 0 ? count : count - 11) / 12;
    return day_from_civil (year, count - year * 12 + 1, 1);
}

day_t
day_add_months (day_t day, int months)
{
    int year, month, day_of_month;
    day_to_civil (day, &year, &month, &day_of_month);
    int count = year * 12 + month - 1 + months;
    day_t same = s_first_of (count) + day_of_month - 1, last = s_first_of (count + 1) - 1;
    return same < last ? same : last;
}
