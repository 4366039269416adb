//  schema - a strict validator for a closed subset of JSON Schema, on jansson
//
//  Keywords: type (one or a list), required, properties, additionalProperties (false or a schema), enum,
//  const, minLength, maxLength (in code points), pattern (a subset that PCRE2 and ECMA 262 agree on), format
//  (date, date-time, uuid-like "id", sha256), minimum, maximum, items, minItems, maxItems, uniqueItems, oneOf
//  (with discriminating const), $ref to #/$defs/…; title, description, $schema, $id, $defs, examples, default
//  are allowed and ignored. Any other keyword is an error at load: a schema never silently under-checks. The
//  files are valid in both draft-07 and 2020-12.
#pragma once
#include "proto/problem.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct schema schema_t;

//  Compiles; root is borrowed for the life of the schema. NULL and a sentence with the JSON pointer in error.
schema_t *schema_new (json_t *root, char *error, size_t error_size);
//  Reads and compiles a file; the schema owns what it read
schema_t *schema_load (const char *path, char *error, size_t error_size);
void schema_destroy (schema_t **self_p);
//  True if value fits. Otherwise adds what is wrong to problem (if not NULL), pointers prefixed with `at`.
bool schema_check (const schema_t *self, const json_t *value, const char *at, problem_t *problem);
