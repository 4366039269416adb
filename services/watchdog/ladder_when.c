//  ladder_when - the words that say when a rung is due

#include "services/watchdog/ladder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DAYS 1000

//  A number of one to four digits; NULL if there is none
static const char *
s_number (const char *at, int *value)
{
    int digits = 0;
    for (*value = 0; at[digits] >= '0' && at[digits] <= '9' && digits < 5; digits++)
        *value = *value * 10 + (at[digits] - '0');
    return digits >= 1 && digits <= 4 ? at + digits : NULL;
}

//  "08:30", with two digits each
static const char *
s_time (const char *at, int *minutes)
{
    static const char SHAPE[] = "dd:dd";
    for (size_t index = 0; SHAPE[index]; index++) {
        bool digit = at[index] >= '0' && at[index] <= '9';
        if (SHAPE[index] == 'd' ? !digit : at[index] != ':')
            return NULL;
    }
    int hours = atoi (at), rest = atoi (at + 3);
    if (hours > 23 || rest > 59)
        return NULL;
    *minutes = hours * 60 + rest;
    return at + 5;
}

//  "D+3", "H-1", "R+0", "N/2"
static const char *
s_base (const char *at, when_t *when)
{
    if (!strncmp (at, "N/2", 3)) {
        when->base = WHEN_HALF;
        return at + 3;
    }
    static const char LETTERS[] = "DHR";
    static const when_base_t BASES[] = { WHEN_START, WHEN_END, WHEN_RUNG };
    const char *letter = *at ? strchr (LETTERS, *at) : NULL;
    if (!letter || (at[1] != '+' && at[1] != '-'))
        return NULL;
    when->base = BASES[letter - LETTERS];
    const char *end = s_number (at + 2, &when->days);
    if (at[1] == '-')
        when->days = -when->days;
    return end && abs (when->days) <= MAX_DAYS ? end : NULL;
}

//  "due-30m", "due+2h", "start+10m", "due-180d 08:30"
static bool
s_distance (const char *text, when_t *when)
{
    bool start = !strncmp (text, "start+", 6);
    const char *at = text + (start ? 5 : 3);
    int number, sign = *at == '-' ? -1 : 1;
    if (!start && strncmp (text, "due+", 4) && strncmp (text, "due-", 4))
        return false;
    at = s_number (at + 1, &number);
    if (!at)
        return false;
    when->base = start ? WHEN_START_TIME : WHEN_DUE_TIME;
    when->minutes = sign * number * (*at == 'h' ? 60 : 1);
    if ((*at == 'm' || *at == 'h') && !at[1])
        return true;
    when->base = WHEN_DUE_DAY;
    when->days = sign * number;
    if (start || *at != 'd' || at[1] != ' ')
        return false;
    at = s_time (at + 2, &when->minutes);
    return at && !*at;
}

bool
when_parse (const char *text, when_t *when)
{
    *when = (when_t){ 0 };
    if (!strncmp (text, "due", 3) || !strncmp (text, "start", 5))
        return s_distance (text, when);
    if (!strcmp (text, "delivery") || !strcmp (text, "breach")) {
        when->base = *text == 'd' ? WHEN_DELIVERY : WHEN_BREACH;
        return true;
    }
    const char *at = s_base (text, when);
    if (!at || *at != ' ')
        return false;
    at = s_time (at + 1, &when->minutes);
    if (!at || !*at)
        return at != NULL;
    if (strncmp (at, " every ", 7))
        return false;
    at = s_number (at + 7, &when->every);
    return at && !*at && when->every >= 1 && when->every <= MAX_DAYS;
}

bool
when_parse_rung (const char *text, when_t *when, const char **lapse)
{
    static const char ALONE[] = "lapse ", EITHER[] = " or lapse ";
    *lapse = NULL;
    if (!strncmp (text, ALONE, strlen (ALONE))) {
        *when = (when_t){ .base = WHEN_LAPSE };
        *lapse = text + strlen (ALONE);
        return true;
    }
    const char *either = strstr (text, EITHER);
    if (!either)
        return when_parse (text, when) && when->base != WHEN_RUNG;
    char alone[32];
    snprintf (alone, sizeof alone, "%.*s", (int) (either - text), text);
    *lapse = either + strlen (EITHER);
    return when_parse (alone, when) && when->base != WHEN_RUNG && !when->every;
}
