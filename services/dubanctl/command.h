//  command - what a subcommand of dubanctl is: a name, operands, options and a function; help comes from the
//  same table
//
//  stdout is data, stderr is messages. Human tables by default, one JSON document with --json; JSON keys are
//  English, headings and messages follow LANG (zh… → Chinese).
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    DONE = 0,
    FAILED = 1,         //  an error that is none of the others
    USAGE = 2,          //  wrong options, or a setting is missing
    NOT_FOUND = 3,      //  no such case, clock, key, file
    CONFLICT = 4,       //  the state or version of the case does not allow it
    NOT_AUTHORISED = 5, //  the key, the person or the database role may not
    UNAVAILABLE = 6,    //  no answer in time; the same can safely be sent again
    PARTLY = 7,         //  some of the input could not be done; the summary says which
    TROUBLE = 8,        //  a check found what it was asked to look for
    INTERRUPTED = 130
} exit_t;

typedef struct {
    const char *name;     //  long option, without the dashes
    const char *argument; //  what its argument is called in help; NULL: a switch
    const char *en, *zh;
} option_row_t;

#define MAX_OPTIONS 24

typedef struct command command_t;

typedef struct {
    const command_t *command;
    const char *values[MAX_OPTIONS]; //  one per row of the command's options; "" for a switch that was given
    int count;                       //  operands
    char **operands;
} arguments_t;

struct command {
    const char *name;            //  "submit", or two words: "key new"
    const char *operands;        //  for help: "CASE COMMAND [name=value …]"
    int least, most;             //  number of operands; most -1: no limit
    const char *en, *zh;         //  what it does, one line
    const option_row_t *options; //  ended by a row without a name; may be NULL
    exit_t (*run) (const arguments_t *arguments);
};

//  Every subcommand, in the order of help; ended by NULL. The list stands in main.c.
extern const command_t *const COMMANDS[];

//  Fills arguments from what follows the command's name. DONE: run it; otherwise leave with this (help was
//  shown, or what is wrong was said). --help, --json and --timeout belong to every command.
typedef enum { ARGUMENTS_RUN, ARGUMENTS_HELP, ARGUMENTS_WRONG } parsed_t;
parsed_t arguments_parse (arguments_t *self, const command_t *command, int argc, char **argv);
void command_help (const command_t *command);
//  Value of an option, or NULL when it was not given
const char *arguments_value (const arguments_t *self, const char *name);
bool arguments_has (const arguments_t *self, const char *name);
//  A whole number from low to high; standard when not given. Complains and returns false if it is not one.
bool arguments_number (const arguments_t *self, const char *name, long *value, long low, long high);

//  Set by the options that every command has
extern bool option_json;
extern long option_timeout_ms;
