//  procedure_check_clocks - can every clock of a procedure start, stop, and be counted?

#include "proto/procedure_sense.h"
#include <stdio.h>
#include <string.h>

//  Is the field one that a move sets, from a count?
static bool
s_is_count_field (const procedure_t *self, const char *field)
{
    const procedure_argument_t *argument = procedure_argument (self, field);
    for (size_t index = 0; index < self->move_count; index++)
        if (list_has (self->moves[index].sets, field))
            return argument->type == ARGUMENT_COUNT;
    return false;
}

//  A date or a moment that the case may have
static bool
s_is_day_field (const procedure_t *self, const char *field)
{
    const procedure_argument_t *argument = procedure_argument (self, field);
    return check_is_field (self, field) && argument &&
           (argument->type == ARGUMENT_DATE || argument->type == ARGUMENT_MOMENT);
}

static bool
s_check_until (const check_t *self, size_t index)
{
    const procedure_clock_t *clock = &self->procedure->clocks[index];
    bool until = strcmp (clock->unit, "until") == 0;
    if (until != (clock->until_field != NULL))
        return check_fail (self, "/clocks/%zu/until_field: belongs to unit until, which needs it", index);
    if (clock->earlier && !until)
        return check_fail (self, "/clocks/%zu/earlier: belongs to unit until", index);
    if (until && (clock->budget || clock->budget_field))
        return check_fail (self, "/clocks/%zu/budget: a clock until a date has none", index);
    if (until && !s_is_day_field (self->procedure, clock->until_field))
        return check_fail (self, "/clocks/%zu/until_field: the case has no date called %s", index,
                           clock->until_field);
    if (clock->from_field && !s_is_day_field (self->procedure, clock->from_field))
        return check_fail (self, "/clocks/%zu/from_field: the case has no date called %s", index,
                           clock->from_field);
    return true;
}

static bool
s_check_budget (const check_t *self, size_t index)
{
    const procedure_clock_t *clock = &self->procedure->clocks[index];
    if (!s_check_until (self, index))
        return false;
    if (clock->until_field)
        return true;
    if ((clock->budget > 0) == (clock->budget_field != NULL))
        return check_fail (self, "/clocks/%zu/budget: either this or budget_field", index);
    if ((clock->budget_default > 0) != (clock->budget_field != NULL))
        return check_fail (self, "/clocks/%zu/budget_default: belongs to budget_field, which needs it",
                           index);
    if (clock->budget_field && !s_is_count_field (self->procedure, clock->budget_field))
        return check_fail (self, "/clocks/%zu/budget_field: no move sets a count called %s", index,
                           clock->budget_field);
    return true;
}

//  What happens beside running: standing still, running again, running out
static bool
s_check_life (const check_t *self, size_t index)
{
    const procedure_t *procedure = self->procedure;
    const procedure_clock_t *clock = &procedure->clocks[index];
    char pointer[48];
    snprintf (pointer, sizeof pointer, "/clocks/%zu/paused_in", index);
    if (!check_all (self, clock->paused_in, check_is_state, pointer, "state"))
        return false;
    for (size_t at = 0; clock->paused_in[at]; at++)
        if (list_has (clock->states, clock->paused_in[at]))
            return check_fail (self, "%s/%zu: it runs in %s", pointer, at, clock->paused_in[at]);
    const char *const fields[] = { clock->if_field, clock->unless_field };
    for (size_t at = 0; at < 2; at++)
        if (fields[at] && !check_is_field (procedure, fields[at]))
            return check_fail (self, "/clocks/%zu/%s: no move sets %s", index,
                               at ? "unless_field" : "if_field", fields[at]);
    if ((clock->again == AGAIN_KEEP_MIN) != (clock->at_least > 0))
        return check_fail (self, "/clocks/%zu/at_least: belongs to keep_min, which needs it", index);
    for (size_t at = 0; clock->on_breach && at < procedure->move_count; at++)
        if (strcmp (procedure->moves[at].command, clock->on_breach) == 0 &&
            list_has (procedure->moves[at].roles, "system") && !procedure->moves[at].needs[0])
            return true;
    return !clock->on_breach ||
           check_fail (self, "/clocks/%zu/on_breach: no move %s of role system that needs nothing", index,
                       clock->on_breach);
}

//  From each state in which it is on, one can get to where it is not
static bool
s_check_stops (const check_t *self, size_t index, const char *member, const char *const *states)
{
    const procedure_clock_t *clock = &self->procedure->clocks[index];
    states_t on = check_set (self->procedure, clock->states) | check_set (self->procedure, clock->paused_in);
    for (size_t at = 0; states[at]; at++)
        if (!(check_reach (self->procedure, check_bit (self->procedure, states[at])) & ~on))
            return check_fail (self, "/clocks/%zu/%s/%zu: in %s the clock %s can never stop", index, member,
                               at, states[at], clock->name);
    return true;
}

bool
check_clocks (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->clock_count; index++) {
        const procedure_clock_t *clock = &self->procedure->clocks[index];
        char pointer[48];
        snprintf (pointer, sizeof pointer, "/clocks/%zu/states", index);
        if (!check_all (self, clock->states, check_is_state, pointer, "state") ||
            !s_check_budget (self, index) || !s_check_life (self, index))
            return false;
        if (!s_check_stops (self, index, "states", clock->states) ||
            !s_check_stops (self, index, "paused_in", clock->paused_in))
            return false;
    }
    return true;
}
