//  facts - what a move means for others

#include "services/routing/facts.h"
#include "common/calendar.h"
#include "services/routing/card.h"
#include "services/routing/recusal.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

//  --------------------------------------------------------------------------
//  Notices

//  Once: who submitted two cases that were merged is one
static void
s_add (json_t *to, json_t *recipient)
{
    size_t index;
    json_t *one;
    assert (recipient);
    json_array_foreach (to, index, one) {
        if (json_equal (one, recipient)) {
            json_decref (recipient);
            return;
        }
    }
    json_array_append_new (to, recipient);
}

//  The submitter, and those whose cases go on as this one; the caller's
static json_t *
s_submitters (const case_t *file)
{
    size_t index;
    json_t *one, *all = json_array ();
    s_add (all, json_pack ("{sb ss ss?}", "submitter", 1, "source", file->source, "person", file->submitter));
    json_array_foreach (json_object_get (file->fields, "also"), index, one)
        s_add (all, json_pack ("{sb sO sO?}", "submitter", 1, "source", json_object_get (one, "source"),
                               "person", json_object_get (one, "person")));
    return all;
}

//  Nobody is meant by a role of the unit while the case has none
static void
s_add_role (json_t *to, const case_t *file, json_t *submitters, const char *role)
{
    size_t index;
    json_t *unit;
    const char *held = procedure_role_held (file->procedure, role);
    if (!strcmp (role, "submitter"))
        s_add (to, json_incref (json_array_get (submitters, 0)));
    else if (procedure_role_is_of_co_unit (file->procedure, role)) {
        json_array_foreach (json_object_get (file->fields, "co_units"), index, unit)
            s_add (to, json_pack ("{ss sO}", "role", held, "unit", unit));
    } else if (!procedure_role_is_of_unit (file->procedure, role))
        s_add (to, json_pack ("{ss sn}", "role", held, "unit"));
    else if (file->unit)
        s_add (to, json_pack ("{ss ss}", "role", held, "unit", file->unit));
}

static bool
s_is_secret (const case_t *file, const char *name)
{
    const procedure_argument_t *argument = procedure_argument (file->procedure, name);
    return argument && argument->secret;
}

static void
s_copy_plain (const case_t *file, json_t *to, json_t *from)
{
    const char *name;
    json_t *value;
    json_object_foreach (from, name, value)
        if ((json_is_string (value) || json_is_integer (value)) && !s_is_secret (file, name))
            json_object_set (to, name, value);
}

static json_t *
s_arguments (const decider_t *self, const case_t *file, json_t *message)
{
    json_t *arguments = json_object ();
    moment_t recorded_at = json_integer_value (json_object_get (message, "recorded_at"));
    s_copy_plain (file, arguments, file->fields);
    s_copy_plain (file, arguments, json_object_get (message, "arguments"));
    day_t day = (day_t) ((recorded_at + self->utc_offset_minutes * 60000000LL) / 86400000000LL);
    char date[11];
    day_text (day, date);
    json_object_set_new (arguments, "no", json_string (file->number));
    json_object_set_new (arguments, "d", json_string (date));
    json_object_set_new (arguments, "state",
                         json_string (procedure_state (file->procedure, file->state)->title_zh));
    if (file->secrecy < CARD_CLEAR)
        json_object_set_new (arguments, "title", json_string (file->title));
    if (file->unit)
        json_object_set_new (arguments, "u", json_string (file->unit));
    return arguments;
}

//  number: of how many that go out for one occasion; takes the recipients
static void
s_post_notice (const decider_t *self, const case_t *file, json_t *message, const procedure_notice_t *notice,
               json_t *to, size_t number)
{
    char key[120];
    snprintf (key, sizeof key, "%lld/%.60s/%d", (long long) file->case_no, notice->template, file->version);
    if (number)
        snprintf (key + strlen (key), sizeof key - strlen (key), "+%zu", number);
    json_t *fact = json_pack (
        "{ss ss sI ss ss si sb sb so so sO sO? so*}", "kind", "notice", "key", key, "case",
        (json_int_t) file->case_no, "number", file->number, "template", notice->template, "secrecy",
        file->secrecy, "urgent", notice->urgent, "confirm", notice->confirm && !number, "to", to, "arguments",
        s_arguments (self, file, message), "occurred_at", json_object_get (message, "recorded_at"), "trace",
        json_object_get (message, "trace"), "not_to", recusal_not_to (file));
    assert (fact);
    self->sink.post (self->sink.arg, "notify", fact);
}

