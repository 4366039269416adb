//  register - may this speaker change this entry of a register, and can it be?
//
//  What the door can know it says at once: register, key, names and values of fields, who may write. What
//  only the entry can tell (version, what is missing) routing says, through the feed.

#include "services/intake/register.h"

#define CLASS_OPEN  1
#define CLASS_CLOSE 2 //  from here on no view shows the document

static const char *
s_text (const event_t *event, const char *member)
{
    return json_string_value (json_object_get (event->data, member));
}

bool
intake_is_register (const event_t *event)
{
    return event->type == EVENT_REGISTER_PUT || event->type == EVENT_REGISTER_END;
}

static bool
s_has_role (const form_t *form, const person_t *person)
{
    for (char *const *role = person ? person->roles : NULL; role && *role; role++)
        if (form_lets_write (form, *role))
            return true;
    return false;
}

//  A person needs a role, and a source that may pass such changes on; a source by itself must be named outright:
//  '*' means "whatever the person may", and here is no person
static const char *
s_forbidden (const form_t *form, const speaker_t *speaker, const admission_t *admission)
{
    char grant[60];
    snprintf (grant, sizeof grant, "register.%s", form_name (form));
    if (!identity_lists (speaker->source->commands, grant))
        return "this source may not change this register";
    if (admission->actor)
        return s_has_role (form, admission->person) ? NULL : "needs a role that the person does not have";
    for (char *const *command = speaker->source->commands; *command; command++)
        if (streq (*command, grant))
            return NULL;
    return "needs a person with a role that may change this register";
}

static problem_t *
s_check_values (const forms_t *forms, const form_t *form, const event_t *event)
{
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    const char *key = s_text (event, "key");
    bool good = form_check_key (form, forms, key, problem);
    if (!form_check_patch (form, forms, key, json_object_get (event->data, "fields"), problem) || !good)
        return problem;
    problem_destroy (&problem);
    return NULL;
}

problem_t *
intake_check_register (const forms_t *forms, const speaker_t *speaker, const event_t *event, admission_t *out)
{
    if (!intake_is_register (event))
        return NULL;
    const form_t *form = forms_find (forms, s_text (event, "register"));
    if (!form) {
        problem_t *problem = problem_new (PROBLEM_UNKNOWN_REGISTER, NULL);
        problem_point (problem, "/data/register", "this bureau has no such register");
        return problem;
    }
    const char *forbidden = s_forbidden (form, speaker, out);
    if (forbidden)
        return problem_new (PROBLEM_FORBIDDEN, forbidden);
    out->secrecy = form_is_secret (form, json_object_get (event->data, "fields")) ? CLASS_CLOSE : CLASS_OPEN;
    return s_check_values (forms, form, event);
}

void
intake_add_register (json_text_t *message, const event_t *event)
{
    json_t *fields = json_object_get (event->data, "fields");
    json_text_member (message, "kind", "register");
    json_text_member (message, "op", event->type == EVENT_REGISTER_PUT ? "put" : "end");
    json_text_member (message, "register", s_text (event, "register"));
    json_text_member (message, "key", s_text (event, "key"));
    json_text_name (message, "fields");
    if (fields)
        json_text_value (message, fields);
    else
        json_text_add (message, "{}");
    json_text_member_value (message, "expected_version", json_object_get (event->data, "expected_version"));
    json_text_member (message, "reason", s_text (event, "reason"));
}
