//  json_line - on which line of a JSON text the value at a JSON pointer stands

#include "proto/json_line.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *at, *end;
} reader_t;

static char
s_peek (reader_t *self)
{
    while (self->at < self->end && strchr (" \t\r\n,:", *self->at))
        self->at++;
    return self->at < self->end ? *self->at : 0;
}

static void
s_skip_string (reader_t *self)
{
    for (self->at++; self->at < self->end && *self->at != '"'; self->at++)
        if (*self->at == '\\')
            self->at++;
    if (self->at < self->end)
        self->at++;
}

static void
s_skip_value (reader_t *self)
{
    size_t depth = 0;
    do {
        char first = s_peek (self);
        if (!first)
            return;
        if (first == '"')
            s_skip_string (self);
        else {
            depth += first == '{' || first == '[';
            depth -= first == '}' || first == ']';
            self->at++;
        }
    } while (depth);
    while (self->at < self->end && !strchr (" \t\r\n,:]}[{\"", *self->at))
        self->at++; //  the rest of a number or a word
}

//  The size bytes of a name between quotes against one part of a pointer, whose / and ~ are ~1 and ~0
static bool
s_spells (const char *name, size_t size, const char *part, size_t part_size)
{
    const char *end = name + size, *part_end = part + part_size;
    while (name < end && part < part_end) {
        char want = *part++;
        if (want == '~' && part < part_end)
            want = *part++ == '1' ? '/' : '~';
        if (*name++ != want)
            return false;
    }
    return name == end && part == part_end;
}

//  Steps from the start of an object or a list to the start of the part of it; false: not there
static bool
s_enter (reader_t *self, const char *part, size_t part_size)
{
    char open = s_peek (self);
    if (open != '{' && open != '[')
        return false;
    self->at++;
    for (unsigned long index = 0, wanted = strtoul (part, NULL, 10);; index++) {
        char next = s_peek (self);
        if (!next || next == '}' || next == ']')
            return false;
        bool found = open == '[' && index == wanted;
        if (open == '{') {
            const char *name = self->at + 1;
            s_skip_string (self);
            found = self->at > name && s_spells (name, (size_t) (self->at - 1 - name), part, part_size);
            s_peek (self);
        }
        if (found)
            return true;
        s_skip_value (self);
    }
}

int
json_line (const char *bytes, size_t size, const char *pointer)
{
    reader_t reader = { bytes, bytes + size };
    s_peek (&reader);
    const char *best = reader.at;
    while (*pointer == '/') {
        size_t part_size = strcspn (++pointer, "/");
        if (!s_enter (&reader, pointer, part_size))
            break;
        best = reader.at;
        pointer += part_size;
    }
    int line = 1;
    for (const char *at = bytes; at < best; at++)
        line += *at == '\n';
    return line;
}
