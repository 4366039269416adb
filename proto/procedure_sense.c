//  procedure_sense - what the checks of a procedure share

#include "proto/procedure_sense.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
check_fail (const check_t *self, const char *format, ...)
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

states_t
check_bit (const procedure_t *self, const char *name)
{
    int index = s_state (self, name);
    return index < 0 ? 0 : (states_t) 1 << index;
}

states_t
check_set (const procedure_t *self, const char *const *names)
{
    states_t set = 0;
    for (; *names; names++)
        set |= check_bit (self, *names);
    return set;
}

bool
check_is_role (const procedure_t *self, const char *name)
{
    if (strcmp (name, "submitter") == 0 || strcmp (name, "system") == 0)
        return true;
    for (size_t index = 0; index < self->role_count; index++)
        if (strcmp (self->roles[index].name, name) == 0)
            return true;
    return false;
}

//  Where one can get to from a set of states, the set itself included
states_t
check_reach (const procedure_t *self, states_t from)
{
    states_t before;
    do {
        before = from;
        for (size_t index = 0; index < self->move_count; index++) {
            const procedure_move_t *move = &self->moves[index];
            if (move->to && (from & check_set (self, move->from)))
                from |= check_bit (self, move->to);
        }
    } while (from != before);
    return from;
}

//  Each name of a list must satisfy known
bool
check_all (const check_t *self, const char *const *names, bool (*known) (const procedure_t *, const char *),
           const char *pointer, const char *what)
{
    for (size_t index = 0; names[index]; index++)
        if (!known (self->procedure, names[index]))
            return check_fail (self, "%s/%zu: no %s is called %s", pointer, index, what, names[index]);
    return true;
}

bool
check_is_state (const procedure_t *self, const char *name)
{
    return s_state (self, name) >= 0;
}

bool
check_is_argument (const procedure_t *self, const char *name)
{
    return procedure_argument (self, name) != NULL;
}

bool
check_is_clock (const procedure_t *self, const char *name)
{
    return procedure_clock (self, name) != NULL;
}

//  "handling_breached" while there is a clock of this name, "opinions_complete" while some move collects them
static bool
s_is_kept_by_engine (const procedure_t *self, const char *name)
{
    static const char BREACHED[] = "_breached", COMPLETE[] = "_complete";
    size_t size = strlen (name);
    for (size_t index = 0; index < self->clock_count; index++) {
        size_t own = strlen (self->clocks[index].name);
        if (size > own && !strncmp (name, self->clocks[index].name, own) && !strcmp (name + own, BREACHED))
            return true;
    }
    for (size_t index = 0; index < self->move_count; index++) {
        const char *collects = self->moves[index].collects;
        size_t own = collects ? strlen (collects) : size;
        if (size > own && !strncmp (name, collects, own) && !strcmp (name + own, COMPLETE))
            return true;
    }
    return strcmp (name, "unit") == 0 || strcmp (name, "kind") == 0 || strcmp (name, "children") == 0;
}

bool
check_is_field (const procedure_t *self, const char *name)
{
    if (s_is_kept_by_engine (self, name))
        return true;
    if (list_has (self->opening_needs, name) || list_has (self->opening_accepts, name))
        return true;
    for (size_t index = 0; index < self->move_count; index++) {
        const procedure_move_t *move = &self->moves[index];
        if (list_has (move->sets, name) || json_object_get (move->marks, name) ||
            (move->collects && strcmp (move->collects, name) == 0))
            return true;
    }
    return false;
}
