//  register - what a request makes of an entry of a register

#include "services/routing/register.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LIFE        "." //  the stamp of an entry's end or return; no field is called so
#define CLASS_OPEN  1
#define CLASS_CLOSE 2

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

static char *
s_copy (const char *text)
{
    return text ? strdup (text) : NULL;
}

//  --------------------------------------------------------------------------
//  One change under way

typedef struct {
    const forms_t *forms;
    const record_sink_t *sink;
    record_t *record;
    json_t *message;
    moment_t stamp;          //  when the door took it
    json_t *open, *secret;   //  fields that have another value now; null: gone
    const char *event;       //  of the log
    bool revives, ends, new; //  what becomes of the entry itself
} change_t;

static void
s_refuse (const change_t *self, problem_t **problem_p)
{
    json_t *fact =
        json_pack ("{ss sO ss ss sO so sO?}", "kind", "register_refused", "source",
                   json_object_get (self->message, "source"), "register", self->record->register_name, "key",
                   self->record->key, "cause", json_object_get (self->message, "cause"), "problem",
                   problem_json (*problem_p), "trace", json_object_get (self->message, "trace"));
    assert (fact);
    self->sink->post (self->sink->arg, "intake", fact);
    problem_destroy (problem_p);
}

static bool
s_refuse_at (const change_t *self, problem_code_t code, const char *pointer, const char *detail)
{
    problem_t *problem = problem_new (code, detail);
    problem_point (problem, pointer, detail);
    s_refuse (self, &problem);
    return false;
}

//  The door has looked already; a replica of it may have had another declaration
static bool
s_check_form (const change_t *self)
{
    const record_t *record = self->record;
    if (!record->form)
        return s_refuse_at (self, PROBLEM_UNKNOWN_REGISTER, "/data/register", "there is no such register");
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    bool good = form_check_key (record->form, self->forms, record->key, problem) &&
                form_check_patch (record->form, self->forms, record->key,
                                  json_object_get (self->message, "fields"), problem);
    if (good)
        problem_destroy (&problem);
    else
        s_refuse (self, &problem);
    return good;
}

static moment_t
s_stamp (const record_t *record, const char *name)
{
    return json_integer_value (json_object_get (record->stamps, name));
}

//  False: refused. Who names the version of an entry that has ended wants it back.
static bool
s_check_version (const change_t *self)
{
    json_t *expected = json_object_get (self->message, "expected_version");
    bool put = !strcmp (s_text (self->message, "op"), "put");
    if (json_is_integer (expected)) {
        if (json_integer_value (expected) == self->record->version)
            return true;
        return s_refuse_at (self, PROBLEM_CONFLICT, "/data/expected_version",
                            "the entry has another version: look at it again");
    }
    if (put && self->record->ended && self->stamp >= s_stamp (self->record, LIFE))
        return s_refuse_at (self, PROBLEM_CONFLICT, "/data/key",
                            "the entry has ended; name its version to bring it back");
    return true;
}

//  --------------------------------------------------------------------------
//  Fields

static json_t *
s_value (const record_t *record, const char *name)
{
    json_t *value = json_object_get (record->body, name);
    return value ? value : json_object_get (record->secret, name);
}

//  Which fields of the patch have another value than the entry, and are not older than what it has
static void
s_collect (change_t *self)
{
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get (self->message, "fields"), name, value) {
        const field_t *field = form_field (self->record->form, name);
        json_t *present = s_value (self->record, name);
        bool same = present ? json_equal (present, value) : json_is_null (value);
        if (field != form_key (self->record->form) && !same && self->stamp >= s_stamp (self->record, name))
            json_object_set (field->secret ? self->secret : self->open, name, value);
    }
}

static void
s_merge (json_t *fields, json_t *patch)
{
    const char *name;
    json_t *value;
    json_object_foreach (patch, name, value) {
        if (json_is_null (value))
            json_object_del (fields, name);
        else
            json_object_set (fields, name, value);
    }
}

//  Would the entry be whole with these changes? False: refused.
static bool
s_check_whole (const change_t *self)
{
    json_t *fields = json_copy (self->record->body);
    s_merge (fields, self->record->secret);
    s_merge (fields, self->open);
    s_merge (fields, self->secret);
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    bool good = self->new ? form_check_whole (self->record->form, fields, problem)
                          : form_check_alternatives (self->record->form, fields, problem);
    json_decref (fields);
    if (good)
        problem_destroy (&problem);
    else
        s_refuse (self, &problem);
    return good;
}

//  Also what only confirms a value: nothing that the door took before may replace it
static void
s_stamp_fields (const change_t *self)
{
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get (self->message, "fields"), name, value)
        if (self->stamp > s_stamp (self->record, name)) {
            json_object_set_new (self->record->stamps, name, json_integer (self->stamp));
            self->record->changed = true;
        }
}

//  A field may have become secret, or be no secret any more, since the entry was last written
static void
s_part (record_t *record)
{
    for (size_t index = 0; index < form_field_count (record->form); index++) {
        const field_t *field = form_field_at (record->form, index);
        json_t *from = field->secret ? record->body : record->secret;
        json_t *value = json_object_get (from, field->name);
        if (!value)
            continue;
        json_object_set (field->secret ? record->secret : record->body, field->name, value);
        json_object_del (from, field->name);
    }
}

