//  trace - W3C Trace Context: version 00, 16 bytes of trace, 8 of span, flags

#include "common/trace.h"
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static bool
s_is_hex (const char *text, size_t length)
{
    bool zero = true;
    for (size_t index = 0; index < length; index++) {
        if (!strchr ("0123456789abcdef", text[index]))
            return false;
        zero &= text[index] == '0';
    }
    return !zero; //  an all-zero id is invalid
}

bool
trace_is_valid (const char *traceparent)
{
    return strlen (traceparent) == TRACE_TEXT - 1 && !strncmp (traceparent, "00-", 3) &&
           traceparent[35] == '-' && traceparent[52] == '-' && s_is_hex (traceparent + 3, 32) &&
           s_is_hex (traceparent + 36, 16) && strchr ("0123456789abcdef", traceparent[53]) &&
           strchr ("0123456789abcdef", traceparent[54]);
}

static void
s_random_hex (char *text, size_t bytes)
{
    uint8_t random[16];
    ssize_t got = getrandom (random, bytes, 0);
    assert (got == (ssize_t) bytes);
    random[0] |= 1; //  never all zero
    for (size_t index = 0; index < bytes; index++)
        snprintf (text + 2 * index, 3, "%02x", random[index]);
}

void
trace_new (char text[TRACE_TEXT])
{
    memcpy (text, "00-", 4);
    s_random_hex (text + 3, 16);
    text[35] = '-';
    s_random_hex (text + 36, 8);
    memcpy (text + 52, "-01", 4);
}

void
trace_child (const char *traceparent, char text[TRACE_TEXT])
{
    memcpy (text, traceparent, TRACE_TEXT);
    s_random_hex (text + 36, 8);
    text[52] = '-';
}
