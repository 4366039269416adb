//  smtp - a mail server as a channel: a few workers, each a thread with one connection

#include "services/notify/smtp.h"
#include <curl/curl.h>

typedef struct {
    smtp_t *smtp;
    zactor_t *actor;
    bool busy;
    void *ticket; //  of the mail in hand
} worker_t;

struct smtp {
    zloop_t *loop;
    smtp_options_t options;
    smtp_result_fn *on_result;
    void *arg;
    int timer;                              //  0: not draining
    worker_t workers[SMTP_CONNECTIONS_MAX]; //  the first options.connections of them
};

static int
s_on_outcome (zloop_t *loop, zsock_t *actor, void *arg)
{
    (void) loop;
    worker_t *worker = arg;
    int outcome;
    char *words;
    if (zsock_recv (actor, "is", &outcome, &words))
        return 0;
    assert (worker->busy && words);
    void *ticket = worker->ticket;
    worker->busy = false; //  before the result is told: the next mail may come at once
    worker->ticket = NULL;
    worker->smtp->on_result (worker->smtp->arg, ticket, (outcome_t) outcome, words);
    zstr_free (&words);
    return 0;
}

//  All at once; one without a mail does nothing about it
static void
s_give_up (smtp_t *self)
{
    for (size_t index = 0; index < self->options.connections; index++)
        zstr_send (self->workers[index].actor, SMTP_GIVE_UP);
}

static int
s_on_drained (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    s_give_up (arg);
    return 0;
}

//  --------------------------------------------------------------------------
//  Public

smtp_t *
smtp_new (zloop_t *loop, const smtp_options_t *options, smtp_result_fn *on_result, void *arg)
{
    assert (options->connections >= 1 && options->connections <= SMTP_CONNECTIONS_MAX);
    smtp_t *self = zmalloc (sizeof *self);
    *self = (smtp_t){ .loop = loop, .options = *options, .on_result = on_result, .arg = arg };
    if (*options->user)
        self->options.starttls = STARTTLS_ALWAYS;
    curl_global_init (CURL_GLOBAL_DEFAULT); //  before there is a thread that uses it
    for (size_t index = 0; index < options->connections; index++) {
        worker_t *worker = &self->workers[index];
        smtp_options_t *own = zmalloc (sizeof *own);
        *own = self->options;
        *worker = (worker_t){ .smtp = self, .actor = zactor_new (smtp_worker, own) };
        assert (worker->actor);
        zloop_reader (loop, zactor_sock (worker->actor), s_on_outcome, worker);
        zloop_reader_set_tolerant (loop, zactor_sock (worker->actor));
    }
    return self;
}

void
smtp_destroy (smtp_t **self_p)
{
    if (!*self_p)
        return;
    smtp_t *self = *self_p;
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    s_give_up (self);
    for (size_t index = 0; index < self->options.connections; index++) {
        zloop_reader_end (self->loop, zactor_sock (self->workers[index].actor));
        zactor_destroy (&self->workers[index].actor);
    }
    curl_global_cleanup ();
    freen (self);
    *self_p = NULL;
}

size_t
smtp_free_slots (const smtp_t *self)
{
    size_t slots = 0;
    for (size_t index = 0; index < self->options.connections; index++)
        slots += !self->workers[index].busy;
    return slots;
}

bool
smtp_is_idle (const smtp_t *self)
{
    return smtp_free_slots (self) == self->options.connections;
}

void
smtp_drain (smtp_t *self)
{
    if (!self->timer)
        self->timer = zloop_timer (self->loop, SMTP_DRAIN_MS, 1, s_on_drained, self);
}

//  The first that is free, so that a few mails use few connections
void
smtp_send (smtp_t *self, const char *address, char **message_p, void *ticket)
{
    assert (smtp_free_slots (self));
    worker_t *worker = self->workers;
    while (worker->busy)
        worker++;
    worker->busy = true;
    worker->ticket = ticket;
    zsock_send (worker->actor, "ss", address, *message_p);
    zstr_free (message_p);
}
