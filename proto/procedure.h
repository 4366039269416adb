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

//  What a field of the case must be for a move
typedef struct {
    const char *field;
    bool set;                        //  it must be there; or not
    const char *const *values;       //  it must be one of these, NULL-terminated; NULL: any value will do
    const char *title_zh, *title_en; //  what is said when it is not
} procedure_condition_t;

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
    //  --- what else it asks and does; see proto/README.md
    bool answers;                      //  an answer to what a ladder asked
    const procedure_condition_t *when; //  all must hold
    size_t when_count;
    const json_t *marks;         //  {field: text or boolean} that the case has after it; NULL: none
    const char *const *clears;   //  fields that the case has no longer
    const char *const *restarts; //  clocks that begin anew, though the state may stay
    const char *const *tells;    //  sources whose feeds hear of it, beside the case's own
    const char *collects;        //  field with the list of who has made this move; NULL: none
    const char *merges;          //  argument with the case that goes on for this one; NULL: none
    struct {
        const char *clock, *by; //  clock NULL: none; by: argument with the units that are added
        int times;              //  at most so often
    } extends;
    struct {
        const char *field; //  a date of the case that moves on; NULL: none
        int by;
        const char *unit; //  day, month, year
    } advances;
    struct {
        const char *procedure, *kind; //  of the case that it opens; NULL: none
        const char *title;            //  argument with the title; NULL: that of this case
    } opens;
} procedure_move_t;

typedef enum {
    ARGUMENT_TEXT,   //  a string that is not empty
    ARGUMENT_NAME,   //  an identifier: 1 to 128 bytes, no control or invisible characters
    ARGUMENT_NAMES,  //  1 to 20 different identifiers
    ARGUMENT_COUNT,  //  an integer, 1 to 999
    ARGUMENT_NUMBER, //  an integer, 0 to 2^53 - 1
    ARGUMENT_MOMENT, //  RFC 3339 with zone
    ARGUMENT_DATE,   //  2026-11-23
    ARGUMENT_CHOICE, //  one of values
    ARGUMENT_FLAG,   //  true or false
    ARGUMENT_HASH,   //  sha-256 in 64 lower-case hexadecimal digits
    ARGUMENT_CASE    //  the number of a case, with its check digit
} procedure_argument_type_t;

typedef struct {
    const char *name;
    const char *title_zh, *title_en;
    procedure_argument_type_t type;
    const char *const *values; //  of a choice, NULL-terminated; else NULL
    bool secret;               //  stays in the case's log: no feed, no notice, no listing shows it
} procedure_argument_t;

//  What a clock does that runs again after it had stopped
typedef enum {
    AGAIN_RESTART, //  begins anew
    AGAIN_KEEP,    //  goes on from its first beginning: a return or a transfer does not reset it
    AGAIN_KEEP_MIN //  the same, but at least some units remain from now
} procedure_again_t;

typedef struct {
    const char *name; //  first_contact
    const char *title_zh, *title_en;
    const char *const *states; //  runs while the case is in one of these
    int budget;                //  units; 0: taken from budget_field
    const char *budget_field;  //  field of the case with the number ("term"), or NULL
    int budget_default;        //  when the field is not set
    const char *unit;          //  working_day, calendar_day, hour, minute, office_hour, month, year, until
    const char *ladder;
    const char *until_field; //  of unit "until": field with the date or moment that is the last; or NULL
    int earlier;             //  of unit "until": so many working days before it
    const char *from_field;  //  field with the date or moment that it runs from; NULL: when the state began
    const char *const *paused_in; //  states in which it stands still; NULL-terminated
    procedure_again_t again;
    int at_least;                        //  units that AGAIN_KEEP_MIN leaves
    const char *debtor;                  //  who owes it: a role, or a word such as enterprise; NULL: the unit
    const char *on_breach;               //  command that duban gives itself when it runs out; or NULL
    const char *if_field, *unless_field; //  runs only while the case has this field, and has not that one
} procedure_clock_t;

typedef struct {
    const char *on; //  command, or "opened"
    const char *template;
    const char *const *to; //  roles; "submitter"
    bool confirm;          //  the case waits for its delivery: command "delivered" by role "system"
    bool urgent;
} procedure_notice_t;

//  NULL after writing to error: "suggestion.json:41: /moves/3/to: no state is called …". The label is the name of
//  the file without ".json": that of the procedure, or with its version "suggestion-1"
procedure_t *procedure_load (const char *path, char *error, size_t error_size);
procedure_t *procedure_parse (const char *label, const char *bytes, size_t size, char *error,
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
//  … only for units that the case has as co-units
bool procedure_role_is_of_co_unit (const procedure_t *self, const char *role);
//  The role that people hold: "handler" for a co-unit's handler
const char *procedure_role_held (const procedure_t *self, const char *role);
//  Arguments that a submission must have, and may have, to open such a case; NULL-terminated
const char *const *procedure_opening_needs (const procedure_t *self);
const char *const *procedure_opening_accepts (const procedure_t *self);
//  What an argument of a command must look like; NULL if no argument is called so
const procedure_argument_t *procedure_argument (const procedure_t *self, const char *name);
bool procedure_argument_fits (const procedure_argument_t *self, const json_t *value);
//  What it should be, for an error
const char *procedure_argument_form (const procedure_argument_t *self);
//  The first argument that is unknown, of the wrong form, or missing, and why; NULL: all is well. Arguments
//  that are absent from a NULL object count as missing.
const char *procedure_arguments_wrong (const procedure_t *self, const json_t *arguments,
                                       const char *const *needs, const char *const *accepts,
                                       const char **why);
bool procedure_has_kind (const procedure_t *self, const char *kind);

size_t procedure_state_count (const procedure_t *self);
const procedure_state_t *procedure_state_at (const procedure_t *self, size_t index);
size_t procedure_move_count (const procedure_t *self);
const procedure_move_t *procedure_move_at (const procedure_t *self, size_t index);
size_t procedure_clock_count (const procedure_t *self);
const procedure_clock_t *procedure_clock_at (const procedure_t *self, size_t index);
size_t procedure_notice_count (const procedure_t *self);
const procedure_notice_t *procedure_notice_at (const procedure_t *self, size_t index);
//  The clock is on in a state: runs, or stands still
bool procedure_clock_runs (const procedure_clock_t *clock, const char *state);
bool procedure_clock_is_paused (const procedure_clock_t *clock, const char *state);
const procedure_clock_t *procedure_clock (const procedure_t *self, const char *name);
//  The picture as Graphviz dot; picture and tables in Markdown; caller frees
char *procedure_dot (const procedure_t *self);
char *procedure_markdown (const procedure_t *self);
