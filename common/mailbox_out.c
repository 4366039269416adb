//  mailbox_out - the sender's side: one DEALER per live replica of each target

#include "common/log.h"
#include "common/mailbox_parts.h"
#include "common/registry.h"
#include "common/socket.h"

#define GONE_MS 5000 //  out of the registry for so long: disconnect
#define DEAF_MS 4000 //  no CREDIT for so long: a fresh connection (libzmq's own next try may be far away)

static link_t *
s_find_link (const target_t *target, const uuid_t *replica)
{
    for (link_t *link = zlistx_first (target->links); link; link = zlistx_next (target->links))
        if (!uuid_compare (&link->replica, replica))
            return link;
    return NULL;
}

//  --------------------------------------------------------------------------
//  What the outflow wants done

static bool
s_send (void *arg, const uuid_t *peer, const outparcel_t *parcel, bool alone)
{
    target_t *target = arg;
    link_t *link = s_find_link (target, peer);
    wire_t header = { .kind = WIRE_DATA, .id = parcel->id, .number = alone };
    return link && wire_send (link->socket, &header, NULL, 0, parcel->body, parcel->size);
}

static void
s_settled (void *arg, const uuid_t *id)
{
    mailbox_t *self = ((target_t *) arg)->mailbox;
    if (self->settled_count == MAX_SETTLED)
        outbox_delete_settled (self);
    if (self->settled_count <
        MAX_SETTLED) //  else the database is away: it will be sent and acknowledged again
        self->settled[self->settled_count++] = *id;
}

static void
s_died (void *arg, const outparcel_t *parcel)
{
    outbox_died (((target_t *) arg)->mailbox, parcel);
}

static void
s_dead (void *arg, const outparcel_t *parcel, const char *cause)
{
    outbox_dead (arg, parcel, cause);
}

static const outflow_actions_t ACTIONS = { s_send, s_settled, s_died, s_dead };

//  --------------------------------------------------------------------------
//  Links

static int
s_on_link (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void) loop;
    link_t *link = arg;
    outflow_t *outflow = link->target->outflow;
    int64_t now = zclock_mono ();
    zframe_t *frame;
    for (int turn = 0; turn < 100 && (frame = zframe_recv (socket)); turn++) {
        wire_t wire = { 0 };
        bool good = wire_read (&wire, zframe_data (frame), zframe_size (frame));
        zframe_destroy (&frame);
        if (!good)
            continue;
        if (wire.kind == WIRE_CREDIT)
            link->heard = now;
        if (wire.kind == WIRE_CREDIT)
            outflow_credit (outflow, &link->replica, wire.session, wire.number, now);
        else if (wire.kind == WIRE_ACK)
            outflow_ack (outflow, &wire.id, now);
        else if (wire.kind == WIRE_NACK)
            outflow_nack (outflow, &wire.id, wire.number, now);
        else if (wire.kind == WIRE_DRAIN)
            outflow_drain (outflow, &link->replica);
    }
    if (outflow_left_some (outflow) && outflow_count (outflow) < OUTFLOW_MAX_PARCELS / 2)
        outbox_refill (link->target);
    return 0;
}

static void
s_hello (link_t *link)
{
    wire_t header = { .kind = WIRE_HELLO, .id = link->target->mailbox->options.replica_id };
    wire_send (link->socket, &header, NULL, 0, NULL, 0);
}

static void
s_link_destroy (void **item_p)
{
    link_t *link = *item_p;
    zloop_reader_end (link->target->mailbox->options.loop, link->socket);
    zsock_destroy (&link->socket);
    metric_remove (link->in_flight);
    freen (link);
    *item_p = NULL;
}

