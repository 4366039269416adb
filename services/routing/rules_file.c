//  rules_file - a file of rules on disk: read with complaints that name file and line, and read again when it changes

#include "proto/json_line.h"
#include "services/routing/rules_parts.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

rules_t *
rules_parse (const char *name, const char *bytes, size_t size, char *error, size_t error_size)
{
    json_error_t where;
    char reason[400];
    rules_t *self = calloc (1, sizeof *self);
    assert (self);
    self->lexicon = lexicon_new ();
    self->root = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &where);
    bool good = self->root && rules_read (self, reason, sizeof reason);
    if (!self->root)
        snprintf (error, error_size, "%s: line %d: %s", name, where.line, where.text);
    else if (!good) {
        char pointer[sizeof reason];
        snprintf (pointer, sizeof pointer, "%.*s", (int) (strstr (reason, ": ") - reason), reason);
        snprintf (error, error_size, "%s: line %d: %s%s", name, json_line (bytes, size, pointer),
                  *pointer ? "" : "/", reason);
    }
    if (!good)
        rules_destroy (&self);
    return self;
}

//  What tells one state of a file from another
static rules_stamp_t
s_stamp (const char *path)
{
    struct stat status;
    if (stat (path, &status))
        return (rules_stamp_t){ 0 };
    return (rules_stamp_t){ status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino };
}

rules_t *
rules_load (const char *path, char *error, size_t error_size)
{
    rules_stamp_t stamp = s_stamp (path); //  before it is read: what is written meanwhile is seen later
    FILE *file = fopen (path, "r");
    if (!file) {
        snprintf (error, error_size, "%s: cannot be read", path);
        return NULL;
    }
    char *bytes = NULL;
    size_t room = 0;
    ssize_t size = getdelim (&bytes, &room, '\0', file);
    fclose (file);
    rules_t *self = rules_parse (path, bytes, size < 0 ? 0 : (size_t) size, error, error_size);
    free (bytes);
    if (self) {
        self->path = strdup (path);
        assert (self->path);
        self->stamp = stamp;
    }
    return self;
}

rules_look_t
rules_look (rules_t *self, char *error, size_t error_size)
{
    assert (self->path);
    rules_stamp_t stamp = s_stamp (self->path);
    if (!memcmp (&stamp, &self->stamp, sizeof stamp))
        return RULES_SAME;
    self->stamp = stamp;
    rules_t *changed = rules_load (self->path, error, error_size);
    if (!changed)
        return RULES_WRONG;
    rules_t old = *self;
    *self = *changed;
    *changed = old;
    rules_destroy (&changed);
    return RULES_NEW;
}

void
rules_destroy (rules_t **self_p)
{
    rules_t *self = *self_p;
    if (!self)
        return;
    for (size_t index = 0; index < self->count; index++) {
        free (self->list[index].keywords.list);
        free (self->list[index].unless.list);
    }
    free (self->list);
    free (self->areas);
    lexicon_destroy (&self->lexicon);
    json_decref (self->root);
    free (self->path);
    free (self);
    *self_p = NULL;
}
