//  opening - a submission becomes a case: proposed unit, first state, first clocks; or what an old system knew

#include "services/routing/clocks.h"
#include "services/routing/entry.h"
#include "services/routing/facts.h"
#include "services/routing/recusal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *
s_copy (json_t *message, const char *member)
{
    const char *text = json_string_value (json_object_get (message, member));
    return text ? strdup (text) : NULL;
}

static moment_t
s_moment (json_t *object, const char *member, moment_t otherwise)
{
    json_t *value = json_object_get (object, member);
    return json_is_integer (value) ? json_integer_value (value) : otherwise;
}

//  What the rules propose; who the case is about is proposed for nothing
static void
s_propose (const decider_t *self, case_t *file, json_t *message)
{
    proposal_t proposal = rules_propose (self->rules, message);
    json_t *co_units = json_array (), *unit;
    size_t index;
    json_array_foreach (proposal.co_units, index, unit)
        if (!recusal_has_unit (file, json_string_value (unit)))
            json_array_append (co_units, unit);
    json_object_set_new (file->fields, "proposed_by", json_string (proposal.name));
    if (!recusal_has_unit (file, proposal.unit))
        json_object_set_new (file->fields, "proposed_unit", json_string (proposal.unit));
    if (json_array_size (co_units))
        json_object_set (file->fields, "proposed_co_units", co_units);
    if (proposal.term)
        json_object_set_new (file->fields, "proposed_term", json_integer (proposal.term));
    if (json_is_true (json_object_get (message, "urgent"))) //  the submitter knows best
        proposal.priority = "urgent";
    if (proposal.priority && !json_object_get (file->fields, "priority"))
        json_object_set_new (file->fields, "priority", json_string (proposal.priority));
    json_decref (co_units);
}

//  What the submission's arguments say, and what the rules propose
static void
s_first_fields (const decider_t *self, case_t *file, json_t *message)
{
    file->fields = json_pack ("{s{}}", "clocks");
    assert (file->fields);
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get (message, "arguments"), name, value)
        case_put (file, name, value);
    s_propose (self, file, message);
    json_t *unit = json_object_get (file->fields, "unit");
    case_set (&file->unit, json_string_value (unit));
    json_object_del (file->fields, "unit");
    recusal_settle (file);
}

//  A case of an old system stands where it stood: in its state, with its terms as they ran, nobody told
static void
s_import (const decider_t *self, case_t *file, json_t *message, json_t *history)
{
    const char *state = json_string_value (json_object_get (history, "state")), *name;
    json_t *ran;
    assert (state && procedure_state (file->procedure, state)); //  the door has looked
    case_set (&file->state, state);
    file->opened_at = s_moment (history, "opened_at", file->opened_at);
    if (case_is_over (file))
        file->closed_at = s_moment (history, "closed_at", file->opened_at);
    entry_write (self, file, message, "imported", NULL, file->opened_at);
    json_object_foreach (json_object_get (history, "clocks"), name, ran) {
        const procedure_clock_t *clock = procedure_clock (file->procedure, name);
        if (clock)
            clocks_import (self, file, message, clock, s_moment (ran, "from", file->opened_at),
                           s_moment (ran, "stopped_at", MOMENT_NONE));
    }
    facts_event (self, file, message, "imported", NULL);
}

static void
s_open (const decider_t *self, case_t *file, json_t *message)
{
    entry_write (self, file, message, "opened", NULL,
                 json_integer_value (json_object_get (message, "occurred_at")));
    clocks_step (
        &(clock_step_t){ .decider = self, .file = file, .message = message, .moment = file->opened_at });
    facts_notices (self, file, message, "opened");
    facts_event (self, file, message, "opened", NULL);
}

case_t *
decide_open (const decider_t *self, const procedure_t *procedure, json_t *message)
{
    case_t *file = calloc (1, sizeof *file);
    assert (file);
    moment_t recorded_at = json_integer_value (json_object_get (message, "recorded_at"));
    moment_t start = s_moment (message, "received_at", recorded_at); //  on paper: terms run from there
    json_t *history = json_object_get (message, "history");
    *file = (case_t){ .case_no = json_integer_value (json_object_get (message, "case")),
                      .number = s_copy (message, "number"),
                      .procedure = procedure,
                      .state = strdup (procedure_initial (procedure)),
                      .source = s_copy (message, "source"),
                      .submitter = s_copy (message, "actor"),
                      .title = s_copy (message, "title"),
                      .kind = s_copy (message, "case_kind"),
                      .area = s_copy (message, "area"),
                      .secrecy = (int) json_integer_value (json_object_get (message, "secrecy")),
                      .parent = json_integer_value (json_object_get (message, "parent")),
                      .opened_at = start < recorded_at ? start : recorded_at,
                      .closed_at = MOMENT_NONE,
                      .added = true };
    s_first_fields (self, file, message);
    if (history)
        s_import (self, file, message, history);
    else
        s_open (self, file, message);
    return file;
}