static void
s_connect (target_t *target, const replica_t *replica)
{
    mailbox_t *self = target->mailbox;
    char labels[160], id[UUID_TEXT];
    uuid_text (&replica->id, id);
    snprintf (labels, sizeof labels, "target=\"%s\",replica=\"%s\"", target->name, id);
    zsock_t *socket = socket_client (replica->endpoint, self->cert, replica->public_key);
    if (!socket)
        return;
    link_t *link = zmalloc (sizeof *link);
    *link = (link_t){ .target = target,
                      .replica = replica->id,
                      .socket = socket,
                      .seen = zclock_mono (),
                      .heard = zclock_mono () };
    link->in_flight = metric_gauge ("duban_in_flight_parcels", labels, "parcels sent and not acknowledged");
    zlistx_add_end (target->links, link);
    zloop_reader (self->options.loop, socket, s_on_link, link);
    zloop_reader_set_tolerant (self->options.loop, socket);
    s_hello (link);
    log_say (SAY_INFO, target->name, "connecting to a replica", "peer", id, "endpoint", replica->endpoint,
             NULL);
}

//  Links whose replica has been out of the registry for long enough, or does not answer: if it is still
//  there, the next look at the registry connects anew
static void
s_forget_gone (target_t *target, int64_t now)
{
    for (link_t *link = zlistx_first (target->links); link;) {
        link_t *next = zlistx_next (target->links);
        if (now - link->seen > GONE_MS || now - link->heard > DEAF_MS) {
            outflow_lost (target->outflow, &link->replica, false, now);
            zlistx_delete (target->links, zlistx_find (target->links, link));
            next = zlistx_first (target->links);
        }
        link = next;
    }
}

void
mailbox_out_peers (mailbox_t *self, const replica_t *replicas, size_t count)
{
    int64_t now = zclock_mono ();
    self->live_count = 0;
    for (size_t index = 0; index < count; index++) {
        if (streq (replicas[index].service, self->options.service) && self->live_count < MAX_REPLICAS)
            self->live[self->live_count++] = replicas[index].id;
        target_t *target = mailbox_out_target (self, replicas[index].service);
        if (!target)
            continue;
        link_t *link = s_find_link (target, &replicas[index].id);
        if (link)
            link->seen = now;
        else
            s_connect (target, &replicas[index]);
    }
    for (size_t index = 0; index < self->target_count; index++)
        s_forget_gone (&self->targets[index], now);
}

target_t *
mailbox_out_target (const mailbox_t *self, const char *name)
{
    for (size_t index = 0; index < self->target_count; index++)
        if (streq (self->targets[index].name, name))
            return (target_t *) &self->targets[index];
    return NULL;
}

void
mailbox_out_open (mailbox_t *self)
{
    for (const char *const *name = self->options.targets; *name; name++) {
        assert (self->target_count < MAX_TARGETS);
        target_t *target = &self->targets[self->target_count++];
        char labels[64];
        snprintf (labels, sizeof labels, "target=\"%s\"", *name);
        *target = (target_t){ .mailbox = self, .name = *name, .links = zlistx_new () };
        zlistx_set_destructor (target->links, s_link_destroy);
        target->outflow = outflow_new (&ACTIONS, target);
        target->parcels =
            metric_gauge ("duban_outbox_parcels", labels, "parcels in the outbox, at most 20000");
    }
}

void
mailbox_out_close (mailbox_t *self)
{
    for (size_t index = 0; index < self->target_count; index++) {
        zlistx_destroy (&self->targets[index].links);
        outflow_destroy (&self->targets[index].outflow);
    }
}

//  Every 100 ms: what was acknowledged and no lane has deleted
void
mailbox_out_tick (mailbox_t *self)
{
    outbox_delete_settled (self);
    int64_t now = zclock_mono ();
    for (size_t index = 0; index < self->target_count; index++) {
        target_t *target = &self->targets[index];
        outflow_tick (target->outflow, now);
        for (link_t *link = zlistx_first (target->links); link; link = zlistx_next (target->links))
            metric_set (link->in_flight, (double) outflow_in_flight (target->outflow, &link->replica));
    }
}

//  Every second: greet, take over, count
void
mailbox_out_second (mailbox_t *self)
{
    for (size_t index = 0; index < self->target_count; index++) {
        target_t *target = &self->targets[index];
        for (link_t *link = zlistx_first (target->links); link; link = zlistx_next (target->links))
            s_hello (link);
        outbox_take_over (target);
        outbox_count (target);
    }
}

void
mailbox_out_lost_database (mailbox_t *self)
{
    for (size_t index = 0; index < self->target_count; index++)
        self->targets[index].refilling = false;
}
