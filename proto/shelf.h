//  shelf - the procedures that a replica knows, by name and version
#pragma once
#include "proto/procedure.h"

typedef struct shelf shelf_t;
//  Reads every *.json of a folder. NULL after writing to error.
shelf_t *shelf_new (const char *folder, char *error, size_t error_size);
void shelf_destroy (shelf_t **self_p);
//  The newest version; NULL: no such procedure
const procedure_t *shelf_newest (const shelf_t *self, const char *name);
//  Exactly this version; NULL: not here
const procedure_t *shelf_version (const shelf_t *self, const char *name, int version);
