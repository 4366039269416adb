//  clocks - which terms of a case run, and what the watchdog must know about them
//
//  A case keeps for each clock {anchor, budget, ledger, since, due_at?, stopped_at?, extended?}: what was
//  stated last. Every fact states the whole truth with the case's version, so that order and repetition do not
//  matter. The ledger is append-only: suspend, resume, extend, floor (after a return at least so much remains).
#pragma once
#include "services/routing/decide.h"

//  A step of a case that has taken place: its state is the new one
typedef struct {
    const decider_t *decider;
    case_t *file;
    json_t *message;
    const procedure_move_t *move; //  NULL: the case was opened
    moment_t moment;
    bool restate; //  the card has changed: all clocks that run are told anew
} clock_step_t;

//  Starts, stops, suspends, resumes and restates clocks
void clocks_step (const clock_step_t *step);
//  The watchdog says that a term ran out: remembered as field "<clock>_breached". The command that the
//  procedure gives then, or NULL. Ignored if the term has changed since.
const char *clocks_breach (case_t *file, const char *clock, int version);
//  NULL, or why the terms do not allow the move now: its extension, or a ledger that is full
const char *clocks_impossible (const case_t *file, json_t *message, const procedure_move_t *move);
//  A date (00:00 local) or moment of the case; MOMENT_NONE: it has none
moment_t clocks_moment_of (const decider_t *self, const case_t *file, const char *field);
//  Of an imported case: a term that ran from one moment until another (MOMENT_NONE: runs), told to nobody for
//  what came before `now`
void clocks_import (const decider_t *self, case_t *file, json_t *message, const procedure_clock_t *clock,
                    moment_t from, moment_t stopped_at);
