//  mailbox - the hand-over between services: puts its two sides, its connection and its timers together

#include "common/log.h"
#include "common/mailbox_parts.h"
#include "common/registry.h"

#define MAINTAIN_S 3600

static void
s_on_database (void *arg, bool up)
{
    mailbox_t *self = arg;
    if (up) {
        outbox_maintain (self);
        mailbox_out_second (self);
    } else
        mailbox_out_lost_database (self);
}

static int
s_on_tick (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    mailbox_out_tick (arg);
    return 0;
}

static int
s_on_second (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    mailbox_t *self = arg;
    static int seconds;
    if (++seconds % MAINTAIN_S == 0)
        outbox_maintain (self);
    mailbox_in_second (self);
    mailbox_out_second (self);
    return 0;
}

mailbox_t *
mailbox_new (const mailbox_options_t *options)
{
    mailbox_t *self = zmalloc (sizeof *self);
    self->options = *options;
    mailbox_in_open (self);
    mailbox_out_open (self);
    self->db = db_new (options->loop, "mailbox", options->conninfo, options->service, &OUTBOX_TABLE, 1,
                       s_on_database, self);
    self->tick_timer = zloop_timer (options->loop, TICK_MS, 0, s_on_tick, self);
    self->second_timer = zloop_timer (options->loop, SECOND_MS, 0, s_on_second, self);
    return self;
}

void
mailbox_destroy (mailbox_t **self_p)
{
    if (!*self_p)
        return;
    mailbox_t *self = *self_p;
    zloop_timer_end (self->options.loop, self->tick_timer);
    zloop_timer_end (self->options.loop, self->second_timer);
    db_destroy (&self->db);
    mailbox_out_close (self);
    mailbox_in_close (self);
    freen (self);
    *self_p = NULL;
}

int
mailbox_bind (mailbox_t *self, const char *endpoint, zcert_t *cert)
{
    self->cert = cert;
    return mailbox_in_bind (self, endpoint);
}

void
mailbox_peers (mailbox_t *self, const replica_t *replicas, size_t count)
{
    if (self->cert) //  not bound yet: no key to connect with
        mailbox_out_peers (self, replicas, count);
}

void
mailbox_drain (mailbox_t *self)
{
    if (self->in.router)
        mailbox_in_drain (self);
}

bool
mailbox_is_up (const mailbox_t *self)
{
    return db_is_up (self->db) && self->in.router;
}

bool
mailbox_is_idle (const mailbox_t *self)
{
    for (size_t index = 0; index < self->target_count; index++)
        if (outflow_count (self->targets[index].outflow))
            return false;
    return self->settled_count == 0;
}

size_t
mailbox_backlog (const mailbox_t *self, const char *target_name)
{
    const target_t *target = mailbox_out_target (self, target_name);
    size_t memory = outflow_count (target->outflow);
    return target->backlog > memory ? target->backlog : memory;
}

void
parcel_destroy (parcel_t **self_p)
{
    if (!*self_p)
        return;
    json_decref ((*self_p)->messages);
    free ((*self_p)->body);
    freen (*self_p);
    *self_p = NULL;
}
