//  zap - who may connect: our own handler of ZeroMQ's authentication protocol
//
//  loop ──ALLOW domain entries──▶ thread ◀── ZAP requests of libzmq (inproc)
//       ◀──UNKNOWN───────────────
//
//  A request that cannot be decided in a patient domain is held for HOLD_MS: the registry is read again
//  meanwhile, so a replica that has just started gets in at its first try.

#include "common/zap.h"
#include "common/log.h"

#define HOLD_MS     1500 //  below the handshake limit of 2 s
#define MAX_HELD    64
#define MAX_DOMAINS 4
#define KEY_BYTES   32

typedef struct {
    char name[16];
    bool patient;
    zhashx_t *users; //  Z85 key → user id
} domain_t;

typedef struct {
    zsock_t *pipe, *requests;
    domain_t domains[MAX_DOMAINS];
    size_t domain_count;
    zmsg_t *held[MAX_HELD]; //  requests that wait for news
    int64_t held_until[MAX_HELD];
} handler_t;

struct zap {
    zactor_t *actor;
    zloop_t *loop;
    void (*on_unknown) (void *arg);
    void *arg;
};

//  --------------------------------------------------------------------------
//  The thread

static domain_t *
s_domain (handler_t *self, const char *name)
{
    for (size_t index = 0; index < self->domain_count; index++)
        if (streq (self->domains[index].name, name))
            return &self->domains[index];
    return NULL;
}

static void *
s_copy_user (const void *user)
{
    return strdup (user);
}

static void
s_free_user (void **user_p)
{
    free (*user_p);
    *user_p = NULL;
}

//  ALLOW: domain, patient, packed entries
static void
s_allow (handler_t *self, zmsg_t *command)
{
    char *name = zmsg_popstr (command), *patient = zmsg_popstr (command);
    zframe_t *packed = zmsg_pop (command);
    domain_t *domain = s_domain (self, name);
    if (!domain) {
        assert (self->domain_count < MAX_DOMAINS);
        domain = &self->domains[self->domain_count++];
        snprintf (domain->name, sizeof domain->name, "%s", name);
    }
    domain->patient = streq (patient, "1");
    zhashx_destroy (&domain->users);
    domain->users = zhashx_new ();
    zhashx_set_duplicator (domain->users, s_copy_user);
    zhashx_set_destructor (domain->users, s_free_user);
    const zap_entry_t *entries = (const zap_entry_t *) zframe_data (packed);
    for (size_t index = 0; index < zframe_size (packed) / sizeof *entries; index++)
        zhashx_update (domain->users, entries[index].key, (void *) entries[index].user);
    zframe_destroy (&packed);
    zstr_free (&name);
    zstr_free (&patient);
}

//  Answers and takes a request: routing id, empty, version, request id, …
static void
s_answer (handler_t *self, zmsg_t **request_p, const char *status, const char *text, const char *user)
{
    zmsg_t *reply = zmsg_new ();
    for (int frame = 0; frame < 4; frame++) {
        zframe_t *copy = zmsg_pop (*request_p);
        zmsg_append (reply, &copy);
    }
    zmsg_addstr (reply, status);
    zmsg_addstr (reply, text);
    zmsg_addstr (reply, user);
    zmsg_addmem (reply, "", 0);
    zmsg_send (&reply, self->requests);
    zmsg_destroy (&reply);
    zmsg_destroy (request_p);
}

//  The frame at a place, NULL if there are fewer
static zframe_t *
s_frame (zmsg_t *message, int place)
{
    zframe_t *frame = zmsg_first (message);
    while (frame && place--)
        frame = zmsg_next (message);
    return frame;
}

//  Decides; false if the key is unknown in a patient domain
static bool
s_decide (handler_t *self, zmsg_t **request_p)
{
    zframe_t *name = s_frame (*request_p, 4), *mechanism = s_frame (*request_p, 7);
    zframe_t *key = s_frame (*request_p, 8);
    char text[16] = "", z85[41];
    if (name && zframe_size (name) < sizeof text)
        memcpy (text, zframe_data (name), zframe_size (name));
    domain_t *domain = s_domain (self, text);
    if (!domain || !zframe_streq (mechanism, "CURVE") || !key || zframe_size (key) != KEY_BYTES) {
        s_answer (self, request_p, "400", "not for this door", "");
        return true;
    }
    zmq_z85_encode (z85, zframe_data (key), KEY_BYTES);
    const char *user = zhashx_lookup (domain->users, z85);
    if (!user && domain->patient)
        return false;
    s_answer (self, request_p, user ? "200" : "400", user ? "OK" : "unknown key", user ? user : "");
    return true;
}

