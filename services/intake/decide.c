//  decide - may this speaker say this, and what becomes of it?

#include "services/intake/decide.h"
#include "services/intake/register.h"
#include <sodium.h>

static const char *const SECRECY[] = { "public", "internal", "confidential", "sealed" };
#define SECRECY_DEFAULT 1

const char *
intake_actor (const speaker_t *speaker, const event_t *event)
{
    return event->authid ? event->authid : speaker->person;
}

static bool
s_may_speak_for (const speaker_t *speaker, const char *actor, const person_t *person)
{
    if (speaker->person && streq (speaker->person, actor))
        return true;
    for (char *const *name = speaker->speaks_for; *name; name++)
        if (streq (*name, "*") ? person != NULL : streq (*name, actor))
            return true;
    return false;
}

static int
s_secrecy (json_t *data)
{
    const char *word = json_string_value (json_object_get (data, "secrecy"));
    for (int level = 0; word && level < 4; level++)
        if (streq (word, SECRECY[level]))
            return level;
    return SECRECY_DEFAULT;
}

//  Bringing cases with times of their own is a right that no "*" gives
static bool
s_may_import (const speaker_t *speaker)
{
    for (char *const *name = speaker->source->commands; *name; name++)
        if (streq (*name, "import"))
            return true;
    return false;
}

static problem_t *
s_admit_parent (json_t *data, const char *prefix)
{
    int year;
    int64_t case_no;
    const char *parent = json_string_value (json_object_get (data, "parent"));
    if (!parent || case_number_read (parent, prefix, &year, &case_no))
        return NULL;
    problem_t *problem = problem_new (PROBLEM_UNKNOWN_CASE, "no such case number: a digit may be wrong");
    problem_point (problem, "/data/parent", "the check digit does not fit");
    return problem;
}

static problem_t *
s_admit_submission (const speaker_t *speaker, const event_t *event, const char *prefix, admission_t *out)
{
    const char *procedure = json_string_value (json_object_get (event->data, "procedure"));
    if (!identity_lists (speaker->source->procedures, procedure))
        return problem_new (PROBLEM_FORBIDDEN, "this source may not open cases of this procedure");
    if (json_object_get (event->data, "history") && !s_may_import (speaker)) {
        problem_t *problem = problem_new (PROBLEM_FORBIDDEN, "this source may not import cases");
        problem_point (problem, "/data/history", "needs the right to import");
        return problem;
    }
    out->opens = true;
    out->secrecy = s_secrecy (event->data);
    return s_admit_parent (event->data, prefix);
}

static problem_t *
s_admit_command (const speaker_t *speaker, const event_t *event, const char *prefix, admission_t *out)
{
    const char *command = json_string_value (json_object_get (event->data, "command"));
    const char *number = json_string_value (json_object_get (event->data, "case"));
    if (!identity_lists (speaker->source->commands, command))
        return problem_new (PROBLEM_FORBIDDEN, "this source may not give this command");
    int year;
    if (!case_number_read (number, prefix, &year, &out->case_no)) {
        problem_t *problem = problem_new (PROBLEM_UNKNOWN_CASE, "no such case number: a digit may be wrong");
        problem_point (problem, "/data/case", "the check digit does not fit");
        return problem;
    }
    out->secrecy = SECRECY_DEFAULT;
    return NULL;
}

problem_t *
intake_admit (const speaker_t *speaker, const event_t *event, const char *prefix, const person_t *person,
              admission_t *out)
{
    if (!streq (event->source_name, speaker->source->source)) {
        problem_t *problem = problem_new (PROBLEM_WRONG_SOURCE, "the key belongs to another source");
        problem_point (problem, "/source", "must name the source that the key was granted to");
        return problem;
    }
    out->actor = intake_actor (speaker, event);
    out->person = person;
    if (out->actor && !s_may_speak_for (speaker, out->actor, person)) {
        problem_t *problem = problem_new (PROBLEM_WRONG_PERSON, "the key may not speak for this person");
        problem_point (problem, "/authid", "not a person that this key speaks for");
        return problem;
    }
    if (intake_is_register (event))
        return NULL; //  intake_check_register knows who may
    return event->type == EVENT_SUBMISSION ? s_admit_submission (speaker, event, prefix, out)
                                           : s_admit_command (speaker, event, prefix, out);
}

void
intake_digest (const event_t *event, const char *source, const void *bytes, size_t size, admission_t *out)
{
    crypto_hash_sha256_state state;
    uint8_t digest[SHA256_BYTES];
    crypto_hash_sha256_init (&state);
    crypto_hash_sha256_update (&state, (const uint8_t *) source, strlen (source) + 1); //  with its 0
    crypto_hash_sha256_update (&state, (const uint8_t *) event->id, strlen (event->id));
    crypto_hash_sha256_final (&state, digest);
    memcpy (out->id, digest, sizeof out->id);
    crypto_hash_sha256 (out->sha256, bytes, size);
}

//  A history names a state and clocks of the procedure, and ends where the state is an end
static problem_t *
s_check_history (const procedure_t *procedure, json_t *history)
{
    const char *name = json_string_value (json_object_get (history, "state")), *clock;
    const procedure_state_t *state = name ? procedure_state (procedure, name) : NULL;
    json_t *ran;
    const char *pointer = NULL, *why = NULL;
    if (history && !state) {
        pointer = "/data/history/state";
        why = "the procedure has no such state";
    } else if (history && state->end != (json_object_get (history, "closed_at") != NULL)) {
        pointer = "/data/history/closed_at";
        why = "belongs to an end, and an end needs it";
    }
    json_object_foreach (json_object_get (history, "clocks"), clock, ran) {
        if (!pointer && !procedure_clock (procedure, clock)) {
            pointer = "/data/history/clocks";
            why = "the procedure has no such clock";
        }
    }
    if (!pointer)
        return NULL;
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    problem_point (problem, pointer, why);
    return problem;
}

//  What the procedure wants at its opening is checked here, so that what is acknowledged becomes a case
static problem_t *
s_check_opening (const procedure_t *procedure, json_t *data)
{
    const char *why, *wrong = procedure_arguments_wrong (procedure, json_object_get (data, "arguments"),
                                                         procedure_opening_needs (procedure),
                                                         procedure_opening_accepts (procedure), &why);
    if (!wrong)
        return s_check_history (procedure, json_object_get (data, "history"));
    char pointer[120];
    snprintf (pointer, sizeof pointer, "/data/arguments/%.80s", wrong);
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    problem_point (problem, pointer, why);
    return problem;
}

problem_t *
intake_check_procedure (const shelf_t *shelf, const event_t *event)
{
    if (event->type != EVENT_SUBMISSION)
        return NULL;
    const char *kind = json_string_value (json_object_get (event->data, "kind"));
    const procedure_t *procedure =
        shelf_newest (shelf, json_string_value (json_object_get (event->data, "procedure")));
    if (procedure && procedure_has_kind (procedure, kind))
        return s_check_opening (procedure, event->data);
    problem_t *problem = problem_new (procedure ? PROBLEM_INVALID : PROBLEM_UNKNOWN_PROCEDURE, NULL);
    problem_point (problem, procedure ? "/data/kind" : "/data/procedure",
                   procedure ? "this procedure has no such kind" : "this bureau has no such procedure");
    return problem;
}
