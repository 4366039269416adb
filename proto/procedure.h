//  procedure - states, moves, clocks and notices of one kind of case, read from proto/procedures/<name>.json
//
//  Checked at load: one move per (state, command), every state reachable from the initial one, ends have no
//  exits, every other state has one, every clock that starts can stop, every name that is used is declared.
//  An error names file, line (or JSON pointer) and member. The format is described in proto/README.md.
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct procedure procedure_t;

typedef struct {
    const char *name;
    const char *title_zh, *title_en;
    bool end;
} procedure_state_t;

typedef struct {
    const char *command;
    const char *const *from;    //  state names, NULL-terminated
    const char *to;             //  NULL: stays where it is
    const char *const *roles;   //  any of these, NULL-terminated; "submitter" and "system" are built in
    const char *const *needs;   //  argument names that must be there (strings or numbers), NULL-terminated
    const char *const *accepts; //  further arguments that may be there
    const char *const *sets;    //  arguments that become fields of the case ("unit", "term", "result" …)
    bool clears_unit;           //  the lead unit is taken away again
    const char *at; //  argument with the moment it happened ("contacted_at"), or NULL: the event's time
    const char *title_zh, *title_en;
} procedure_move_t;

typedef enum {
    ARGUMENT_TEXT,   //  a string that is not empty
    ARGUMENT_NAME,   //  an identifier: 1 to 128 bytes, no control or invisible characters
    ARGUMENT_COUNT,  //  an integer, 1 to 999
    ARGUMENT_MOMENT, //  RFC 3339 with zone
    ARGUMENT_CHOICE  //  one of values
} procedure_argument_type_t;

typedef struct {
    const char *name;
    const char *title_zh, *title_en;
    procedure_argument_type_t type;
    const char *const *values; //  of a choice, NULL-terminated; else NULL
} procedure_argument_t;

typedef struct {
    const char *name; //  first_contact
    const char *title_zh, *title_en;
    const char *const *states; //  runs while the case is in one of these
    int budget;                //  units; 0: taken from budget_field
    const char *budget_field;  //  field of the case with the number ("term"), or NULL
    int budget_default;        //  when the field is not set
    const char *unit;          //  working_day, calendar_day, hour, minute
    const char *ladder;
} procedure_clock_t;

typedef struct {
    const char *on; //  command, or "opened"
    const char *template;
    const char *const *to; //  roles; "submitter"
    bool confirm;          //  the case waits for its delivery: command "delivered" by role "system"
    bool urgent;
} procedure_notice_t;

//  NULL after writing to error: "suggestion.json: /moves/3/to: no state is called …"
procedure_t *procedure_load (const char *path, char *error, size_t error_size);
procedure_t *procedure_parse (const char *name, const char *bytes, size_t size, char *error,
                              size_t error_size);
void procedure_destroy (procedure_t **self_p);

const char *procedure_name (const procedure_t *self);
int procedure_version (const procedure_t *self);
const char *procedure_initial (const procedure_t *self);
const char *procedure_title (const procedure_t *self, const char *language);
const procedure_state_t *procedure_state (const procedure_t *self, const char *name);
//  The move for a command in a state; NULL if there is none
const procedure_move_t *procedure_move (const procedure_t *self, const char *state, const char *command);
bool procedure_has_command (const procedure_t *self, const char *command);
//  True if role acts only for its own unit (handler, unit_head)
bool procedure_role_is_of_unit (const procedure_t *self, const char *role);
//  What an argument of a command must look like; NULL if no argument is called so
const procedure_argument_t *procedure_argument (const procedure_t *self, const char *name);
bool procedure_argument_fits (const procedure_argument_t *self, const json_t *value);
bool procedure_has_kind (const procedure_t *self, const char *kind);

size_t procedure_state_count (const procedure_t *self);
const procedure_state_t *procedure_state_at (const procedure_t *self, size_t index);
size_t procedure_move_count (const procedure_t *self);
const procedure_move_t *procedure_move_at (const procedure_t *self, size_t index);
size_t procedure_clock_count (const procedure_t *self);
const procedure_clock_t *procedure_clock_at (const procedure_t *self, size_t index);
size_t procedure_notice_count (const procedure_t *self);
const procedure_notice_t *procedure_notice_at (const procedure_t *self, size_t index);
bool procedure_clock_runs (const procedure_clock_t *clock, const char *state);
//  The picture: Graphviz dot and a plain-text table for README; caller frees
char *procedure_dot (const procedure_t *self);
char *procedure_markdown (const procedure_t *self);
