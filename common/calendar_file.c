//  calendar_file - the facts of a calendar in a file: what the readers of all formats share

#include "common/calendar_file.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1949
#define LAST_YEAR  2200

bool
calendar_file_wrong (calendar_file_t *self, int line, const char *format, ...)
{
    size_t used = 0;
    va_list arguments;
    if (line)
        used = (size_t) snprintf (self->error, sizeof self->error, "line %d: ", line);
    va_start (arguments, format);
    vsnprintf (self->error + used, sizeof self->error - used, format, arguments);
    va_end (arguments);
    return false;
}

//  Printable UTF-8 is taken as it is; control characters become blanks, and a character is never cut
static void
s_copy (char *to, size_t size, const char *from, size_t length)
{
    if (length >= size)
        for (length = size - 1; length && ((unsigned char) from[length] & 0xc0) == 0x80;)
            length--;
    for (size_t index = 0; index < length; index++)
        to[index] = (unsigned char) from[index] < ' ' || from[index] == 0x7f ? ' ' : from[index];
    to[length] = 0;
}

bool
calendar_file_add (calendar_file_t *self, int line, day_t day, bool works, const char *name)
{
    char date[11];
    day_text (day, date);
    for (size_t index = 0; index < self->count; index++)
        if (self->facts[index].day == day)
            return self->facts[index].works == works ||
                   calendar_file_wrong (self, line, "%s is a day off and a working day", date);
    if (self->count == CALENDAR_FACTS)
        return calendar_file_wrong (self, line, "more than %d days", CALENDAR_FACTS);
    if (self->count == self->room) {
        self->room = self->room * 2 + 64;
        self->facts = realloc (self->facts, self->room * sizeof *self->facts);
        assert (self->facts);
    }
    calendar_fact_t *fact = &self->facts[self->count++];
    *fact = (calendar_fact_t){ .day = day, .works = works };
    s_copy (fact->name, sizeof fact->name, name, strlen (name));
    return true;
}

bool
calendar_file_add_year (calendar_file_t *self, int line, int year)
{
    for (size_t index = 0; index < self->year_count; index++)
        if (self->years[index] == year)
            return true;
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return calendar_file_wrong (self, line, "the year %d is not between %d and %d", year, FIRST_YEAR,
                                    LAST_YEAR);
    if (self->year_count == CALENDAR_YEARS)
        return calendar_file_wrong (self, line, "more than %d years", CALENDAR_YEARS);
    self->years[self->year_count++] = year;
    return true;
}

void
calendar_file_publish (calendar_file_t *self, const char *text, size_t size)
{
    size_t used = strlen (self->published);
    if (used && used + 2 < sizeof self->published)
        self->published[used++] = ' ';
    s_copy (self->published + used, sizeof self->published - used, text, size);
}

void
calendar_file_reset (calendar_file_t *self)
{
    free (self->facts);
    *self = (calendar_file_t){ 0 };
}

//  By the first character that says something
static const char *
s_format_of (const char *text)
{
    text += strspn (text, "\xef\xbb\xbf \t\r\n");
    if (*text == '{' || *text == '[')
        return "json";
    return strncmp (text, "BEGIN:VCALENDAR", 15) ? "csv" : "ics";
}

bool
calendar_file_read (calendar_file_t *self, const char *format, const char *text, size_t size)
{
    calendar_file_reset (self);
    if (strlen (text) != size)
        return calendar_file_wrong (self, 0, "a NUL character: not a text file");
    const char *start = text + (strncmp (text, "\xef\xbb\xbf", 3) ? 0 : 3); //  a byte order mark
    format = format ? format : s_format_of (start);
    bool good = !strcmp (format, "csv")    ? calendar_read_csv (self, start)
                : !strcmp (format, "json") ? calendar_read_json (self, start, strlen (start))
                : !strcmp (format, "ics")
                    ? calendar_read_ics (self, start)
                    : calendar_file_wrong (self, 0, "no format is called %.20s", format);
    if (good && !self->year_count)
        return calendar_file_wrong (self, 0, "no year becomes known by it");
    return good;
}
