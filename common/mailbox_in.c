//  mailbox_in - the receiver's side: one ROUTER that only our own services can reach

#include "common/log.h"
#include "common/mailbox_parts.h"
#include "common/socket.h"
#include <sys/random.h>

#define ROUTE_SILENCE_MS 10000
#define RETRY_MS         5000
#define MIN_WINDOW       (256 * 1024)
#define TURN             64 //  messages read in one turn of the loop, so that nobody else starves

static void
s_hex (const void *bytes, size_t size, char *text)
{
    for (size_t index = 0; index < size; index++)
        sprintf (text + 2 * index, "%02x", ((const uint8_t *) bytes)[index]);
}

static void
s_route_destroy (void **item_p)
{
    freen (*item_p);
    *item_p = NULL;
}

static void *
s_copy_text (const void *text)
{
    return strdup (text);
}

static void
s_free_text (void **text_p)
{
    free (*text_p);
    *text_p = NULL;
}

static void
s_reply (mailbox_t *self, const char *route_name, const wire_t *wire)
{
    route_t *route = zhashx_lookup (self->in.routes, route_name);
    if (route) //  else the connection went: the sender asks again on its new one
        wire_send (self->in.router, wire, route->id, route->id_size, NULL, 0);
}

//  --------------------------------------------------------------------------
//  What comes in

//  A new connection gets a session number, so that its sender notices that the old one is gone
static route_t *
s_touch_route (mailbox_t *self, zframe_t *id, const char *name)
{
    route_t *route = zhashx_lookup (self->in.routes, name);
    if (!route) {
        route = zmalloc (sizeof *route);
        route->id_size = zframe_size (id);
        memcpy (route->id, zframe_data (id), route->id_size);
        ssize_t got = getrandom (&route->session, sizeof route->session, 0);
        assert (got == sizeof route->session);
        route->number = ++self->in.connections;
        zhashx_insert (self->in.routes, name, route);
    }
    route->heard = zclock_mono ();
    return route;
}

static void
s_on_hello (mailbox_t *self, const route_t *route, const char *name)
{
    size_t window = self->options.window / zhashx_size (self->in.routes);
    wire_t credit = { .kind = WIRE_CREDIT, .session = route->session };
    credit.number = (uint32_t) (window < MIN_WINDOW ? MIN_WINDOW : window);
    s_reply (self, name, &credit);
    if (self->in.draining)
        s_reply (self, name, &(wire_t){ .kind = WIRE_DRAIN });
}

static bool
s_is_known_kind (const mailbox_t *self, json_t *message)
{
    const char *kind = json_string_value (json_object_get (message, "kind"));
    for (const char *const *known = self->options.kinds; kind && *known; known++)
        if (streq (kind, *known))
            return true;
    return false;
}

//  Understood from end to end? A newer peer may speak of things that this version does not know: not now.
static bool
s_is_understood (const mailbox_t *self, const parcel_t *parcel)
{
    size_t index;
    json_t *message;
    json_array_foreach (parcel->messages, index, message)
        if (!s_is_known_kind (self, message))
            return false;
    return true;
}

static parcel_t *
s_parcel (const wire_t *wire, const char *src, zframe_t *body)
{
    parcel_t *parcel = zmalloc (sizeof *parcel);
    parcel->id = wire->id;
    parcel->alone = wire->number == 1;
    snprintf (parcel->src, sizeof parcel->src, "%s", src);
    parcel->size = zframe_size (body);
    parcel->body = malloc (parcel->size + 1);
    assert (parcel->body);
    memcpy (parcel->body, zframe_data (body), parcel->size);
    parcel->messages = json_loadb (parcel->body, parcel->size, JSON_REJECT_DUPLICATES, NULL);
    return parcel;
}

static void
s_refuse (mailbox_t *self, const char *route, const uuid_t *id, uint32_t retry_ms, const char *reason)
{
    char text[UUID_TEXT];
    uuid_text (id, text);
    log_say (retry_ms ? SAY_WARN : SAY_ERROR, "parcel", reason, "parcel", text, NULL);
    metric_add (self->in.refused, 1);
    s_reply (self, route, &(wire_t){ .kind = WIRE_NACK, .id = *id, .number = retry_ms });
}

static void
s_on_data (mailbox_t *self, const wire_t *wire, const char *route, const char *src, zframe_t *body)
{
    char id[33];
    s_hex (wire->id.bytes, sizeof wire->id.bytes, id);
    const char *held = zhashx_lookup (self->in.held, id);
    if (held) { //  being worked on: acknowledge to the newest connection that it came over
        metric_add (self->in.repeated, 1);
        const route_t *older = zhashx_lookup (self->in.routes, held);
        const route_t *newer = zhashx_lookup (self->in.routes, route);
        if (!older || (newer && newer->number > older->number))
            zhashx_update (self->in.held, id, (void *) route);
        return;
    }
    if (uuid_compare (&wire->id, &self->floor) < 0) {
        s_refuse (self, route, &wire->id, 0, "older than the inbox floor: it may have been applied long ago");
        return;
    }
    if (uuid_time (&wire->id) > zclock_time () + 86400000) {
        s_refuse (self, route, &wire->id, RETRY_MS, "from tomorrow: a clock is wrong");
        return;
    }
    parcel_t *parcel = s_parcel (wire, src, body);
    if (!json_is_array (parcel->messages) || !s_is_understood (self, parcel)) {
        s_refuse (self, route, &wire->id, RETRY_MS, "not understood: is this replica older than its peer?");
        parcel_destroy (&parcel);
        return;
    }
    metric_add (self->in.received, (double) json_array_size (parcel->messages));
    zhashx_insert (self->in.held, id, (void *) route);
    self->options.on_parcel (self->options.arg, parcel);
}

