//  admin - /livez /readyz /metrics /version over plain HTTP

#include "common/admin.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/version.h"
#include <arpa/inet.h>
#include <microhttpd.h>

#define TICK_MS 1000

struct admin {
    zloop_t *loop;
    struct MHD_Daemon *daemon;
    zmq_pollitem_t item;
    int timer;
    char url[64];
    const char *(*not_ready) (void *arg);
    void *arg;
};

typedef struct {
    unsigned status;
    char *text; //  freed after sending
} answer_t;

static answer_t
s_livez (admin_t *self)
{
    (void) self;
    return (answer_t){ MHD_HTTP_OK, strdup ("ok\n") };
}

static answer_t
s_readyz (admin_t *self)
{
    const char *reason = self->not_ready (self->arg);
    if (!reason)
        return (answer_t){ MHD_HTTP_OK, strdup ("ready\n") };
    return (answer_t){ MHD_HTTP_SERVICE_UNAVAILABLE, zsys_sprintf ("%s\n", reason) };
}

static answer_t
s_metrics (admin_t *self)
{
    (void) self;
    return (answer_t){ MHD_HTTP_OK, metrics_text () };
}

static answer_t
s_version (admin_t *self)
{
    (void) self;
    return (answer_t){ MHD_HTTP_OK, strdup (DUBAN_VERSION "\n") };
}

static const struct {
    const char *path;
    answer_t (*fn) (admin_t *self);
} PAGES[] = {
    { "/livez", s_livez },
    { "/metrics", s_metrics },
    { "/readyz", s_readyz },
    { "/version", s_version },
};

static enum MHD_Result
s_on_request (void *arg, struct MHD_Connection *connection, const char *url, const char *method,
              const char *version, const char *upload, size_t *upload_size, void **context)
{
    (void) version;
    (void) upload;
    (void) context;
    if (strcmp (method, "GET") != 0 || *upload_size)
        return MHD_NO;
    answer_t answer = { MHD_HTTP_NOT_FOUND, NULL };
    for (size_t index = 0; index < sizeof PAGES / sizeof *PAGES; index++)
        if (streq (url, PAGES[index].path))
            answer = PAGES[index].fn (arg);
    if (!answer.text)
        answer.text = strdup ("/livez /readyz /metrics /version\n");
    struct MHD_Response *response =
        MHD_create_response_from_buffer (strlen (answer.text), answer.text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header (response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    enum MHD_Result result = MHD_queue_response (connection, answer.status, response);
    MHD_destroy_response (response);
    return result;
}

static int
s_on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void) loop;
    (void) item;
    MHD_run (((admin_t *) arg)->daemon);
    return 0;
}

static int
s_on_tick (zloop_t *loop, int timer, void *arg)
{
    (void) timer;
    return s_on_socket (loop, NULL, arg);
}

admin_t *
admin_new (zloop_t *loop, const char *address, const char *(*not_ready) (void *arg), void *arg)
{
    char host[64];
    unsigned port = 0;
    struct sockaddr_in in = { .sin_family = AF_INET };
    if (sscanf (address, "%63[0-9.]:%u", host, &port) != 2 || port > 65535 ||
        inet_pton (AF_INET, host, &in.sin_addr) != 1) {
        log_say (SAY_ERROR, "admin", "DUBAN_ADMIN must be an IPv4 address and a port", "value", address,
                 NULL);
        return NULL;
    }
    in.sin_port = htons ((uint16_t) port);
    admin_t *self = zmalloc (sizeof *self);
    *self = (admin_t){ .loop = loop, .not_ready = not_ready, .arg = arg };
    self->daemon = MHD_start_daemon (MHD_USE_EPOLL, (uint16_t) port, NULL, NULL, s_on_request, self,
                                     MHD_OPTION_SOCK_ADDR, &in, MHD_OPTION_CONNECTION_LIMIT, 32u,
                                     MHD_OPTION_CONNECTION_TIMEOUT, 5u, MHD_OPTION_END);
    if (!self->daemon) {
        log_say (SAY_ERROR, "admin", "cannot listen", "address", address, NULL);
        freen (self);
        return NULL;
    }
    port = MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    snprintf (self->url, sizeof self->url, "http://%.40s:%u", host, port);
    self->item =
        (zmq_pollitem_t){ .fd = MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
                          .events = ZMQ_POLLIN };
    zloop_poller (loop, &self->item, s_on_socket, self);
    zloop_poller_set_tolerant (loop, &self->item);
    self->timer = zloop_timer (loop, TICK_MS, 0, s_on_tick, self); //  connection time-outs
    return self;
}

void
admin_destroy (admin_t **self_p)
{
    if (!*self_p)
        return;
    zloop_timer_end ((*self_p)->loop, (*self_p)->timer);
    zloop_poller_end ((*self_p)->loop, &(*self_p)->item);
    MHD_stop_daemon ((*self_p)->daemon);
    freen (*self_p);
    *self_p = NULL;
}

const char *
admin_url (const admin_t *self)
{
    return self->url;
}
