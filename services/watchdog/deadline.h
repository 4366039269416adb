//  deadline - one clock as the watchdog keeps it: the fact that routing stated, and what follows from it
#pragma once
#include "common/term.h"
#include "services/watchdog/question.h"
#include <jansson.h>

#define DEADLINE_SECRET 2 //  from this secrecy on the card carries no title

typedef struct {
    //  --- stated
    int64_t case_no;
    char *name; //  first_contact, handling …
    int version;
    bool running;
    moment_t anchor;   //  the moment that starts it
    int budget;        //  how many units
    char *unit;        //  of the table in common/term_unit
    char *ledger_text; //  JSON list, as common/term_ledger reads it
    ledger_entry_t *ledger;
    size_t ledger_count;
    moment_t due_at; //  of unit until; MOMENT_NONE for the others
    int earlier;
    char *ladder;
    moment_t stopped_at; //  MOMENT_NONE while it runs
    char *card_text;     //  JSON object: number, title, unit, secrecy, source, submitter, procedure, trace
    //  --- an option of this installation
    calendar_rule_t rule;
    char *calendar;
    //  --- derived
    day_t due_date;     //  the last day; DAY_NONE for hours and minutes
    moment_t breach_at; //  MOMENT_NONE while it stands still with something left
    bool suspended;     //  it stands still: no next step
    bool provisional;
    int next_rung; //  index of a step (see projection.h), -1: none
    moment_t next_rung_at;
    questions_t questions; //  what its rungs have asked, as far as something lapses on it
    json_t *card;          //  parsed when it is first asked for
} deadline_t;

//  From a message of kind "clock". NULL: problem says what is wrong with it.
deadline_t *deadline_from_fact (json_t *message, const char *calendar, calendar_rule_t rule,
                                const char **problem);
//  The ledger from its text; false and none if it is not one
bool deadline_read_ledger (deadline_t *self);
//  For the arithmetic; borrows the ledger
term_t deadline_term (const deadline_t *self);
void deadline_destroy (deadline_t **self_p);
//  Never NULL: an object, empty if the text is not one
json_t *deadline_card (deadline_t *self);
