//  form - what the entries of one register look like and who may write them, read from proto/registers/<name>.json
//
//  A register is data: a new one needs no C. An entry is a key and fields; a change of it is a merge patch
//  (RFC 7396) of the fields: what is null goes, what is not named stays. Fields hold no objects, so a patch has
//  one level. The format is described in proto/README.md; `register` itself is a word of C.
#pragma once
#include "proto/problem.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    FIELD_TEXT,        //  one line
    FIELD_ID,          //  an identifier: 1 to 128 bytes, no control or invisible characters
    FIELD_DATE,        //  2026-11-23
    FIELD_NUMBER,      //  a whole number
    FIELD_FLAG,        //  true or false
    FIELD_CHOICE,      //  one of the names that the declaration lists
    FIELD_CREDIT_CODE, //  统一社会信用代码 with its check character
    FIELD_REFERENCE    //  the key of an entry of another register, which need not be there yet
} field_type_t;

typedef struct {
    const char *name, *title_zh, *title_en;
    field_type_t type;
    bool list;     //  up to 64 such values
    bool required; //  an entry cannot begin without it, and it cannot be taken away
    bool secret;   //  confidential or sealed: in no view, no feed but the writer's own request
    int longest;   //  of a text, in characters
    int64_t least, greatest;
    const char *reference; //  the register that is referred to
    const json_t *values;  //  of a choice: [{name, zh, en}]
} field_t;

typedef struct form form_t;
typedef struct forms forms_t;

//  NULL after writing file, pointer and reason to error. References are not looked at: forms_new does.
form_t *form_load (const char *path, char *error, size_t error_size);
form_t *form_parse (const char *name, const char *bytes, size_t size, char *error, size_t error_size);
void form_destroy (form_t **self_p);

const char *form_name (const form_t *self);
const char *form_title (const form_t *self, const char *language);
size_t form_field_count (const form_t *self);
const field_t *form_field_at (const form_t *self, size_t index);
const field_t *form_field (const form_t *self, const char *name); //  NULL: it has none of this name
const field_t *form_key (const form_t *self);
//  The fields with the first and last day on which an entry holds, or NULL
const field_t *form_valid_from (const form_t *self);
const field_t *form_valid_until (const form_t *self);
//  Columns of a list
size_t form_shown_count (const form_t *self);
const field_t *form_shown_at (const form_t *self, size_t index);
bool form_lets_write (const form_t *self, const char *role);
//  Sources whose feeds hear of every change: array of names, borrowed; may be empty
const json_t *form_tells (const form_t *self);

//  --- values

//  Why a value is not one of this field; NULL: it is. References are checked against the register that they
//  name, if forms is given.
const char *field_wrong (const field_t *self, const json_t *value, const forms_t *forms);
//  Adds to problem what is wrong with a key or with the patch of a request, with pointers into the event
bool form_check_key (const form_t *self, const forms_t *forms, const char *key, problem_t *problem);
bool form_check_patch (const form_t *self, const forms_t *forms, const char *key, const json_t *patch,
                       problem_t *problem);
//  The same for all fields of an entry: nothing that is required is missing
bool form_check_whole (const form_t *self, const json_t *fields, problem_t *problem);
//  Exactly one of the fields in `one_of` is there
bool form_check_alternatives (const form_t *self, const json_t *fields, problem_t *problem);
//  True if the patch names a secret field
bool form_is_secret (const form_t *self, const json_t *patch);

//  --- the registers of a bureau

//  Reads every *.json of a folder; every reference must name one of them. NULL after writing to error.
forms_t *forms_new (const char *folder, char *error, size_t error_size);
void forms_destroy (forms_t **self_p);
const form_t *forms_find (const forms_t *self, const char *name);
size_t forms_count (const forms_t *self);
const form_t *forms_at (const forms_t *self, size_t index);
