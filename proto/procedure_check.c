//  procedure_check - does a procedure make sense? Everything that its shape cannot say.
//
//  A list of checks, each about one thing; the first that fails says where and why. A set of states is one
//  word with a bit for each, so "what can be reached" is a loop until nothing is added.

#include "proto/procedure_parts.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t states_t;

typedef struct {
    const procedure_t *procedure;
    char *error;
    size_t error_size;
} check_t;

//  --- small helpers

__attribute__ ((format (printf, 2, 3))) static bool
s_fail (const check_t *self, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    vsnprintf (self->error, self->error_size, format, args);
    va_end (args);
    return false;
}

//  Index of a state, or -1
static int
s_state (const procedure_t *self, const char *name)
{
    for (size_t index = 0; index < self->state_count; index++)
        if (strcmp (self->states[index].name, name) == 0)
            return (int) index;
    return -1;
}

static states_t
s_bit (const procedure_t *self, const char *name)
{
    int index = s_state (self, name);
    return index < 0 ? 0 : (states_t) 1 << index;
}

static states_t
s_set (const procedure_t *self, const char *const *names)
{
    states_t set = 0;
    for (; *names; names++)
        set |= s_bit (self, *names);
    return set;
}

static bool
s_is_role (const procedure_t *self, const char *name)
{
    if (strcmp (name, "submitter") == 0 || strcmp (name, "system") == 0)
        return true;
    for (size_t index = 0; index < self->role_count; index++)
        if (strcmp (self->roles[index].name, name) == 0)
            return true;
    return false;
}

//  Where one can get to from a set of states, the set itself included
static states_t
s_reach (const procedure_t *self, states_t from)
{
    states_t before;
    do {
        before = from;
        for (size_t index = 0; index < self->move_count; index++) {
            const procedure_move_t *move = &self->moves[index];
            if (move->to && (from & s_set (self, move->from)))
                from |= s_bit (self, move->to);
        }
    } while (from != before);
    return from;
}

//  Each name of a list must satisfy known
static bool
s_all (const check_t *self, const char *const *names, bool (*known) (const procedure_t *, const char *),
       const char *pointer, const char *what)
{
    for (size_t index = 0; names[index]; index++)
        if (!known (self->procedure, names[index]))
            return s_fail (self, "%s/%zu: no %s is called %s", pointer, index, what, names[index]);
    return true;
}

static bool
s_is_state (const procedure_t *self, const char *name)
{
    return s_state (self, name) >= 0;
}

static bool
s_is_argument (const procedure_t *self, const char *name)
{
    return procedure_argument (self, name) != NULL;
}

//  --- names

static bool
s_check_names (const check_t *self)
{
    static const struct {
        const char *member, *key;
    } LISTS[] = { { "kinds", "name" },
                  { "roles", "name" },
                  { "arguments", "name" },
                  { "states", "name" },
                  { "clocks", "name" } };
    for (size_t list = 0; list < sizeof LISTS / sizeof *LISTS; list++) {
        const json_t *array = json_object_get (self->procedure->root, LISTS[list].member);
        for (size_t one = 0; one < json_array_size (array); one++)
            for (size_t other = 0; other < one; other++)
                if (json_equal (json_object_get (json_array_get (array, one), LISTS[list].key),
                                json_object_get (json_array_get (array, other), LISTS[list].key)))
                    return s_fail (self, "/%s/%zu/%s: is there twice", LISTS[list].member, one,
                                   LISTS[list].key);
    }
    for (size_t role = 0; role < self->procedure->role_count; role++)
        if (strcmp (self->procedure->roles[role].name, "submitter") == 0 ||
            strcmp (self->procedure->roles[role].name, "system") == 0)
            return s_fail (self, "/roles/%zu/name: is built in", role);
    return true;
}

static bool
s_check_arguments (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->argument_count; index++) {
        const procedure_argument_t *argument = &self->procedure->arguments[index];
        if ((argument->type == ARGUMENT_CHOICE) != (argument->values != NULL))
            return s_fail (self, "/arguments/%zu/values: belong to a choice, and a choice needs them", index);
        for (size_t one = 0; argument->values && argument->values[one]; one++)
            for (size_t other = 0; other < one; other++)
                if (strcmp (argument->values[one], argument->values[other]) == 0)
                    return s_fail (self, "/arguments/%zu/values/%zu: is there twice", index, one);
    }
    return true;
}

