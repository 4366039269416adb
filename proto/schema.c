//  schema - a strict validator for a closed subset of JSON Schema, on jansson

#include "proto/schema.h"
#include "proto/schema_node.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct schema {
    json_t *owned; //  what schema_load has read, or NULL
    node_t *nodes; //  all of them, newest first
    node_t *top;
};

const json_t *
node_constant (const node_t *branch, const char *name)
{
    while (branch->reference)
        branch = branch->reference;
    for (size_t index = 0; branch->types == TYPE_BIT (JSON_OBJECT) && index < branch->member_count; index++) {
        const member_t *member = &branch->members[index];
        if (strcmp (member->name, name) == 0 && member->required && member->node)
            return member->node->constant;
    }
    return NULL;
}

static void
s_node_destroy (node_t *node)
{
    pattern_destroy (&node->pattern);
    free (node->members);
    free (node->branches);
    free (node);
}

schema_t *
schema_new (json_t *root, char *error, size_t error_size)
{
    schema_t *self = calloc (1, sizeof *self);
    assert (self);
    compiler_t compiler = { .nodes = &self->nodes, .root = root, .error = error, .error_size = error_size };
    self->top = node_compile (&compiler, root);
    if (!self->top)
        schema_destroy (&self);
    return self;
}

schema_t *
schema_load (const char *path, char *error, size_t error_size)
{
    json_error_t why;
    char reason[400];
    json_t *root = json_load_file (path, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        snprintf (error, error_size, "%s: line %d: %s", path, why.line, why.text);
        return NULL;
    }
    schema_t *self = schema_new (root, reason, sizeof reason);
    if (self)
        self->owned = root;
    else {
        snprintf (error, error_size, "%s: %s", path, reason);
        json_decref (root);
    }
    return self;
}

void
schema_destroy (schema_t **self_p)
{
    assert (self_p);
    schema_t *self = *self_p;
    if (self) {
        while (self->nodes) {
            node_t *node = self->nodes;
            self->nodes = node->next;
            s_node_destroy (node);
        }
        json_decref (self->owned);
        free (self);
        *self_p = NULL;
    }
}

bool
schema_check (const schema_t *self, const json_t *value, const char *at, problem_t *problem)
{
    return schema_check_node (self->top, value, at, problem);
}
