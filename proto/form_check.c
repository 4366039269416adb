//  form_check - does a register make sense? Everything that its shape cannot say.
//
//  A list of checks, each about one thing; the first that fails says where and why.

#include "proto/form_parts.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    form_t *form;
    char *error;
    size_t error_size;
} check_t;

__attribute__ ((format (printf, 2, 3))) static bool
s_fail (const check_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->error, self->error_size, format, arguments);
    va_end (arguments);
    return false;
}

static bool
s_check_names (const check_t *self)
{
    const form_t *form = self->form;
    for (size_t one = 0; one < form->field_count; one++)
        for (size_t other = 0; other < one; other++)
            if (strcmp (form->fields[one].name, form->fields[other].name) == 0)
                return s_fail (self, "/fields/%zu/name: is there twice", one);
    return true;
}

//  Members that belong to one type of field, and those that this type must have
static bool
s_check_members (const check_t *self)
{
    static const struct {
        const char *member;
        field_type_t type;
        bool needed;
    } MEMBERS[] = { { "values", FIELD_CHOICE, true },
                    { "register", FIELD_REFERENCE, true },
                    { "longest", FIELD_TEXT, false },
                    { "least", FIELD_NUMBER, false },
                    { "greatest", FIELD_NUMBER, false } };
    const json_t *rows = json_object_get (self->form->root, "fields");
    for (size_t index = 0; index < self->form->field_count; index++)
        for (size_t row = 0; row < sizeof MEMBERS / sizeof *MEMBERS; row++) {
            bool there = json_object_get (json_array_get (rows, index), MEMBERS[row].member) != NULL;
            bool fits = self->form->fields[index].type == MEMBERS[row].type;
            if (there && !fits)
                return s_fail (self, "/fields/%zu/%s: does not belong to this type", index,
                               MEMBERS[row].member);
            if (!there && fits && MEMBERS[row].needed)
                return s_fail (self, "/fields/%zu/%s: this type needs it", index, MEMBERS[row].member);
        }
    return true;
}

static bool
s_check_values (const check_t *self)
{
    for (size_t index = 0; index < self->form->field_count; index++) {
        const field_t *field = &self->form->fields[index];
        if (field->least > field->greatest)
            return s_fail (self, "/fields/%zu/least: is more than the greatest", index);
        for (size_t one = 0; one < json_array_size (field->values); one++)
            for (size_t other = 0; other < one; other++)
                if (json_equal (json_object_get (json_array_get (field->values, one), "name"),
                                json_object_get (json_array_get (field->values, other), "name")))
                    return s_fail (self, "/fields/%zu/values/%zu: is there twice", index, one);
    }
    return true;
}

static const field_t *
s_named (const check_t *self, const char *member)
{
    const char *name = json_string_value (json_object_get (self->form->root, member));
    return name ? form_field (self->form, name) : NULL;
}

static bool
s_check_key (const check_t *self)
{
    const field_t *key = self->form->key = s_named (self, "key");
    if (!key)
        return s_fail (self, "/key: no field is called so");
    if (key->list || key->secret ||
        (key->type != FIELD_TEXT && key->type != FIELD_ID && key->type != FIELD_CREDIT_CODE))
        return s_fail (self, "/key: must be one text, id or credit_code that is no secret");
    return true;
}

static bool
s_check_term (const check_t *self)
{
    struct {
        const char *member;
        const field_t **field;
    } ends[] = { { "valid_from", &self->form->valid_from }, { "valid_until", &self->form->valid_until } };
    for (size_t index = 0; index < sizeof ends / sizeof *ends; index++) {
        if (!json_object_get (self->form->root, ends[index].member))
            continue;
        const field_t *field = *ends[index].field = s_named (self, ends[index].member);
        if (!field || field->type != FIELD_DATE || field->list || field->secret)
            return s_fail (self, "/%s: must name a date that is neither a list nor a secret",
                           ends[index].member);
    }
    return true;
}

static bool
s_check_lists (const check_t *self)
{
    size_t index;
    json_t *name;
    json_array_foreach (json_object_get (self->form->root, "shows"), index, name) {
        const field_t *field = form_field (self->form, json_string_value (name));
        if (!field || field->secret)
            return s_fail (self, "/shows/%zu: must name a field that is no secret", index);
        self->form->shown[self->form->shown_count++] = field;
    }
    json_array_foreach ((json_t *) self->form->one_of, index, name) {
        const field_t *field = form_field (self->form, json_string_value (name));
        if (!field || field->required || field == self->form->key)
            return s_fail (self, "/one_of/%zu: must name a field that is neither required nor the key",
                           index);
    }
    return true;
}

static bool (*const CHECKS[]) (const check_t *self) = { s_check_names, s_check_members, s_check_values,
                                                        s_check_key,   s_check_term,    s_check_lists };

bool
form_check (form_t *self, char *error, size_t error_size)
{
    check_t check = { self, error, error_size };
    for (size_t index = 0; index < sizeof CHECKS / sizeof *CHECKS; index++)
        if (!CHECKS[index](&check))
            return false;
    return true;
}
