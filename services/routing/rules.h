//  rules - which unit a new case is proposed for, and why
//
//  deploy/rules.json: {about?, areas?, rules}, or the list of rules alone. A rule: {name, when, unit,
//  co_units?, priority?, term?}. Every member of `when` must hold:
//
//      kinds, sources, procedures   one of the list
//      areas     the submission's area, or, if it has none, the first town named in title and text; /areas
//                lists the towns with their other names
//      keywords  a list: one of them stands in title or text
//                {word: weight}: the weights of those that do, doubled in the title, sum to `at_least` (1)
//      unless    none of the list stands there
//
//  The first rule that fits wins. Rules with weights that stand next to each other are one round: of those
//  that fit, the highest sum wins, of equals the first. The last rule, and only that, has an empty `when`.
#pragma once
#include <jansson.h>
#include <stddef.h>

typedef struct rules rules_t;

typedef struct {
    const char *name; //  of the rule
    const char *unit;
    json_t *co_units;     //  list of texts, borrowed; NULL: none
    const char *priority; //  NULL: the rule does not say
    int term;             //  working days; 0: the procedure's default
    int score;            //  sum of the weights; 0 where the rule has none
} proposal_t;

//  NULL after writing to error, with the file's name, the line and a JSON pointer
rules_t *rules_load (const char *path, char *error, size_t error_size);
rules_t *rules_parse (const char *name, const char *bytes, size_t size, char *error, size_t error_size);
void rules_destroy (rules_t **self_p);
//  Has the file changed since it was loaded? RULES_NEW: what it says now is in force, texts of earlier proposals are
//  gone. RULES_WRONG: error says why; the rules stay as they are, and the file is let alone until it changes again.
typedef enum { RULES_SAME, RULES_NEW, RULES_WRONG } rules_look_t;
rules_look_t rules_look (rules_t *self, char *error, size_t error_size);
size_t rules_count (const rules_t *self);
//  The rule at this place of the list
proposal_t rules_at (const rules_t *self, size_t index);
//  message: a `submission`. Texts are borrowed from the rules.
proposal_t rules_propose (const rules_t *self, json_t *message);
//  The same with reasons: {rule, unit, area, looked_at: [{rule, unit, fits, score, at_least, words: [{word,
//  weight, in}], against}]}; looked_at has the rules up to the decision, `against` the member of `when` that
//  spoke against one. Caller's.
json_t *rules_explain (const rules_t *self, json_t *message);
