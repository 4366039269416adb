//  procedure - states, moves, clocks and notices of one kind of case, read from proto/procedures/<name>.json

#include "proto/procedure.h"
#include "proto/json_line.h"
#include "proto/procedure_parts.h"
#include "proto/schema.h"
#include <assert.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//  --- shape

//  The first thing that is wrong, as "/moves/3/to: is missing"
static bool
s_fits_shape (const json_t *root, char *error, size_t error_size)
{
    char why[200] = "";
    json_t *shape = json_loads (procedure_shape (), JSON_REJECT_DUPLICATES, NULL);
    schema_t *schema = schema_new (shape, why, sizeof why);
    assert (schema);
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    bool good = schema_check (schema, root, "", problem);
    if (!good) {
        json_t *said = problem_json (problem);
        const json_t *first = json_array_get (json_object_get (said, "errors"), 0);
        snprintf (error, error_size, "%s: %s", json_string_value (json_object_get (first, "pointer")),
                  json_string_value (json_object_get (first, "detail")));
        json_decref (said);
    }
    problem_destroy (&problem);
    schema_destroy (&schema);
    json_decref (shape);
    return good;
}

//  "suggestion", or of an earlier version "suggestion-1"
static bool
s_is_called (const procedure_t *self, const char *label, char *error, size_t error_size)
{
    size_t size = strlen (self->name);
    char version[16];
    snprintf (version, sizeof version, "-%d", self->version);
    if (strncmp (label, self->name, size) != 0 || (label[size] && label[size] != '-')) {
        snprintf (error, error_size, "/name: is not the name of the file");
        return false;
    }
    if (label[size] && strcmp (label + size, version) != 0) {
        snprintf (error, error_size, "/version: is not that of the file's name");
        return false;
    }
    return true;
}

static bool
s_build (procedure_t *self, const char *label, char *error, size_t error_size)
{
    if (!s_fits_shape (self->root, error, error_size))
        return false;
    procedure_read (self);
    return s_is_called (self, label, error, error_size) && procedure_check (self, error, error_size);
}

procedure_t *
procedure_parse (const char *label, const char *bytes, size_t size, char *error, size_t error_size)
{
    json_error_t why;
    json_t *root = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        snprintf (error, error_size, "%s.json:%d: %s", label, why.line, why.text);
        return NULL;
    }
    char reason[400] = "";
    procedure_t *self = calloc (1, sizeof *self);
    assert (self);
    self->root = root;
    if (!s_build (self, label, reason, sizeof reason)) {
        char pointer[200];
        snprintf (pointer, sizeof pointer, "%.*s", (int) strcspn (reason, ":"), reason);
        snprintf (error, error_size, "%s.json:%d: %s", label, json_line (bytes, size, pointer), reason);
        procedure_destroy (&self);
    }
    return self;
}

procedure_t *
procedure_load (const char *path, char *error, size_t error_size)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen (path, "r");
    ssize_t got = file ? getdelim (&text, &size, '\0', file) : -1;
    if (file)
        fclose (file);
    procedure_t *self = NULL;
    if (got < 0)
        snprintf (error, error_size, "%s: cannot be read", path);
    else {
        char *copy = strdup (path), *name = basename (copy), *end = strstr (name, ".json");
        if (end)
            *end = 0;
        self = procedure_parse (name, text, (size_t) got, error, error_size);
        free (copy);
    }
    free (text);
    return self;
}

void
procedure_destroy (procedure_t **self_p)
{
    assert (self_p);
    procedure_t *self = *self_p;
    if (self) {
        procedure_forget (self);
        free (self);
        *self_p = NULL;
    }
}

//  --- questions

bool
list_has (const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp (*list, name) == 0)
            return true;
    return false;
}

const char *
procedure_name (const procedure_t *self)
{
    return self->name;
}

int
procedure_version (const procedure_t *self)
{
    return self->version;
}

const char *
procedure_initial (const procedure_t *self)
{
    return self->initial;
}

const char *
procedure_title (const procedure_t *self, const char *language)
{
    return strcmp (language, "zh") == 0 ? self->title_zh : self->title_en;
}

const procedure_state_t *
procedure_state (const procedure_t *self, const char *name)
{
    for (size_t index = 0; index < self->state_count; index++)
        if (strcmp (self->states[index].name, name) == 0)
            return &self->states[index];
    return NULL;
}

const procedure_move_t *
procedure_move (const procedure_t *self, const char *state, const char *command)
{
    for (size_t index = 0; index < self->move_count; index++)
        if (strcmp (self->moves[index].command, command) == 0 && list_has (self->moves[index].from, state))
            return &self->moves[index];
    return NULL;
}

bool
procedure_has_command (const procedure_t *self, const char *command)
{
    for (size_t index = 0; index < self->move_count; index++)
        if (strcmp (self->moves[index].command, command) == 0)
            return true;
    return false;
}

static const role_t *
s_role (const procedure_t *self, const char *name)
{
    for (size_t index = 0; index < self->role_count; index++)
        if (strcmp (self->roles[index].name, name) == 0)
            return &self->roles[index];
    return NULL;
}

bool
procedure_role_is_of_unit (const procedure_t *self, const char *role)
{
    const role_t *found = s_role (self, role);
    return found && found->of_unit;
}

bool
procedure_role_is_of_co_unit (const procedure_t *self, const char *role)
{
    const role_t *found = s_role (self, role);
    return found && found->of_co_unit;
}

const char *
procedure_role_held (const procedure_t *self, const char *role)
{
    const role_t *found = s_role (self, role);
    return found && found->as ? found->as : role;
}

const char *const *
procedure_opening_needs (const procedure_t *self)
{
    return self->opening_needs;
}

const char *const *
procedure_opening_accepts (const procedure_t *self)
{
    return self->opening_accepts;
}

bool
procedure_has_kind (const procedure_t *self, const char *kind)
{
    for (size_t index = 0; index < self->kind_count; index++)
        if (strcmp (self->kinds[index].name, kind) == 0)
            return true;
    return false;
}

bool
procedure_clock_runs (const procedure_clock_t *clock, const char *state)
{
    return list_has (clock->states, state) || list_has (clock->paused_in, state);
}

bool
procedure_clock_is_paused (const procedure_clock_t *clock, const char *state)
{
    return list_has (clock->paused_in, state);
}

const procedure_clock_t *
procedure_clock (const procedure_t *self, const char *name)
{
    for (size_t index = 0; index < self->clock_count; index++)
        if (strcmp (self->clocks[index].name, name) == 0)
            return &self->clocks[index];
    return NULL;
}

//  --- by number

size_t
procedure_state_count (const procedure_t *self)
{
    return self->state_count;
}

const procedure_state_t *
procedure_state_at (const procedure_t *self, size_t index)
{
    assert (index < self->state_count);
    return &self->states[index];
}

size_t
procedure_move_count (const procedure_t *self)
{
    return self->move_count;
}

const procedure_move_t *
procedure_move_at (const procedure_t *self, size_t index)
{
    assert (index < self->move_count);
    return &self->moves[index];
}

size_t
procedure_clock_count (const procedure_t *self)
{
    return self->clock_count;
}

const procedure_clock_t *
procedure_clock_at (const procedure_t *self, size_t index)
{
    assert (index < self->clock_count);
    return &self->clocks[index];
}

size_t
procedure_notice_count (const procedure_t *self)
{
    return self->notice_count;
}

const procedure_notice_t *
procedure_notice_at (const procedure_t *self, size_t index)
{
    assert (index < self->notice_count);
    return &self->notices[index];
}
