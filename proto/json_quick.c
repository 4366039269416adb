//  json_quick - ordinary JSON read at once; what is not ordinary is left to jansson

#include "proto/json_quick.h"
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX  64 //  the recursion's; events are bounded before
#define DIGITS_MAX 18 //  fit an int64_t whatever they are

typedef struct {
    const char *at, *end;
    char *scratch; //  of the size of the text: a string without its escapes; made when the first one is met
    size_t size;
} reader_t;

static json_t *s_value (reader_t *self, int depth);

static void
s_skip_blanks (reader_t *self)
{
    while (self->at < self->end &&
           (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
        self->at++;
}

//  True if the next token is this byte, which is taken
static bool
s_take (reader_t *self, char byte)
{
    s_skip_blanks (self);
    if (self->at == self->end || *self->at != byte)
        return false;
    self->at++;
    return true;
}

//  --- strings

//  The bytes of the code point at a lead byte ≥ 0x80: The Unicode Standard, table 3-7. 0: there is none.
static size_t
s_sequence (const unsigned char *at, const unsigned char *end)
{
    static const struct {
        unsigned char first, last, low, high; //  lead byte; second byte
        size_t size;
    } FORMS[] = {
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
        { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t index = 0; index < sizeof FORMS / sizeof *FORMS; index++) {
        if (*at < FORMS[index].first || *at > FORMS[index].last)
            continue;
        size_t size = FORMS[index].size;
        if ((size_t) (end - at) < size || at[1] < FORMS[index].low || at[1] > FORMS[index].high)
            return 0;
        for (size_t byte = 2; byte < size; byte++)
            if ((at[byte] & 0xc0) != 0x80)
                return 0;
        return size;
    }
    return 0;
}

//  Moves over text that stands for itself: up to a quote, a backslash, a control character, or broken UTF-8
static void
s_skip_plain (reader_t *self)
{
    const unsigned char *at = (const unsigned char *) self->at, *end = (const unsigned char *) self->end;
    while (at < end) {
        size_t size = 1;
        if (*at >= 0x80)
            size = s_sequence (at, end);
        else if (*at < 0x20 || *at == '"' || *at == '\\')
            break;
        if (!size)
            break;
        at += size;
    }
    self->at = (const char *) at;
}

//  After an opening quote: a string without escapes
static const char *
s_plain (reader_t *self, size_t *size)
{
    const char *text = self->at;
    s_skip_plain (self);
    *size = (size_t) (self->at - text);
    return self->at < self->end && *self->at++ == '"' ? text : NULL;
}

//  What a letter after a backslash stands for; 0: not one of the short escapes
static char
s_escaped (char letter)
{
    static const char LETTERS[] = "\"\\/bfnrt", BYTES[] = "\"\\/\b\f\n\r\t";
    const char *found = letter ? strchr (LETTERS, letter) : NULL;
    return found ? BYTES[found - LETTERS] : 0;
}

//  After an opening quote: a string with short escapes, such as line breaks. A string never grows by reading.
static json_t *
s_text (reader_t *self)
{
    size_t size;
    const char *begin = self->at, *plain;
    assert (begin);
    plain = s_plain (self, &size);
    if (plain)
        return json_stringn_nocheck (plain, size);
    self->at = begin;
    if (!self->scratch)
        self->scratch = malloc (self->size);
    assert (self->scratch);
    for (char *to = self->scratch;;) {
        const char *from = self->at;
        s_skip_plain (self);
        memcpy (to, from, (size_t) (self->at - from));
        to += self->at - from;
        if (self->at < self->end && *self->at == '"') {
            self->at++;
            return json_stringn_nocheck (self->scratch, (size_t) (to - self->scratch));
        }
        if (self->end - self->at < 2 || *self->at != '\\' || !(*to = s_escaped (self->at[1])))
            return NULL;
        to++;
        self->at += 2;
    }
}

//  --- the other values

static json_t *
s_integer (reader_t *self)
{
    json_int_t value = 0;
    const char *begin = self->at;
    while (self->at < self->end && *self->at >= '0' && *self->at <= '9' && self->at - begin < DIGITS_MAX)
        value = value * 10 + (*self->at++ - '0');
    bool leading_zero = *begin == '0' && self->at - begin > 1;
    //  What follows must end it: not a decimal point, an exponent or another digit
    if (leading_zero || self->at == self->end || !memchr (",]} \n\r\t", *self->at, 7))
        return NULL;
    return json_integer (value);
}

static json_t *
s_word (reader_t *self, const char *word, json_t *value)
{
    size_t size = strlen (word);
    if ((size_t) (self->end - self->at) < size || memcmp (self->at, word, size) != 0)
        return NULL;
    self->at += size;
    return value; //  one of jansson's three that are never freed
}

static json_t *
s_array (reader_t *self, int depth)
{
    json_t *array = json_array ();
    if (s_take (self, ']'))
        return array;
    do {
        if (json_array_append_new (array, s_value (self, depth))) {
            json_decref (array);
            return NULL;
        }
    } while (s_take (self, ','));
    if (s_take (self, ']'))
        return array;
    json_decref (array);
    return NULL;
}

//  One member, into the object; false if it is not ordinary, or was there already
static bool
s_member (reader_t *self, json_t *object, int depth)
{
    size_t size;
    const char *name = s_take (self, '"') ? s_plain (self, &size) : NULL;
    if (!name || !s_take (self, ':') || json_object_getn (object, name, size))
        return false;
    return json_object_setn_new_nocheck (object, name, size, s_value (self, depth)) == 0;
}

static json_t *
s_object (reader_t *self, int depth)
{
    json_t *object = json_object ();
    if (s_take (self, '}'))
        return object;
    do {
        if (!s_member (self, object, depth)) {
            json_decref (object);
            return NULL;
        }
    } while (s_take (self, ','));
    if (s_take (self, '}'))
        return object;
    json_decref (object);
    return NULL;
}

static json_t *
s_value (reader_t *self, int depth)
{
    s_skip_blanks (self);
    if (self->at == self->end || depth == DEPTH_MAX)
        return NULL;
    switch (*self->at) {
    case '"':
        self->at++;
        return s_text (self);
    case '{':
        self->at++;
        return s_object (self, depth + 1);
    case '[':
        self->at++;
        return s_array (self, depth + 1);
    case 't':
        return s_word (self, "true", json_true ());
    case 'f':
        return s_word (self, "false", json_false ());
    case 'n':
        return s_word (self, "null", json_null ());
    default:
        return *self->at >= '0' && *self->at <= '9' ? s_integer (self) : NULL;
    }
}

json_t *
json_quick_read (const char *bytes, size_t size)
{
    reader_t self = { .at = bytes, .end = bytes + size, .size = size };
    s_skip_blanks (&self);
    json_t *root = self.at < self.end && *self.at == '{' ? s_value (&self, 0) : NULL;
    s_skip_blanks (&self);
    if (root && self.at < self.end) {
        json_decref (root);
        root = NULL;
    }
    free (self.scratch);
    return root;
}
