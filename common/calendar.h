//  calendar - working-day arithmetic: facts in, dates out; an array of ordinals, no loops over days
//
//  Rule A (default): the day of the event is not counted, the next working day is day 1 (Civil Code of the
//  PRC, art. 201); the term ends at 24:00 local time of its last day. Rule B: a start on a rest day is first
//  moved to the next working day, which is day 0. A term in calendar days that ends on a rest day rolls to
//  the next working day (art. 203). Make-up working weekends count. A date that depends on a year whose facts
//  are not published is provisional.
#pragma once
#include "common/office_hours.h"
#include <stdbool.h>

typedef struct calendar calendar_t;

//  utc_offset_minutes: 480 for Asia/Shanghai, which has had no daylight saving since 1991
calendar_t *calendar_new (int utc_offset_minutes);
void calendar_destroy (calendar_t **self_p);
//  Facts: a day that differs from Monday-Friday; and a year whose facts are published
void calendar_add_day (calendar_t *self, day_t day, bool works, const char *name);
void calendar_add_year (calendar_t *self, int year);
//  Options: a day ends for terms so many minutes after 00:00 (1440: at 24:00; 1050: at the close of business,
//  17:30); and the hours in which an office works
void calendar_set_close (calendar_t *self, int minutes);
void calendar_set_office (calendar_t *self, const office_hours_t *office);
const office_hours_t *calendar_office (const calendar_t *self);
//  Call after the last fact, before the first question; may be called again after more facts
void calendar_index (calendar_t *self);

bool calendar_works (const calendar_t *self, day_t day);
//  Name of a special day, or NULL for an ordinary one
const char *calendar_day_name (const calendar_t *self, day_t day);
//  The last day with known facts; a result after it is provisional
day_t calendar_horizon (const calendar_t *self);

typedef enum { RULE_A, RULE_B } calendar_rule_t;
//  The last day of a term of n working days that started on day `start`
day_t calendar_due (const calendar_t *self, day_t start, int working_days, calendar_rule_t rule,
                    bool *provisional);
//  The last day of a term of n calendar days, rolled to a working day
day_t calendar_due_calendar (const calendar_t *self, day_t start, int days, bool *provisional);
//  The n-th working day after (n > 0) or before (n < 0) a day; 0: the day itself if it works, else the next
day_t calendar_shift (const calendar_t *self, day_t day, int working_days);
//  Working days in (from, to]; negative if to < from
int calendar_between (const calendar_t *self, day_t from, day_t to);

//  True if a day in [from, to] lies in a year whose facts are not published
bool calendar_is_provisional (const calendar_t *self, day_t from, day_t to);

//  Local days ⇄ moments
day_t calendar_day_of (const calendar_t *self, moment_t moment);
moment_t calendar_start_of (const calendar_t *self, day_t day);        //  00:00 local
moment_t calendar_at (const calendar_t *self, day_t day, int minutes); //  minutes after 00:00 local
//  The first moment after a last day: 24:00, or the close of business
moment_t calendar_end_of (const calendar_t *self, day_t day);
//  The day on which a moment falls if days end at the close: after it, the next one
day_t calendar_open_day (const calendar_t *self, moment_t moment);
//  Civil dates (proleptic Gregorian)
day_t day_from_civil (int year, int month, int day);
void day_to_civil (day_t day, int *year, int *month, int *day_of_month);
//  The same day so many months later (or earlier); the month's last if it has no such day
day_t day_add_months (day_t day, int months);
int day_weekday (day_t day);                   //  0 = Monday … 6 = Sunday
bool day_parse (const char *text, day_t *day); //  2026-11-23, must exist
void day_text (day_t day, char text[11]);
