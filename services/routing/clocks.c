//  clocks - which terms of a case run, and what the watchdog must know about them

#include "services/routing/clocks.h"
#include "common/term_ledger.h"
#include "proto/event.h"
#include "services/routing/card.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAY_US       86400000000LL
#define MINUTE_US    60000000LL
#define FIELD        80
#define LEDGER_SPARE 30 //  entries left for what is not refused: resumptions, terms kept over a ruling

static json_t *
s_record (const case_t *file, const procedure_clock_t *clock)
{
    return json_object_get (json_object_get (file->fields, "clocks"), clock->name);
}

//  --------------------------------------------------------------------------
//  How long, and until when

static int
s_budget (const case_t *file, const procedure_clock_t *clock)
{
    if (clock->budget)
        return clock->budget;
    json_int_t set =
        clock->budget_field ? json_integer_value (json_object_get (file->fields, clock->budget_field)) : 0;
    return set > 0 ? (int) set : clock->budget_default;
}

moment_t
clocks_moment_of (const decider_t *self, const case_t *file, const char *field)
{
    const char *text = json_string_value (json_object_get (file->fields, field));
    int64_t moment;
    day_t day;
    if (text && event_time_parse (text, &moment))
        return moment;
    if (text && day_parse (text, &day))
        return day * DAY_US - self->utc_offset_minutes * MINUTE_US;
    return MOMENT_NONE;
}

//  A date is over at its 24:00
static moment_t
s_due_at (const decider_t *self, const case_t *file, const procedure_clock_t *clock)
{
    moment_t at = clock->until_field ? clocks_moment_of (self, file, clock->until_field) : MOMENT_NONE;
    const char *text =
        at == MOMENT_NONE ? NULL : json_string_value (json_object_get (file->fields, clock->until_field));
    return text && strlen (text) == 10 ? at + DAY_US : at;
}

//  Sets what the term is made of besides its ledger. True if that changed.
static bool
s_set_terms (const decider_t *self, const case_t *file, const procedure_clock_t *clock, json_t *record)
{
    int budget = s_budget (file, clock);
    moment_t due_at = s_due_at (self, file, clock);
    bool changed = json_integer_value (json_object_get (record, "budget")) != budget;
    json_object_set_new (record, "budget", json_integer (budget));
    if (due_at != MOMENT_NONE) {
        changed |= json_integer_value (json_object_get (record, "due_at")) != due_at;
        json_object_set_new (record, "due_at", json_integer (due_at));
    }
    return changed;
}

//  --------------------------------------------------------------------------
//  Facts

static void
s_state_fact (const decider_t *self, const case_t *file, json_t *message, const procedure_clock_t *clock)
{
    json_t *record = s_record (file, clock), *stopped_at = json_object_get (record, "stopped_at");
    json_t *fact = json_pack (
        "{ss sI ss si sb sO sO ss ss sO? sO? so ss* so* sO*}", "kind", "clock", "case",
        (json_int_t) file->case_no, "name", clock->name, "version", file->version, "running", !stopped_at,
        "anchor", json_object_get (record, "anchor"), "budget", json_object_get (record, "budget"), "unit",
        clock->unit, "ladder", clock->ladder, "stopped_at", stopped_at, "trace",
        json_object_get (message, "trace"), "card", card_of (file), "debtor", clock->debtor, "ledger",
        json_deep_copy (json_object_get (record, "ledger")), "due_at", json_object_get (record, "due_at"));
    assert (fact);
    if (clock->earlier)
        json_object_set_new (fact, "earlier", json_integer (clock->earlier));
    json_t *quiet = json_object_get (message, "history");
    if (quiet) //  brought in from an old system: what was due before is not told again
        json_object_set (fact, "quiet_before", json_object_get (message, "recorded_at"));
    self->sink.post (self->sink.arg, "watchdog", fact);
}

//  Which version the terms have: a breach of older ones means nothing
static void
s_mark_terms (const case_t *file, json_t *record)
{
    json_object_set_new (record, "since", json_integer (file->version));
}

static void
s_note (const case_t *file, json_t *record, const char *op, moment_t moment, int budget)
{
    json_t *entry = json_pack ("{ss sI}", "op", op, "at", (json_int_t) moment);
    assert (entry);
    if (budget)
        json_object_set_new (entry, "budget", json_integer (budget));
    json_array_append_new (json_object_get (record, "ledger"), entry);
    s_mark_terms (file, record);
}

