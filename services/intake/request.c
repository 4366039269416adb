//  request - one thing that was asked at the door, from its arrival until it is answered

#include "services/intake/request.h"
#include "services/intake/register.h"

#define SEALED "null" //  what stands in the document where the reporter was

//  The document without the reporter; the cut with its place, so that both together give the original bytes
static void
s_seal (request_t *self, const event_t *event, const char *bytes)
{
    size_t size = self->document_size;
    if (!event->cut_size) {
        self->document = malloc (size);
        assert (self->document);
        memcpy (self->document, bytes, size);
        return;
    }
    size_t sealed = strlen (SEALED), after = event->cut_at + event->cut_size;
    self->cut_at = event->cut_at;
    self->cut_size = event->cut_size;
    self->cut = malloc (event->cut_size);
    self->document = malloc (size - event->cut_size + sealed);
    assert (self->cut && self->document);
    memcpy (self->cut, bytes + event->cut_at, event->cut_size);
    memcpy (self->document, bytes, event->cut_at);
    memcpy (self->document + event->cut_at, SEALED, sealed);
    memcpy (self->document + event->cut_at + sealed, bytes + after, size - after);
    self->document_size = size - event->cut_size + sealed;
}

request_t *
request_new (const route_t *route, const speaker_t *speaker, const event_t *event,
             const admission_t *admission, const void *bytes, size_t size)
{
    request_t *self = zmalloc (sizeof *self);
    self->route = *route;
    self->admission = *admission;
    self->source = strdup (speaker->source->source);
    self->actor = admission->actor ? strdup (admission->actor) : NULL;
    self->trace = event->traceparent ? strdup (event->traceparent) : NULL;
    if (intake_is_register (event)) {
        self->entry_register = strdup (json_string_value (json_object_get (event->data, "register")));
        self->entry_key = strdup (json_string_value (json_object_get (event->data, "key")));
    }
    snprintf (self->event_id, sizeof self->event_id, "%s", event->id);
    snprintf (self->public_key, sizeof self->public_key, "%s", speaker->public_key);
    self->occurred_at = event->time == INT64_MIN ? MOMENT_NONE : event->time;
    intake_message (event, admission, self->source, &self->message);
    self->message_open = self->message.size;
    self->document_size = size;
    s_seal (self, event, bytes);
    self->admission.actor = self->actor;
    self->admission.person = NULL;
    return self;
}

void
request_destroy (request_t **self_p)
{
    if (!*self_p)
        return;
    request_t *self = *self_p;
    free (self->source);
    free (self->actor);
    free (self->trace);
    free (self->entry_register);
    free (self->entry_key);
    free (self->document);
    free (self->cut);
    free (self->message.data);
    freen (self);
    *self_p = NULL;
}
