//  json_text - JSON written straight into a growing text, without a tree in between

#include "common/json_text.h"
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void
s_append (json_text_t *self, const char *bytes, size_t size)
{
    if (self->size + size + 1 > self->room) {
        self->room = (self->size + size) * 2 + 512;
        self->data = realloc (self->data, self->room);
        assert (self->data);
    }
    memcpy (self->data + self->size, bytes, size);
    self->size += size;
    self->data[self->size] = 0;
}

void
json_text_add (json_text_t *self, const char *bytes)
{
    s_append (self, bytes, strlen (bytes));
}

static bool
s_is_plain (char byte)
{
    return (unsigned char) byte >= 0x20 && byte != '"' && byte != '\\';
}

static void
s_escape (json_text_t *self, char byte)
{
    static const char SHORT[] = "\"\"\\\\\bb\ff\nn\rr\tt"; //  a byte, and its letter after the backslash
    for (const char *at = SHORT; *at; at += 2)
        if (*at == byte) {
            s_append (self, (char[]){ '\\', at[1] }, 2);
            return;
        }
    static const char HEX[] = "0123456789ABCDEF";
    s_append (self, (char[]){ '\\', 'u', '0', '0', HEX[byte >> 4 & 15], HEX[byte & 15] }, 6);
}

void
json_text_string_of (json_text_t *self, const char *text, size_t size)
{
    const char *end = text + size;
    s_append (self, "\"", 1);
    while (text < end) {
        const char *from = text;
        while (text < end && s_is_plain (*text))
            text++;
        s_append (self, from, (size_t) (text - from));
        if (text < end)
            s_escape (self, *text++);
    }
    s_append (self, "\"", 1);
}

void
json_text_string (json_text_t *self, const char *text)
{
    if (text)
        json_text_string_of (self, text, strlen (text));
    else
        json_text_add (self, "null");
}

void
json_text_integer (json_text_t *self, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t) value : (uint64_t) value;
    do
        *--at = (char) ('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        *--at = '-';
    s_append (self, at, (size_t) (digits + sizeof digits - at));
}

static int
s_on_dump (const char *bytes, size_t size, void *self)
{
    s_append (self, bytes, size);
    return 0;
}

void
json_text_value (json_text_t *self, const json_t *value)
{
    if (json_is_string (value))
        json_text_string_of (self, json_string_value (value), json_string_length (value));
    else if (!value || json_dump_callback (value, s_on_dump, self, JSON_COMPACT | JSON_ENCODE_ANY))
        json_text_add (self, "null");
}

void
json_text_name (json_text_t *self, const char *name)
{
    if (self->size && self->data[self->size - 1] != '{')
        s_append (self, ",", 1);
    s_append (self, "\"", 1);
    json_text_add (self, name);
    s_append (self, "\":", 2);
}

void
json_text_member (json_text_t *self, const char *name, const char *text)
{
    json_text_name (self, name);
    json_text_string (self, text);
}

void
json_text_member_integer (json_text_t *self, const char *name, int64_t value)
{
    json_text_name (self, name);
    json_text_integer (self, value);
}

void
json_text_member_value (json_text_t *self, const char *name, const json_t *value)
{
    json_text_name (self, name);
    json_text_value (self, value);
}
