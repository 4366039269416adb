//  term_unit - the units of terms, and the four scales on which they are counted

#include "common/term_unit.h"
#include <string.h>

#define MINUTE_US 60000000LL

static int64_t
s_measure_working (const calendar_t *calendar, int64_t from, int64_t to)
{
    return calendar_between (calendar, (day_t) from, (day_t) to);
}

static int64_t
s_advance_working (const calendar_t *calendar, int64_t from, int64_t amount)
{
    return amount ? calendar_shift (calendar, (day_t) from, (int) amount) : from;
}

static int64_t
s_measure_plain (const calendar_t *calendar, int64_t from, int64_t to)
{
    (void) calendar;
    return to - from;
}

static int64_t
s_advance_plain (const calendar_t *calendar, int64_t from, int64_t amount)
{
    (void) calendar;
    return from + amount;
}

//  Office time from the start of the first working day after a day until a moment
static int64_t
s_office_since (const calendar_t *calendar, day_t base, moment_t moment)
{
    const office_hours_t *office = calendar_office (calendar);
    day_t day = calendar_day_of (calendar, moment);
    int64_t full = calendar_between (calendar, base, day - 1) * office_hours_length (office);
    if (!calendar_works (calendar, day))
        return full;
    return full + office_hours_passed (office, moment - calendar_start_of (calendar, day));
}

static int64_t
s_measure_office (const calendar_t *calendar, int64_t from, int64_t to)
{
    day_t base = calendar_day_of (calendar, from) - 1;
    return s_office_since (calendar, base, to) - s_office_since (calendar, base, from);
}

static int64_t
s_advance_office (const calendar_t *calendar, int64_t from, int64_t amount)
{
    if (!amount)
        return from;
    const office_hours_t *office = calendar_office (calendar);
    day_t base = calendar_day_of (calendar, from) - 1;
    int64_t target = s_office_since (calendar, base, from) + amount;
    int64_t before = (target - 1) / office_hours_length (office); //  whole days before the last
    day_t day = calendar_shift (calendar, base, (int) before + 1);
    return calendar_start_of (calendar, day) +
           office_hours_reach (office, target - before * office_hours_length (office));
}

static const scale_t WORKING_DAYS = { s_measure_working, s_advance_working, true, true };
static const scale_t ROLLED_DAYS = { s_measure_plain, s_advance_plain, true, true };
static const scale_t PLAIN_DAYS = { s_measure_plain, s_advance_plain, true, false };
static const scale_t CLOCK_TIME = { s_measure_plain, s_advance_plain, false, false };
static const scale_t OFFICE_TIME = { s_measure_office, s_advance_office, false, false };

static const unit_row_t UNITS[] = {
    [UNIT_WORKING_DAY] = { "working_day", &WORKING_DAYS, 1, false },
    [UNIT_CALENDAR_DAY] = { "calendar_day", &ROLLED_DAYS, 1, false },
    [UNIT_HOUR] = { "hour", &CLOCK_TIME, 60 * MINUTE_US, false },
    [UNIT_MINUTE] = { "minute", &CLOCK_TIME, MINUTE_US, false },
    [UNIT_OFFICE_HOUR] = { "office_hour", &OFFICE_TIME, 60 * MINUTE_US, false },
    [UNIT_MONTH] = { "month", &PLAIN_DAYS, 1, true },
    [UNIT_YEAR] = { "year", &PLAIN_DAYS, 12, true },
    [UNIT_UNTIL] = { "until", NULL, 1, false },
};

bool
unit_parse (const char *text, unit_t *unit)
{
    for (size_t index = 0; index < sizeof UNITS / sizeof *UNITS; index++)
        if (!strcmp (UNITS[index].name, text)) {
            *unit = (unit_t) index;
            return true;
        }
    return false;
}

const char *
unit_text (unit_t unit)
{
    return UNITS[unit].name;
}

bool
unit_is_day (unit_t unit)
{
    return UNITS[unit].scale && UNITS[unit].scale->days;
}

const unit_row_t *
unit_row (unit_t unit)
{
    return &UNITS[unit];
}
