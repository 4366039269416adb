//  procedure_check - does a procedure make sense? Everything that its shape cannot say.
//
//  A list of checks, each about one thing; the first that fails says where and why.

#include "proto/procedure_sense.h"
#include <stdio.h>
#include <string.h>

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
                    return check_fail (self, "/%s/%zu/%s: is there twice", LISTS[list].member, one,
                                       LISTS[list].key);
    }
    return true;
}

static bool
s_check_roles (const check_t *self)
{
    static const char *const BUILT_IN[] = { "submitter", "system", NULL };
    for (size_t index = 0; index < self->procedure->role_count; index++) {
        const role_t *role = &self->procedure->roles[index];
        if (list_has (BUILT_IN, role->name))
            return check_fail (self, "/roles/%zu/name: is built in", index);
        if (role->of_unit && role->of_co_unit)
            return check_fail (self, "/roles/%zu/of_co_unit: is of the lead unit already", index);
        if (role->as && list_has (BUILT_IN, role->as))
            return check_fail (self, "/roles/%zu/as: nobody holds %s", index, role->as);
    }
    return true;
}

//  Arguments that duban itself understands are of the type that it understands
static bool
s_has_its_type (const procedure_argument_t *argument)
{
    static const struct {
        const char *name;
        procedure_argument_type_t type;
    } KNOWN[] = { { "unit", ARGUMENT_NAME },
                  { "co_units", ARGUMENT_NAMES },
                  { "accused", ARGUMENT_NAMES },
                  { "accused_units", ARGUMENT_NAMES } };
    for (size_t index = 0; index < sizeof KNOWN / sizeof *KNOWN; index++)
        if (strcmp (KNOWN[index].name, argument->name) == 0)
            return argument->type == KNOWN[index].type;
    return true;
}

static bool
s_check_arguments (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->argument_count; index++) {
        const procedure_argument_t *argument = &self->procedure->arguments[index];
        if (!s_has_its_type (argument))
            return check_fail (self, "/arguments/%zu/type: %s must be a %s", index, argument->name,
                               strcmp (argument->name, "unit") ? "list of names" : "name");
        if ((argument->type == ARGUMENT_CHOICE) != (argument->values != NULL))
            return check_fail (self, "/arguments/%zu/values: belong to a choice, and a choice needs them",
                               index);
        for (size_t one = 0; argument->values && argument->values[one]; one++)
            for (size_t other = 0; other < one; other++)
                if (strcmp (argument->values[one], argument->values[other]) == 0)
                    return check_fail (self, "/arguments/%zu/values/%zu: is there twice", index, one);
    }
    return true;
}

static bool
s_check_opening (const check_t *self)
{
    const struct {
        const char *pointer;
        const char *const *names;
    } LISTS[] = { { "/opening/needs", self->procedure->opening_needs },
                  { "/opening/accepts", self->procedure->opening_accepts } };
    for (size_t list = 0; list < 2; list++) {
        const char *const *names = LISTS[list].names;
        if (!check_all (self, names, check_is_argument, LISTS[list].pointer, "argument"))
            return false;
        for (size_t at = 0; names[at]; at++) {
            if (list && list_has (self->procedure->opening_needs, names[at]))
                return check_fail (self, "%s/%zu: is needed already", LISTS[list].pointer, at);
            if (strcmp (names[at], "unit") != 0 && !check_is_free (self->procedure, names[at]))
                return check_fail (self, "%s/%zu: %s is kept by duban itself", LISTS[list].pointer, at,
                                   names[at]);
        }
    }
    return true;
}

//  --- the picture as a whole

static bool
s_check_states (const check_t *self)
{
    const procedure_t *procedure = self->procedure;
    if (!check_is_state (procedure, procedure->initial))
        return check_fail (self, "/initial: no state is called %s", procedure->initial);
    states_t reached = check_reach (procedure, check_bit (procedure, procedure->initial));
    for (size_t index = 0; index < procedure->state_count; index++) {
        states_t bit = (states_t) 1 << index;
        bool moves = false, exits = check_reach (procedure, bit) != bit;
        for (size_t at = 0; at < procedure->move_count; at++)
            moves |= list_has (procedure->moves[at].from, procedure->states[index].name);
        if (!(reached & bit))
            return check_fail (self, "/states/%zu: %s cannot be reached", index,
                               procedure->states[index].name);
        if (procedure->states[index].end && moves)
            return check_fail (self, "/states/%zu: %s is an end, but there is a move from it", index,
                               procedure->states[index].name);
        if (!procedure->states[index].end && !exits)
            return check_fail (self, "/states/%zu: %s has no exit and is not an end", index,
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
        if (!(check_reach (procedure, (states_t) 1 << index) & ends))
            return check_fail (self, "/states/%zu: from %s no end can be reached", index,
                               procedure->states[index].name);
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
            return check_fail (self, "/notices/%zu/on: no command is called %s", index, notice->on);
        if (!check_all (self, notice->to, check_is_role, pointer, "role"))
            return false;
        if (list_has (notice->to, "system"))
            return check_fail (self, "%s: nobody reads what is sent to system", pointer);
        if (notice->confirm && (opened || !s_waits_for_delivery (procedure, notice->on)))
            return check_fail (self, "/notices/%zu/confirm: no move delivered by system follows %s", index,
                               notice->on);
        for (size_t other = 0; other < index; other++)
            if (strcmp (notice->on, procedure->notices[other].on) == 0 &&
                strcmp (notice->template, procedure->notices[other].template) == 0)
                return check_fail (self, "/notices/%zu: is there twice", index);
    }
    return true;
}

bool
procedure_check (const procedure_t *self, char *error, size_t error_size)
{
    static bool (*const CHECKS[]) (const check_t *) = { s_check_names,   s_check_roles,  s_check_arguments,
                                                        s_check_opening, check_moves,    check_one_move,
                                                        s_check_states,  s_check_ends,   check_clocks,
                                                        check_effects,   s_check_notices };
    const check_t check = { self, error, error_size };
    for (size_t index = 0; index < sizeof CHECKS / sizeof *CHECKS; index++)
        if (!CHECKS[index](&check))
            return false;
    return true;
}
