//  schema_keywords - from JSON Schema to nodes
//
//  One table of keywords; each has a function that takes its value into the node. What is not in the table is
//  an error, and so is what the two drafts read differently (a $ref with neighbours, items as a list).

#include "proto/schema_node.h"
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef bool (keyword_fn) (compiler_t *compiler, node_t *node, json_t *value);

//  --- where we are, and what is wrong there

static bool
s_error (compiler_t *self, const char *what)
{
    snprintf (self->error, self->error_size, "%s: %s", *self->pointer ? self->pointer : "/", what);
    return false;
}

//  Goes down to a member; returns how to come back: self->pointer[result] = 0
static size_t
s_descend (compiler_t *self, const char *name)
{
    size_t used = strlen (self->pointer);
    snprintf (self->pointer + used, sizeof self->pointer - used, "/%s", name);
    return used;
}

//  --- keywords

static bool
s_take_count (compiler_t *self, json_t *value, size_t *count)
{
    if (!json_is_integer (value) || json_integer_value (value) < 0)
        return s_error (self, "must be a whole number, not negative");
    *count = (size_t) json_integer_value (value);
    return true;
}

static bool
s_min_length (compiler_t *self, node_t *node, json_t *value)
{
    return s_take_count (self, value, &node->min_length);
}

static bool
s_max_length (compiler_t *self, node_t *node, json_t *value)
{
    return s_take_count (self, value, &node->max_length);
}

static bool
s_min_items (compiler_t *self, node_t *node, json_t *value)
{
    return s_take_count (self, value, &node->min_items);
}

static bool
s_max_items (compiler_t *self, node_t *node, json_t *value)
{
    return s_take_count (self, value, &node->max_items);
}

//  Comparing all with all is bounded by maxItems; without it a stranger would choose how long it takes
static bool
s_unique_items (compiler_t *self, node_t *node, json_t *value)
{
    const json_t *most = json_object_get (node->source, "maxItems");
    if (!json_is_boolean (value))
        return s_error (self, "must be true or false");
    if (!json_is_integer (most) || json_integer_value (most) > 200)
        return s_error (self, "needs maxItems of at most 200 beside it");
    node->unique = json_is_true (value);
    return true;
}

static bool
s_minimum (compiler_t *self, node_t *node, json_t *value)
{
    node->minimum = value;
    return json_is_number (value) || s_error (self, "must be a number");
}

static bool
s_maximum (compiler_t *self, node_t *node, json_t *value)
{
    node->maximum = value;
    return json_is_number (value) || s_error (self, "must be a number");
}

static bool
s_const (compiler_t *self, node_t *node, json_t *value)
{
    (void) self;
    node->constant = value;
    return true;
}

static bool
s_enum (compiler_t *self, node_t *node, json_t *value)
{
    node->choices = value;
    return json_array_size (value) > 0 || s_error (self, "must be an array with something in it");
}

static unsigned
s_type_bits (const json_t *name)
{
    static const struct {
        const char *name;
        unsigned bits;
    } TYPES[] = {
        { "object", TYPE_BIT (JSON_OBJECT) },
        { "array", TYPE_BIT (JSON_ARRAY) },
        { "string", TYPE_BIT (JSON_STRING) },
        { "integer", TYPE_BIT (JSON_INTEGER) },
        { "number", TYPE_NUMBER },
        { "boolean", TYPE_BOOLEAN },
        { "null", TYPE_BIT (JSON_NULL) },
    };
    for (size_t index = 0; json_is_string (name) && index < sizeof TYPES / sizeof *TYPES; index++)
        if (strcmp (TYPES[index].name, json_string_value (name)) == 0)
            return TYPES[index].bits;
    return 0;
}

static bool
s_type (compiler_t *self, node_t *node, json_t *value)
{
    size_t index;
    json_t *name;
    node->types = s_type_bits (value);
    json_array_foreach (value, index, name) {
        unsigned bits = s_type_bits (name);
        if (!bits)
            return s_error (self, "names a type that is not known");
        node->types |= bits;
    }
    return node->types || s_error (self, "must be the name of a type or a list of names");
}

