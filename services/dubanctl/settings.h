//  settings - where dubanctl finds door, keys and databases: the environment, then the file that `make up`
//  wrote
//
//  X or X_FILE (the path of a file with the value), as for the services; the environment wins over the file.
//  The file has KEY=VALUE lines and is $DUBAN_HOME/env, or var/env below the current folder or the program's
//  clone.
#pragma once
#include <stdbool.h>

//  Reads the file, if there is one. Call once, first.
void settings_read (const char *program);
//  NULL when it is not set anywhere
const char *settings_text (const char *name);
long settings_number (const char *name, long standard);
//  The same, but says what is missing: NULL means that the command ends with USAGE
const char *settings_need (const char *name);