//  --- moves

static bool
s_check_move_arguments (const check_t *self, size_t index)
{
    const procedure_move_t *move = &self->procedure->moves[index];
    char pointer[48];
    snprintf (pointer, sizeof pointer, "/moves/%zu/needs", index);
    if (!s_all (self, move->needs, s_is_argument, pointer, "argument"))
        return false;
    snprintf (pointer, sizeof pointer, "/moves/%zu/accepts", index);
    if (!s_all (self, move->accepts, s_is_argument, pointer, "argument"))
        return false;
    for (size_t at = 0; move->accepts[at]; at++)
        if (list_has (move->needs, move->accepts[at]))
            return s_fail (self, "%s/%zu: is needed already", pointer, at);
    for (size_t at = 0; move->sets[at]; at++)
        if (!list_has (move->needs, move->sets[at]) && !list_has (move->accepts, move->sets[at]))
            return s_fail (self, "/moves/%zu/sets/%zu: %s is not an argument of the move", index, at,
                           move->sets[at]);
    if (move->at && (!list_has (move->needs, move->at) ||
                     procedure_argument (self->procedure, move->at)->type != ARGUMENT_MOMENT))
        return s_fail (self, "/moves/%zu/at: %s is not a moment that the move needs", index, move->at);
    if (move->clears_unit && list_has (move->sets, "unit"))
        return s_fail (self, "/moves/%zu/clears_unit: the move sets the unit", index);
    return true;
}

static bool
s_check_moves (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->move_count; index++) {
        const procedure_move_t *move = &self->procedure->moves[index];
        char pointer[48];
        snprintf (pointer, sizeof pointer, "/moves/%zu/from", index);
        if (!s_all (self, move->from, s_is_state, pointer, "state"))
            return false;
        if (move->to && !s_is_state (self->procedure, move->to))
            return s_fail (self, "/moves/%zu/to: no state is called %s", index, move->to);
        snprintf (pointer, sizeof pointer, "/moves/%zu/roles", index);
        if (!s_all (self, move->roles, s_is_role, pointer, "role") || !s_check_move_arguments (self, index))
            return false;
        if (strcmp (move->command, "opened") == 0)
            return s_fail (self, "/moves/%zu/command: opened is what the beginning is called", index);
    }
    return true;
}

static bool
s_check_one_move (const check_t *self)
{
    const procedure_t *procedure = self->procedure;
    for (size_t one = 0; one < procedure->move_count; one++)
        for (size_t other = 0; other < one; other++) {
            states_t both = s_set (procedure, procedure->moves[one].from) &
                            s_set (procedure, procedure->moves[other].from);
            if (both && strcmp (procedure->moves[one].command, procedure->moves[other].command) == 0)
                return s_fail (self, "/moves/%zu/command: %s has a move from the same state already", one,
                               procedure->moves[one].command);
        }
    return true;
}

//  --- the picture as a whole

static bool
s_check_states (const check_t *self)
{
    const procedure_t *procedure = self->procedure;
    if (!s_is_state (procedure, procedure->initial))
        return s_fail (self, "/initial: no state is called %s", procedure->initial);
    states_t reached = s_reach (procedure, s_bit (procedure, procedure->initial));
    for (size_t index = 0; index < procedure->state_count; index++) {
        states_t bit = (states_t) 1 << index;
        bool moves = false, exits = s_reach (procedure, bit) != bit;
        for (size_t at = 0; at < procedure->move_count; at++)
            moves |= list_has (procedure->moves[at].from, procedure->states[index].name);
        if (!(reached & bit))
            return s_fail (self, "/states/%zu: %s cannot be reached", index, procedure->states[index].name);
        if (procedure->states[index].end && moves)
            return s_fail (self, "/states/%zu: %s is an end, but there is a move from it", index,
                           procedure->states[index].name);
        if (!procedure->states[index].end && !exits)
            return s_fail (self, "/states/%zu: %s has no exit and is not an end", index,
                           procedure->states[index].name);
    }
    return true;
}

