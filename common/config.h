//  config - the environment as a table: name, meaning, default; read by main before anything is opened
//
//  Every X may instead be given as X_FILE, the path of a file with the value (secrets). Both: an error. Wrong
//  or missing stops the program with the variable's name. Nothing is ever written, no secret has a default.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef enum { CONFIG_TEXT, CONFIG_SECRET, CONFIG_NUMBER, CONFIG_BOOL, CONFIG_PATH } config_type_t;

typedef struct {
    const char *name; //  DUBAN_DB_URL
    config_type_t type;
    const char *standard; //  default; NULL = must be given
    const char *about;    //  one line for --help
    long low, high;       //  for numbers
} config_entry_t;

//  Reads a table (arrays are kept; call once per table). False after printing what is wrong to stderr.
bool config_read (const config_entry_t *entries, size_t count);
const char *config_text (const char *name); //  asserts that the name is in a table
long config_number (const char *name);
bool config_bool (const char *name);
//  Says on stderr what is wrong with an entry that only its owner can check; always false
bool config_complain (const char *name, const char *what);
//  The tables as help text / as log line (secrets masked)
void config_help (const config_entry_t *entries, size_t count);
