//  calendar - working-day arithmetic: facts in, dates out; an array of ordinals, no loops over days
//
//      ordinal[day - first] = working days in [first, day]       nth[k] = the k-th working day
//
//  The arrays span whole weeks around the facts (first is a Monday, last a Sunday). Outside them
//  Monday-Friday work, which is a division; so every question costs the same, however long the term.

#include "common/calendar.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LAST_YEAR 9999
#define MINUTE_US 60000000LL
#define DAY_US    (1440 * MINUTE_US)
#define SATURDAY  5
#define WORK_WEEK 5

typedef struct {
    day_t day;
    bool works;
    char *name;
    size_t order; //  of arrival: the last word on a day counts
} fact_t;

struct calendar {
    int offset_minutes, close_minutes;
    office_hours_t office;
    fact_t *facts;
    size_t fact_count, fact_room;
    bool year_known[LAST_YEAR + 1];
    day_t first, last; //  what the arrays span
    int32_t *ordinal;
    day_t *nth; //  nth[0] … nth[total - 1]
    int32_t total;
};

//  --------------------------------------------------------------------------
//  Facts

static int
s_year (day_t day)
{
    int year, month, day_of_month;
    day_to_civil (day, &year, &month, &day_of_month);
    return year;
}

calendar_t *
calendar_new (int utc_offset_minutes)
{
    calendar_t *self = calloc (1, sizeof *self);
    assert (self);
    self->offset_minutes = utc_offset_minutes;
    self->close_minutes = 1440;
    office_hours_parse (OFFICE_USUAL, &self->office);
    calendar_index (self);
    return self;
}

static void
s_drop_index (calendar_t *self)
{
    free (self->ordinal);
    free (self->nth);
    self->ordinal = NULL;
    self->nth = NULL;
    self->total = 0;
}

void
calendar_destroy (calendar_t **self_p)
{
    if (!*self_p)
        return;
    calendar_t *self = *self_p;
    s_drop_index (self);
    for (size_t index = 0; index < self->fact_count; index++)
        free (self->facts[index].name);
    free (self->facts);
    free (self);
    *self_p = NULL;
}

void
calendar_add_day (calendar_t *self, day_t day, bool works, const char *name)
{
    if (self->fact_count == self->fact_room) {
        self->fact_room = self->fact_room * 2 + 64;
        self->facts = realloc (self->facts, self->fact_room * sizeof *self->facts);
        assert (self->facts);
    }
    fact_t *fact = &self->facts[self->fact_count];
    *fact =
        (fact_t){ .day = day, .works = works, .name = strdup (name ? name : ""), .order = self->fact_count };
    assert (fact->name);
    self->fact_count++;
}

void
calendar_add_year (calendar_t *self, int year)
{
    if (year >= 0 && year <= LAST_YEAR)
        self->year_known[year] = true;
}

void
calendar_set_close (calendar_t *self, int minutes)
{
    assert (minutes > 0 && minutes <= 1440);
    self->close_minutes = minutes;
}

void
calendar_set_office (calendar_t *self, const office_hours_t *office)
{
    self->office = *office;
}

const office_hours_t *
calendar_office (const calendar_t *self)
{
    return &self->office;
}

static int
s_compare_facts (const void *left, const void *right)
{
    const fact_t *a = left, *b = right;
    return a->day != b->day ? (a->day < b->day ? -1 : 1) : (a->order > b->order) - (a->order < b->order);
}

//  In order of days, the last word on each
static void
s_sort_facts (calendar_t *self)
{
    if (!self->fact_count)
        return;
    qsort (self->facts, self->fact_count, sizeof *self->facts, s_compare_facts);
    size_t kept = 0;
    for (size_t index = 0; index < self->fact_count; index++) {
        if (index + 1 < self->fact_count && self->facts[index + 1].day == self->facts[index].day)
            free (self->facts[index].name);
        else
            self->facts[kept++] = self->facts[index];
    }
    self->fact_count = kept;
    for (size_t index = 0; index < kept; index++)
        self->facts[index].order = index;
}

void
calendar_index (calendar_t *self)
{
    s_drop_index (self);
    s_sort_facts (self);
    day_t low = self->fact_count ? self->facts[0].day : 0;
    day_t high = self->fact_count ? self->facts[self->fact_count - 1].day : 0;
    self->first = low - day_weekday (low);
    self->last = high + 6 - day_weekday (high);
    size_t days = (size_t) (self->last - self->first) + 1;
    self->ordinal = calloc (days, sizeof *self->ordinal);
    self->nth = calloc (days, sizeof *self->nth);
    assert (self->ordinal && self->nth);
    size_t next = 0;
    for (day_t day = self->first; day <= self->last; day++) {
        bool works = day_weekday (day) < SATURDAY;
        if (next < self->fact_count && self->facts[next].day == day)
            works = self->facts[next++].works;
        if (works)
            self->nth[self->total++] = day;
        self->ordinal[day - self->first] = self->total;
    }
}

