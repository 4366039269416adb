//  shelf - the procedures that a replica knows, by name and version
//
//      <folder>/<name>.json                     the version that new cases get
//      <folder>/former/<name>-<version>.json    earlier ones: cases that began with them go on
//      routing.procedure                        both of these, and what was applied while the services ran
//
//  A procedure that was once on the shelf stays there, at the same address: cases point to it.
#pragma once
#include "proto/procedure.h"

typedef struct shelf shelf_t;
//  Reads a folder; NULL: begins empty. NULL after writing to error.
shelf_t *shelf_new (const char *folder, char *error, size_t error_size);
void shelf_destroy (shelf_t **self_p);
//  Puts one more version there; nothing happens if it is there already. False after writing to error.
typedef struct {
    const char *name;
    int version;
    const char *bytes; //  of the file
    size_t size;
} shelf_file_t;
bool shelf_add (shelf_t *self, const shelf_file_t *file, char *error, size_t error_size);
//  The newest version; NULL: no such procedure
const procedure_t *shelf_newest (const shelf_t *self, const char *name);
//  Exactly this version; NULL: not here
const procedure_t *shelf_version (const shelf_t *self, const char *name, int version);
//  By number, in order of name and version; the file as it was read
size_t shelf_count (const shelf_t *self);
const procedure_t *shelf_at (const shelf_t *self, size_t index);
shelf_file_t shelf_file (const shelf_t *self, size_t index);
//  README of the folder: every newest version in tables, the earlier ones by number; caller frees
char *shelf_markdown (const shelf_t *self);
