//  ladder - who is told, and when, before and after a clock runs out

#include "services/watchdog/ladder_parts.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
s_read_clocks (reader_t *self, ladder_t *ladder)
{
    ladder->clocks = json_object_get (ladder->root, "clocks");
    if (!json_object_size (ladder->clocks))
        reader_wrong (self, "clocks", "must name the clocks that use the ladder");
    size_t before = reader_enter (self, "/clocks");
    const char *name;
    json_t *title;
    json_object_foreach (ladder->clocks, name, title)
        reader_two_languages (self, name, title);
    reader_leave (self, before);
}

static void
s_read (reader_t *self, ladder_t *ladder)
{
    static const char *const MEMBERS[] = { "ladder", "about", "clocks", "rungs", NULL };
    if (!reader_only (self, ladder->root, MEMBERS))
        return;
    ladder->name = reader_word (self, ladder->root, "ladder", true);
    reader_text (self, ladder->root, "about", true);
    s_read_clocks (self, ladder);
    json_t *rungs = json_object_get (ladder->root, "rungs");
    size_t count = json_array_size (rungs);
    if (!count || count > MAX_RUNGS)
        reader_wrong (self, "rungs", "must be a list of 1 to %d rungs", MAX_RUNGS);
    for (size_t index = 0; index < count && !self->failed; index++) {
        size_t before = reader_enter (self, "/rungs/%zu", index);
        rung_read (self, ladder, json_array_get (rungs, index), index + 1 == count);
        reader_leave (self, before);
    }
}

ladder_t *
ladder_parse (const char *file, const char *bytes, size_t size, char *error, size_t error_size)
{
    json_error_t fault;
    json_t *root = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &fault);
    if (!root) {
        snprintf (error, error_size, "%s:%d:%d: %s", file, fault.line, fault.column, fault.text);
        return NULL;
    }
    ladder_t *self = calloc (1, sizeof *self);
    assert (self);
    self->root = root;
    reader_t reader = { .file = file, .error = error, .error_size = error_size };
    s_read (&reader, self);
    if (reader.failed)
        ladder_destroy (&self);
    return self;
}

void
ladder_destroy (ladder_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++)
        rung_free (&(*self_p)->rungs[index]);
    json_decref ((*self_p)->root);
    free (*self_p);
    *self_p = NULL;
}

const char *
ladder_name (const ladder_t *self)
{
    return self->name;
}

size_t
ladder_count (const ladder_t *self)
{
    return self->count;
}

const rung_t *
ladder_rung (const ladder_t *self, size_t index)
{
    assert (index < self->count);
    return &self->rungs[index];
}

const char *
ladder_title (const ladder_t *self, const char *clock, const char *language)
{
    const char *title = json_string_value (json_object_get (json_object_get (self->clocks, clock), language));
    return title ? title : clock;
}

bool
ladder_wants_dates (const ladder_t *self)
{
    for (size_t index = 0; index < self->count; index++)
        if (self->rungs[index].dates_c || self->rungs[index].dates_h)
            return true;
    return false;
}

bool
ladder_lapses (const ladder_t *self)
{
    for (size_t index = 0; index < self->count; index++)
        if (self->rungs[index].lapse >= 0)
            return true;
    return false;
}
