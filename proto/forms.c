//  forms - the registers of a bureau: every *.json of a folder, checked against each other

#include "proto/form_parts.h"
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FORMS 64

struct forms {
    form_t *forms[MAX_FORMS]; //  sorted by name
    size_t count;
};

static int
s_is_json (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return length > 5 && !strcmp (entry->d_name + length - 5, ".json");
}

static bool
s_check_references (const forms_t *self, char *error, size_t error_size)
{
    for (size_t form = 0; form < self->count; form++)
        for (size_t index = 0; index < self->forms[form]->field_count; index++) {
            const char *register_name = self->forms[form]->fields[index].reference;
            if (register_name && !forms_find (self, register_name)) {
                snprintf (error, error_size, "%s.json: /fields/%zu/register: no register is called so",
                          self->forms[form]->name, index);
                return false;
            }
        }
    return true;
}

forms_t *
forms_new (const char *folder, char *error, size_t error_size)
{
    struct dirent **names = NULL;
    int count = scandir (folder, &names, s_is_json, alphasort);
    forms_t *self = calloc (1, sizeof *self);
    assert (self);
    bool good = count > 0 && count <= MAX_FORMS;
    if (!good)
        snprintf (error, error_size, "%s: must hold 1 to %d registers (*.json)", folder, MAX_FORMS);
    for (int index = 0; index < count; index++) {
        char path[512];
        snprintf (path, sizeof path, "%s/%s", folder, names[index]->d_name);
        if (good) {
            self->forms[self->count] = form_load (path, error, error_size);
            good = self->forms[self->count] != NULL;
            self->count += good ? 1 : 0;
        }
        free (names[index]);
    }
    free (names);
    if (!good || !s_check_references (self, error, error_size))
        forms_destroy (&self);
    return self;
}

void
forms_destroy (forms_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++)
        form_destroy (&(*self_p)->forms[index]);
    free (*self_p);
    *self_p = NULL;
}

const form_t *
forms_find (const forms_t *self, const char *name)
{
    for (size_t index = 0; index < self->count; index++)
        if (!strcmp (self->forms[index]->name, name))
            return self->forms[index];
    return NULL;
}

size_t
forms_count (const forms_t *self)
{
    return self->count;
}

const form_t *
forms_at (const forms_t *self, size_t index)
{
    assert (index < self->count);
    return self->forms[index];
}
