//  procedure_check_moves - do the moves of a procedure make sense, and what they do beside moving?

#include "proto/procedure_sense.h"
#include <stdio.h>
#include <string.h>

static bool
s_check_move_arguments (const check_t *self, size_t index)
{
    const procedure_move_t *move = &self->procedure->moves[index];
    char pointer[48];
    snprintf (pointer, sizeof pointer, "/moves/%zu/needs", index);
    if (!check_all (self, move->needs, check_is_argument, pointer, "argument"))
        return false;
    snprintf (pointer, sizeof pointer, "/moves/%zu/accepts", index);
    if (!check_all (self, move->accepts, check_is_argument, pointer, "argument"))
        return false;
    for (size_t at = 0; move->accepts[at]; at++)
        if (list_has (move->needs, move->accepts[at]))
            return check_fail (self, "%s/%zu: is needed already", pointer, at);
    for (size_t at = 0; move->sets[at]; at++) {
        const char *name = move->sets[at];
        if (!list_has (move->needs, name) && !list_has (move->accepts, name))
            return check_fail (self, "/moves/%zu/sets/%zu: %s is not an argument of the move", index, at,
                               name);
        if (strcmp (name, "unit") != 0 && !check_is_free (self->procedure, name))
            return check_fail (self, "/moves/%zu/sets/%zu: %s is kept by duban itself", index, at, name);
    }
    if (move->at && (!list_has (move->needs, move->at) ||
                     procedure_argument (self->procedure, move->at)->type != ARGUMENT_MOMENT))
        return check_fail (self, "/moves/%zu/at: %s is not a moment that the move needs", index, move->at);
    if (move->clears_unit && list_has (move->sets, "unit"))
        return check_fail (self, "/moves/%zu/clears_unit: the move sets the unit", index);
    return true;
}

bool
check_moves (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->move_count; index++) {
        const procedure_move_t *move = &self->procedure->moves[index];
        char pointer[48];
        snprintf (pointer, sizeof pointer, "/moves/%zu/from", index);
        if (!check_all (self, move->from, check_is_state, pointer, "state"))
            return false;
        if (move->to && !check_is_state (self->procedure, move->to))
            return check_fail (self, "/moves/%zu/to: no state is called %s", index, move->to);
        snprintf (pointer, sizeof pointer, "/moves/%zu/roles", index);
        if (!check_all (self, move->roles, check_is_role, pointer, "role") ||
            !s_check_move_arguments (self, index))
            return false;
        if (strcmp (move->command, "opened") == 0)
            return check_fail (self, "/moves/%zu/command: opened is what the beginning is called", index);
    }
    return true;
}

bool
check_one_move (const check_t *self)
{
    const procedure_t *procedure = self->procedure;
    for (size_t one = 0; one < procedure->move_count; one++)
        for (size_t other = 0; other < one; other++) {
            states_t both = check_set (procedure, procedure->moves[one].from) &
                            check_set (procedure, procedure->moves[other].from);
            if (both && strcmp (procedure->moves[one].command, procedure->moves[other].command) == 0)
                return check_fail (self, "/moves/%zu/command: %s has a move from the same state already", one,
                                   procedure->moves[one].command);
        }
    return true;
}

//  --- what a move does beside moving

static bool
s_check_conditions (const check_t *self, size_t index)
{
    const procedure_move_t *move = &self->procedure->moves[index];
    for (size_t at = 0; at < move->when_count; at++) {
        const json_t *source = json_array_get (
            json_object_get (json_array_get (json_object_get (self->procedure->root, "moves"), index),
                             "when"),
            at);
        if (!json_object_get (source, "set") == !json_object_get (source, "values"))
            return check_fail (self, "/moves/%zu/when/%zu: either set or values", index, at);
        if (!check_is_field (self->procedure, move->when[at].field))
            return check_fail (self, "/moves/%zu/when/%zu/field: no move sets %s", index, at,
                               move->when[at].field);
    }
    return true;
}

