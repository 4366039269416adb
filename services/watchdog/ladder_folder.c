//  ladder_folder - all ladders of a folder, by name

#include "services/watchdog/ladder.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LADDERS 64
#define MAX_BYTES   (256 * 1024)

struct ladders {
    ladder_t *all[MAX_LADDERS];
    size_t count;
};

ladders_t *
ladders_new (void)
{
    ladders_t *self = calloc (1, sizeof *self);
    assert (self);
    return self;
}

void
ladders_destroy (ladders_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++)
        ladder_destroy (&(*self_p)->all[index]);
    free (*self_p);
    *self_p = NULL;
}

const ladder_t *
ladders_find (const ladders_t *self, const char *name)
{
    for (size_t index = 0; index < self->count; index++)
        if (!strcmp (ladder_name (self->all[index]), name))
            return self->all[index];
    return NULL;
}

bool
ladders_add (ladders_t *self, ladder_t **ladder_p)
{
    bool good = self->count < MAX_LADDERS && !ladders_find (self, ladder_name (*ladder_p));
    if (good)
        self->all[self->count++] = *ladder_p;
    else
        ladder_destroy (ladder_p);
    *ladder_p = NULL;
    return good;
}

size_t
ladders_count (const ladders_t *self)
{
    return self->count;
}

const ladder_t *
ladders_at (const ladders_t *self, size_t index)
{
    assert (index < self->count);
    return self->all[index];
}

static int
s_is_json (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return length > 5 && entry->d_name[0] != '.' && !strcmp (entry->d_name + length - 5, ".json");
}

static bool
s_load (ladders_t *self, const char *folder, const char *file, char *error, size_t error_size)
{
    char path[PATH_MAX];
    snprintf (path, sizeof path, "%s/%s", folder, file);
    FILE *stream = fopen (path, "r");
    if (!stream) {
        snprintf (error, error_size, "%s: %s", path, strerror (errno));
        return false;
    }
    char *bytes = malloc (MAX_BYTES);
    assert (bytes);
    size_t size = fread (bytes, 1, MAX_BYTES, stream);
    fclose (stream);
    ladder_t *ladder = ladder_parse (file, bytes, size, error, error_size);
    free (bytes);
    if (!ladder)
        return false;
    char name[64];
    snprintf (name, sizeof name, "%s", ladder_name (ladder));
    if (ladders_add (self, &ladder))
        return true;
    snprintf (error, error_size, "%s: /ladder: %s is there already", file, name);
    return false;
}

ladders_t *
ladders_load (const char *folder, char *error, size_t error_size)
{
    struct dirent **entries;
    int count = scandir (folder, &entries, s_is_json, alphasort);
    if (count < 0) {
        snprintf (error, error_size, "%s: %s", folder, strerror (errno));
        return NULL;
    }
    ladders_t *self = ladders_new ();
    bool good = true;
    for (int index = 0; index < count; index++) {
        good = good && s_load (self, folder, entries[index]->d_name, error, error_size);
        free (entries[index]);
    }
    free (entries);
    if (good && !self->count) {
        snprintf (error, error_size, "%s: no ladder (*.json) is here", folder);
        good = false;
    }
    if (!good)
        ladders_destroy (&self);
    return self;
}
