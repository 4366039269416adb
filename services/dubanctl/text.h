//  text - what people read: two languages, tables whose columns line up with Chinese in them, JSON
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

//  The one of the two that the user's LANG asks for
const char *words (const char *en, const char *zh) __attribute__ ((format_arg (1), format_arg (2)));
bool words_chinese (void);
//  "dubanctl: …" on stderr
void complain (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
//  A message on stderr, without the name in front
void remark (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

//  Columns on a terminal: an East Asian wide character takes two
int text_width (const char *text);
//  The longest beginning of at most `columns`, or of at most `points` code points, in bytes
size_t text_fit (const char *text, int columns);
size_t text_points (const char *text, size_t points);

//  One line: control characters, line ends and what turns the direction of writing become blanks
void text_flatten (char *text);

typedef struct table table_t;
//  Headings, ended by NULL
table_t *table_new (const char *const *headings);
void table_destroy (table_t **self_p);
//  Adds a row; as many cells as headings. Cells are copied; NULL is shown as "-".
void table_row (table_t *self, const char *const *cells);
void table_print (const table_t *self);
size_t table_count (const table_t *self);

//  Prints one JSON document; takes it
void json_print (json_t *document);

//  "2026-11-23 21:05" in the bureau's time
const char *text_moment (int64_t moment);
//  "2026-11-23T13:05:00.000Z"
const char *text_rfc3339 (int64_t moment);
//  Microseconds since 1970, now
int64_t moment_now (void);
//  Colour only on a terminal and without NO_COLOR; "" otherwise
const char *colour_of (const char *name);
