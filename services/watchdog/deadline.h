//  deadline - one clock as the watchdog keeps it: the fact that routing stated, and what follows from it
#pragma once
#include "common/calendar.h"
#include "services/watchdog/question.h"
#include <jansson.h>

#define DEADLINE_SECRET 2 //  from this secrecy on the card carries no title

typedef struct {
    //  --- stated
    int64_t case_no;
    char *name; //  first_contact, handling …
    int version;
    bool running;
    moment_t anchor; //  the moment that starts it
    int budget;      //  how many units
    char *unit;      //  working_day, calendar_day, hour, minute
    char *ladder;
    moment_t stopped_at; //  MOMENT_NONE while it runs
    char *card_text;     //  JSON object: number, title, unit, secrecy, source, submitter, procedure, trace
    //  --- an option of this installation
    calendar_rule_t rule;
    char *calendar;
    //  --- derived
    day_t due_date; //  the last day; DAY_NONE for hours and minutes
    moment_t breach_at;
    bool provisional;
    int next_rung; //  index of a step (see projection.h), -1: none
    moment_t next_rung_at;
    questions_t questions; //  what its rungs have asked, as far as something lapses on it
    json_t *card;          //  parsed when it is first asked for
} deadline_t;

//  From a message of kind "clock". NULL: problem says what is wrong with it.
deadline_t *deadline_from_fact (json_t *message, const char *calendar, calendar_rule_t rule,
                                const char **problem);
void deadline_destroy (deadline_t **self_p);
//  Never NULL: an object, empty if the text is not one
json_t *deadline_card (deadline_t *self);
