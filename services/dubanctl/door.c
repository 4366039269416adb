//  door - a reliable client of the door

#include "services/dubanctl/door.h"
#include "common/log.h"
#include "common/socket.h"
#include "common/uuid.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <czmq.h>

#define MAX_ENDPOINTS      16
#define SILENCE_MS         3000 //  after which a request is sent again
#define LONGEST_BACKOFF_MS 5000

typedef struct {
    char *id, *text;
    int64_t due_ms;   //  when to send (again)
    int64_t since_ms; //  since when it waits: for a connection, or for its answer
} request_t;

struct door {
    char *endpoint_list, *endpoints[MAX_ENDPOINTS];
    size_t endpoint_count, current;
    const char *server_key, *source;
    zcert_t *cert;
    zsock_t *socket;
    zhashx_t *requests; //  by id
    int64_t heard_ms;   //  when the socket was made or last spoke
    int backoff_ms;
};

static void
s_request_destroy (void **item)
{
    request_t *request = *item;
    free (request->id);
    free (request->text);
    free (request);
    *item = NULL;
}

//  A fresh socket: to the next endpoint, everything unanswered is due again
static void
s_connect (door_t *self)
{
    zsock_destroy (&self->socket);
    self->socket =
        socket_client (self->endpoints[self->current++ % self->endpoint_count], self->cert, self->server_key);
    self->heard_ms = zclock_mono ();
    for (request_t *request = zhashx_first (self->requests); request; request = zhashx_next (self->requests))
        if (request->since_ms <= self->heard_ms) //  not one that the door put off
            request->due_ms = request->since_ms = self->heard_ms;
}

static bool
s_read_endpoints (door_t *self, const char *list)
{
    char *rest = self->endpoint_list = strdup (list);
    assert (rest);
    for (char *endpoint; (endpoint = strsep (&rest, ", "));)
        if (*endpoint && self->endpoint_count < MAX_ENDPOINTS)
            self->endpoints[self->endpoint_count++] = endpoint;
    return self->endpoint_count > 0;
}

door_t *
door_new (void)
{
    const char *endpoints = settings_need ("DUBAN_DOOR"), *server_key = settings_need ("DUBAN_DOOR_PUBLIC");
    const char *key = settings_need ("DUBAN_KEY"), *source = settings_need ("DUBAN_SOURCE");
    if (!endpoints || !server_key || !key || !source)
        return NULL;
    zsys_handler_set (NULL); //  Ctrl-C is ours to deal with
    log_open ("dubanctl", "-");
    log_level (SAY_ERROR); //  stdout is data
    door_t *self = zmalloc (sizeof *self);
    *self = (door_t){ .server_key = server_key, .source = source, .cert = socket_cert (key) };
    self->requests = zhashx_new ();
    zhashx_set_destructor (self->requests, s_request_destroy);
    if (self->cert && strlen (server_key) == 40 && s_read_endpoints (self, endpoints))
        s_connect (self);
    if (!self->socket) {
        complain ("%s", words ("DUBAN_DOOR, DUBAN_DOOR_PUBLIC or DUBAN_KEY_FILE is not usable",
                               "DUBAN_DOOR、DUBAN_DOOR_PUBLIC 或 DUBAN_KEY_FILE 不可用"));
        door_destroy (&self);
    }
    return self;
}

void
door_destroy (door_t **self_p)
{
    door_t *self = *self_p;
    if (!self)
        return;
    if (self->socket)
        zsock_set_linger (self->socket, 0);
    zsock_destroy (&self->socket);
    zcert_destroy (&self->cert);
    zhashx_destroy (&self->requests);
    free (self->endpoint_list);
    free (self);
    *self_p = NULL;
}

const char *
door_source (const door_t *self)
{
    return self->source;
}

