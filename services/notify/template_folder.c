//  template_folder - all templates of a folder, by name

#include "services/notify/template.h"
#include <czmq.h>
#include <dirent.h>

#define FILE_MAX (64 * 1024)

struct templates {
    zhashx_t *by_name;
};

static void
s_destroy_template (void **item_p)
{
    template_destroy ((template_t **) item_p);
}

templates_t *
templates_new (void)
{
    templates_t *self = zmalloc (sizeof *self);
    self->by_name = zhashx_new ();
    zhashx_set_destructor (self->by_name, s_destroy_template);
    return self;
}

void
templates_destroy (templates_t **self_p)
{
    if (!*self_p)
        return;
    zhashx_destroy (&(*self_p)->by_name);
    freen (*self_p);
    *self_p = NULL;
}

void
templates_add (templates_t *self, template_t **template_p)
{
    zhashx_update (self->by_name, template_name (*template_p), *template_p);
    *template_p = NULL;
}

const template_t *
templates_find (const templates_t *self, const char *name)
{
    return zhashx_lookup (self->by_name, name);
}

size_t
templates_count (const templates_t *self)
{
    return zhashx_size (self->by_name);
}

static bool
s_load_file (templates_t *self, const char *path, char *error, size_t error_size)
{
    FILE *file = fopen (path, "r");
    if (!file) {
        snprintf (error, error_size, "%s: %s", path, strerror (errno));
        return false;
    }
    char *json = zmalloc (FILE_MAX + 1);
    size_t size = fread (json, 1, FILE_MAX, file);
    bool whole = !ferror (file) && fgetc (file) == EOF && strlen (json) == size;
    fclose (file);
    template_t *template = NULL;
    if (whole)
        template = template_parse (path, json, error, error_size);
    else
        snprintf (error, error_size, "%s: not a text of at most %d bytes", path, FILE_MAX);
    freen (json);
    if (!template)
        return false;
    templates_add (self, &template);
    return true;
}

bool
templates_load (templates_t *self, const char *folder, char *error, size_t error_size)
{
    *error = 0;
    DIR *listing = opendir (folder);
    if (!listing) {
        snprintf (error, error_size, "%s: %s", folder, strerror (errno));
        return false;
    }
    bool good = true;
    for (struct dirent *entry = readdir (listing); good && entry; entry = readdir (listing)) {
        char path[PATH_MAX];
        const char *dot = strrchr (entry->d_name, '.');
        if (entry->d_name[0] == '.' || !dot || strcmp (dot, ".json"))
            continue;
        snprintf (path, sizeof path, "%s/%s", folder, entry->d_name);
        good = s_load_file (self, path, error, error_size);
    }
    closedir (listing);
    if (good && !templates_count (self)) {
        snprintf (error, error_size, "%s: holds no template", folder);
        good = false;
    }
    return good;
}
