//  table - the processes a supervisor keeps, read from a file: name, number, environment file, command
#pragma once
#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#define MAX_ARGUMENTS 32

typedef struct {
    char name[64], environment[PATH_MAX];
    int number;
    char *arguments[MAX_ARGUMENTS + 1];
    pid_t pid; //  0: not running
    long started_ms;
    long wait_ms; //  before the next start, if it dies before it has proved itself
    long start_at_ms;
} process_t;

//  Fills processes; 0 after a log line if the file cannot be read, is wrong, or names none
size_t table_read (const char *path, process_t *processes, size_t room);
