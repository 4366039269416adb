//  procedure_parts - what a procedure is made of; shared by the files that read, check and print it
//
//      procedure.c  file ─▶ shape (procedure_shape.c) ─▶ procedure_t (procedure_read.c) ─▶ sense
//      (procedure_check.c) ─▶ ready
#pragma once
#include "proto/procedure.h"
#include <stdio.h>

#define PROCEDURE_STATES_MAX 64 //  a set of states is one 64-bit word

typedef struct {
    const char *name;
    const char *title_zh, *title_en;
    bool of_unit;    //  acts only for cases of the unit it belongs to
    bool of_co_unit; //  … for which that unit is a co-unit
    const char *as;  //  who holds this role is whoever holds that one; NULL: it is held itself
} role_t;

typedef struct {
    const char *name;
    const char *title_zh, *title_en;
} kind_t;

typedef struct block block_t; //  a piece of memory that lives as long as the procedure

struct procedure {
    json_t *root; //  all texts are borrowed from it
    block_t *blocks;
    const char *name, *initial, *title_zh, *title_en;
    int version;
    size_t kind_count, role_count, argument_count, state_count, move_count, clock_count, notice_count;
    kind_t *kinds;
    role_t *roles;
    procedure_argument_t *arguments;
    procedure_state_t *states;
    procedure_move_t *moves;
    procedure_clock_t *clocks;
    procedure_notice_t *notices;
    const char *const *opening_needs, *const *opening_accepts;
};

//  Fills the parts from root, and gives everything back
void procedure_read (procedure_t *self);
void procedure_forget (procedure_t *self);
//  The shape of the file as JSON Schema (also proto/schemas/procedure.json); borrowed, a constant
const char *procedure_shape (void);
//  Everything that the shape cannot say. False after writing pointer and sentence to error.
bool procedure_check (const procedure_t *self, char *error, size_t error_size);
bool list_has (const char *const *list, const char *name);
//  The picture as a Mermaid block
void procedure_mermaid (const procedure_t *self, FILE *out);
