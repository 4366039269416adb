//  shelf - the procedures that a replica knows, by name and version

#include "proto/shelf.h"
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PROCEDURES 128

struct shelf {
    procedure_t *procedures[MAX_PROCEDURES];
    size_t count;
};

static int
s_is_json (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return length > 5 && !strcmp (entry->d_name + length - 5, ".json");
}

shelf_t *
shelf_new (const char *folder, char *error, size_t error_size)
{
    struct dirent **names = NULL;
    int count = scandir (folder, &names, s_is_json, alphasort);
    shelf_t *self = calloc (1, sizeof *self);
    assert (self);
    bool good = count > 0;
    if (!good)
        snprintf (error, error_size, "%s: no procedure (*.json) here", folder);
    for (int index = 0; index < count; index++) {
        char path[512];
        snprintf (path, sizeof path, "%s/%s", folder, names[index]->d_name);
        if (good && self->count < MAX_PROCEDURES) {
            self->procedures[self->count] = procedure_load (path, error, error_size);
            good = self->procedures[self->count] != NULL;
            self->count += good ? 1 : 0;
        }
        free (names[index]);
    }
    free (names);
    if (!good)
        shelf_destroy (&self);
    return self;
}

void
shelf_destroy (shelf_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++)
        procedure_destroy (&(*self_p)->procedures[index]);
    free (*self_p);
    *self_p = NULL;
}

const procedure_t *
shelf_newest (const shelf_t *self, const char *name)
{
    const procedure_t *newest = NULL;
    for (size_t index = 0; index < self->count; index++) {
        const procedure_t *procedure = self->procedures[index];
        if (!strcmp (procedure_name (procedure), name) &&
            (!newest || procedure_version (procedure) > procedure_version (newest)))
            newest = procedure;
    }
    return newest;
}

const procedure_t *
shelf_version (const shelf_t *self, const char *name, int version)
{
    for (size_t index = 0; index < self->count; index++)
        if (!strcmp (procedure_name (self->procedures[index]), name) &&
            procedure_version (self->procedures[index]) == version)
            return self->procedures[index];
    return NULL;
}
