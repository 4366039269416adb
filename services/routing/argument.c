//  argument - is what a command brings complete, well-formed and possible?

#include "services/routing/argument.h"
#include "proto/event.h"
#include "services/routing/recusal.h"
#include <stdio.h>
#include <string.h>

#define FUTURE_US (5 * 60 * 1000000LL) //  how far a sender's clock may be ahead
#define BEFORE_US                                                                                            \
    (60 * 1000000LL) //  people say minutes: the one in which the term began is meant to be in it

static bool
s_is_listed (const char *const *list, const char *word)
{
    for (; *list; list++)
        if (!strcmp (*list, word))
            return true;
    return false;
}

//  What a term is when nobody says it: the clock's default
static json_t *
s_default (const case_t *file, const char *name)
{
    for (size_t index = 0; index < procedure_clock_count (file->procedure); index++) {
        const procedure_clock_t *clock = procedure_clock_at (file->procedure, index);
        if (clock->budget_field && !strcmp (clock->budget_field, name))
            return json_integer (clock->budget_default);
    }
    return NULL;
}

//  The proposed co-units go with the proposed unit: who names another unit names its co-units as well
static void
s_complete_co_units (const case_t *file, json_t *arguments, const procedure_move_t *move)
{
    json_t *proposed = json_object_get (file->fields, "proposed_co_units"), *unit;
    size_t index;
    if (!proposed || json_object_get (arguments, "co_units") || !s_is_listed (move->accepts, "co_units"))
        return;
    json_t *co_units = json_array ();
    json_array_foreach (proposed, index, unit)
        if (!recusal_has_unit (file, json_string_value (unit)))
            json_array_append (co_units, unit);
    if (json_array_size (co_units))
        json_object_set (arguments, "co_units", co_units);
    json_decref (co_units);
}

//  What the move needs and was not given is taken from the proposal, if that has it
static void
s_complete (const case_t *file, json_t *arguments, const procedure_move_t *move)
{
    if (s_is_listed (move->needs, "unit") && !json_object_get (arguments, "unit"))
        s_complete_co_units (file, arguments, move);
    for (const char *const *need = move->needs; *need; need++) {
        char field[60];
        if (file->unit && !strcmp (*need, "unit"))
            continue; //  another unit gets the case only by name
        snprintf (field, sizeof field, "proposed_%.40s", *need);
        json_t *proposed = json_incref (json_object_get (file->fields, field));
        if (!proposed)
            proposed = s_default (file, *need);
        if (proposed && !json_object_get (arguments, *need))
            json_object_set (arguments, *need, proposed);
        json_decref (proposed);
    }
}

static bool
s_refuse (const decider_t *self, const case_t *file, json_t *message, const char *name, const char *why)
{
    char pointer[160];
    snprintf (pointer, sizeof pointer, "/data/arguments/%.120s", name);
    decide_refuse (self, file, message, PROBLEM_INVALID, why, pointer);
    return false;
}

//  No argument that the procedure does not know, each of its form, none missing
static bool
s_check_form (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    const char *why,
        *wrong = procedure_arguments_wrong (file->procedure, json_object_get (message, "arguments"),
                                            move->needs, move->accepts, &why);
    return !wrong || s_refuse (self, file, message, wrong, why);
}

//  A move that may name the unit must, while the case has none (it was returned): nobody could act on it.
//  False: refused.
static bool
s_check_unit (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    if (file->unit || !s_is_listed (move->sets, "unit") ||
        json_object_get (json_object_get (message, "arguments"), "unit"))
        return true;
    return s_refuse (self, file, message, "unit", "the case has no unit: name one");
}

//  The latest start of the clocks that a move stops: what it waits for cannot have happened before
static moment_t
s_earliest (const case_t *file, const procedure_move_t *move)
{
    moment_t earliest = file->opened_at;
    json_t *clocks = json_object_get (file->fields, "clocks");
    for (size_t index = 0; move->to && index < procedure_clock_count (file->procedure); index++) {
        const procedure_clock_t *clock = procedure_clock_at (file->procedure, index);
        moment_t anchor =
            json_integer_value (json_object_get (json_object_get (clocks, clock->name), "anchor"));
        if (!procedure_clock_runs (clock, move->to) && procedure_clock_runs (clock, file->state) &&
            anchor > earliest)
            earliest = anchor;
    }
    return earliest;
}

//  When it happened: the argument that the procedure names, or when the door recorded it. A sender's clock
//  does not move terms. False: refused.
static bool
s_moment (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move,
          moment_t *moment)
{
    *moment = json_integer_value (json_object_get (message, "recorded_at"));
    if (!move->at)
        return true;
    const char *text = json_string_value (json_object_get (json_object_get (message, "arguments"), move->at));
    int64_t said;
    bool good = text && event_time_parse (text, &said);
    moment_t earliest = s_earliest (file, move);
    if (good && said <= *moment + FUTURE_US && said >= earliest - BEFORE_US) {
        *moment = said < earliest ? earliest : said < *moment ? said : *moment;
        return true;
    }
    return s_refuse (self, file, message, move->at,
                     good ? "not in the future, and not before the term began"
                          : "must be a moment in RFC 3339 with zone");
}

//  Who is accused gets the case from nobody, as lead unit or as co-unit
static bool
s_check_parties (const decider_t *self, const case_t *file, json_t *message)
{
    json_t *arguments = json_object_get (message, "arguments");
    const char *unit = json_string_value (json_object_get (arguments, "unit"));
    if (unit && recusal_has_unit (file, unit))
        return s_refuse (self, file, message, "unit", "is a party to this case");
    size_t index;
    json_t *one;
    json_array_foreach (json_object_get (arguments, "co_units"), index, one) {
        if (recusal_has_unit (file, json_string_value (one)))
            return s_refuse (self, file, message, "co_units", "is a party to this case");
    }
    return true;
}

bool
argument_check (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move,
                moment_t *moment)
{
    s_complete (file, json_object_get (message, "arguments"), move);
    return s_check_form (self, file, message, move) && s_check_unit (self, file, message, move) &&
           s_check_parties (self, file, message) && s_moment (self, file, message, move, moment);
}
