//  procedure_sense - what the checks of a procedure share: complaints, names, sets of states
//
//  A set of states is one word with a bit for each, so "what can be reached" is a loop until nothing is added.
#pragma once
#include "proto/procedure_parts.h"
#include <stdint.h>

typedef uint64_t states_t;

typedef struct {
    const procedure_t *procedure;
    char *error;
    size_t error_size;
} check_t;

//  Writes the complaint and returns false
__attribute__ ((format (printf, 2, 3))) bool check_fail (const check_t *self, const char *format, ...);
//  Each name of a list must satisfy known; else "<pointer>/3: no <what> is called x"
bool check_all (const check_t *self, const char *const *names,
                bool (*known) (const procedure_t *, const char *), const char *pointer, const char *what);
bool check_is_state (const procedure_t *self, const char *name);
bool check_is_role (const procedure_t *self, const char *name);
bool check_is_argument (const procedure_t *self, const char *name);
bool check_is_clock (const procedure_t *self, const char *name);
//  May a file name the field as one that is set? Not what duban itself keeps of a case.
bool check_is_free (const procedure_t *self, const char *name);
//  Some move sets, marks or collects the field, the opening has it as an argument, or duban itself keeps it
bool check_is_field (const procedure_t *self, const char *name);
//  The set of the states with these names, of one; and where one can get to from a set, itself included
states_t check_set (const procedure_t *self, const char *const *names);
states_t check_bit (const procedure_t *self, const char *name);
states_t check_reach (const procedure_t *self, states_t from);

//  Each about one thing; false after a complaint
bool check_moves (const check_t *self);
bool check_one_move (const check_t *self);
bool check_effects (const check_t *self);
bool check_clocks (const check_t *self);
