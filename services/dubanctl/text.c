//  text - what people read: two languages, tables, JSON

#include "services/dubanctl/text.h"
#include "services/dubanctl/settings.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_COLUMNS 12

bool
words_chinese (void)
{
    static const char *const VARIABLES[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t index = 0; index < sizeof VARIABLES / sizeof *VARIABLES; index++) {
        const char *value = getenv (VARIABLES[index]);
        if (value && *value)
            return !strncmp (value, "zh", 2);
    }
    return false;
}

const char *
words (const char *en, const char *zh)
{
    return words_chinese () ? zh : en;
}

void
complain (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    fflush (stdout);
    fputs ("dubanctl: ", stderr);
    vfprintf (stderr, format, arguments);
    fputc ('\n', stderr);
    va_end (arguments);
}

void
remark (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    fflush (stdout);
    vfprintf (stderr, format, arguments);
    fputc ('\n', stderr);
    va_end (arguments);
}

//  --------------------------------------------------------------------------
//  Width

//  Blocks of East Asian width W or F (Unicode Standard Annex 11) that occur in our texts
static const struct {
    uint32_t first, last;
} WIDE[] = {
    { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec }, { 0x25fd, 0x25fe },
    { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf },
    { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
    { 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

//  Reads one code point; a byte that begins none counts as itself
static size_t
s_point (const char *text, uint32_t *point)
{
    const unsigned char *at = (const unsigned char *) text;
    size_t length = *at < 0x80 ? 1 : *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : *at >= 0xc0 ? 2 : 1;
    static const unsigned char MASK[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    *point = *at & MASK[length];
    for (size_t index = 1; index < length; index++) {
        if ((at[index] & 0xc0) != 0x80)
            return 1;
        *point = *point << 6 | (at[index] & 0x3f);
    }
    return length;
}

static int
s_point_width (uint32_t point)
{
    for (size_t index = 0; index < sizeof WIDE / sizeof *WIDE; index++)
        if (point >= WIDE[index].first && point <= WIDE[index].last)
            return 2;
    return 1;
}

int
text_width (const char *text)
{
    int width = 0;
    uint32_t point;
    for (size_t size; *text; text += size) {
        size = s_point (text, &point);
        width += s_point_width (point);
    }
    return width;
}

size_t
text_fit (const char *text, int columns)
{
    const char *at = text;
    uint32_t point;
    while (*at) {
        size_t size = s_point (at, &point);
        columns -= s_point_width (point);
        if (columns < 0)
            break;
        at += size;
    }
    return (size_t) (at - text);
}

size_t
text_points (const char *text, size_t points)
{
    const char *at = text;
    uint32_t point;
    for (; *at && points; points--)
        at += s_point (at, &point);
    return (size_t) (at - text);
}

void
text_flatten (char *text)
{
    static const struct {
        uint32_t first, last;
    } BLANKS[] = { { 0x01, 0x1f }, { 0x7f, 0x9f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 } };
    uint32_t point;
    for (size_t size; *text; text += size) {
        size = s_point (text, &point);
        for (size_t index = 0; index < sizeof BLANKS / sizeof *BLANKS; index++)
            if (point >= BLANKS[index].first && point <= BLANKS[index].last)
                memset (text, ' ', size);
    }
}

//  --------------------------------------------------------------------------
//  Tables: rows are kept until the widths are known

struct table {
    size_t columns, rows, room;
    char **cells; //  row by row; row 0 is the headings
};

table_t *
table_new (const char *const *headings)
{
    table_t *self = calloc (1, sizeof *self);
    assert (self);
    while (headings[self->columns])
        self->columns++;
    assert (self->columns <= MAX_COLUMNS);
    table_row (self, headings);
    return self;
}

void
table_destroy (table_t **self_p)
{
    table_t *self = *self_p;
    if (!self)
        return;
    for (size_t index = 0; index < self->columns * self->rows; index++)
        free (self->cells[index]);
    free (self->cells);
    free (self);
    *self_p = NULL;
}

void
table_row (table_t *self, const char *const *cells)
{
    if (self->rows == self->room) {
        assert (self->columns);
        self->room = self->room * 2 + 16;
        self->cells = realloc (self->cells, self->room * self->columns * sizeof *self->cells);
        assert (self->cells);
    }
    char **row = self->cells + self->rows++ * self->columns;
    for (size_t column = 0; column < self->columns; column++) {
        row[column] = strdup (cells[column] && *cells[column] ? cells[column] : "-");
        assert (row[column]);
        text_flatten (row[column]); //  control characters belong to nobody's terminal
    }
}

size_t
table_count (const table_t *self)
{
    return self->rows - 1;
}

void
table_print (const table_t *self)
{
    int widths[MAX_COLUMNS] = { 0 };
    for (size_t index = 0; index < self->rows * self->columns; index++) {
        int width = text_width (self->cells[index]);
        if (width > widths[index % self->columns])
            widths[index % self->columns] = width;
    }
    for (size_t row = 0; row < self->rows; row++) {
        printf ("%s", row ? "" : colour_of ("bold"));
        for (size_t column = 0; column < self->columns; column++) {
            const char *cell = self->cells[row * self->columns + column];
            bool last = column + 1 == self->columns;
            printf ("%s%*s", cell, last ? 0 : widths[column] - text_width (cell) + 2, "");
        }
        printf ("%s\n", row ? "" : colour_of ("plain"));
    }
}

//  --------------------------------------------------------------------------

void
json_print (json_t *document)
{
    assert (document);
    char *text = json_dumps (document, JSON_INDENT (2) | JSON_PRESERVE_ORDER);
    assert (text);
    puts (text);
    free (text);
    json_decref (document);
}

const char *
text_moment (int64_t moment)
{
    static char texts[4][24];
    static int next;
    char *text = texts[next++ & 3];
    time_t local = (time_t) (moment / 1000000) + settings_number ("DUBAN_TZ_MINUTES", 480) * 60;
    struct tm parts;
    gmtime_r (&local, &parts);
    strftime (text, sizeof texts[0], "%Y-%m-%d %H:%M", &parts);
    return text;
}

const char *
text_rfc3339 (int64_t moment)
{
    static char text[40];
    time_t seconds = (time_t) (moment / 1000000);
    struct tm parts;
    gmtime_r (&seconds, &parts);
    size_t size = strftime (text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf (text + size, sizeof text - size, ".%03dZ", (int) (moment / 1000 % 1000));
    return text;
}

int64_t
moment_now (void)
{
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

const char *
colour_of (const char *name)
{
    static const struct {
        const char *name, *code;
    } CODES[] = { { "bold", "\033[1m" },
                  { "plain", "\033[0m" },
                  { "red", "\033[31m" },
                  { "green", "\033[32m" },
                  { "yellow", "\033[33m" } };
    const char *terminal = getenv ("TERM");
    if (!isatty (STDOUT_FILENO) || getenv ("NO_COLOR") || !terminal || !strcmp (terminal, "dumb"))
        return "";
    for (size_t index = 0; index < sizeof CODES / sizeof *CODES; index++)
        if (!strcmp (CODES[index].name, name))
            return CODES[index].code;
    return "";
}