//  --------------------------------------------------------------------------
//  Steps

static void
s_begin (const decider_t *self, case_t *file, const procedure_clock_t *clock, moment_t moment)
{
    moment_t from = clock->from_field ? clocks_moment_of (self, file, clock->from_field) : MOMENT_NONE;
    char field[FIELD];
    json_t *record =
        json_pack ("{sI s[]}", "anchor", (json_int_t) (from == MOMENT_NONE ? moment : from), "ledger");
    assert (record);
    s_set_terms (self, file, clock, record);
    s_mark_terms (file, record);
    snprintf (field, sizeof field, "%.60s_breached", clock->name);
    json_object_del (file->fields, field);
    json_object_set_new (json_object_get (file->fields, "clocks"), clock->name, record);
}

//  It had stopped and runs again: anew, or on
static void
s_start (const decider_t *self, case_t *file, const procedure_clock_t *clock, moment_t moment)
{
    json_t *record = s_record (file, clock);
    if (!record || clock->again == AGAIN_RESTART)
        s_begin (self, file, clock, moment);
    else {
        json_object_del (record, "stopped_at");
        s_set_terms (self, file, clock, record);
        s_mark_terms (file, record);
        if (clock->again == AGAIN_KEEP_MIN)
            s_note (file, record, "floor", moment, clock->at_least);
    }
}

static void
s_stop (case_t *file, const procedure_clock_t *clock, moment_t moment)
{
    json_t *record = s_record (file, clock);
    if (record) //  else the procedure had no such clock when it would have started
        json_object_set_new (record, "stopped_at", json_integer (moment));
}

static bool
s_is_listed (const char *const *list, const char *word)
{
    for (; list && *list; list++)
        if (!strcmp (*list, word))
            return true;
    return false;
}

//  By how much the move extends its clock; 0: nobody has said
static int
s_extension (const case_t *file, json_t *message, const procedure_move_t *move)
{
    json_t *given = json_object_get (json_object_get (message, "arguments"), move->extends.by);
    return (int) json_integer_value (given ? given : json_object_get (file->fields, move->extends.by));
}

//  Stands still in some states. What the ledger says decides, so that a way through other states does not leave
//  a term standing still. True if that changed.
static bool
s_settle_pause (const clock_step_t *step, const procedure_clock_t *clock, json_t *record)
{
    size_t index;
    json_t *entry;
    bool stands = false, should = procedure_clock_is_paused (clock, step->file->state);
    json_array_foreach (json_object_get (record, "ledger"), index, entry) {
        const char *op = json_string_value (json_object_get (entry, "op"));
        stands = !strcmp (op, "suspend") || (stands && strcmp (op, "resume") != 0);
    }
    if (stands != should)
        s_note (step->file, record, should ? "suspend" : "resume", step->moment, 0);
    return stands != should;
}

//  A clock that was on and stays on. True if the watchdog must hear of it.
static bool
s_go_on (const clock_step_t *step, const procedure_clock_t *clock, json_t *record)
{
    const procedure_move_t *move = step->move;
    bool changed = s_set_terms (step->decider, step->file, clock, record);
    if (changed)
        s_mark_terms (step->file, record);
    if (!move || !move->extends.clock || strcmp (move->extends.clock, clock->name) != 0)
        return changed;
    json_int_t extended = json_integer_value (json_object_get (record, "extended"));
    json_object_set_new (record, "extended", json_integer (extended + 1));
    s_note (step->file, record, "extend", step->moment, s_extension (step->file, step->message, move));
    return true;
}

static bool
s_is_on (const case_t *file, const procedure_clock_t *clock)
{
    return procedure_clock_runs (clock, file->state) &&
           (!clock->until_field || case_field (file, clock->until_field)) &&
           (!clock->if_field || case_field (file, clock->if_field)) &&
           (!clock->unless_field || !case_field (file, clock->unless_field));
}