static bool
s_pattern (compiler_t *self, node_t *node, json_t *value)
{
    char why[200];
    if (!json_is_string (value))
        return s_error (self, "must be a string");
    node->pattern = pattern_new (json_string_value (value), why, sizeof why);
    return node->pattern || s_error (self, why);
}

static bool
s_format (compiler_t *self, node_t *node, json_t *value)
{
    static const char *const FORMATS[] = { [FORMAT_DATE] = "date",
                                           [FORMAT_DATE_TIME] = "date-time",
                                           [FORMAT_ID] = "id",
                                           [FORMAT_SHA256] = "sha256" };
    for (format_t format = FORMAT_DATE; json_is_string (value) && format <= FORMAT_SHA256; format++)
        if (strcmp (FORMATS[format], json_string_value (value)) == 0) {
            node->format = format;
            return true;
        }
    return s_error (self, "must be date, date-time, id or sha256");
}

static bool
s_items (compiler_t *self, node_t *node, json_t *value)
{
    node->items = node_compile (self, value);
    return node->items != NULL;
}

static member_t *
s_member (node_t *node, const char *name)
{
    for (size_t index = 0; index < node->member_count; index++)
        if (strcmp (node->members[index].name, name) == 0)
            return &node->members[index];
    node->members = realloc (node->members, (node->member_count + 1) * sizeof *node->members);
    assert (node->members);
    node->members[node->member_count] = (member_t){ .name = name };
    return &node->members[node->member_count++];
}

static bool
s_properties (compiler_t *self, node_t *node, json_t *value)
{
    const char *name;
    json_t *source;
    if (!json_is_object (value))
        return s_error (self, "must be an object");
    json_object_foreach (value, name, source) {
        size_t back = s_descend (self, name);
        node_t *compiled = node_compile (self, source);
        if (!compiled)
            return false;
        self->pointer[back] = 0;
        s_member (node, name)->node = compiled;
    }
    return true;
}

static bool
s_required (compiler_t *self, node_t *node, json_t *value)
{
    size_t index;
    json_t *name;
    if (!json_is_array (value))
        return s_error (self, "must be an array");
    json_array_foreach (value, index, name) {
        if (!json_is_string (name))
            return s_error (self, "must be an array of names");
        s_member (node, json_string_value (name))->required = true;
    }
    return true;
}

static bool
s_additional (compiler_t *self, node_t *node, json_t *value)
{
    if (json_is_false (value)) {
        node->closed = true;
        return true;
    }
    node->additional = node_compile (self, value);
    return node->additional != NULL;
}

//  A member that every branch requires, with another constant in each: so at most one branch can fit, and
//  what is wrong with it can be said
static bool
s_discriminates (const node_t *node, const char *name)
{
    for (size_t one = 0; one < node->branch_count; one++) {
        const json_t *constant = node_constant (node->branches[one], name);
        if (!constant)
            return false;
        for (size_t other = 0; other < one; other++)
            if (json_equal (constant, node_constant (node->branches[other], name)))
                return false;
    }
    return true;
}

static bool
s_one_of (compiler_t *self, node_t *node, json_t *value)
{
    size_t index;
    json_t *source;
    if (json_array_size (value) == 0)
        return s_error (self, "must be an array with something in it");
    node->branches = calloc (json_array_size (value), sizeof *node->branches);
    assert (node->branches);
    json_array_foreach (value, index, source) {
        node_t *branch = node_compile (self, source);
        if (!branch)
            return false;
        node->branches[node->branch_count++] = branch;
    }
    const node_t *first = node->branches[0];
    assert (first);
    while (first->reference)
        first = first->reference;
    for (size_t member = 0; member < first->member_count && !node->discriminator; member++)
        if (s_discriminates (node, first->members[member].name))
            node->discriminator = first->members[member].name;
    return node->discriminator ||
           s_error (self, "needs objects told apart by a required member with a const");
}

