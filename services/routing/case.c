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
