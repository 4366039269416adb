//  clocks - which terms of a case run, and what the watchdog must know about them
//
//  A case keeps for each clock {anchor, budget, ledger, since, due_at?, stopped_at?, extended?}: what was
//  stated last. Every fact states the whole truth with the case's version, so that order and repetition do not
//  matter. The ledger is append-only: suspend, resume, extend, floor (after a return at least so much remains).
#pragma once
#include "services/routing/decide.h"

//  After a step from one state (NULL: opened) to the case's state: starts, stops, suspends, resumes and
//  restates clocks. move: NULL when the case was opened. restate: the card has changed, so that all that run
//  are to be told anew.
void clocks_step (const decider_t *self, case_t *file, json_t *message, const char *from,
                  const procedure_move_t *move, moment_t moment, bool restate);
//  The watchdog says that a term ran out: remembered as field "<clock>_breached". The command that the
//  procedure gives then, or NULL. Ignored if the term has changed since.
const char *clocks_breach (case_t *file, const char *clock, int version);
//  May the move extend its clock? Else why not
const char *clocks_may_extend (const case_t *file, const procedure_move_t *move);
//  A date (00:00 local) or moment of the case; MOMENT_NONE: it has none
moment_t clocks_moment_of (const decider_t *self, const case_t *file, const char *field);
//  Of an imported case: a term that ran from one moment until another (MOMENT_NONE: runs), told to nobody for
//  what came before `now`
void clocks_import (const decider_t *self, case_t *file, json_t *message, const procedure_clock_t *clock,
                    moment_t from, moment_t stopped_at);
