//  procedure_words - what the parts of a procedure say in few words: for the tables of README and of dubanctl
#pragma once
#include "proto/procedure_parts.h"
#include <stdio.h>

typedef struct {
    FILE *out;
    const char *quote; //  around names: "`" in Markdown, "" on a terminal
    bool chinese;
} words_t;

void words_name (const words_t *self, const char *name);
//  Names with ", " between; "–" if there is none
void words_list (const words_t *self, const char *const *names);
//  What the case must be like: "no `ruled`, `state_of_it` = a / b"
void words_conditions (const words_t *self, const procedure_move_t *move);
//  What the move does beside moving: "sets `unit`; restarts `first_contact`"
void words_effects (const words_t *self, const procedure_move_t *move);
//  The term: "`term`, else 15 working days; from `received_on`; keeps running over a return"
void words_term (const words_t *self, const procedure_clock_t *clock);
//  What an argument must be: "integer 1–999", "one of `adopted`, `not_adopted`"
void words_type (const words_t *self, const procedure_argument_t *argument);