//  A move says that the term begins again: for a new unit, for the next year, for doing it over. Where the
//  procedure keeps a term and only leaves a minimum, it leaves that.
static void
s_renew (const decider_t *self, case_t *file, const procedure_clock_t *clock, moment_t moment)
{
    if (clock->again == AGAIN_KEEP_MIN)
        s_note (file, s_record (file, clock), "floor", moment, clock->at_least);
    else
        s_begin (self, file, clock, moment);
}

static void
s_clock_step (const clock_step_t *step, const procedure_clock_t *clock)
{
    case_t *file = step->file;
    json_t *record = s_record (file, clock);
    bool was_on = record && !json_object_get (record, "stopped_at"), is_on = s_is_on (file, clock);
    bool anew = is_on && step->move && s_is_listed (step->move->restarts, clock->name);
    bool tell = was_on != is_on || anew || (step->restate && is_on);
    if (anew && (was_on || clock->again != AGAIN_KEEP_MIN))
        s_renew (step->decider, file, clock, step->moment);
    else if (is_on && !was_on)
        s_start (step->decider, file, clock, step->moment);
    else if (was_on && !is_on)
        s_stop (file, clock, step->moment);
    else if (is_on)
        tell |= s_go_on (step, clock, record);
    record = s_record (file, clock);
    if (was_on || is_on)
        tell |= s_settle_pause (step, clock, record);
    if (tell && record)
        s_state_fact (step->decider, file, step->message, clock);
    if (record && !is_on && clock->again == AGAIN_RESTART) //  nothing of it is needed again
        json_object_del (json_object_get (file->fields, "clocks"), clock->name);
}

void
clocks_step (const clock_step_t *step)
{
    for (size_t index = 0; index < procedure_clock_count (step->file->procedure); index++)
        s_clock_step (step, procedure_clock_at (step->file->procedure, index));
}

//  --------------------------------------------------------------------------
//  Extension, breach, import

static const char *
s_extension_impossible (const case_t *file, json_t *message, const procedure_move_t *move)
{
    json_t *record = json_object_get (json_object_get (file->fields, "clocks"), move->extends.clock);
    if (!record || json_object_get (record, "stopped_at"))
        return "the term does not run";
    if (json_integer_value (json_object_get (record, "extended")) >= move->extends.times)
        return "the term has been extended as often as the procedure allows";
    return s_extension (file, message, move) > 0 ? NULL : "nobody has said by how much";
}

const char *
clocks_impossible (const case_t *file, json_t *message, const procedure_move_t *move)
{
    const char *name;
    json_t *record;
    json_object_foreach (json_object_get (file->fields, "clocks"), name, record) {
        const procedure_clock_t *clock = procedure_clock (file->procedure, name);
        if (clock && json_array_size (json_object_get (record, "ledger")) > LEDGER_MOST - LEDGER_SPARE &&
            ((move->to && procedure_clock_is_paused (clock, move->to)) || s_is_listed (move->restarts, name)))
            return "a term has been suspended or passed on too often";
    }
    return move->extends.clock ? s_extension_impossible (file, message, move) : NULL;
}

const char *
clocks_breach (case_t *file, const char *name, int version)
{
    char field[FIELD];
    const procedure_clock_t *clock = procedure_clock (file->procedure, name);
    json_t *record = clock ? s_record (file, clock) : NULL;
    if (!record || json_object_get (record, "stopped_at") ||
        (version && version < json_integer_value (json_object_get (record, "since"))))
        return NULL;
    snprintf (field, sizeof field, "%.60s_breached", name);
    json_object_set_new (file->fields, field, json_true ());
    file->changed = true;
    return clock->on_breach;
}

void
clocks_import (const decider_t *self, case_t *file, json_t *message, const procedure_clock_t *clock,
               moment_t from, moment_t stopped_at)
{
    s_begin (self, file, clock, from);
    json_t *record = s_record (file, clock);
    if (stopped_at != MOMENT_NONE)
        json_object_set_new (record, "stopped_at", json_integer (stopped_at));
    else if (procedure_clock_is_paused (clock, file->state)) //  since when, the old system does not say
        s_note (file, record, "suspend", json_integer_value (json_object_get (message, "recorded_at")), 0);
    s_state_fact (self, file, message, clock);
    if (stopped_at != MOMENT_NONE && clock->again == AGAIN_RESTART)
        json_object_del (json_object_get (file->fields, "clocks"), clock->name);
}