static void
s_on_message (mailbox_t *self, zmsg_t *message)
{
    zframe_t *id = zmsg_first (message), *header = zmsg_next (message), *body = zmsg_next (message);
    wire_t wire;
    const char *src = socket_user (header);
    if (!src || zframe_size (id) > 8 || !wire_read (&wire, zframe_data (header), zframe_size (header)))
        return;
    char route_name[17];
    s_hex (zframe_data (id), zframe_size (id), route_name);
    route_t *route = s_touch_route (self, id, route_name);
    if (wire.kind == WIRE_HELLO)
        s_on_hello (self, route, route_name);
    else if (wire.kind == WIRE_DATA && body && !self->in.draining)
        s_on_data (self, &wire, route_name, src, body);
}

static int
s_on_router (zloop_t *loop, zsock_t *router, void *arg)
{
    (void) loop;
    mailbox_t *self = arg;
    zmsg_t *message;
    for (int turn = 0; turn < TURN && (message = zmsg_recv (router)); turn++) {
        if (zmsg_size (message) >= 2)
            s_on_message (self, message);
        zmsg_destroy (&message);
    }
    return 0;
}

//  --------------------------------------------------------------------------
//  For the other files of the mailbox, and the lane

static void
s_settle (mailbox_t *self, parcel_t **parcel_p, wire_t wire)
{
    char id[33];
    s_hex ((*parcel_p)->id.bytes, sizeof (*parcel_p)->id.bytes, id);
    wire.id = (*parcel_p)->id;
    const char *route = zhashx_lookup (self->in.held, id);
    if (route)
        s_reply (self, route, &wire);
    zhashx_delete (self->in.held, id);
    parcel_destroy (parcel_p);
}

void
mailbox_ack (mailbox_t *self, parcel_t **parcel_p)
{
    s_settle (self, parcel_p, (wire_t){ .kind = WIRE_ACK });
}

void
mailbox_expired (mailbox_t *self, parcel_t **parcel_p)
{
    s_settle (self, parcel_p, (wire_t){ .kind = WIRE_NACK });
}

void
mailbox_in_open (mailbox_t *self)
{
    self->in.routes = zhashx_new ();
    zhashx_set_destructor (self->in.routes, s_route_destroy);
    self->in.held = zhashx_new ();
    zhashx_set_duplicator (self->in.held, s_copy_text);
    zhashx_set_destructor (self->in.held, s_free_text);
    self->in.received =
        metric_counter ("duban_messages_received_total", NULL, "messages of parcels that came in");
    self->in.repeated =
        metric_counter ("duban_parcels_repeated_total", NULL, "parcels that came while in hand");
    self->in.refused = metric_counter ("duban_parcels_refused_total", NULL, "parcels answered with NACK");
}

int
mailbox_in_bind (mailbox_t *self, const char *endpoint)
{
    int port = -1;
    self->in.router = socket_server ("internal", endpoint, self->cert, 8192, 8192, &port);
    if (self->in.router) {
        zloop_reader (self->options.loop, self->in.router, s_on_router, self);
        zloop_reader_set_tolerant (self->options.loop, self->in.router);
    }
    return port;
}

//  Every second: connections that fell silent are forgotten, and the window is shared among the rest
void
mailbox_in_second (mailbox_t *self)
{
    int64_t now = zclock_mono ();
    zlistx_t *names = zhashx_keys (self->in.routes);
    for (const char *name = zlistx_first (names); name; name = zlistx_next (names)) {
        route_t *route = zhashx_lookup (self->in.routes, name);
        if (now - route->heard > ROUTE_SILENCE_MS)
            zhashx_delete (self->in.routes, name);
    }
    zlistx_destroy (&names);
}

void
mailbox_in_drain (mailbox_t *self)
{
    self->in.draining = true;
    for (route_t *route = zhashx_first (self->in.routes); route; route = zhashx_next (self->in.routes))
        wire_send (self->in.router, &(wire_t){ .kind = WIRE_DRAIN }, route->id, route->id_size, NULL, 0);
}

void
mailbox_in_close (mailbox_t *self)
{
    if (self->in.router)
        zloop_reader_end (self->options.loop, self->in.router);
    zsock_destroy (&self->in.router);
    zhashx_destroy (&self->in.routes);
    zhashx_destroy (&self->in.held);
}
