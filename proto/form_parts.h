//  form_parts - what a form is made of; shared by the files of the form, nobody else's business
//
//      form.c  file ─▶ shape ─▶ form_t ─▶ form_check.c  does it make sense?
//      form_values.c  does a value, a patch, an entry fit?        forms.c  all of a folder
#pragma once
#include "proto/form.h"

#define FORM_FIELDS_MAX 60
#define FORM_SHOWN_MAX  16
#define FORM_LIST_MAX   64

struct form {
    json_t *root; //  owned: all texts point into it
    const char *name, *title_zh, *title_en;
    field_t fields[FORM_FIELDS_MAX];
    size_t field_count;
    const field_t *key, *valid_from, *valid_until; //  the latter may be NULL
    const field_t *shown[FORM_SHOWN_MAX];
    size_t shown_count;
    const json_t *writers, *tells, *one_of; //  one_of may be NULL
};

//  proto/schemas/register.json
const char *form_shape (void);
//  Fills all but root. False after writing "/fields/3/values: …" to error.
bool form_check (form_t *self, char *error, size_t error_size);
