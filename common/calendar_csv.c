//  calendar_csv - reads a calendar from lines of date,works,name

#include "common/calendar_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 600

//  "17:30" → 1050; 0 if it is not such
static int
s_minutes (const char *text)
{
    char span[24];
    office_hours_t hours;
    snprintf (span, sizeof span, "00:00-%.5s", text);
    return office_hours_parse (span, &hours) ? hours.spans[0].to : 0;
}

//  "# office: …": a comment that is an option
static bool
s_take_comment (calendar_file_t *self, int line, const char *text)
{
    text += strspn (text, "# ");
    const char *value = strchr (text, ':');
    if (!value)
        return true;
    value += 1 + strspn (value + 1, " ");
    if (!strncmp (text, "published:", 10))
        calendar_file_publish (self, value, strlen (value));
    else if (!strncmp (text, "office:", 7) && !office_hours_parse (value, &self->office))
        return calendar_file_wrong (self, line, "office hours are hh:mm-hh:mm hh:mm-hh:mm, not \"%.40s\"",
                                    value);
    else if (!strncmp (text, "close:", 6) && !(self->close = s_minutes (value)))
        return calendar_file_wrong (self, line, "the close of business is hh:mm, not \"%.40s\"", value);
    return true;
}

static bool
s_take_day (calendar_file_t *self, int line, char *text)
{
    char *works = strchr (text, ','), *name = works ? strchr (works + 1, ',') : NULL;
    day_t day;
    if (!name)
        return calendar_file_wrong (self, line, "not date,works,name: %.60s", text);
    *works++ = 0;
    *name++ = 0;
    if (!day_parse (text, &day))
        return calendar_file_wrong (self, line, "%.20s is not a date such as 2027-01-01", text);
    if (strcmp (works, "true") && strcmp (works, "false"))
        return calendar_file_wrong (self, line, "works is true or false, not \"%.20s\"", works);
    if (!*name || strlen (name) >= CALENDAR_NAME)
        return calendar_file_wrong (self, line, "a name of 1 to %d bytes is needed", CALENDAR_NAME - 1);
    return calendar_file_add (self, line, day, *works == 't', name) &&
           calendar_file_add_year (self, line, atoi (text));
}

bool
calendar_read_csv (calendar_file_t *self, const char *text)
{
    char buffer[LONGEST];
    for (int line = 1; *text; line++) {
        size_t length = strcspn (text, "\n");
        if (length >= LONGEST)
            return calendar_file_wrong (self, line, "longer than %d bytes", LONGEST - 1);
        snprintf (buffer, sizeof buffer, "%.*s", (int) length, text);
        buffer[strcspn (buffer, "\r")] = 0;
        text += length + (text[length] == '\n');
        bool good = *buffer == '#'                            ? s_take_comment (self, line, buffer)
                    : *buffer && strncmp (buffer, "date,", 5) ? s_take_day (self, line, buffer)
                                                              : true;
        if (!good)
            return false;
    }
    return true;
}
