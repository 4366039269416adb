//  schema_node - what a schema is compiled to; shared by the files of the validator, nobody else's business
//
//      schema_keywords.c  JSON ─▶ node_t           schema_check.c  node_t × value ─▶ problems
//      schema_pattern.c   "^[a-z]{1,8}$" ─▶ pattern_t
#pragma once
#include "proto/schema.h"

//  One bit for each of jansson's types, so that "type" is one AND
#define TYPE_BIT(type) (1u << (type))
#define TYPE_BOOLEAN   (TYPE_BIT (JSON_TRUE) | TYPE_BIT (JSON_FALSE))
#define TYPE_NUMBER    (TYPE_BIT (JSON_INTEGER) | TYPE_BIT (JSON_REAL))

typedef enum { FORMAT_NONE, FORMAT_DATE, FORMAT_DATE_TIME, FORMAT_ID, FORMAT_SHA256 } format_t;
typedef struct pattern pattern_t;
typedef struct node node_t;

typedef struct {
    const char *name; //  borrowed from the schema's JSON
    node_t *node;     //  NULL: may be anything
    bool required;
} member_t;

struct node {
    const json_t *source; //  the JSON it was compiled from
    node_t *next;         //  all nodes of a schema, for destruction
    bool ready;           //  false while it is being compiled: meeting it again means a circle
    node_t *reference;    //  $ref; then nothing else is set
    unsigned types;       //  TYPE_BIT of what is allowed; 0 = anything
    const json_t *constant, *choices;
    size_t min_length, max_length; //  code points
    const json_t *minimum, *maximum;
    pattern_t *pattern;
    format_t format;
    node_t *items;
    size_t min_items, max_items;
    bool unique;
    member_t *members; //  properties and required together
    size_t member_count;
    bool closed;        //  additionalProperties: false
    node_t *additional; //  additionalProperties: a schema
    node_t **branches;  //  oneOf
    size_t branch_count;
    const char *discriminator; //  the required member whose const tells the branches apart
};

typedef struct {
    node_t **nodes; //  all that were made, newest first
    json_t *root;
    char pointer[256]; //  where we are, for the error
    char *error;
    size_t error_size;
} compiler_t;

//  The node of a piece of schema, made if there is none yet. NULL after writing to error.
node_t *node_compile (compiler_t *self, json_t *source);
//  The branch's constant for a member; NULL if it has none or does not require the member
const json_t *node_constant (const node_t *branch, const char *name);

//  NULL after writing to error
pattern_t *pattern_new (const char *text, char *error, size_t error_size);
void pattern_destroy (pattern_t **self_p);
bool pattern_matches (const pattern_t *self, const char *text);
//  Adds "/name" to a JSON pointer (RFC 6901), as much as fits
void pointer_append (char *text, size_t text_size, const char *name);
//  The next code point of valid UTF-8; moves on
unsigned utf8_next (const char **text);
//  The check itself, and the one rule that attributes of events share with format "id"
bool schema_check_node (const node_t *node, const json_t *value, const char *at, problem_t *problem);
bool schema_is_id (const char *text);
