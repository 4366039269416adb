//  case - a case in memory while a batch is decided

#include "services/routing/case.h"
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

const char *
case_field (const case_t *self, const char *name)
{
    if (!strcmp (name, "unit"))
        return self->unit;
    if (!strcmp (name, "kind"))
        return self->kind;
    if (!strcmp (name, "children"))
        return self->children > 0 ? "" : NULL;
    const json_t *value = json_object_get (self->fields, name);
    if (json_is_string (value))
        return json_string_value (value);
    return !value || json_is_null (value) || json_is_false (value) ? NULL : "";
}