char *
door_write (const door_t *self, const door_event_t *event)
{
    char id[UUID_TEXT];
    if (!event->id) {
        uuid_t uuid = uuid_new ();
        uuid_text (&uuid, id);
    }
    json_t *root =
        json_pack ("{s:s, s:s, s:s, s:s}", "specversion", "1.0", "type", event_type_name (event->type),
                   "source", self->source, "id", event->id ? event->id : id);
    if (root && event->time != INT64_MIN)
        json_object_set_new (root, "time", json_string (text_rfc3339 (event->time)));
    if (root && event->person) {
        json_object_set_new (root, "authtype", json_string ("user"));
        json_object_set_new (root, "authid", json_string (event->person));
    }
    if (!root || json_object_set_new (root, "data", event->data)) {
        json_decref (root);
        return NULL;
    }
    char *text = json_dumps (root, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref (root);
    return text;
}

//  --------------------------------------------------------------------------

void
door_send (door_t *self, const char *id, char *text)
{
    request_t *request = zmalloc (sizeof *request);
    *request = (request_t){ .id = strdup (id), .text = text };
    request->due_ms = request->since_ms = zclock_mono ();
    assert (request->id);
    zhashx_update (self->requests, id, request);
}

size_t
door_waiting (const door_t *self)
{
    return zhashx_size (self->requests);
}

static void
s_send_due (door_t *self)
{
    int64_t now = zclock_mono ();
    bool starved = false;
    for (request_t *request = zhashx_first (self->requests); request;
         request = zhashx_next (self->requests)) {
        if (request->due_ms > now)
            continue;
        starved |= now - request->since_ms >= SILENCE_MS;
        zframe_t *frame = zframe_new (request->text, strlen (request->text));
        if (zframe_send (&frame, self->socket, ZFRAME_DONTWAIT)) {
            zframe_destroy (&frame);
            break; //  not connected, or full: the next turn tries again
        }
        request->since_ms = now;
        request->due_ms = now + SILENCE_MS;
    }
    if (starved && now - self->heard_ms >= SILENCE_MS)
        s_connect (self);
}

//  True if the door asked to come again later: the request is due then
static bool
s_put_off (door_t *self, request_t *request, const json_t *reply)
{
    const json_t *data = json_object_get (reply, "data");
    if (!reply_is (reply, EVENT_PROBLEM) || !json_is_true (json_object_get (data, "retryable")))
        return false;
    json_int_t after = json_integer_value (json_object_get (data, "retry_after_ms"));
    self->backoff_ms = self->backoff_ms ? self->backoff_ms * 2 : 50;
    if (self->backoff_ms > LONGEST_BACKOFF_MS)
        self->backoff_ms = LONGEST_BACKOFF_MS;
    request->due_ms = request->since_ms = zclock_mono () + (after > 0 ? after : self->backoff_ms);
    return true;
}

//  A problem without causationid: the door could not read the id. It is ours if there is only one.
static request_t *
s_find (door_t *self, const json_t *reply)
{
    const char *cause = json_string_value (json_object_get (reply, "causationid"));
    if (cause)
        return zhashx_lookup (self->requests, cause);
    return zhashx_size (self->requests) == 1 ? zhashx_first (self->requests) : NULL;
}

static void
s_hear (door_t *self, zframe_t *frame, door_reply_fn *fn, void *arg)
{
    json_t *reply =
        json_loadb ((const char *) zframe_data (frame), zframe_size (frame), JSON_REJECT_DUPLICATES, NULL);
    request_t *request = reply ? s_find (self, reply) : NULL;
    self->heard_ms = zclock_mono ();
    if (request && !s_put_off (self, request, reply)) {
        self->backoff_ms = 0;
        char *id = strdup (request->id);
        zhashx_delete (self->requests, id);
        fn (arg, id, reply);
        free (id);
    }
    json_decref (reply);
}

void
door_turn (door_t *self, long wait_ms, door_reply_fn *fn, void *arg)
{
    s_send_due (self);
    zmq_pollitem_t item = { .socket = zsock_resolve (self->socket), .events = ZMQ_POLLIN };
    if (zmq_poll (&item, 1, wait_ms) <= 0)
        return;
    for (zframe_t *frame; (frame = zframe_recv (self->socket));) { //  rcvtimeo is 0
        s_hear (self, frame, fn, arg);
        zframe_destroy (&frame);
    }
}

static void
s_keep (void *arg, const char *id, const json_t *reply)
{
    (void) id;
    *(json_t **) arg = json_incref ((json_t *) reply);
}

json_t *
door_ask_text (door_t *self, char *text)
{
    json_t *answer = NULL, *root = json_loads (text, 0, NULL);
    const char *id = json_string_value (json_object_get (root, "id"));
    int64_t limit = zclock_mono () + option_timeout_ms;
    door_send (self, id ? id : "", text);
    json_decref (root);
    while (!answer && zclock_mono () < limit)
        door_turn (self, 20, s_keep, &answer);
    if (!answer) {
        zhashx_purge (self->requests);
        complain ("%s", words ("the door did not answer in time; sending the same again is safe",
                               "接入服务未及时应答,可放心重试"));
    }
    return answer;
}

json_t *
door_ask (door_t *self, const door_event_t *event)
{
    char *text = door_write (self, event);
    if (text)
        return door_ask_text (self, text);
    complain ("%s", words ("the data is not valid UTF-8", "数据不是有效的 UTF-8"));
    return NULL;
}

//  --------------------------------------------------------------------------

bool
reply_is (const json_t *reply, event_type_t type)
{
    const char *name = json_string_value (json_object_get (reply, "type"));
    return name && !strcmp (name, event_type_name (type));
}

const char *
reply_text (const json_t *reply, const char *member)
{
    return json_string_value (json_object_get (json_object_get (reply, "data"), member));
}

static exit_t
s_exit_of (json_int_t status)
{
    switch (status) {
    case 401:
    case 403:
        return NOT_AUTHORISED;
    case 404:
        return NOT_FOUND;
    case 409:
        return CONFLICT;
    case 429:
    case 503:
        return UNAVAILABLE;
    default:
        return FAILED;
    }
}

exit_t
problem_print (const json_t *problem)
{
    const char *title = json_string_value (json_object_get (problem, words ("title", "title_zh")));
    const char *detail = json_string_value (json_object_get (problem, "detail"));
    exit_t code = s_exit_of (json_integer_value (json_object_get (problem, "status")));
    if (option_json) {
        json_print (json_pack ("{s:s, s:O}", "schema", "duban.problem.v1", "problem", problem));
        return code;
    }
    complain ("%s%s%s", title ? title : "?", detail ? ": " : "", detail ? detail : "");
    size_t index;
    json_t *row;
    json_array_foreach (json_object_get (problem, "errors"), index, row) {
        const char *pointer = json_string_value (json_object_get (row, "pointer"));
        const char *what = json_string_value (json_object_get (row, "detail"));
        remark ("  %s: %s", pointer ? pointer : "", what ? what : "");
    }
    return code;
}