static bool
s_is_of_type (const check_t *self, const procedure_move_t *move, const char *name,
              procedure_argument_type_t type)
{
    const procedure_argument_t *argument = procedure_argument (self->procedure, name);
    return argument && argument->type == type && list_has (move->needs, name);
}

static bool
s_check_extension (const check_t *self, size_t index)
{
    const procedure_move_t *move = &self->procedure->moves[index];
    if (!move->extends.clock)
        return true;
    if (!check_is_clock (self->procedure, move->extends.clock))
        return check_fail (self, "/moves/%zu/extends/clock: no clock is called %s", index,
                           move->extends.clock);
    const procedure_argument_t *by = procedure_argument (self->procedure, move->extends.by);
    if (!by || by->type != ARGUMENT_COUNT ||
        (!list_has (move->needs, by->name) && !check_is_field (self->procedure, by->name)))
        return check_fail (self, "/moves/%zu/extends/by: %s is not a count that the move needs", index,
                           move->extends.by);
    return true;
}

//  Fields that the move itself writes and takes away
static bool
s_check_fields (const check_t *self, size_t index)
{
    static const char *const CLASSES[] = { "public", "internal", "confidential", "sealed", NULL };
    static const char *const LASTING[] = { "unit", "kind", "children", NULL };
    const procedure_move_t *move = &self->procedure->moves[index];
    char pointer[48];
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *) move->marks, name, value) {
        const char *text = json_string_value (value);
        if (!check_is_free (self->procedure, name))
            return check_fail (self, "/moves/%zu/marks/%s: is kept by duban itself", index, name);
        if (!strcmp (name, "secrecy") && (!text || !list_has (CLASSES, text)))
            return check_fail (self, "/moves/%zu/marks/secrecy: is no class of secrecy", index);
    }
    if (move->collects && !check_is_free (self->procedure, move->collects))
        return check_fail (self, "/moves/%zu/collects: %s is kept by duban itself", index, move->collects);
    for (size_t at = 0; move->clears[at]; at++)
        if (list_has (LASTING, move->clears[at]))
            return check_fail (self, "/moves/%zu/clears/%zu: %s cannot be cleared here", index, at,
                               move->clears[at]);
    snprintf (pointer, sizeof pointer, "/moves/%zu/clears", index);
    return check_all (self, move->clears, check_is_field, pointer, "field");
}

static bool
s_check_advance (const check_t *self, size_t index)
{
    const char *field = self->procedure->moves[index].advances.field;
    const procedure_argument_t *date = field ? procedure_argument (self->procedure, field) : NULL;
    if (field && (!date || date->type != ARGUMENT_DATE || !check_is_field (self->procedure, field)))
        return check_fail (self, "/moves/%zu/advances/field: the case has no date called %s", index, field);
    return true;
}

static bool
s_check_effects_of (const check_t *self, size_t index)
{
    const procedure_t *procedure = self->procedure;
    const procedure_move_t *move = &procedure->moves[index];
    char pointer[48];
    if (!s_check_fields (self, index) || !s_check_advance (self, index))
        return false;
    snprintf (pointer, sizeof pointer, "/moves/%zu/restarts", index);
    if (!check_all (self, move->restarts, check_is_clock, pointer, "clock"))
        return false;
    if (move->merges && !s_is_of_type (self, move, move->merges, ARGUMENT_CASE))
        return check_fail (self, "/moves/%zu/merges: %s is not a case that the move needs", index,
                           move->merges);
    if (move->merges && (!move->to || !procedure_state (procedure, move->to)->end))
        return check_fail (self, "/moves/%zu/merges: a case that was merged has ended", index);
    if (move->opens.title && !list_has (move->needs, move->opens.title))
        return check_fail (self, "/moves/%zu/opens/title: the move does not need %s", index,
                           move->opens.title);
    return s_check_conditions (self, index) && s_check_extension (self, index);
}

bool
check_effects (const check_t *self)
{
    for (size_t index = 0; index < self->procedure->move_count; index++)
        if (!s_check_effects_of (self, index))
            return false;
    return true;
}
