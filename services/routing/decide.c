//  decide - what a message makes of a case

#include "services/routing/decide.h"
#include "proto/event.h"
#include "services/routing/argument.h"
#include "services/routing/card.h"
#include "services/routing/clocks.h"
#include "services/routing/effects.h"
#include "services/routing/entry.h"
#include "services/routing/facts.h"
#include "services/routing/permission.h"
#include "services/routing/recusal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

//  --------------------------------------------------------------------------
//  Moving

void
decide_refuse (const decider_t *self, const case_t *file, json_t *message, problem_code_t code,
               const char *detail, const char *pointer)
{
    problem_t *problem = problem_new (code, detail);
    if (pointer)
        problem_point (problem, pointer, detail);
    const char *id = s_text (message, "id"), *command = s_text (message, "command");
    json_t *refused =
        json_pack ("{ss ss sO ss? ss ss so}", "kind", "refused", "source", s_text (message, "source"), "case",
                   json_object_get (message, "case"), "number", file ? file->number : NULL, "command",
                   command ? command : s_text (message, "kind"), "cause", id ? id : "", "problem",
                   problem_json (problem));
    assert (refused);
    self->sink.post (self->sink.arg, "intake", refused);
    problem_destroy (&problem);
}

//  Everything is allowed: the case moves
static void
s_move (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move, moment_t moment)
{
    char *from = strdup (file->state);
    json_t *card = card_of (file);
    assert (from);
    effects_apply (file, message, move);
    entry_write (self, file, message, move->command, from, moment);
    json_t *card_now = card_of (file);
    clocks_step (&(clock_step_t){ self, file, message, move, moment, !json_equal (card, card_now) });
    facts_notices (self, file, message, move->command);
    facts_event (self, file, message, move->command, move->tells);
    effects_tell (self, file, message, move);
    json_decref (card);
    json_decref (card_now);
    free (from);
}

//  Has anything moved since the version that the sender saw? Reminders in between move nothing.
//  DECIDED_MOVED: no
static decided_t
s_check_version (const decider_t *self, const case_t *file, json_t *message)
{
    json_t *expected = json_object_get (message, "expected_version");
    if (!json_is_integer (expected))
        return DECIDED_MOVED;
    if (json_integer_value (expected) > file->version)
        return DECIDED_WAITS;
    if (json_integer_value (expected) >= json_integer_value (json_object_get (file->fields, "moved")))
        return DECIDED_MOVED;
    decide_refuse (self, file, message, PROBLEM_CONFLICT, "the case has moved on since: look at it again",
                   "/data/expected_version");
    return DECIDED_REFUSED;
}

//  Why the person may not; NULL: it may
static const char *
s_forbids (const case_t *file, json_t *message, const procedure_move_t *move)
{
    if (recusal_stands_aside (file, s_text (message, "actor")))
        return "the person stands aside in this case";
    return permission_allows (file, message, move) ? NULL : "needs a role that the person does not have here";
}

static decided_t
s_command (const decider_t *self, case_t *file, json_t *message, const char *command)
{
    //  To the accused the case does not exist: the answer is what a number that never came gets, as late
    if (recusal_is_accused (file, s_text (message, "actor"), s_text (message, "unit")))
        return DECIDED_WAITS;
    decided_t version = s_check_version (self, file, message);
    if (version != DECIDED_MOVED)
        return version;
    const procedure_move_t *move = procedure_move (file->procedure, file->state, command);
    const char *why;
    moment_t moment;
    if (!procedure_has_command (file->procedure, command))
        decide_refuse (self, file, message, PROBLEM_UNKNOWN_COMMAND, "this procedure has no such command",
                       "/data/command");
    else if (!move)
        decide_refuse (self, file, message, PROBLEM_NOT_NOW, "not in the state that the case is in",
                       "/data/command");
    else if ((why = s_forbids (file, message, move)) != NULL)
        decide_refuse (self, file, message, PROBLEM_FORBIDDEN, why, NULL);
    else if (!argument_check (self, file, message, move, &moment))
        return DECIDED_REFUSED; //  told already
    else if ((why = effects_impossible (self, file, message, move)) != NULL)
        decide_refuse (self, file, message, PROBLEM_NOT_NOW, why, "/data/command");
    else {
        s_move (self, file, message, move, moment);
        return DECIDED_MOVED;
    }
    return DECIDED_REFUSED;
}

//  --------------------------------------------------------------------------
//  What other services state

//  What duban itself does; a command that no state waits for says nothing new
static decided_t
s_by_system (const decider_t *self, case_t *file, const char *command, moment_t moment, const char *cause,
             json_t *arguments)
{
    const procedure_move_t *move = procedure_move (file->procedure, file->state, command);
    json_t *order =
        json_pack ("{sI ss? so}", "recorded_at", (json_int_t) moment, "cause", cause, "arguments", arguments);
    assert (order);
    if (move && permission_is_of_system (move) && !effects_impossible (self, file, order, move))
        s_move (self, file, order, move, moment);
    else
        move = NULL;
    json_decref (order);
    return move ? DECIDED_MOVED : DECIDED_IGNORED;
}

//  The watchdog reminded or escalated: part of the history. A term that ran out may move the case.
static decided_t
s_rung (const decider_t *self, case_t *file, json_t *message)
{
    const char *clock = s_text (message, "clock"), *rung = s_text (message, "rung");
    moment_t fired_at = json_integer_value (json_object_get (message, "fired_at"));
    char cause[120];
    snprintf (cause, sizeof cause, "%.40s.%.60s", clock, rung);
    json_t *entry = json_pack ("{sI ss s{ss ss ss sO}}", "recorded_at", (json_int_t) fired_at, "cause", cause,
                               "arguments", "clock", clock, "rung", rung, "level", s_text (message, "level"),
                               "due_at", json_object_get (message, "due_at"));
    assert (entry);
    entry_write (self, file, entry, "rung", NULL, fired_at);
    json_decref (entry);
    if (!strcmp (rung, "breach")) {
        int version = (int) json_integer_value (json_object_get (message, "version"));
        const char *command = clocks_breach (file, clock, version);
        if (command)
            s_by_system (self, file, command, fired_at, cause, json_object ());
    }
    return DECIDED_MOVED;
}

//  The answer has reached the submitter
static decided_t
s_delivered (const decider_t *self, case_t *file, json_t *message)
{
    moment_t delivered_at = json_integer_value (json_object_get (message, "delivered_at"));
    char text[32];
    event_time_write (delivered_at, text);
    return s_by_system (self, file, "delivered", delivered_at, s_text (message, "key"),
                        json_pack ("{ss}", "delivered_at", text));
}

decided_t
decide_message (const decider_t *self, case_t *file, json_t *message)
{
    const char *kind = s_text (message, "kind");
    if (!strcmp (kind, "rung"))
        return s_rung (self, file, message);
    if (!strcmp (kind, "delivered"))
        return s_delivered (self, file, message);
    return s_command (self, file, message, s_text (message, "command"));
}
