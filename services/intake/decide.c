//  decide - may this speaker say this, and what becomes of it?

#include "services/intake/decide.h"
#include "common/calendar.h"
#include "proto/excerpt.h"
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

static problem_t *
s_admit_submission (const speaker_t *speaker, const event_t *event, admission_t *out)
{
    const char *procedure = json_string_value (json_object_get (event->data, "procedure"));
    if (!identity_lists (speaker->source->procedures, procedure))
        return problem_new (PROBLEM_FORBIDDEN, "this source may not open cases of this procedure");
    out->opens = true;
    out->secrecy = s_secrecy (event->data);
    return NULL;
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
    return event->type == EVENT_SUBMISSION ? s_admit_submission (speaker, event, out)
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

problem_t *
intake_check_procedure (const shelf_t *shelf, const event_t *event)
{
    if (event->type != EVENT_SUBMISSION)
        return NULL;
    const char *kind = json_string_value (json_object_get (event->data, "kind"));
    const procedure_t *procedure =
        shelf_newest (shelf, json_string_value (json_object_get (event->data, "procedure")));
    if (procedure && procedure_has_kind (procedure, kind))
        return NULL;
    problem_t *problem = problem_new (procedure ? PROBLEM_INVALID : PROBLEM_UNKNOWN_PROCEDURE, NULL);
    problem_point (problem, procedure ? "/data/kind" : "/data/procedure",
                   procedure ? "this procedure has no such kind" : "this bureau has no such procedure");
    return problem;
}

static json_t *
s_excerpt (json_t *text)
{
    const char *bytes = json_string_value (text);
    return json_stringn (bytes, excerpt_size (bytes, json_string_length (text)));
}

static json_t *
s_text_or_null (const char *text)
{
    return text ? json_string (text) : json_null ();
}

//  What every message to routing carries: who, when, why
static void
s_add_envelope (json_t *message, const event_t *event, const admission_t *admission, const char *source)
{
    char cause[200];
    snprintf (cause, sizeof cause, "%s/%s", source, event->id);
    json_object_set_new (message, "id", json_string (event->id));
    json_object_set_new (message, "source", json_string (source));
    json_object_set_new (message, "actor", s_text_or_null (admission->actor));
    if (event->time != INT64_MIN)
        json_object_set_new (message, "occurred_at", json_integer (event->time));
    json_object_set_new (message, "cause", json_string (cause));
    json_object_set_new (message, "trace", s_text_or_null (event->traceparent));
}

static void
s_add_submission (json_t *message, json_t *data, int secrecy)
{
    const char *urgency = json_string_value (json_object_get (data, "urgency"));
    json_t *area = json_object_get (data, "area");
    json_object_set_new (message, "kind", json_string ("submission"));
    json_object_set (message, "procedure", json_object_get (data, "procedure"));
    json_object_set (message, "case_kind", json_object_get (data, "kind"));
    json_object_set (message, "title", json_object_get (data, "title"));
    json_object_set_new (message, "area", area ? json_incref (area) : json_null ());
    json_object_set_new (message, "excerpt", s_excerpt (json_object_get (data, "text")));
    json_object_set_new (message, "urgent", json_boolean (urgency && streq (urgency, "urgent")));
    json_object_set_new (message, "secrecy", json_integer (secrecy));
    json_t *paper = json_object_get (data, "received_on_paper");
    const char *text = json_string_value (json_object_get (paper, "received_at"));
    int64_t received_at;
    if (text && event_time_parse (text, &received_at))
        json_object_set_new (message, "received_at", json_integer (received_at)); //  terms run from here
}

static void
s_add_command (json_t *message, json_t *data, const person_t *person)
{
    json_t *roles = json_array ();
    for (char *const *role = person ? person->roles : NULL; role && *role; role++)
        json_array_append_new (roles, json_string (*role));
    json_t *arguments = json_object_get (data, "arguments");
    json_t *version = json_object_get (data, "expected_version");
    json_object_set_new (message, "kind", json_string ("command"));
    json_object_set (message, "command", json_object_get (data, "command"));
    json_object_set_new (message, "arguments", arguments ? json_incref (arguments) : json_object ());
    json_object_set_new (message, "expected_version", version ? json_incref (version) : json_null ());
    json_object_set_new (message, "roles", roles);
    json_object_set_new (message, "unit", s_text_or_null (person ? person->unit : NULL));
}

json_t *
intake_message (const event_t *event, const admission_t *admission, const char *source)
{
    json_t *message = json_object ();
    s_add_envelope (message, event, admission, source);
    if (admission->opens)
        s_add_submission (message, event->data, admission->secrecy);
    else
        s_add_command (message, event->data, admission->person);
    return message;
}

void
intake_complete (json_t *message, int64_t case_no, const char *number, moment_t recorded_at)
{
    json_object_set_new (message, "case", json_integer (case_no));
    if (number)
        json_object_set_new (message, "number", json_string (number));
    json_object_set_new (message, "recorded_at", json_integer (recorded_at));
    if (!json_object_get (message, "occurred_at"))
        json_object_set_new (message, "occurred_at", json_integer (recorded_at));
}

void
intake_number (char text[CASE_NUMBER_TEXT], int64_t case_no, moment_t recorded_at)
{
    static const char *prefix; //  settings do not change while we run, and this is asked for every submission
    static long offset_minutes;
    if (!prefix) {
        prefix = config_text ("DUBAN_NUMBER_PREFIX");
        offset_minutes = config_number ("DUBAN_TZ_MINUTES");
    }
    int year, month, day;
    moment_t local = recorded_at + offset_minutes * 60000000LL;
    day_to_civil ((day_t) (local / 86400000000LL), &year, &month, &day);
    case_number_write (text, prefix, year, case_no);
}