//  Each further submitter gets a notice of its own: two persons of one source share a feed, but no letter
static void
s_notice (const decider_t *self, const case_t *file, json_t *message, const procedure_notice_t *notice)
{
    json_t *to = json_array (), *submitters = s_submitters (file);
    bool is_told = false;
    for (const char *const *role = notice->to; *role; role++) {
        s_add_role (to, file, submitters, *role);
        is_told |= !strcmp (*role, "submitter");
    }
    if (json_array_size (to))
        s_post_notice (self, file, message, notice, json_incref (to), 0);
    for (size_t index = 1; is_told && index < json_array_size (submitters); index++)
        s_post_notice (self, file, message, notice, json_pack ("[O]", json_array_get (submitters, index)),
                       index);
    json_decref (to);
    json_decref (submitters);
}

void
facts_notices (const decider_t *self, const case_t *file, json_t *message, const char *event)
{
    for (size_t index = 0; index < procedure_notice_count (file->procedure); index++) {
        const procedure_notice_t *notice = procedure_notice_at (file->procedure, index);
        if (!strcmp (notice->on, event))
            s_notice (self, file, message, notice);
    }
}

//  --------------------------------------------------------------------------
//  Events for the feeds

static json_t *
s_details (const case_t *file, json_t *arguments)
{
    const char *name;
    json_t *value, *details = json_object ();
    json_object_foreach (arguments, name, value)
        if (!s_is_secret (file, name))
            json_object_set (details, name, value);
    return details;
}

//  full: with what was said and by whom. Else that stays inside: only who said it gets it back, and systems
//  that the procedure names.
static void
s_event (const decider_t *self, const case_t *file, json_t *message, const char *event, const char *source,
         bool full)
{
    json_t *arguments = full ? json_object_get (message, "arguments") : NULL;
    json_t *id = json_object_get (message, "id");
    json_t *fact = json_pack ("{ss ss sI ss si ss ss sO? sI sI sO sO? so}", "kind", "case_event", "source",
                              source, "case", (json_int_t) file->case_no, "number", file->number, "version",
                              file->version, "event", event, "state", file->state, "actor",
                              full ? json_object_get (message, "actor") : NULL, "occurred_at",
                              json_integer_value (json_object_get (message, "recorded_at")), "recorded_at",
                              json_integer_value (json_object_get (message, "recorded_at")), "cause",
                              id ? id : json_object_get (message, "cause"), "trace",
                              json_object_get (message, "trace"), "details", s_details (file, arguments));
    assert (fact);
    self->sink.post (self->sink.arg, "intake", fact);
}

//  A source is told once, of the first reason that there is
static void
s_note (json_t *told, const char *source, bool full)
{
    if (source && !json_object_get (told, source))
        json_object_set_new (told, source, json_boolean (full));
}

void
facts_event (const decider_t *self, const case_t *file, json_t *message, const char *event,
             const char *const *tells)
{
    const char *acting = json_string_value (json_object_get (message, "source")), *source;
    size_t index;
    json_t *one, *full, *told = json_object ();
    s_note (told, file->source, acting && !strcmp (acting, file->source));
    s_note (told, acting, true);
    for (; tells && *tells; tells++)
        s_note (told, *tells, true);
    json_array_foreach (json_object_get (file->fields, "also"), index, one)
        s_note (told, json_string_value (json_object_get (one, "source")), false);
    json_object_foreach (told, source, full)
        s_event (self, file, message, event, source, json_is_true (full));
    json_decref (told);
}
