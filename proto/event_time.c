//  event_time - RFC 3339 with zone ⇄ microseconds since 1970 UTC
//
//  Stricter than the RFC where a value could not be stored or compared: no leap second, at most nine decimals
//  (beyond microseconds they are dropped), and the moment itself lies in the years 1970 to 9999 of UTC.

#include "proto/event.h"
#include <assert.h>

#define SECOND   INT64_C (1000000)
#define MINUTE   (60 * SECOND)
#define DAY      (24 * 60 * MINUTE)
#define LAST_DAY INT64_C (2932896) //  9999-12-31

//  Days since 1970-01-01 of a date in the Gregorian calendar, counted in eras of 400 years from 0000-03-01
static int64_t
s_day (int year, int month, int day)
{
    int64_t from_march = month <= 2 ? year - 1 : year;
    int64_t era = from_march / 400, of_era = from_march % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
s_civil (int64_t day, int *year, int *month, int *of_month)
{
    int64_t shifted = day + 719468, era = shifted / 146097, of_era = shifted % 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *of_month = (int) (of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int) (from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int) (years + era * 400 + (*month <= 2));
}

static int
s_days_of_month (int year, int month)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

//  Reads exactly width digits and moves on; false if they are not there or outside [low, high]
static bool
s_number (const char **text, int width, int low, int high, int *value)
{
    *value = 0;
    for (int digit = 0; digit < width; digit++, ++*text) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + **text - '0';
    }
    return *value >= low && *value <= high;
}

static bool
s_letter (const char **text, char upper, char lower)
{
    return **text == upper || **text == lower ? (++*text, true) : false;
}

static bool
s_date (const char **text, int first_year, int64_t *day)
{
    int year, month, of_month;
    if (!s_number (text, 4, first_year, 9999, &year) || !s_letter (text, '-', '-') ||
        !s_number (text, 2, 1, 12, &month) || !s_letter (text, '-', '-') ||
        !s_number (text, 2, 1, s_days_of_month (year, month), &of_month))
        return false;
    *day = s_day (year, month, of_month);
    return true;
}

//  ".5", ".123456789": microseconds
static bool
s_fraction (const char **text, int64_t *micros)
{
    int64_t unit = SECOND / 10;
    int digits = 0;
    for (; **text >= '0' && **text <= '9'; ++*text, digits++, unit /= 10)
        *micros += (**text - '0') * unit;
    return digits >= 1 && digits <= 9;
}

static bool
s_zone (const char **text, int64_t *offset)
{
    int hours, minutes;
    if (s_letter (text, 'Z', 'z'))
        return true;
    int64_t sign = **text == '-' ? -1 : 1;
    if (!s_letter (text, '+', '-') || !s_number (text, 2, 0, 23, &hours) || !s_letter (text, ':', ':') ||
        !s_number (text, 2, 0, 59, &minutes))
        return false;
    *offset = sign * (hours * 60 + minutes) * MINUTE;
    return true;
}

bool
event_date_is_valid (const char *text)
{
    int64_t day;
    return s_date (&text, 1, &day) && !*text;
}

bool
event_time_parse (const char *text, int64_t *time)
{
    int hours, minutes, seconds;
    int64_t day, micros = 0, offset = 0;
    if (!s_date (&text, 1970, &day) || !s_letter (&text, 'T', 't') || !s_number (&text, 2, 0, 23, &hours) ||
        !s_letter (&text, ':', ':') || !s_number (&text, 2, 0, 59, &minutes) || !s_letter (&text, ':', ':') ||
        !s_number (&text, 2, 0, 59, &seconds))
        return false;
    if (s_letter (&text, '.', '.') && !s_fraction (&text, &micros))
        return false;
    if (!s_zone (&text, &offset) || *text)
        return false;
    int64_t moment = day * DAY + (hours * 60 + minutes) * MINUTE + seconds * SECOND + micros - offset;
    if (moment < 0 || moment >= (LAST_DAY + 1) * DAY)
        return false;
    *time = moment;
    return true;
}

//  Writes value with exactly width digits, then the separator; returns where to go on
static char *
s_put (char *text, int width, int64_t value, char separator)
{
    for (int digit = width - 1; digit >= 0; digit--, value /= 10)
        text[digit] = (char) ('0' + value % 10);
    text[width] = separator;
    return text + width + 1;
}

void
event_time_write (int64_t time, char text[32])
{
    assert (time >= 0 && time < (LAST_DAY + 1) * DAY);
    int year, month, of_month;
    s_civil (time / DAY, &year, &month, &of_month);
    text = s_put (text, 4, year, '-');
    text = s_put (text, 2, month, '-');
    text = s_put (text, 2, of_month, 'T');
    text = s_put (text, 2, time % DAY / (60 * MINUTE), ':');
    text = s_put (text, 2, time / MINUTE % 60, ':');
    text = s_put (text, 2, time / SECOND % 60, '.');
    text = s_put (text, 3, time % SECOND / 1000, 'Z');
    *text = 0;
}
