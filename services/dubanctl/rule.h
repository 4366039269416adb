//  rule - what `dubanctl rule check|show|test` share
#pragma once
#include "services/dubanctl/command.h"
#include "services/routing/rules.h"

//  The rules of --rules, of DUBAN_RULES, or deploy/rules.json; path says which. NULL after saying why.
rules_t *rule_load (const arguments_t *arguments, const char **path);
//  A submission as routing would get it: strings may be NULL, the text is cut as the door cuts it. Caller's.
typedef struct {
    const char *title, *text, *kind, *area, *source, *procedure;
} rule_example_t;
json_t *rule_message (const rule_example_t *example);
//  The list with ", " between
const char *rule_list (const json_t *texts);

//  --------------------------------------------------------------------------
//  Counting right and wrong

typedef struct score score_t;

score_t *score_new (void);
void score_destroy (score_t **self_p);
void score_add (score_t *self, const char *expected, const char *proposed);
//  Right ones of all, 0 … 1; 0 where there are none
double score_accuracy (const score_t *self);
size_t score_count (const score_t *self);
//  Precision and recall of every unit and the commonest confusions, as tables or as members of document
void score_print (score_t *self);
void score_json (score_t *self, json_t *document);
