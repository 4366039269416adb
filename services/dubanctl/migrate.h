//  migrate - the parts of `dubanctl migrate`: schema files, passwords, calendar facts
#pragma once
#include "services/dubanctl/query.h"

//  Applies the files of one folder in order of their names, each in one transaction. Counts in *applied those
//  that were new. False after saying what is wrong.
typedef struct {
    PGconn *conn;
    const char *schema_folder; //  deploy/schema
    bool dry_run;
    int applied, known;
} migration_t;

bool migration_folder (migration_t *self, const char *schema, const char *folder);
//  Creates a schema owned by duban_owner
bool migration_schema (migration_t *self, const char *schema);
//  Sets the password of every role that has a file of its name in the folder
bool migrate_passwords (PGconn *conn, const char *folder);
//  Loads <folder>/<calendar>.csv files: date,works,name
bool migrate_calendars (PGconn *conn, const char *folder);
//  Reads a whole file: caller frees; NULL after complaining
char *file_read (const char *path, size_t *size);
