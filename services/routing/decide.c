//  decide - what a message makes of a case

#include "services/routing/decide.h"
#include "proto/event.h"
#include "services/routing/facts.h"
#include "services/routing/permission.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FUTURE_US (5 * 60 * 1000000LL) //  how far a sender's clock may be ahead
#define BEFORE_US                                                                                            \
    (60 * 1000000LL) //  people say minutes: the one in which the term began is meant to be in it

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

//  --------------------------------------------------------------------------
//  The log

static char *
s_copy (const char *text)
{
    return text ? strdup (text) : NULL;
}

static void
s_log (const decider_t *self, case_t *file, json_t *message, const char *event, const char *from,
       moment_t occurred_at)
{
    moment_t recorded_at = json_integer_value (json_object_get (message, "recorded_at"));
    log_entry_t entry = { .case_no = file->case_no,
                          .version = ++file->version,
                          .event = event,
                          .state = s_copy (file->state),
                          .actor = s_copy (s_text (message, "actor")),
                          .spoke = s_copy (s_text (message, "source")),
                          .secrecy = file->secrecy,
                          .occurred_at = occurred_at,
                          .recorded_at = recorded_at,
                          .cause = s_copy (s_text (message, "cause")),
                          .trace = s_copy (s_text (message, "trace")) };
    json_t *arguments = json_object_get (message, "arguments");
    json_t *canonical = json_pack (
        "{sI si ss ss ss? ss? ss? sI sI ss ss? si sO?}", "case", (json_int_t) file->case_no, "version",
        file->version, "event", event, "state", file->state, "from", from, "actor", entry.actor, "source",
        entry.spoke, "occurred_at", (json_int_t) occurred_at, "recorded_at", (json_int_t) recorded_at,
        "cause", entry.cause, "trace", entry.trace, "secrecy", file->secrecy, "arguments", arguments);
    assert (canonical);
    entry.canonical = json_dumps (canonical, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref (canonical);
    if (strcmp (event, "rung") != 0)
        json_object_set_new (file->fields, "moved", json_integer (file->version));
    file->changed = true;
    self->sink.log (self->sink.arg, &entry);
}

//  --------------------------------------------------------------------------
//  Opening

static json_t *
s_first_fields (const decider_t *self, json_t *message)
{
    proposal_t proposal = rules_propose (self->rules, message);
    json_t *fields =
        json_pack ("{ss ss s{}}", "proposed_unit", proposal.unit, "proposed_by", proposal.name, "clocks");
    if (proposal.term)
        json_object_set_new (fields, "proposed_term", json_integer (proposal.term));
    return fields;
}

case_t *
decide_open (const decider_t *self, const procedure_t *procedure, json_t *message)
{
    case_t *file = calloc (1, sizeof *file);
    assert (file);
    moment_t recorded_at = json_integer_value (json_object_get (message, "recorded_at"));
    json_t *received = json_object_get (message, "received_at"); //  on paper: terms run from there
    moment_t start = received ? json_integer_value (received) : recorded_at;
    *file = (case_t){ .case_no = json_integer_value (json_object_get (message, "case")),
                      .number = s_copy (s_text (message, "number")),
                      .procedure = procedure,
                      .state = s_copy (procedure_initial (procedure)),
                      .source = s_copy (s_text (message, "source")),
                      .submitter = s_copy (s_text (message, "actor")),
                      .title = s_copy (s_text (message, "title")),
                      .kind = s_copy (s_text (message, "case_kind")),
                      .area = s_copy (s_text (message, "area")),
                      .secrecy = (int) json_integer_value (json_object_get (message, "secrecy")),
                      .fields = s_first_fields (self, message),
                      .opened_at = start < recorded_at ? start : recorded_at,
                      .closed_at = MOMENT_NONE,
                      .added = true };
    s_log (self, file, message, "opened", NULL,
           json_integer_value (json_object_get (message, "occurred_at")));
    facts_clocks (self, file, message, NULL, file->opened_at);
    facts_notices (self, file, message, "opened");
    facts_event (self, file, message, "opened");
    return file;
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
    const char *id = s_text (message, "id");
    json_t *refused =
        json_pack ("{ss ss sO ss? ss ss so}", "kind", "refused", "source", s_text (message, "source"), "case",
                   json_object_get (message, "case"), "number", file ? file->number : NULL, "command",
                   s_text (message, "command"), "cause", id ? id : "", "problem", problem_json (problem));
    assert (refused);
    self->sink.post (self->sink.arg, "intake", refused);
    problem_destroy (&problem);
}

//  What the move needs and was not given is taken from the proposal, if that has it; false: refused
static bool
s_complete_arguments (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move)
{
    static const char *const PROPOSED[][2] = { { "unit", "proposed_unit" }, { "term", "proposed_term" } };
    json_t *arguments = json_object_get (message, "arguments");
    for (const char *const *need = move->needs; *need; need++) {
        if (json_object_get (arguments, *need))
            continue;
        json_t *proposed = NULL;
        for (size_t index = 0; index < sizeof PROPOSED / sizeof *PROPOSED; index++)
            if (!strcmp (*need, PROPOSED[index][0]))
                proposed = json_object_get (file->fields, PROPOSED[index][1]);
        if (!proposed && !strcmp (*need, "term"))
            continue; //  the clock has a default
        if (!proposed) {
            char pointer[80];
            snprintf (pointer, sizeof pointer, "/data/arguments/%s", *need);
            decide_refuse (self, file, message, PROBLEM_INVALID, "this command needs it", pointer);
            return false;
        }
        json_object_set (arguments, *need, proposed);
    }
    return true;
}

static bool
s_is_listed (const char *const *list, const char *word)
{
    for (; *list; list++)
        if (!strcmp (*list, word))
            return true;
    return false;
}

static const char *const ARGUMENT_FORM[] = {
    [ARGUMENT_TEXT] = "must be a text that is not empty",
    [ARGUMENT_NAME] = "must be a name of 1 to 128 bytes without control characters",
    [ARGUMENT_COUNT] = "must be a whole number, 1 to 999",
    [ARGUMENT_MOMENT] = "must be a moment in RFC 3339 with zone",
    [ARGUMENT_CHOICE] = "is none of the values that the procedure lists",
};

//  No argument that the procedure does not know, and each of its form; false: refused
static bool
s_check_arguments (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get (message, "arguments"), name, value) {
        const char *wrong = NULL;
        const procedure_argument_t *argument = procedure_argument (file->procedure, name);
        if (!argument || (!s_is_listed (move->needs, name) && !s_is_listed (move->accepts, name)))
            wrong = "this command does not know it";
        else if (!procedure_argument_fits (argument, value))
            wrong = ARGUMENT_FORM[argument->type];
        if (wrong) {
            char pointer[160];
            snprintf (pointer, sizeof pointer, "/data/arguments/%.120s", name);
            decide_refuse (self, file, message, PROBLEM_INVALID, wrong, pointer);
            return false;
        }
    }
    return true;
}

