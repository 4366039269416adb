//  form - what the entries of one register look like, read from proto/registers/<name>.json

#include "proto/form.h"
#include "proto/form_parts.h"
#include "proto/json_line.h"
#include "proto/schema.h"
#include <assert.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_DEFAULT 200

//  --------------------------------------------------------------------------
//  Shape

//  The first thing that is wrong, as "/fields/3/zh: is missing"
static bool
s_fits_shape (const json_t *root, char *error, size_t error_size)
{
    char why[200] = "";
    json_t *shape = json_loads (form_shape (), JSON_REJECT_DUPLICATES, NULL);
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

//  --------------------------------------------------------------------------
//  Fields

static const char *
s_text (const json_t *object, const char *member)
{
    return json_string_value (json_object_get (object, member));
}

static const char *const TYPES[] = { [FIELD_TEXT] = "text",
                                     [FIELD_ID] = "id",
                                     [FIELD_DATE] = "date",
                                     [FIELD_NUMBER] = "number",
                                     [FIELD_FLAG] = "flag",
                                     [FIELD_CHOICE] = "choice",
                                     [FIELD_CREDIT_CODE] = "credit_code",
                                     [FIELD_REFERENCE] = "reference" };

static int64_t
s_number (const json_t *object, const char *member, int64_t standard)
{
    const json_t *value = json_object_get (object, member);
    return value ? json_integer_value (value) : standard;
}

static field_t
s_field (const json_t *row)
{
    const char *type = s_text (row, "type"), *secrecy = s_text (row, "secrecy");
    field_t field = { .name = s_text (row, "name"),
                      .title_zh = s_text (row, "zh"),
                      .title_en = s_text (row, "en"),
                      .list = json_is_true (json_object_get (row, "list")),
                      .required = json_is_true (json_object_get (row, "required")),
                      .secret = secrecy &&
                                (strcmp (secrecy, "confidential") == 0 || strcmp (secrecy, "sealed") == 0),
                      .longest = (int) s_number (row, "longest", LONGEST_DEFAULT),
                      .least = s_number (row, "least", INT32_MIN),
                      .greatest = s_number (row, "greatest", INT32_MAX),
                      .reference = s_text (row, "register"),
                      .values = json_object_get (row, "values") };
    while (strcmp (TYPES[field.type], type) != 0)
        field.type++; //  ends: the shape lists the same types
    return field;
}

static bool
s_build (form_t *self, const char *name, char *error, size_t error_size)
{
    if (!s_fits_shape (self->root, error, error_size))
        return false;
    self->name = s_text (self->root, "name");
    self->title_zh = s_text (self->root, "zh");
    self->title_en = s_text (self->root, "en");
    self->writers = json_object_get (self->root, "writers");
    self->tells = json_object_get (self->root, "tells");
    self->one_of = json_object_get (self->root, "one_of");
    size_t index;
    json_t *row;
    json_array_foreach (json_object_get (self->root, "fields"), index, row)
        self->fields[self->field_count++] = s_field (row);
    if (strcmp (self->name, name) != 0) {
        snprintf (error, error_size, "/name: is not the name of the file");
        return false;
    }
    return form_check (self, error, error_size);
}

//  --------------------------------------------------------------------------
//  From a file

form_t *
form_parse (const char *name, const char *bytes, size_t size, char *error, size_t error_size)
{
    json_error_t why;
    json_t *root = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        snprintf (error, error_size, "%s.json:%d: %s", name, why.line, why.text);
        return NULL;
    }
    char reason[400] = "";
    form_t *self = calloc (1, sizeof *self);
    assert (self);
    self->root = root;
    if (!s_build (self, name, reason, sizeof reason)) {
        char pointer[200];
        snprintf (pointer, sizeof pointer, "%.*s", (int) strcspn (reason, ":"), reason);
        snprintf (error, error_size, "%s.json:%d: %s", name, json_line (bytes, size, pointer), reason);
        form_destroy (&self);
    }
    return self;
}

form_t *
form_load (const char *path, char *error, size_t error_size)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen (path, "r");
    ssize_t got = file ? getdelim (&text, &size, '\0', file) : -1;
    if (file)
        fclose (file);
    form_t *self = NULL;
    if (got < 0)
        snprintf (error, error_size, "%s: cannot be read", path);
    else {
        char *copy = strdup (path), *name = basename (copy), *end = strstr (name, ".json");
        if (end)
            *end = 0;
        self = form_parse (name, text, (size_t) got, error, error_size);
        free (copy);
    }
    free (text);
    return self;
}

void
form_destroy (form_t **self_p)
{
    assert (self_p);
    if (!*self_p)
        return;
    json_decref ((*self_p)->root);
    free (*self_p);
    *self_p = NULL;
}

//  --------------------------------------------------------------------------
//  Questions

const char *
form_name (const form_t *self)
{
    return self->name;
}

const char *
form_title (const form_t *self, const char *language)
{
    return strcmp (language, "zh") == 0 ? self->title_zh : self->title_en;
}

size_t
form_field_count (const form_t *self)
{
    return self->field_count;
}

const field_t *
form_field_at (const form_t *self, size_t index)
{
    assert (index < self->field_count);
    return &self->fields[index];
}

const field_t *
form_field (const form_t *self, const char *name)
{
    for (size_t index = 0; index < self->field_count; index++)
        if (strcmp (self->fields[index].name, name) == 0)
            return &self->fields[index];
    return NULL;
}

const field_t *
form_key (const form_t *self)
{
    return self->key;
}

const field_t *
form_valid_from (const form_t *self)
{
    return self->valid_from;
}

const field_t *
form_valid_until (const form_t *self)
{
    return self->valid_until;
}

size_t
form_shown_count (const form_t *self)
{
    return self->shown_count;
}

const field_t *
form_shown_at (const form_t *self, size_t index)
{
    assert (index < self->shown_count);
    return self->shown[index];
}

bool
form_lets_write (const form_t *self, const char *role)
{
    size_t index;
    json_t *writer;
    json_array_foreach ((json_t *) self->writers, index, writer)
        if (strcmp (json_string_value (writer), role) == 0)
            return true;
    return false;
}

const json_t *
form_tells (const form_t *self)
{
    return self->tells;
}
