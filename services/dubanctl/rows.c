//  rows - records of a CSV or NDJSON file, plain or gzip

#include "services/dubanctl/rows.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define MAX_RECORD  (1024 * 1024)
#define MAX_COLUMNS 64

struct rows {
    gzFile file;
    double size;  //  of the file on disk
    bool is_json; //  NDJSON
    char *record; //  the cells of the current record, one after the other, each ended by NUL
    size_t used;
    size_t cells[MAX_COLUMNS], cell_count;
    char *heading[MAX_COLUMNS];
    size_t heading_count;
    json_t *object;
    bool too_long;
    long line, next_line; //  on which the current record begins, and the one after what has been read
};

static void
s_put (rows_t *self, int byte)
{
    if (self->used + 2 < MAX_RECORD)
        self->record[self->used++] = (char) byte;
    else
        self->too_long = true;
}

static void
s_end_cell (rows_t *self, size_t *start)
{
    s_put (self, 0);
    if (self->cell_count < MAX_COLUMNS)
        self->cells[self->cell_count++] = *start;
    *start = self->used;
}

//  What a quote means inside a quoted cell: doubled is one, single ends the quoting
static bool
s_quote (rows_t *self)
{
    int next = gzgetc (self->file);
    if (next == '"') {
        s_put (self, '"');
        return true;
    }
    if (next >= 0)
        gzungetc (next, self->file);
    return false;
}

static rows_next_t
s_next_csv (rows_t *self)
{
    size_t start = 0;
    bool quoted = false, any = false;
    self->used = self->cell_count = 0;
    self->too_long = false;
    self->line = self->next_line;
    for (int byte; (byte = gzgetc (self->file)) >= 0;) {
        any = true;
        self->next_line += byte == '\n';
        if (byte == '"')
            quoted = quoted ? s_quote (self) : true;
        else if (byte == ',' && !quoted)
            s_end_cell (self, &start);
        else if (byte == '\n' && !quoted)
            break;
        else if (byte != '\r' || quoted)
            s_put (self, byte);
    }
    if (!any)
        return ROWS_END;
    s_end_cell (self, &start);
    return self->too_long ? ROWS_BROKEN : ROWS_GOOD;
}

static rows_next_t
s_next_json (rows_t *self)
{
    json_decref (self->object);
    self->object = NULL;
    self->used = 0;
    self->too_long = false;
    self->line = self->next_line++;
    int byte;
    while ((byte = gzgetc (self->file)) >= 0 && byte != '\n')
        s_put (self, byte);
    if (byte < 0 && !self->used)
        return ROWS_END;
    self->object =
        self->too_long ? NULL : json_loadb (self->record, self->used, JSON_REJECT_DUPLICATES, NULL);
    return json_is_object (self->object) ? ROWS_GOOD : ROWS_BROKEN;
}

rows_next_t
rows_next (rows_t *self)
{
    if (self->is_json)
        return s_next_json (self);
    rows_next_t next = s_next_csv (self);
    bool blank = next == ROWS_GOOD && self->cell_count == 1 && !*self->record;
    return blank ? rows_next (self) : next;
}

static void
s_read_heading (rows_t *self)
{
    if (s_next_csv (self) != ROWS_GOOD)
        return;
    for (self->heading_count = 0; self->heading_count < self->cell_count; self->heading_count++) {
        const char *name = self->record + self->cells[self->heading_count];
        if (!self->heading_count && !strncmp (name, "\xef\xbb\xbf", 3))
            name += 3; //  a byte order mark, as spreadsheets write it
        self->heading[self->heading_count] = strdup (name);
        assert (self->heading[self->heading_count]);
    }
}

rows_t *
rows_open (const char *path)
{
    struct stat status;
    gzFile file = gzopen (path, "rb");
    if (!file || stat (path, &status)) {
        complain ("%s: %s", path, strerror (errno));
        if (file)
            gzclose (file);
        return NULL;
    }
    rows_t *self = calloc (1, sizeof *self);
    assert (self);
    self->file = file;
    self->size = (double) status.st_size;
    self->record = calloc (1, MAX_RECORD);
    assert (self->record);
    gzbuffer (file, 1 << 17);
    int first = gzgetc (file);
    if (first >= 0)
        gzungetc (first, file);
    self->is_json = first == '{';
    self->next_line = 1;
    if (!self->is_json)
        s_read_heading (self);
    return self;
}

void
rows_close (rows_t **self_p)
{
    rows_t *self = *self_p;
    if (!self)
        return;
    gzclose (self->file);
    json_decref (self->object);
    for (size_t index = 0; index < self->heading_count; index++)
        free (self->heading[index]);
    free (self->record);
    free (self);
    *self_p = NULL;
}

const char *
rows_value (const rows_t *self, const char *column)
{
    if (self->is_json) {
        const json_t *value = json_object_get (self->object, column);
        static char number[32];
        snprintf (number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
        return json_is_integer (value) ? number : json_string_value (value);
    }
    for (size_t index = 0; index < self->heading_count && index < self->cell_count; index++)
        if (!strcmp (self->heading[index], column))
            return self->record + self->cells[index];
    return NULL;
}

bool
rows_has (const rows_t *self, const char *column)
{
    for (size_t index = 0; index < self->heading_count; index++)
        if (!strcmp (self->heading[index], column))
            return true;
    return false;
}

const json_t *
rows_object (const rows_t *self)
{
    return self->object;
}

long
rows_line (const rows_t *self)
{
    return self->line;
}

double
rows_fraction (const rows_t *self)
{
    return self->size > 0 ? (double) gzoffset (self->file) / self->size : 1;
}

static bool
s_map_one (rows_column_t *columns, char *item)
{
    char *equals = strchr (item, '=');
    for (; equals && columns->name; columns++)
        if (!strncmp (columns->name, item, (size_t) (equals - item)) && !columns->name[equals - item]) {
            columns->column = equals + 1;
            return true;
        }
    return false;
}

bool
rows_map (rows_column_t *columns, const char *list)
{
    static char buffer[512];
    snprintf (buffer, sizeof buffer, "%s", list);
    char *rest = buffer;
    for (char *item; (item = strsep (&rest, ","));) {
        if (s_map_one (columns, item))
            continue;
        complain (words ("--map: %s: names, each with a column, are:", "--map:%s:可用名称(各配一列)为:"),
                  item);
        for (; columns->name; columns++)
            remark ("  %s=%s", columns->name, columns->column);
        return false;
    }
    return true;
}