//  A move that may name the unit must, while the case has none (it was returned): nobody could act on it.
//  False: refused.
static bool
s_check_unit (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    if (file->unit || !s_is_listed (move->sets, "unit") ||
        json_object_get (json_object_get (message, "arguments"), "unit"))
        return true;
    decide_refuse (self, file, message, PROBLEM_INVALID, "the case has no unit: name one",
                   "/data/arguments/unit");
    return false;
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
        if (!procedure_clock_runs (clock, move->to) && anchor > earliest)
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
    char pointer[80];
    snprintf (pointer, sizeof pointer, "/data/arguments/%s", move->at);
    decide_refuse (self, file, message, PROBLEM_INVALID,
                   good ? "not in the future, and not before the term began"
                        : "a moment in RFC 3339 with zone",
                   pointer);
    return false;
}

static void
s_set_fields (case_t *file, json_t *arguments, const procedure_move_t *move)
{
    if (move->clears_unit)
        case_set (&file->unit, NULL);
    for (const char *const *name = move->sets; *name; name++) {
        json_t *value = json_object_get (arguments, *name);
        if (!value)
            continue;
        if (!strcmp (*name, "unit"))
            case_set (&file->unit, json_string_value (value));
        else
            json_object_set (file->fields, *name, value);
    }
}