//  --------------------------------------------------------------------------
//  What is written and told

static json_t *
s_names (json_t *object)
{
    json_t *names = json_array ();
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value)
        json_array_append_new (names, json_string (name));
    return names;
}

static void
s_log (const change_t *self)
{
    const record_t *record = self->record;
    json_t *message = self->message;
    bool secret = json_object_size (self->secret) > 0;
    record_log_t line = { .register_name = s_copy (record->register_name),
                          .key = s_copy (record->key),
                          .version = record->version,
                          .event = self->event,
                          .actor = s_copy (s_text (message, "actor")),
                          .spoke = s_copy (s_text (message, "source")),
                          .secrecy = secret ? CLASS_CLOSE : CLASS_OPEN,
                          .occurred_at = json_integer_value (json_object_get (message, "occurred_at")),
                          .recorded_at = self->stamp,
                          .cause = s_copy (s_text (message, "cause")),
                          .trace = s_copy (s_text (message, "trace")),
                          .secret =
                              secret ? json_dumps (self->secret, JSON_COMPACT | JSON_SORT_KEYS) : NULL };
    json_t *canonical =
        json_pack ("{ss ss si ss ss? ss sI sI ss ss? sO? sO so}", "register", line.register_name, "key",
                   line.key, "version", line.version, "event", line.event, "actor", line.actor, "source",
                   line.spoke, "occurred_at", (json_int_t) line.occurred_at, "recorded_at",
                   (json_int_t) line.recorded_at, "cause", line.cause, "trace", line.trace, "reason",
                   json_object_get (message, "reason"), "set", self->open, "secret", s_names (self->secret));
    assert (canonical);
    line.canonical = json_dumps (canonical, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref (canonical);
    self->sink->log (self->sink->arg, &line);
}

//  What was said inside the bureau stays there: who asked is told by name, others hear what has changed
static void
s_tell (const change_t *self, const char *source, bool own)
{
    json_t *changed = s_names (self->open), *secret = s_names (self->secret);
    json_array_extend (changed, secret);
    json_decref (secret);
    json_t *fact = json_pack (
        "{ss ss ss ss si ss so sO sO? sO sI sO sO?}", "kind", "register_changed", "source", source,
        "register", self->record->register_name, "key", self->record->key, "version", self->record->version,
        "event", self->event, "changed", changed, "fields", self->open, "actor",
        own ? json_object_get (self->message, "actor") : json_null (), "occurred_at",
        json_object_get (self->message, "occurred_at"), "recorded_at", (json_int_t) self->stamp, "cause",
        json_object_get (self->message, "cause"), "trace", json_object_get (self->message, "trace"));
    assert (fact);
    self->sink->post (self->sink->arg, "intake", fact);
}

static void
s_tell_all (const change_t *self)
{
    const char *asked = s_text (self->message, "source");
    size_t index;
    json_t *source;
    s_tell (self, asked, true);
    json_array_foreach ((json_t *) form_tells (self->record->form), index, source)
        if (strcmp (json_string_value (source), asked) != 0)
            s_tell (self, json_string_value (source), false);
}

//  --------------------------------------------------------------------------
//  Putting and ending

static void
s_commit (change_t *self)
{
    record_t *record = self->record;
    const char *actor = s_text (self->message, "actor");
    s_merge (record->body, self->open);
    s_merge (record->secret, self->secret);
    s_part (record);
    if (self->ends || self->revives) {
        record->ended = self->ends;
        json_object_set_new (record->stamps, LIFE, json_integer (self->stamp));
    }
    record->version++;
    record->changed = true;
    if (self->stamp > record->changed_at || self->new) {
        record->changed_at = self->stamp;
        free (record->changed_by);
        record->changed_by = s_copy (actor ? actor : s_text (self->message, "source"));
    }
    s_log (self);
    s_tell_all (self);
}

static void
s_unchanged (change_t *self)
{
    self->event = "unchanged";
    s_tell (self, s_text (self->message, "source"), true);
}

static void
s_put (change_t *self)
{
    self->event = "put";
    self->new = self->record->version == 0;
    self->revives = self->record->ended && self->stamp >= s_stamp (self->record, LIFE);
    s_collect (self);
    if (!s_check_whole (self))
        return;
    s_stamp_fields (self);
    if (self->new || self->revives || json_object_size (self->open) || json_object_size (self->secret))
        s_commit (self);
    else
        s_unchanged (self);
}

static void
s_end (change_t *self)
{
    self->event = "end";
    self->ends = !self->record->ended && self->stamp >= s_stamp (self->record, LIFE);
    if (!self->record->version)
        s_refuse_at (self, PROBLEM_UNKNOWN_ENTRY, "/data/key", "the register has no such entry");
    else if (self->ends)
        s_commit (self);
    else
        s_unchanged (self);
}

void
record_decide (const forms_t *forms, const record_sink_t *sink, record_t *record, json_t *message)
{
    change_t change = { .forms = forms,
                        .sink = sink,
                        .record = record,
                        .message = message,
                        .stamp = json_integer_value (json_object_get (message, "recorded_at")),
                        .open = json_object (),
                        .secret = json_object () };
    bool put = !strcmp (s_text (message, "op"), "put");
    if (s_check_form (&change) && s_check_version (&change))
        (put ? s_put : s_end) (&change);
    json_decref (change.open);
    json_decref (change.secret);
}
