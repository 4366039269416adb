//  calendar_ics - reads a calendar from iCalendar (RFC 5545): events of whole days that say 休 or 班
//
//      line, folded or not ─▶ NAME;parameters:value ─▶ the event in hand ─END:VEVENT─▶ its days

#include "common/calendar_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST      4000 //  of an unfolded line
#define LONGEST_RUN  60   //  days of one event
#define MIN_DAYS_OFF 5    //  of a year that becomes known

typedef enum { UNSAID, OFF, WORKS } mark_t;

typedef struct {
    int line; //  0: not in an event
    day_t from, to;
    mark_t mark;
    char name[CALENDAR_NAME];
} event_t;

//  The next line, unfolded; answers where the rest begins, or NULL if it is too long
static const char *
s_next_line (const char *text, char line[LONGEST], int *lines)
{
    size_t used = 0;
    for (;;) {
        size_t length = strcspn (text, "\n"), kept = length;
        kept -= kept && text[kept - 1] == '\r';
        if (used + kept >= LONGEST)
            return NULL;
        memcpy (line + used, text, kept);
        used += kept;
        line[used] = 0;
        text += length + (text[length] == '\n');
        ++*lines;
        if (*text != ' ' && *text != '\t')
            return text;
        text++; //  folded: the blank belongs to the fold
    }
}

//  DTSTART;VALUE=DATE:20270101. Events with a time of the day are not days off: DAY_NONE
static bool
s_take_date (calendar_file_t *self, int line, const char *value, day_t *day)
{
    char date[11];
    if (strspn (value, "0123456789") != 8)
        return calendar_file_wrong (self, line, "\"%.20s\" is not a date such as 20270101", value);
    *day = DAY_NONE;
    if (value[8])
        return true;
    snprintf (date, sizeof date, "%.4s-%.2s-%.2s", value, value + 4, value + 6);
    return day_parse (date, day) || calendar_file_wrong (self, line, "%s does not exist", date);
}

static mark_t
s_mark_of (const char *summary)
{
    static const struct {
        const char *word;
        mark_t mark;
    } WORDS[] = { { "上班", WORKS }, { "补班", WORKS }, { "班)", WORKS }, { "班)", WORKS },
                  { "休", OFF },     { "班", WORKS },   { "放假", OFF },  { "假期", OFF } };
    for (size_t index = 0; index < sizeof WORDS / sizeof *WORDS; index++)
        if (strstr (summary, WORDS[index].word))
            return WORDS[index].mark;
    return UNSAID;
}

//  "春节(休)" → "春节"
static void
s_take_name (event_t *event, const char *summary)
{
    static const char *const CUTS[] = { "(", "(", "补班", "上班", "调休", "放假", "假期", "休", "班" };
    size_t length = strlen (summary);
    for (size_t index = 0; index < sizeof CUTS / sizeof *CUTS; index++) {
        const char *cut = strstr (summary, CUTS[index]);
        if (cut && cut > summary && (size_t) (cut - summary) < length)
            length = (size_t) (cut - summary);
    }
    while (length && summary[length - 1] == ' ')
        length--;
    snprintf (event->name, sizeof event->name, "%.*s", (int) (length < 70 ? length : 70), summary);
}

static bool
s_take_member (calendar_file_t *self, event_t *event, int line, char *text)
{
    char *value = strchr (text, ':');
    size_t name = strcspn (text, ";:");
    if (!value)
        return calendar_file_wrong (self, line, "not NAME:value: %.40s", text);
    value++;
    if (name == 7 && !strncmp (text, "DTSTART", 7))
        return s_take_date (self, line, value, &event->from);
    if (name == 5 && !strncmp (text, "DTEND", 5))
        return s_take_date (self, line, value, &event->to);
    if (name == 7 && !strncmp (text, "SUMMARY", 7)) {
        s_take_name (event, value);
        event->mark = event->mark ? event->mark : s_mark_of (value);
    } else if (name == 19 && !strncmp (text, "X-APPLE-SPECIAL-DAY", 19))
        event->mark = !strcmp (value, "WORK-HOLIDAY")        ? OFF
                      : !strcmp (value, "ALTERNATE-WORKDAY") ? WORKS
                                                             : event->mark;
    return true;
}

static bool
s_take_event (calendar_file_t *self, const event_t *event)
{
    if (event->mark == UNSAID || event->from == DAY_NONE) {
        self->passed_over++;
        return true;
    }
    day_t to = event->to == DAY_NONE ? event->from + 1 : event->to;
    if (to <= event->from || to - event->from > LONGEST_RUN)
        return calendar_file_wrong (
            self, event->line, "the event ends before it begins, or lasts more than %d days", LONGEST_RUN);
    for (day_t day = event->from; day < to; day++)
        if (!calendar_file_add (self, event->line, day, event->mark == WORKS,
                                *event->name ? event->name : "节假日"))
            return false;
    return true;
}

static bool
s_take_line (calendar_file_t *self, event_t *event, int line, char *text)
{
    if (!strcmp (text, "BEGIN:VEVENT")) {
        if (event->line)
            return calendar_file_wrong (self, line, "an event within the event of line %d", event->line);
        *event = (event_t){ .line = line, .from = DAY_NONE, .to = DAY_NONE };
        return true;
    }
    if (strcmp (text, "END:VEVENT"))
        return !event->line || !*text || s_take_member (self, event, line, text);
    if (!event->line)
        return calendar_file_wrong (self, line, "an event ends that did not begin");
    bool good = s_take_event (self, event);
    event->line = 0;
    return good;
}

static bool
s_take_years (calendar_file_t *self)
{
    int off[10000] = { 0 };
    for (size_t index = 0; index < self->count; index++) {
        int year, month, day;
        day_to_civil (self->facts[index].day, &year, &month, &day);
        if (!self->facts[index].works && ++off[year] == MIN_DAYS_OFF &&
            !calendar_file_add_year (self, 0, year))
            return false;
    }
    return true;
}

bool
calendar_read_ics (calendar_file_t *self, const char *text)
{
    char line[LONGEST];
    event_t event = { 0 };
    for (int number = 1, next = 1; *text; number = next) {
        text = s_next_line (text, line, &next);
        if (!text)
            return calendar_file_wrong (self, number, "longer than %d bytes", LONGEST - 1);
        if (!s_take_line (self, &event, number, line))
            return false;
    }
    if (event.line)
        return calendar_file_wrong (self, event.line, "the event does not end");
    return s_take_years (self);
}
