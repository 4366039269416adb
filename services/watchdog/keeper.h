//  keeper - what both lanes look at: ladders, calendars, and the options of this installation
#pragma once
#include "common/service.h"
#include "services/watchdog/calendars.h"
#include "services/watchdog/decide.h"

typedef struct {
    service_t *service;
    ladders_t *ladders;
    calendars_t *calendars;
    const char *calendar; //  of new clocks
    calendar_rule_t rule;
} keeper_t;

//  A clock that is to be looked at again: the calendar changed, or it has no next step though it runs. A
//  request to the lane of facts, which frees it.
typedef struct {
    int64_t case_no;
    char name[64];
} recheck_t;

#define KEEPER_RETRY_US 3600000000LL //  a clock that cannot be decided waits an hour

//  Says which clock cannot be decided and why, and lets it wait
void keeper_postpone (deadline_t *deadline, moment_t now, const char *problem);
//  A world without knowledge of what has fired
world_t keeper_world (const keeper_t *self, void *arg, moment_t now);
