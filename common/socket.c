//  socket - CURVE sockets with every option set before bind or connect

#include "common/socket.h"
#include "common/log.h"

#define ZAP_ENFORCE_DOMAIN_OPTION 93 //  ZMQ_ZAP_ENFORCE_DOMAIN: in zmq.h's draft block, honoured by 4.3.4

#define MAX_MESSAGE_BYTES (256 * 1024) //  above the limit of an event, so that "too large" gets an answer
#define SELF_TEST_MS      3000

//  What both ends share: bounded, non-blocking, heart-beating
static void
s_set_common (zsock_t *socket)
{
    zsock_set_sndtimeo (socket, 0);
    zsock_set_rcvtimeo (socket, 0);
    zsock_set_linger (socket, 1000);
    zsock_set_maxmsgsize (socket, MAX_MESSAGE_BYTES);
    zsock_set_heartbeat_ivl (socket, 1000);
    zsock_set_heartbeat_timeout (socket, 3000);
    zsock_set_heartbeat_ttl (socket, 5000);
    zsock_set_handshake_ivl (socket, 2000);
    zsock_set_tcp_keepalive (socket, 1);
    zsock_set_tcp_keepalive_idle (socket, 30);
    zsock_set_tcp_keepalive_intvl (socket, 5);
    zsock_set_tcp_keepalive_cnt (socket, 3);
}

zsock_t *
socket_server (const char *domain, const char *endpoint, zcert_t *cert, int rcvhwm, int sndhwm, int *port)
{
    zsock_t *socket = zsock_new (ZMQ_ROUTER);
    assert (socket);
    s_set_common (socket);
    zcert_apply (cert, socket);
    zsock_set_curve_server (socket, 1);
    zsock_set_zap_domain (socket, domain);
    int on = 1;
    int rc = zmq_setsockopt (zsock_resolve (socket), ZAP_ENFORCE_DOMAIN_OPTION, &on, sizeof on);
    assert (rc == 0); //  a libzmq without it would let every key in: never go on
    zsock_set_router_mandatory (socket, 1);
    zsock_set_router_handover (socket, 0);
    zsock_set_rcvhwm (socket, rcvhwm);
    zsock_set_sndhwm (socket, sndhwm);
    zsock_set_backlog (socket, 1024);
    *port = zsock_bind (socket, "%s", endpoint);
    if (*port < 0) {
        log_say (SAY_ERROR, endpoint, "cannot bind", "reason", zmq_strerror (zmq_errno ()), NULL);
        zsock_destroy (&socket);
    }
    return socket;
}

zsock_t *
socket_client (const char *endpoint, zcert_t *cert, const char *server_key)
{
    zsock_t *socket = zsock_new (ZMQ_DEALER);
    assert (socket);
    s_set_common (socket);
    zcert_apply (cert, socket);
    zsock_set_curve_serverkey (socket, server_key);
    zsock_set_immediate (socket, 1);
    zsock_set_connect_timeout (socket, 2000);
    zsock_set_reconnect_ivl (socket, 100);
    zsock_set_reconnect_ivl_max (socket, 3000);
    zsock_set_sndhwm (socket, 8192); //  above any window: credit bounds us, not this
    zsock_set_rcvhwm (socket, 8192);
    if (zsock_connect (socket, "%s", endpoint)) {
        log_say (SAY_WARN, endpoint, "cannot connect", "reason", zmq_strerror (zmq_errno ()), NULL);
        zsock_destroy (&socket);
    }
    return socket;
}

const char *
socket_user (zframe_t *payload)
{
    const char *user = payload ? zframe_meta (payload, "User-Id") : NULL;
    return user && *user ? user : NULL;
}

bool
socket_id_is_ours (zframe_t *routing_id)
{
    return zframe_size (routing_id) == 5 && zframe_data (routing_id)[0] == 0;
}

zcert_t *
socket_cert (const char *secret_key)
{
    char public_key[41];
    uint8_t public_bytes[32], secret_bytes[32];
    if (strlen (secret_key) != 40 || zmq_curve_public (public_key, secret_key) ||
        !zmq_z85_decode (secret_bytes, secret_key) || !zmq_z85_decode (public_bytes, public_key))
        return NULL;
    return zcert_new_from (public_bytes, secret_bytes);
}

//  --------------------------------------------------------------------------
//  The self-test: a stranger knocks, its monitor tells how it went

struct self_test {
    zloop_t *loop;
    zsock_t *stranger, *monitor;
    int timer;
    void (*fn) (void *arg, bool refused);
    void *arg;
};

void
self_test_destroy (self_test_t **self_p)
{
    if (!*self_p)
        return;
    self_test_t *self = *self_p;
    zloop_timer_end (self->loop, self->timer);
    zloop_reader_end (self->loop, self->monitor);
    zmq_socket_monitor (zsock_resolve (self->stranger), NULL, 0);
    zsock_set_linger (self->stranger, 0);
    zsock_destroy (&self->stranger);
    zsock_destroy (&self->monitor);
    freen (self);
    *self_p = NULL;
}

static int
s_on_monitor (zloop_t *loop, zsock_t *monitor, void *arg)
{
    (void) loop;
    self_test_t *self = arg;
    zmsg_t *event = zmsg_recv (monitor);
    uint16_t number = 0;
    if (event && zframe_size (zmsg_first (event)) >= sizeof number)
        memcpy (&number, zframe_data (zmsg_first (event)), sizeof number);
    zmsg_destroy (&event);
    if (number)
        self->fn (self->arg, number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    return 0;
}

static int
s_on_self_test_timeout (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    self_test_t *self = arg;
    self->fn (self->arg, false); //  neither in nor out: not proven
    return 0;
}

self_test_t *
self_test_new (zloop_t *loop, const char *endpoint, const char *server_key,
               void (*fn) (void *arg, bool refused), void *arg)
{
    static int number;
    char address[48];
    snprintf (address, sizeof address, "inproc://self-test-%d", number++);
    self_test_t *self = zmalloc (sizeof *self);
    *self = (self_test_t){ .loop = loop, .fn = fn, .arg = arg };
    zcert_t *cert = zcert_new ();
    self->stranger = zsock_new (ZMQ_DEALER);
    s_set_common (self->stranger);
    zcert_apply (cert, self->stranger);
    zsock_set_curve_serverkey (self->stranger, server_key);
    zmq_socket_monitor (zsock_resolve (self->stranger), address,
                        ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    self->monitor = zsock_new (ZMQ_PAIR);
    zsock_set_rcvtimeo (self->monitor, 0);
    zsock_set_linger (self->monitor, 0);
    zsock_connect (self->monitor, "%s", address);
    zloop_reader (loop, self->monitor, s_on_monitor, self);
    self->timer = zloop_timer (loop, SELF_TEST_MS, 1, s_on_self_test_timeout, self);
    zsock_connect (self->stranger, "%s", endpoint);
    zcert_destroy (&cert);
    return self;
}