//  --------------------------------------------------------------------------
//  Ordinals: the working day `first` … is 1, 2, …; before it 0, -1, …

//  Working days in [monday, day] of a calendar of ordinary weeks; negative before it
static int64_t
s_plain_count (day_t monday, day_t day)
{
    int64_t days = (int64_t) day - monday + 1;
    int64_t weeks = (days >= 0 ? days : days - 6) / 7;
    int64_t rest = days - weeks * 7;
    return weeks * WORK_WEEK + (rest < WORK_WEEK ? rest : WORK_WEEK);
}

//  The day of that count (1 is the Monday itself)
static day_t
s_plain_day (day_t monday, int64_t count)
{
    int64_t index = count - 1;
    int64_t weeks = (index >= 0 ? index : index - (WORK_WEEK - 1)) / WORK_WEEK;
    return (day_t) (monday + weeks * 7 + (index - weeks * WORK_WEEK));
}

static int64_t
s_ordinal (const calendar_t *self, day_t day)
{
    if (day < self->first)
        return s_plain_count (self->first, day);
    if (day > self->last)
        return self->total + s_plain_count (self->last + 1, day);
    return self->ordinal[day - self->first];
}

static day_t
s_day_of_ordinal (const calendar_t *self, int64_t ordinal)
{
    if (ordinal < 1)
        return s_plain_day (self->first, ordinal);
    if (ordinal > self->total)
        return s_plain_day (self->last + 1, ordinal - self->total);
    return self->nth[ordinal - 1];
}

//  --------------------------------------------------------------------------
//  Questions

bool
calendar_works (const calendar_t *self, day_t day)
{
    return s_ordinal (self, day) > s_ordinal (self, day - 1);
}

const char *
calendar_day_name (const calendar_t *self, day_t day)
{
    size_t low = 0, high = self->fact_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (self->facts[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->fact_count && self->facts[low].day == day ? self->facts[low].name : NULL;
}

static bool
s_year_is_known (const calendar_t *self, int year)
{
    return year >= 0 && year <= LAST_YEAR && self->year_known[year];
}

day_t
calendar_horizon (const calendar_t *self)
{
    int year = 0;
    while (year <= LAST_YEAR && !self->year_known[year])
        year++;
    if (year > LAST_YEAR)
        return DAY_NONE;
    while (s_year_is_known (self, year + 1)) //  a year that is missing ends what is known
        year++;
    return day_from_civil (year, 12, 31);
}

bool
calendar_is_provisional (const calendar_t *self, day_t from, day_t to)
{
    for (int year = s_year (from), end = s_year (to); year <= end; year++)
        if (!s_year_is_known (self, year))
            return true;
    return false;
}

day_t
calendar_shift (const calendar_t *self, day_t day, int working_days)
{
    int64_t ordinal = s_ordinal (self, day);
    bool works = ordinal > s_ordinal (self, day - 1);
    if (working_days > 0 || works)
        return s_day_of_ordinal (self, ordinal + working_days);
    //  A day of rest carries the ordinal of the working day before it
    return s_day_of_ordinal (self, ordinal + working_days + 1);
}

day_t
calendar_due (const calendar_t *self, day_t start, int working_days, calendar_rule_t rule, bool *provisional)
{
    day_t zero = rule == RULE_B ? calendar_shift (self, start, 0) : start;
    day_t due = calendar_shift (self, zero, working_days);
    //  Rule A never looks at the first day
    day_t looked_at = rule == RULE_A && due > start ? start + 1 : start;
    *provisional = calendar_is_provisional (self, looked_at, due);
    return due;
}

day_t
calendar_due_calendar (const calendar_t *self, day_t start, int days, bool *provisional)
{
    day_t end = start + days;
    day_t due = calendar_shift (self, end, 0);
    *provisional = calendar_is_provisional (self, end, due);
    return due;
}

int
calendar_between (const calendar_t *self, day_t from, day_t to)
{
    return (int) (s_ordinal (self, to) - s_ordinal (self, from));
}

//  --------------------------------------------------------------------------
//  Local days and moments

day_t
calendar_day_of (const calendar_t *self, moment_t moment)
{
    moment_t local = moment + self->offset_minutes * MINUTE_US;
    return (day_t) ((local >= 0 ? local : local - (DAY_US - 1)) / DAY_US);
}

moment_t
calendar_start_of (const calendar_t *self, day_t day)
{
    return calendar_at (self, day, 0);
}

moment_t
calendar_at (const calendar_t *self, day_t day, int minutes)
{
    return day * DAY_US + (minutes - self->offset_minutes) * MINUTE_US;
}

moment_t
calendar_end_of (const calendar_t *self, day_t day)
{
    return calendar_at (self, day, self->close_minutes);
}

day_t
calendar_open_day (const calendar_t *self, moment_t moment)
{
    day_t day = calendar_day_of (self, moment);
    return moment < calendar_end_of (self, day) ? day : day + 1;
}
