//  wording - a piece of text that grows; outside words go in with their control characters made visible
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *data; //  always NUL-terminated once something was added
    size_t size, room;
} wording_t;

void wording_add (wording_t *self, const char *data, size_t size);
void wording_add_text (wording_t *self, const char *text);
//  Words from outside, UTF-8. Control characters, line separators and characters that turn the direction of
//  writing become \uXXXX. Line ends and tabs stay where `lines` allows them, else each becomes a space.
void wording_add_foreign (wording_t *self, const char *text, bool lines);
//  Characters (code points), not bytes
size_t wording_length (const char *text, size_t size);
void wording_reset (wording_t *self);
