//  case - a case in memory while a batch is decided

#include "services/routing/case.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
case_set (char **place, const char *value)
{
    char *copy = value ? strdup (value) : NULL;
    free (*place);
    *place = copy;
}

void
case_destroy (case_t **self_p)
{
    if (!*self_p)
        return;
    case_t *self = *self_p;
    char *owned[] = { self->number, self->state, self->source, self->submitter,
                      self->title,  self->kind,  self->area,   self->unit };
    for (size_t index = 0; index < sizeof owned / sizeof *owned; index++)
        free (owned[index]);
    json_decref (self->fields);
    free (self);
    *self_p = NULL;
}

bool
case_is_over (const case_t *self)
{
    return procedure_state (self->procedure, self->state)->end;
}

bool
case_lists (const case_t *self, const char *field, const char *text)
{
    size_t index;
    json_t *one;
    json_array_foreach (json_object_get (self->fields, field), index, one)
        if (text && json_is_string (one) && !strcmp (json_string_value (one), text))
            return true;
    return false;
}

void
case_put (case_t *self, const char *name, json_t *value)
{
    const procedure_argument_t *argument = procedure_argument (self->procedure, name);
    json_object_set (self->fields, name, value);
    if (!argument || !argument->secret || case_lists (self, "secret", name))
        return;
    if (!json_object_get (self->fields, "secret"))
        json_object_set_new (self->fields, "secret", json_array ());
    json_array_append_new (json_object_get (self->fields, "secret"), json_string (name));
}

//  "opinions_complete": every co-unit is in the list "opinions"
static bool
s_is_complete (const case_t *self, const char *name)
{
    static const char COMPLETE[] = "_complete";
    char list[80];
    size_t size = strlen (name), end = sizeof COMPLETE - 1, index;
    json_t *units = json_object_get (self->fields, "co_units"), *unit;
    if (size <= end || size - end >= sizeof list || strcmp (name + size - end, COMPLETE) != 0)
        return false;
    snprintf (list, sizeof list, "%.*s", (int) (size - end), name);
    json_array_foreach (units, index, unit)
        if (!case_lists (self, list, json_string_value (unit)))
            return false;
    return json_array_size (units) > 0;
}

const char *
case_field (const case_t *self, const char *name)
{
    if (!strcmp (name, "unit"))
        return self->unit;
    if (!strcmp (name, "kind"))
        return self->kind;
    if (!strcmp (name, "children"))
        return self->children > 0 ? "" : NULL;
    if (s_is_complete (self, name))
        return "";
    const json_t *value = json_object_get (self->fields, name);
    if (json_is_string (value))
        return json_string_value (value);
    return !value || json_is_null (value) || json_is_false (value) ? NULL : "";
}
