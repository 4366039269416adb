//  log - one JSON object per line on stdout

#include "common/log.h"
#include <assert.h>
#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const LEVEL[] = { "debug", "info", "warn", "error" };

static const char *s_service = "duban";
static char s_replica[40];
static log_level_t s_least = SAY_INFO;

void
log_open (const char *service, const char *replica)
{
    s_service = service;
    snprintf (s_replica, sizeof s_replica, "%s", replica);
}

void
log_level (log_level_t least)
{
    s_least = least;
}

static void
s_timestamp (char text[40])
{
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    struct tm utc;
    gmtime_r (&now.tv_sec, &utc);
    size_t length = strftime (text, 40, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf (text + length, 40 - length, ".%03ldZ", now.tv_nsec / 1000000);
}

//  Foreign bytes that are not UTF-8 become a note instead of breaking the line
static json_t *
s_value (const char *value)
{
    char *copy = strdup (value ? value : "");
    assert (copy);
    for (char *at = copy; *at; at++) {
        bool c1 =
            (unsigned char) at[0] == 0xc2 && (unsigned char) at[1] >= 0x80 && (unsigned char) at[1] <= 0x9f;
        if (c1)
            at[1] = '?';
        if (c1 || *at == 0x7f)
            *at = '?'; //  JSON does not escape these, and a terminal may obey them
    }
    json_t *text = json_string (copy);
    free (copy);
    return text ? text : json_string ("(not UTF-8)");
}

static void
s_print_text (json_t *line)
{
    const char *name;
    json_t *value;
    json_object_foreach (line, name, value) {
        char *escaped = json_dumps (value, JSON_ENCODE_ANY);
        printf ("%s=%s ", name, escaped);
        free (escaped);
    }
    printf ("\n");
}

void
log_say (log_level_t level, const char *subject, const char *message, ...)
{
    if (level < s_least)
        return;
    char timestamp[40];
    s_timestamp (timestamp);
    json_t *line = json_object ();
    json_object_set_new (line, "ts", json_string (timestamp));
    json_object_set_new (line, "level", json_string (LEVEL[level]));
    json_object_set_new (line, "service", json_string (s_service));
    json_object_set_new (line, "replica", json_string (s_replica));
    json_object_set_new (line, "subject", s_value (subject));
    json_object_set_new (line, "msg", s_value (message));
    va_list fields;
    va_start (fields, message);
    for (const char *name = va_arg (fields, const char *); name; name = va_arg (fields, const char *))
        json_object_set_new (line, name, s_value (va_arg (fields, const char *)));
    va_end (fields);
    const char *format = getenv ("DUBAN_LOG_FORMAT");
    if (format && !strcmp (format, "text"))
        s_print_text (line);
    else {
        char *text = json_dumps (line, JSON_COMPACT);
        puts (text);
        free (text);
    }
    fflush (stdout);
    json_decref (line);
}

const char *
log_number (long long value)
{
    static _Thread_local char text[8][24];
    static _Thread_local unsigned next;
    char *place = text[next++ % 8];
    snprintf (place, sizeof text[0], "%lld", value);
    return place;
}
