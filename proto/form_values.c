//  form_values - does a value, a patch, a whole entry fit its register?

#include "proto/credit_code.h"
#include "proto/event.h"
#include "proto/form_parts.h"
#include "proto/schema_node.h"
#include <stdio.h>
#include <string.h>

//  --------------------------------------------------------------------------
//  One value

//  Neither control characters nor what turns the direction of writing
static bool
s_is_treacherous (unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
}

static const char *
s_text_wrong (const field_t *field, const char *text)
{
    int points = 0;
    while (*text) {
        if (s_is_treacherous (utf8_next (&text)))
            return "must be one line without control characters";
        points++;
    }
    return !points ? "must not be empty; null takes it away" : points > field->longest ? "is too long" : NULL;
}

static const char *
s_number_wrong (const field_t *field, const json_t *value)
{
    if (!json_is_integer (value))
        return "must be a whole number";
    json_int_t number = json_integer_value (value);
    return number < field->least ? "is too small" : number > field->greatest ? "is too great" : NULL;
}

static const char *
s_choice_wrong (const field_t *field, const char *text)
{
    size_t index;
    json_t *row;
    json_array_foreach ((json_t *) field->values, index, row)
        if (strcmp (json_string_value (json_object_get (row, "name")), text) == 0)
            return NULL;
    return "is none of the values that the register lists";
}

static const char *
s_reference_wrong (const field_t *field, const json_t *value, const forms_t *forms)
{
    const form_t *other = forms ? forms_find (forms, field->reference) : NULL;
    if (other)
        return field_wrong (other->key, value, NULL);
    return schema_is_id (json_string_value (value)) ? NULL : "must be the key of an entry";
}

static const char *
s_value_wrong (const field_t *field, const json_t *value, const forms_t *forms)
{
    const char *text = json_string_value (value);
    if (field->type == FIELD_NUMBER)
        return s_number_wrong (field, value);
    if (field->type == FIELD_FLAG)
        return json_is_boolean (value) ? NULL : "must be true or false";
    if (!text)
        return "must be a string";
    switch (field->type) {
    case FIELD_ID:
        return schema_is_id (text) ? NULL : "must be 1 to 128 bytes without control or invisible characters";
    case FIELD_DATE:
        return event_date_is_valid (text) ? NULL : "must be a date that exists, like 2026-11-23";
    case FIELD_CHOICE:
        return s_choice_wrong (field, text);
    case FIELD_CREDIT_CODE:
        return credit_code_is_valid (text) ? NULL
                                           : "is no credit code of 18 characters with its check character";
    case FIELD_REFERENCE:
        return s_reference_wrong (field, value, forms);
    default:
        return s_text_wrong (field, text);
    }
}

const char *
field_wrong (const field_t *self, const json_t *value, const forms_t *forms)
{
    if (!self->list)
        return s_value_wrong (self, value, forms);
    if (!json_is_array (value) || !json_array_size (value) || json_array_size (value) > FORM_LIST_MAX)
        return "must be a list of 1 to 64 values; null takes it away";
    const char *wrong = NULL;
    for (size_t one = 0; one < json_array_size (value) && !wrong; one++) {
        wrong = s_value_wrong (self, json_array_get (value, one), forms);
        for (size_t other = 0; other < one && !wrong; other++)
            if (json_equal (json_array_get (value, one), json_array_get (value, other)))
                wrong = "has a value twice";
    }
    return wrong;
}

//  --------------------------------------------------------------------------
//  Keys, patches, entries

static bool
s_point (problem_t *problem, const char *name, const char *detail)
{
    char pointer[400] = "/data/fields";
    pointer_append (pointer, sizeof pointer, name);
    problem_point (problem, pointer, detail);
    return false;
}

bool
form_check_key (const form_t *self, const forms_t *forms, const char *key, problem_t *problem)
{
    json_t *value = json_string (key);
    const char *wrong = schema_is_id (key) ? field_wrong (self->key, value, forms)
                                           : "must be 1 to 128 bytes without control or invisible characters";
    json_decref (value);
    if (wrong)
        problem_point (problem, "/data/key", wrong);
    return !wrong;
}

//  Why a member of a patch cannot be; NULL: it can
static const char *
s_member_wrong (const form_t *self, const forms_t *forms, const char *name, const json_t *value)
{
    const field_t *field = form_field (self, name);
    if (!field)
        return "this register has no such field";
    if (json_is_null (value))
        return field->required || field == self->key ? "cannot be taken away" : NULL;
    return field_wrong (field, value, forms);
}

bool
form_check_patch (const form_t *self, const forms_t *forms, const char *key, const json_t *patch,
                  problem_t *problem)
{
    bool good = true;
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *) patch, name, value) {
        const char *wrong = s_member_wrong (self, forms, name, value);
        if (!wrong && strcmp (name, self->key->name) == 0 && strcmp (json_string_value (value), key) != 0)
            wrong = "is the key, and another one than the entry's";
        if (wrong)
            good = s_point (problem, name, wrong);
    }
    return good;
}

bool
form_check_alternatives (const form_t *self, const json_t *fields, problem_t *problem)
{
    size_t count = 0, index;
    json_t *name;
    json_array_foreach ((json_t *) self->one_of, index, name)
        count += json_object_get (fields, json_string_value (name)) != NULL;
    if (!self->one_of || count == 1)
        return true;
    return s_point (problem, json_string_value (json_array_get (self->one_of, 0)),
                    "exactly one of this and its alternatives must be there");
}

bool
form_check_whole (const form_t *self, const json_t *fields, problem_t *problem)
{
    bool good = true;
    for (const field_t *field = self->fields; field < self->fields + self->field_count; field++)
        if (field->required && field != self->key && !json_object_get (fields, field->name))
            good = s_point (problem, field->name, "is missing");
    return form_check_alternatives (self, fields, problem) && good;
}

bool
form_is_secret (const form_t *self, const json_t *patch)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *) patch, name, value) {
        const field_t *field = form_field (self, name);
        if (field && field->secret)
            return true;
    }
    return false;
}
