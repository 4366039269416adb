//  decide - what a message makes of a case: next state, log entry, clocks, notices. No I/O, no clock.
//
//      (case, message) ─▶ procedure's move ─▶ case changed + log entry + facts for watchdog, notify, intake
//                                        └──▶ refused (problem to who asked), or waits for what comes before
//                                        it
#pragma once
#include "proto/problem.h"
#include "services/routing/case.h"
#include "services/routing/rules.h"

typedef enum {
    DECIDED_MOVED,   //  the case changed; there is a log entry
    DECIDED_REFUSED, //  who asked is told why
    DECIDED_WAITS,   //  came before what it depends on: try again when the case has moved
    DECIDED_IGNORED  //  says nothing new
} decided_t;

//  Where the results go
typedef struct {
    void (*log) (void *arg, const log_entry_t *entry);             //  takes what the entry points to
    void (*post) (void *arg, const char *target, json_t *message); //  takes the message
    case_t *(*find) (void *arg, int64_t case_no); //  another case on the desk; NULL: it is not there
    void *arg;
} decide_sink_t;

typedef struct {
    const rules_t *rules;
    int utc_offset_minutes;
    decide_sink_t sink;
} decider_t;

//  A new case from a `submission`; its procedure is known
case_t *decide_open (const decider_t *self, const procedure_t *procedure, json_t *message);
//  A `command`, `rung` or `delivered` on a case
decided_t decide_message (const decider_t *self, case_t *file, json_t *message);
//  Tells who asked that a command was refused. file may be NULL (never came).
void decide_refuse (const decider_t *self, const case_t *file, json_t *message, problem_code_t code,
                    const char *detail, const char *pointer);