static void
s_hold (handler_t *self, zmsg_t **request_p)
{
    zstr_send (self->pipe, "UNKNOWN");
    for (size_t place = 0; place < MAX_HELD; place++)
        if (!self->held[place]) {
            self->held[place] = *request_p;
            self->held_until[place] = zclock_mono () + HOLD_MS;
            *request_p = NULL;
            return;
        }
    s_answer (self, request_p, "300", "try again", "");
}

//  News came or time passed: decides what is held; what is too old is told to try again
static void
s_recheck (handler_t *self)
{
    for (size_t place = 0; place < MAX_HELD; place++)
        if (self->held[place] && !s_decide (self, &self->held[place]) &&
            zclock_mono () >= self->held_until[place])
            s_answer (self, &self->held[place], "300", "try again", "");
}

//  Returns false when told to end
static bool
s_on_pipe (handler_t *self)
{
    zmsg_t *command = zmsg_recv (self->pipe);
    if (!command)
        return false;
    char *word = zmsg_popstr (command);
    bool goes_on = !streq (word, "$TERM");
    if (streq (word, "ALLOW")) {
        s_allow (self, command);
        s_recheck (self);
    }
    zstr_free (&word);
    zmsg_destroy (&command);
    return goes_on;
}

static void
s_on_request (handler_t *self)
{
    zmsg_t *request = zmsg_recv (self->requests);
    if (!request)
        return;
    if (zmsg_size (request) < 8)
        zmsg_destroy (&request); //  not ZAP; only libzmq itself can speak here
    else if (!s_decide (self, &request))
        s_hold (self, &request);
}

static void
s_thread (zsock_t *pipe, void *arg)
{
    (void) arg;
    handler_t *self = zmalloc (sizeof *self);
    self->pipe = pipe;
    self->requests = zsock_new (ZMQ_ROUTER);
    bool bound = self->requests && zsock_bind (self->requests, "inproc://zeromq.zap.01") == 0;
    zsock_signal (pipe, bound ? 0 : 1);
    //  zmq_poll and not zpoller: a poller that ends on a signal would leave the doors open
    zmq_pollitem_t items[] = { { zsock_resolve (pipe), 0, ZMQ_POLLIN, 0 },
                               { zsock_resolve (self->requests), 0, ZMQ_POLLIN, 0 } };
    for (bool goes_on = true; goes_on;) {
        items[0].revents = items[1].revents = 0;
        zmq_poll (items, bound ? 2 : 1, 50);
        if (items[1].revents & ZMQ_POLLIN)
            s_on_request (self);
        if (items[0].revents & ZMQ_POLLIN)
            goes_on = s_on_pipe (self);
        s_recheck (self);
    }
    for (size_t place = 0; place < MAX_HELD; place++)
        zmsg_destroy (&self->held[place]);
    for (size_t index = 0; index < self->domain_count; index++)
        zhashx_destroy (&self->domains[index].users);
    zsock_destroy (&self->requests);
    freen (self);
}

//  --------------------------------------------------------------------------
//  The loop's side

static int
s_on_news (zloop_t *loop, zsock_t *actor, void *arg)
{
    (void) loop;
    zap_t *self = arg;
    char *word = zstr_recv (actor);
    if (word && streq (word, "UNKNOWN"))
        self->on_unknown (self->arg);
    zstr_free (&word);
    return 0;
}

zap_t *
zap_new (zloop_t *loop, void (*on_unknown) (void *arg), void *arg)
{
    zactor_t *actor = zactor_new (s_thread, NULL);
    assert (actor);
    zap_t *self = zmalloc (sizeof *self);
    *self = (zap_t){ .actor = actor, .loop = loop, .on_unknown = on_unknown, .arg = arg };
    zloop_reader (loop, zactor_sock (actor), s_on_news, self);
    zloop_reader_set_tolerant (loop, zactor_sock (actor));
    return self;
}

void
zap_destroy (zap_t **self_p)
{
    if (!*self_p)
        return;
    zap_t *self = *self_p;
    zloop_reader_end (self->loop, zactor_sock (self->actor));
    zactor_destroy (&self->actor);
    freen (self);
    *self_p = NULL;
}

void
zap_allow (zap_t *self, const char *domain, bool patient, const zap_entry_t *entries, size_t count)
{
    zmsg_t *command = zmsg_new ();
    zmsg_addstr (command, "ALLOW");
    zmsg_addstr (command, domain);
    zmsg_addstr (command, patient ? "1" : "0");
    zmsg_addmem (command, entries, count * sizeof *entries);
    zmsg_send (&command, self->actor);
    zmsg_destroy (&command);
}
