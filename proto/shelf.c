//  shelf - the procedures that a replica knows, by name and version

#include "proto/shelf.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMER   "former"
#define MAX_FILE (4 * 1024 * 1024)

typedef struct {
    procedure_t *procedure;
    char *bytes;
    size_t size;
    bool former; //  the name of its file says which version it is
} volume_t;

struct shelf {
    volume_t *volumes; //  in order of name and version
    size_t count, room;
};

//  --- what is there

//  Where a version stands, or would stand
static size_t
s_place (const shelf_t *self, const char *name, int version)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const procedure_t *here = self->volumes[middle].procedure;
        int order = strcmp (procedure_name (here), name);
        if (order < 0 || (order == 0 && procedure_version (here) < version))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const procedure_t *
shelf_version (const shelf_t *self, const char *name, int version)
{
    size_t place = s_place (self, name, version);
    const procedure_t *here = place < self->count ? self->volumes[place].procedure : NULL;
    return here && procedure_version (here) == version && !strcmp (procedure_name (here), name) ? here : NULL;
}

const procedure_t *
shelf_newest (const shelf_t *self, const char *name)
{
    size_t behind = s_place (self, name, INT_MAX);
    const procedure_t *here = behind ? self->volumes[behind - 1].procedure : NULL;
    return here && !strcmp (procedure_name (here), name) ? here : NULL;
}

size_t
shelf_count (const shelf_t *self)
{
    return self->count;
}

const procedure_t *
shelf_at (const shelf_t *self, size_t index)
{
    assert (index < self->count);
    return self->volumes[index].procedure;
}

shelf_file_t
shelf_file (const shelf_t *self, size_t index)
{
    assert (index < self->count);
    const volume_t *volume = &self->volumes[index];
    return (shelf_file_t){ procedure_name (volume->procedure), procedure_version (volume->procedure),
                           volume->bytes, volume->size };
}

//  --- putting something there

//  Takes procedure and bytes
static void
s_insert (shelf_t *self, volume_t volume)
{
    if (self->count == self->room) {
        self->room = self->room * 2 + 16;
        self->volumes = realloc (self->volumes, self->room * sizeof *self->volumes);
        assert (self->volumes);
    }
    size_t place = s_place (self, procedure_name (volume.procedure), procedure_version (volume.procedure));
    memmove (&self->volumes[place + 1], &self->volumes[place], (self->count - place) * sizeof *self->volumes);
    self->volumes[place] = volume;
    self->count++;
}

bool
shelf_add (shelf_t *self, const shelf_file_t *file, char *error, size_t error_size)
{
    if (shelf_version (self, file->name, file->version))
        return true;
    char label[64];
    snprintf (label, sizeof label, "%.40s-%d", file->name, file->version);
    procedure_t *procedure = procedure_parse (label, file->bytes, file->size, error, error_size);
    if (!procedure)
        return false;
    char *bytes = malloc (file->size + 1);
    assert (bytes);
    memcpy (bytes, file->bytes, file->size);
    bytes[file->size] = 0;
    s_insert (self, (volume_t){ procedure, bytes, file->size, false });
    return true;
}

//  --- a folder

static char *
s_read (const char *path, size_t *size, char *error, size_t error_size)
{
    FILE *file = fopen (path, "r");
    char *bytes = malloc (MAX_FILE + 1);
    assert (bytes);
    *size = file ? fread (bytes, 1, MAX_FILE + 1, file) : 0;
    bool good = file && !ferror (file) && *size <= MAX_FILE;
    if (!good)
        snprintf (error, error_size, "%s: %s", path,
                  file ? "cannot be read, or is too large" : strerror (errno));
    if (file)
        fclose (file);
    if (good) {
        bytes = realloc (bytes, *size + 1);
        assert (bytes);
        bytes[*size] = 0;
        return bytes;
    }
    free (bytes);
    return NULL;
}

//  One file; the label is its name without ".json"
static bool
s_load_file (shelf_t *self, const char *path, const char *label, char *error, size_t error_size)
{
    volume_t volume = { .former = strchr (label, '-') != NULL };
    volume.bytes = s_read (path, &volume.size, error, error_size);
    if (!volume.bytes)
        return false;
    volume.procedure = procedure_parse (label, volume.bytes, volume.size, error, error_size);
    const char *name = volume.procedure ? procedure_name (volume.procedure) : "";
    int version = volume.procedure ? procedure_version (volume.procedure) : 0;
    if (volume.procedure && !shelf_version (self, name, version)) {
        s_insert (self, volume);
        return true;
    }
    if (volume.procedure)
        snprintf (error, error_size, "%s.json: /version: there is a version %d of %s already", label, version,
                  name);
    procedure_destroy (&volume.procedure);
    free (volume.bytes);
    return false;
}

static int
s_is_json (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return length > 5 && entry->d_name[0] != '.' && !strcmp (entry->d_name + length - 5, ".json");
}

//  Every file of a folder, if there is such a folder
static bool
s_load_folder (shelf_t *self, const char *folder, char *error, size_t error_size)
{
    struct dirent **names = NULL;
    int count = scandir (folder, &names, s_is_json, alphasort);
    bool good = true;
    for (int index = 0; index < count; index++) {
        char path[PATH_MAX], *label = names[index]->d_name;
        snprintf (path, sizeof path, "%s/%s", folder, label);
        label[strlen (label) - strlen (".json")] = 0;
        good = good && s_load_file (self, path, label, error, error_size);
        free (names[index]);
    }
    free (names);
    return good;
}

//  An earlier version is not what new cases get
static bool
s_check_former (const shelf_t *self, char *error, size_t error_size)
{
    for (size_t index = 0; index < self->count; index++) {
        const procedure_t *one = self->volumes[index].procedure;
        bool newest = one == shelf_newest (self, procedure_name (one));
        if (self->volumes[index].former && newest) {
            snprintf (error, error_size, FORMER "/%s-%d.json: no newer version stands in %s.json",
                      procedure_name (one), procedure_version (one), procedure_name (one));
            return false;
        }
    }
    return true;
}

static bool
s_load (shelf_t *self, const char *folder, char *error, size_t error_size)
{
    char former[PATH_MAX];
    if (!s_load_folder (self, folder, error, error_size))
        return false;
    if (!self->count) {
        snprintf (error, error_size, "%s: no procedure (*.json) here", folder);
        return false;
    }
    snprintf (former, sizeof former, "%s/" FORMER, folder);
    return s_load_folder (self, former, error, error_size) && s_check_former (self, error, error_size);
}

shelf_t *
shelf_new (const char *folder, char *error, size_t error_size)
{
    shelf_t *self = calloc (1, sizeof *self);
    assert (self);
    if (folder && !s_load (self, folder, error, error_size))
        shelf_destroy (&self);
    return self;
}

void
shelf_destroy (shelf_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++) {
        procedure_destroy (&(*self_p)->volumes[index].procedure);
        free ((*self_p)->volumes[index].bytes);
    }
    free ((*self_p)->volumes);
    free (*self_p);
    *self_p = NULL;
}
