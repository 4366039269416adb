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

//  Is name made of these two?
static bool
s_is_made_of (const char *name, const char *first, const char *last)
{
    size_t own = first ? strlen (first) : 0;
    return first && !strncmp (name, first, own) && !strcmp (name + own, last);
}

//  "handling_breached" while there is a clock of this name, "opinions_complete" while some move collects them
static bool
s_follows_from_others (const procedure_t *self, const char *name)
{
    for (size_t index = 0; index < self->clock_count; index++)
        if (s_is_made_of (name, self->clocks[index].name, "_breached"))
            return true;
    for (size_t index = 0; index < self->move_count; index++)
        if (s_is_made_of (name, self->moves[index].collects, "_complete"))
            return true;
    return false;
}

bool
check_is_free (const procedure_t *self, const char *name)
{
    static const char *const KEPT[] = {
        "unit", "kind", "children", "clocks", "moved", "also", "secret", NULL
    };
    return !list_has (KEPT, name) && !s_follows_from_others (self, name);
}

bool
check_is_field (const procedure_t *self, const char *name)
{
    static const char *const ASKED[] = { "unit", "kind", "children", NULL };
    if (list_has (ASKED, name) || s_follows_from_others (self, name))
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
