//  keeper - what both lanes look at

#include "services/watchdog/keeper.h"
#include "common/log.h"

void
keeper_postpone (deadline_t *deadline, moment_t now, const char *problem)
{
    char subject[120];
    snprintf (subject, sizeof subject, "clock %lld/%.60s", (long long) deadline->case_no, deadline->name);
    service_alarm (subject, problem);
    deadline->next_rung = -1;
    deadline->next_rung_at = now + KEEPER_RETRY_US;
}

world_t
keeper_world (const keeper_t *self, void *arg, moment_t now)
{
    return (world_t){ .ladders = self->ladders, .arg = arg, .now = now };
}