static bool
s_check_ends (const check_t *self)
{
    const procedure_t *procedure = self->procedure;
    states_t ends = 0;
    for (size_t index = 0; index < procedure->state_count; index++)
        ends |= procedure->states[index].end ? (states_t) 1 << index : 0;
    for (size_t index = 0; index < procedure->state_count; index++)
        if (!(s_reach (procedure, (states_t) 1 << index) & ends))
            return s_fail (self, "/states/%zu: from %s no end can be reached", index,
                           procedure->states[index].name);
    return true;
}

//  --- clocks

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

static bool
s_check_budget (const check_t *self, size_t index)
{
    const procedure_clock_t *clock = &self->procedure->clocks[index];
    if ((clock->budget > 0) == (clock->budget_field != NULL))
        return s_fail (self, "/clocks/%zu/budget: either this or budget_field", index);
    if ((clock->budget_default > 0) != (clock->budget_field != NULL))
        return s_fail (self, "/clocks/%zu/budget_default: belongs to budget_field, which needs it", index);
    if (clock->budget_field && !s_is_count_field (self->procedure, clock->budget_field))
        return s_fail (self, "/clocks/%zu/budget_field: no move sets a count called %s", index,
                       clock->budget_field);
    return true;
}

static bool
s_check_clocks (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->clock_count; index++) {
        const procedure_clock_t *clock = &self->procedure->clocks[index];
        char pointer[48];
        snprintf (pointer, sizeof pointer, "/clocks/%zu/states", index);
        if (!s_all (self, clock->states, s_is_state, pointer, "state") || !s_check_budget (self, index))
            return false;
        states_t running = s_set (self->procedure, clock->states);
        for (size_t at = 0; clock->states[at]; at++) {
            states_t here = s_bit (self->procedure, clock->states[at]);
            if (!(s_reach (self->procedure, here) & ~running))
                return s_fail (self, "%s/%zu: in %s the clock %s can never stop", pointer, at,
                               clock->states[at], clock->name);
        }
    }
    return true;
}

//  --- notices

//  After the move that sends it, the case must wait for the delivery: a move "delivered" by "system"
static bool
s_waits_for_delivery (const procedure_t *self, const char *command)
{
    for (size_t index = 0; index < self->move_count; index++) {
        const procedure_move_t *move = &self->moves[index];
        if (strcmp (move->command, command) != 0)
            continue;
        const procedure_move_t *next = move->to ? procedure_move (self, move->to, "delivered") : NULL;
        if (!next || !list_has (next->roles, "system"))
            return false;
    }
    return true;
}

static bool
s_check_notices (const check_t *self)
{
    const procedure_t *procedure = self->procedure;
    for (size_t index = 0; index < procedure->notice_count; index++) {
        const procedure_notice_t *notice = &procedure->notices[index];
        bool opened = strcmp (notice->on, "opened") == 0;
        char pointer[48];
        snprintf (pointer, sizeof pointer, "/notices/%zu/to", index);
        if (!opened && !procedure_has_command (procedure, notice->on))
            return s_fail (self, "/notices/%zu/on: no command is called %s", index, notice->on);
        if (!s_all (self, notice->to, s_is_role, pointer, "role"))
            return false;
        if (list_has (notice->to, "system"))
            return s_fail (self, "%s: nobody reads what is sent to system", pointer);
        if (notice->confirm && (opened || !s_waits_for_delivery (procedure, notice->on)))
            return s_fail (self, "/notices/%zu/confirm: no move delivered by system follows %s", index,
                           notice->on);
        for (size_t other = 0; other < index; other++)
            if (strcmp (notice->on, procedure->notices[other].on) == 0 &&
                strcmp (notice->template, procedure->notices[other].template) == 0)
                return s_fail (self, "/notices/%zu: is there twice", index);
    }
    return true;
}

bool
procedure_check (const procedure_t *self, char *error, size_t error_size)
{
    static bool (*const CHECKS[]) (const check_t *) = { s_check_names,    s_check_arguments, s_check_moves,
                                                        s_check_one_move, s_check_states,    s_check_ends,
                                                        s_check_clocks,   s_check_notices };
    const check_t check = { self, error, error_size };
    for (size_t index = 0; index < sizeof CHECKS / sizeof *CHECKS; index++)
        if (!CHECKS[index](&check))
            return false;
    return true;
}
