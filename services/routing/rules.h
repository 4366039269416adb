//  rules - which unit a new case is proposed for: an ordered list, the first that fits wins
//
//  deploy/rules.json: a list of {name, when: {kinds?, areas?, keywords?, sources?}, unit, term?, priority?}.
//  Every list of a rule's `when` must have a match; a keyword is looked for in title and text. The last rule,
//  and only that, has an empty `when`: it is the fallback, so there always is a unit.
#pragma once
#include <jansson.h>
#include <stddef.h>

typedef struct rules rules_t;

typedef struct {
    const char *name; //  of the rule
    const char *unit;
    int term; //  working days; 0: the procedure's default
} proposal_t;

//  NULL after writing to error, with the file's name and a JSON pointer
rules_t *rules_load (const char *path, char *error, size_t error_size);
rules_t *rules_parse (const char *name, const char *bytes, size_t size, char *error, size_t error_size);
void rules_destroy (rules_t **self_p);
//  message: a `submission`
proposal_t rules_propose (const rules_t *self, json_t *message);
