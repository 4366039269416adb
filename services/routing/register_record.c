//  register_record - one entry of a register in memory, and one line of its log

#include "common/calendar.h"
#include "services/routing/register.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *
s_copy (const char *text)
{
    return text ? strdup (text) : NULL;
}

record_t *
record_new (const form_t *form, const char *register_name, const char *key)
{
    record_t *self = calloc (1, sizeof *self);
    assert (self);
    *self = (record_t){ .register_name = s_copy (register_name),
                        .key = s_copy (key),
                        .form = form,
                        .body = json_object (),
                        .secret = json_object (),
                        .stamps = json_object () };
    return self;
}

void
record_destroy (record_t **self_p)
{
    if (!*self_p)
        return;
    record_t *self = *self_p;
    free (self->register_name);
    free (self->key);
    free (self->changed_by);
    json_decref (self->body);
    json_decref (self->secret);
    json_decref (self->stamps);
    free (self);
    *self_p = NULL;
}

static day_t
s_day (const record_t *self, const field_t *field)
{
    const char *text = field ? json_string_value (json_object_get (self->body, field->name)) : NULL;
    day_t day;
    return text && day_parse (text, &day) ? day : DAY_NONE;
}

day_t
record_valid_from (const record_t *self)
{
    return s_day (self, form_valid_from (self->form));
}

day_t
record_valid_until (const record_t *self)
{
    return s_day (self, form_valid_until (self->form));
}

void
record_log_clear (record_log_t *self)
{
    char *owned[] = { self->register_name, self->key,   self->actor,     self->spoke,
                      self->cause,         self->trace, self->canonical, self->secret };
    for (size_t index = 0; index < sizeof owned / sizeof *owned; index++)
        free (owned[index]);
    *self = (record_log_t){ 0 };
}
