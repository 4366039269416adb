//  entry - one entry of a case's log

#include "services/routing/entry.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

//  What the procedure calls secret stands apart, so that a view can leave it out
static void
s_split (const case_t *file, json_t *from, json_t **open, json_t **secret)
{
    const char *name;
    json_t *value;
    if (!from)
        return;
    *open = json_object ();
    json_object_foreach (from, name, value) {
        const procedure_argument_t *argument = procedure_argument (file->procedure, name);
        bool hidden = argument && argument->secret;
        if (hidden && !*secret)
            *secret = json_object ();
        json_object_set (hidden ? *secret : *open, name, value);
    }
}

void
entry_write (const decider_t *self, case_t *file, json_t *message, const char *event, const char *from,
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
    json_t *arguments = NULL, *secret = NULL;
    s_split (file, json_object_get (message, "arguments"), &arguments, &secret);
    json_t *canonical =
        json_pack ("{sI si ss ss ss? ss? ss? sI sI ss ss? si so* so*}", "case", (json_int_t) file->case_no,
                   "version", file->version, "event", event, "state", file->state, "from", from, "actor",
                   entry.actor, "source", entry.spoke, "occurred_at", (json_int_t) occurred_at, "recorded_at",
                   (json_int_t) recorded_at, "cause", entry.cause, "trace", entry.trace, "secrecy",
                   file->secrecy, "arguments", arguments, "secret", secret);
    assert (canonical);
    entry.canonical = json_dumps (canonical, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref (canonical);
    if (strcmp (event, "rung") != 0)
        json_object_set_new (file->fields, "moved", json_integer (file->version));
    file->changed = true;
    self->sink.log (self->sink.arg, &entry);
}
