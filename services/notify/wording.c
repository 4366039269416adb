//  wording - a piece of text that grows; outside words go in with their control characters made visible

#include "services/notify/wording.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
wording_add (wording_t *self, const char *data, size_t size)
{
    if (self->size + size + 1 > self->room) {
        self->room = (self->size + size + 1) * 2;
        self->data = realloc (self->data, self->room);
        assert (self->data);
    }
    memcpy (self->data + self->size, data, size);
    self->size += size;
    self->data[self->size] = 0;
}

void
wording_add_text (wording_t *self, const char *text)
{
    wording_add (self, text, strlen (text));
}

void
wording_reset (wording_t *self)
{
    free (self->data);
    *self = (wording_t){ 0 };
}

size_t
wording_length (const char *text, size_t size)
{
    size_t count = 0;
    for (size_t at = 0; at < size; at++)
        count += ((unsigned char) text[at] & 0xC0) != 0x80;
    return count;
}

//  One character that starts at text: its code point; bytes gets its length. A byte that starts no character
//  stands for itself.
static unsigned
s_character (const unsigned char *text, size_t *bytes)
{
    size_t more = text[0] >= 0xF0 ? 3 : text[0] >= 0xE0 ? 2 : text[0] >= 0xC2 ? 1 : 0;
    unsigned code = more == 3   ? text[0] & 0x07u
                    : more == 2 ? text[0] & 0x0Fu
                    : more == 1 ? text[0] & 0x1Fu
                                : text[0];
    *bytes = 1;
    for (size_t at = 1; at <= more; at++) {
        if ((text[at] & 0xC0) != 0x80)
            return text[0];
        code = code << 6 | (text[at] & 0x3Fu);
    }
    *bytes = 1 + more;
    return code;
}

//  What a reader cannot see, or what makes him see something else than was written
static const struct {
    unsigned first, last;
} INVISIBLE[] = {
    { 0x0000, 0x001F }, //  C0
    { 0x007F, 0x009F }, //  DEL, C1
    { 0x200B, 0x200F }, //  zero width, marks of direction
    { 0x2028, 0x202E }, //  line and paragraph separator, embedding and override of direction
    { 0x2066, 0x2069 }, //  isolates
    { 0xFEFF, 0xFEFF }, //  byte order mark
};

static bool
s_is_invisible (unsigned code)
{
    for (size_t index = 0; index < sizeof INVISIBLE / sizeof *INVISIBLE; index++)
        if (code >= INVISIBLE[index].first && code <= INVISIBLE[index].last)
            return true;
    return false;
}

void
wording_add_foreign (wording_t *self, const char *text, bool lines)
{
    const unsigned char *at = (const unsigned char *) text;
    wording_add (self, "", 0);
    while (*at) {
        size_t bytes;
        unsigned code = s_character (at, &bytes);
        if (code == '\r' && at[1] == '\n')
            ; //  the line end follows
        else if (code == '\r' || code == '\n' || code == '\t')
            wording_add (self, !lines ? " " : code == '\t' ? "\t" : "\n", 1);
        else if (s_is_invisible (code)) {
            char escape[8];
            snprintf (escape, sizeof escape, "\\u%04x", code & 0xFFFF);
            wording_add_text (self, escape);
        } else
            wording_add (self, (const char *) at, bytes);
        at += bytes;
    }
}
