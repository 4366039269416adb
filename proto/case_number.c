//  case_number - the number of a case as people say it: JM-2026-000123-7

#include "proto/case_number.h"
#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PREFIX_MAX 16
#define SERIAL_MIN 6
#define SERIAL_MAX 18 //  digits that fit an int64_t whatever they are

//  ISO/IEC 7064, MOD 11,10, over a string of digits
static int
s_check_digit (const char *digits)
{
    int product = 10;
    for (; *digits; digits++) {
        int sum = (product + *digits - '0') % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    return (11 - product) % 10;
}

void
case_number_write (char text[CASE_NUMBER_TEXT], const char *prefix, int year, int64_t case_no)
{
    assert (strlen (prefix) > 0 && strlen (prefix) <= PREFIX_MAX);
    assert (year >= 1000 && year <= 9999 && case_no > 0);
    char digits[32];
    snprintf (digits, sizeof digits, "%04d%0*" PRId64, year, SERIAL_MIN, case_no);
    assert (strlen (digits) <= 4 + SERIAL_MAX);
    char *end = stpcpy (text, prefix);
    *end++ = '-';
    end = mempcpy (end, digits, 4);
    *end++ = '-';
    end = stpcpy (end, digits + 4);
    *end++ = '-';
    *end++ = (char) ('0' + s_check_digit (digits));
    *end = 0;
}

//  Reads between low and high digits into digits (appended); returns where it stopped, NULL if there are not
//  enough
static const char *
s_digits (const char *text, size_t low, size_t high, char *digits)
{
    size_t count = strspn (text, "0123456789");
    if (count < low || count > high)
        return NULL;
    strncat (digits, text, count);
    return text + count;
}

static const char *
s_prefix (const char *text, const char *prefix)
{
    size_t length = 0;
    while (isalnum ((unsigned char) text[length]))
        length++;
    if (length == 0 || length > PREFIX_MAX || text[length] != '-')
        return NULL;
    if (prefix && (strlen (prefix) != length || strncasecmp (text, prefix, length) != 0))
        return NULL;
    return text + length + 1;
}

bool
case_number_read (const char *text, const char *prefix, int *year, int64_t *case_no)
{
    char digits[4 + SERIAL_MAX + 1] = "";
    const char *at = s_prefix (text, prefix);
    if (!at || !(at = s_digits (at, 4, 4, digits)) || *at++ != '-')
        return false;
    const char *serial = at;
    if (!(at = s_digits (at, SERIAL_MIN, SERIAL_MAX, digits)) || *at++ != '-')
        return false;
    if (at - serial > SERIAL_MIN + 1 && *serial == '0')
        return false; //  one case has one number: no zeros beyond the six digits
    if (*at != '0' + s_check_digit (digits) || at[1])
        return false;
    int read_year = 0;
    int64_t read_no = 0;
    sscanf (digits, "%4d%" SCNd64, &read_year, &read_no);
    if (read_no == 0 || read_year < 1000)
        return false;
    *year = read_year;
    *case_no = read_no;
    return true;
}
