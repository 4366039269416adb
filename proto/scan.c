//  scan - one bounded pass over foreign JSON before anything is allocated for it
//
//  It knows strings, brackets and colons, nothing else: enough to be right about every text that jansson will
//  accept afterwards, and harmless on every other. A string before a colon is a name, not a value.

#include "proto/scan.h"
#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *bytes;
    size_t size, at;
    size_t depth;
    const char *outer, *inner;
    bool in_outer;  //  the last name of the top object was outer
    bool wanted;    //  the next value is the wanted one
    bool capturing; //  inside it
    scan_t *out;
} scanner_t;

static bool
s_is_blank (char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static int
s_hex (const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int digit = 0; digit < 4; digit++) {
        char byte = at[digit];
        int nibble = byte >= '0' && byte <= '9'   ? byte - '0'
                     : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                     : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                  : -1;
        if (nibble < 0)
            return -1;
        value = value * 16 + nibble;
    }
    return value;
}

//  True if the string between at and end spells name (ASCII, without quotes and backslashes), escaped or not
static bool
s_spells (const char *at, const char *end, const char *name)
{
    for (; at < end && *name; name++) {
        int letter = (unsigned char) *at++;
        if (letter == '\\') {
            if (at == end)
                return false;
            letter = (unsigned char) *at++;
            if (letter == 'u') {
                letter = s_hex (at, end);
                if (letter < 0)
                    return false;
                at += 4;
            } else if (letter != '/')
                return false;
        }
        if (letter != *name)
            return false;
    }
    return at == end && !*name;
}

static void
s_on_name (scanner_t *self, size_t begin, size_t end)
{
    const char *first = self->bytes + begin, *last = self->bytes + end;
    if (self->depth == 1)
        self->in_outer = s_spells (first, last, self->outer);
    else if (self->depth == 2 && self->in_outer)
        self->wanted = s_spells (first, last, self->inner);
}

static void
s_on_value (scanner_t *self, size_t begin)
{
    self->out->values++;
    if (self->wanted) {
        self->wanted = false;
        self->capturing = true;
        self->out->at = begin;
    }
}

static void
s_on_value_end (scanner_t *self, size_t end)
{
    if (self->capturing && self->depth == 2) {
        self->capturing = false;
        self->out->size = end - self->out->at;
    }
}

//  The closing quote of a string whose content starts at begin: the first one with an even number of
//  backslashes before it. NULL if there is none. Each byte is looked at twice at most.
static const char *
s_closing_quote (const char *begin, const char *limit)
{
    for (const char *quote = begin; (quote = memchr (quote, '"', (size_t) (limit - quote))); quote++) {
        const char *before = quote;
        while (before > begin && before[-1] == '\\')
            before--;
        if ((quote - before) % 2 == 0)
            return quote;
    }
    return NULL;
}

//  At an opening quote. False if the string has no end.
static bool
s_string (scanner_t *self)
{
    size_t begin = self->at;
    const char *quote = s_closing_quote (self->bytes + begin + 1, self->bytes + self->size);
    if (!quote)
        return false;
    size_t end = (size_t) (quote - self->bytes);
    self->at = end + 1;
    while (self->at < self->size && s_is_blank (self->bytes[self->at]))
        self->at++;
    if (self->at < self->size && self->bytes[self->at] == ':') {
        self->at++;
        s_on_name (self, begin + 1, end);
    } else {
        s_on_value (self, begin);
        s_on_value_end (self, end + 1);
    }
    return true;
}

//  A number, a literal, or rubbish: everything up to the next structural byte
static void
s_word (scanner_t *self)
{
    size_t begin = self->at;
    while (self->at < self->size && !s_is_blank (self->bytes[self->at]) &&
           !memchr ("[]{},:\"", self->bytes[self->at], 7))
        self->at++;
    s_on_value (self, begin);
    s_on_value_end (self, self->at);
}

//  The next token. False if it cannot be JSON.
static bool
s_token (scanner_t *self)
{
    switch (self->bytes[self->at]) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case ',':
    case ':':
        self->at++;
        return true;
    case '"':
        return s_string (self);
    case '{':
    case '[':
        s_on_value (self, self->at++);
        if (++self->depth > self->out->depth)
            self->out->depth = self->depth;
        return true;
    case '}':
    case ']':
        if (self->depth == 0)
            return false;
        self->depth--;
        s_on_value_end (self, ++self->at);
        return true;
    default:
        s_word (self);
        return true;
    }
}

scan_result_t
scan_json (const char *bytes, size_t size, size_t max_depth, size_t max_values, const char *outer,
           const char *inner, scan_t *out)
{
    *out = (scan_t){ 0 };
    scanner_t self = { .bytes = bytes, .size = size, .outer = outer, .inner = inner, .out = out };
    while (self.at < size) {
        if (!s_token (&self))
            return SCAN_BROKEN;
        if (out->depth > max_depth)
            return SCAN_TOO_DEEP;
        if (out->values > max_values)
            return SCAN_TOO_MANY;
    }
    return self.depth == 0 && out->values > 0 ? SCAN_OK : SCAN_BROKEN;
}