//  Everything is allowed: the case moves
static void
s_move (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move, moment_t moment)
{
    char *from = s_copy (file->state);
    s_set_fields (file, json_object_get (message, "arguments"), move);
    if (move->to)
        case_set (&file->state, move->to);
    bool end = procedure_state (file->procedure, file->state)->end;
    if (end)
        file->closed_at = json_integer_value (json_object_get (message, "recorded_at"));
    s_log (self, file, message, move->command, from, moment);
    facts_clocks (self, file, message, from, moment);
    facts_notices (self, file, message, move->command);
    facts_event (self, file, message, move->command);
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

static decided_t
s_command (const decider_t *self, case_t *file, json_t *message, const char *command)
{
    decided_t version = s_check_version (self, file, message);
    if (version != DECIDED_MOVED)
        return version;
    const procedure_move_t *move = procedure_move (file->procedure, file->state, command);
    if (!procedure_has_command (file->procedure, command))
        decide_refuse (self, file, message, PROBLEM_UNKNOWN_COMMAND, "this procedure has no such command",
                       "/data/command");
    else if (!move)
        decide_refuse (self, file, message, PROBLEM_NOT_NOW, "not in the state that the case is in",
                       "/data/command");
    else if (!permission_allows (file, message, move))
        decide_refuse (self, file, message, PROBLEM_FORBIDDEN,
                       "needs a role that the person does not have here", NULL);
    else {
        moment_t moment;
        if (s_complete_arguments (self, file, message, move) &&
            s_check_arguments (self, file, message, move) && s_check_unit (self, file, message, move) &&
            s_moment (self, file, message, move, &moment)) {
            s_move (self, file, message, move, moment);
            return DECIDED_MOVED;
        }
    }
    return DECIDED_REFUSED;
}

//  --------------------------------------------------------------------------
//  What other services state

//  The watchdog reminded or escalated: part of the history, moves nothing
static decided_t
s_rung (const decider_t *self, case_t *file, json_t *message)
{
    moment_t fired_at = json_integer_value (json_object_get (message, "fired_at"));
    char cause[120];
    snprintf (cause, sizeof cause, "%.40s.%.60s", s_text (message, "clock"), s_text (message, "rung"));
    json_t *entry =
        json_pack ("{sI ss s{ss ss ss sO}}", "recorded_at", (json_int_t) fired_at, "cause", cause,
                   "arguments", "clock", s_text (message, "clock"), "rung", s_text (message, "rung"), "level",
                   s_text (message, "level"), "due_at", json_object_get (message, "due_at"));
    assert (entry);
    s_log (self, file, entry, "rung", NULL, fired_at);
    json_decref (entry);
    return DECIDED_MOVED;
}

//  The answer has reached the submitter; a delivery that no state waits for says nothing new
static decided_t
s_delivered (const decider_t *self, case_t *file, json_t *message)
{
    const procedure_move_t *move = procedure_move (file->procedure, file->state, "delivered");
    if (!move)
        return DECIDED_IGNORED;
    moment_t delivered_at = json_integer_value (json_object_get (message, "delivered_at"));
    char text[32];
    event_time_write (delivered_at, text);
    json_t *order = json_pack ("{sI ss s{ss}}", "recorded_at", (json_int_t) delivered_at, "cause",
                               s_text (message, "key"), "arguments", "delivered_at", text);
    assert (order);
    s_move (self, file, order, move, delivered_at);
    json_decref (order);
    return DECIDED_MOVED;
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