static bool
s_reference (compiler_t *self, node_t *node, json_t *value)
{
    static const char PREFIX[] = "#/$defs/";
    const char *to = json_string_value (value);
    if (!to || strncmp (to, PREFIX, strlen (PREFIX)) != 0 || strpbrk (to + strlen (PREFIX), "/~%"))
        return s_error (self, "must be #/$defs/ and a name");
    json_t *target = json_object_get (json_object_get (self->root, "$defs"), to + strlen (PREFIX));
    if (!target)
        return s_error (self, "leads nowhere");
    node->reference = node_compile (self, target);
    return node->reference != NULL;
}

static bool
s_definitions (compiler_t *self, node_t *node, json_t *value)
{
    const char *name;
    json_t *source;
    if (node->source != self->root)
        return s_error (self, "belongs to the top");
    json_object_foreach (value, name, source) {
        size_t back = s_descend (self, name);
        if (!node_compile (self, source))
            return false;
        self->pointer[back] = 0;
    }
    return json_is_object (value) || s_error (self, "must be an object");
}

static const struct {
    const char *name;
    keyword_fn *take;    //  NULL: says nothing about the value
    bool with_reference; //  may stand beside $ref
} KEYWORDS[] = {
    { "$comment", NULL, true },
    { "$defs", s_definitions, true },
    { "$id", NULL, true },
    { "$ref", s_reference, true },
    { "$schema", NULL, true },
    { "additionalProperties", s_additional, false },
    { "const", s_const, false },
    { "default", NULL, true },
    { "description", NULL, true },
    { "enum", s_enum, false },
    { "examples", NULL, true },
    { "format", s_format, false },
    { "items", s_items, false },
    { "maximum", s_maximum, false },
    { "maxItems", s_max_items, false },
    { "maxLength", s_max_length, false },
    { "minimum", s_minimum, false },
    { "minItems", s_min_items, false },
    { "minLength", s_min_length, false },
    { "oneOf", s_one_of, false },
    { "pattern", s_pattern, false },
    { "properties", s_properties, false },
    { "required", s_required, false },
    { "title", NULL, true },
    { "type", s_type, false },
    { "uniqueItems", s_unique_items, false },
};

//  --- nodes

static bool
s_take_keyword (compiler_t *self, node_t *node, const char *name, json_t *value)
{
    bool beside_reference = json_object_get (node->source, "$ref") != NULL;
    for (size_t index = 0; index < sizeof KEYWORDS / sizeof *KEYWORDS; index++) {
        if (strcmp (KEYWORDS[index].name, name) != 0)
            continue;
        if (beside_reference && !KEYWORDS[index].with_reference)
            return s_error (self, "does not count beside $ref in draft-07");
        return !KEYWORDS[index].take || KEYWORDS[index].take (self, node, value);
    }
    return s_error (self, "is not a keyword that is checked here");
}

static node_t *
s_node_new (node_t **nodes, const json_t *source)
{
    node_t *node = calloc (1, sizeof *node);
    assert (node);
    node->source = source;
    node->max_length = node->max_items = SIZE_MAX;
    node->next = *nodes;
    *nodes = node;
    return node;
}

node_t *
node_compile (compiler_t *self, json_t *source)
{
    const char *name;
    json_t *value;
    for (node_t *node = *self->nodes; node; node = node->next)
        if (node->source == source)
            return node->ready || s_error (self, "refers to itself") ? node : NULL;
    if (!json_is_object (source)) {
        s_error (self, "must be a schema, an object");
        return NULL;
    }
    node_t *node = s_node_new (self->nodes, source);
    json_object_foreach (source, name, value) {
        size_t back = s_descend (self, name);
        if (!s_take_keyword (self, node, name, value))
            return NULL;
        self->pointer[back] = 0;
    }
    node->ready = true;
    return node;
}
