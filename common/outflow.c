//  outflow - which parcel goes to which receiver, and when again

#include "common/outflow.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PEERS 64

typedef struct {
    uuid_t id;
    uint64_t session;
    size_t window, in_flight_bytes, in_flight;
    int64_t heard;
    bool draining;
    bool alone; //  what it has must be alone: nothing else goes there
} peer_t;

//  In flight if peer >= 0; else waiting, not before not_before
typedef struct {
    outparcel_t parcel;
    int peer;
    int64_t not_before, sent_at;
} slot_t;

struct outflow {
    outflow_actions_t actions;
    void *arg;
    peer_t peers[MAX_PEERS];
    int peer_count;
    slot_t *slots[OUTFLOW_MAX_PARCELS]; //  in order of arrival
    size_t count, bytes;
    size_t waiting;
    int64_t ticked; //  0: never
    bool left_some;
};

outflow_t *
outflow_new (const outflow_actions_t *actions, void *arg)
{
    outflow_t *self = calloc (1, sizeof *self);
    assert (self);
    self->actions = *actions;
    self->arg = arg;
    return self;
}

void
outflow_destroy (outflow_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++) {
        free ((*self_p)->slots[index]->parcel.body);
        free ((*self_p)->slots[index]);
    }
    free (*self_p);
    *self_p = NULL;
}

static int
s_find_peer (const outflow_t *self, const uuid_t *id)
{
    for (int index = 0; index < self->peer_count; index++)
        if (!uuid_compare (&self->peers[index].id, id))
            return index;
    return -1;
}

static int
s_find (const outflow_t *self, const uuid_t *id)
{
    for (size_t index = 0; index < self->count; index++)
        if (!uuid_compare (&self->slots[index]->parcel.id, id))
            return (int) index;
    return -1;
}

static void
s_take_back (outflow_t *self, slot_t *slot, int64_t not_before)
{
    if (slot->peer >= 0) {
        peer_t *peer = &self->peers[slot->peer];
        peer->in_flight--;
        peer->in_flight_bytes -= slot->parcel.size;
        peer->alone = peer->alone && peer->in_flight;
        slot->peer = -1;
        self->waiting++;
    }
    slot->not_before = not_before;
}

static void
s_remove (outflow_t *self, size_t index)
{
    slot_t *slot = self->slots[index];
    s_take_back (self, slot, 0);
    self->waiting--;
    self->bytes -= slot->parcel.size;
    memmove (self->slots + index, self->slots + index + 1, (self->count - index - 1) * sizeof *self->slots);
    self->count--;
    free (slot->parcel.body);
    free (slot);
}

static bool
s_must_be_alone (const slot_t *slot)
{
    return slot->parcel.deaths >= OUTFLOW_ALONE_AFTER;
}

//  The peer with the most room for a parcel, -1 if none has any. A parcel larger than the window goes to an
//  idle peer; one that must be alone only to an idle peer, and nothing joins it there.
static int
s_choose (const outflow_t *self, const slot_t *slot)
{
    int best = -1;
    size_t best_room = 0;
    for (int index = 0; index < self->peer_count; index++) {
        const peer_t *peer = &self->peers[index];
        bool idle = peer->in_flight == 0;
        size_t room = peer->window > peer->in_flight_bytes ? peer->window - peer->in_flight_bytes : 0;
        if (peer->draining || peer->alone || (!idle && (room < slot->parcel.size || s_must_be_alone (slot))))
            continue;
        if (best < 0 || room > best_room) {
            best = index;
            best_room = room;
        }
    }
    return best;
}

//  In order of arrival. Where the oldest finds no room the younger wait too, or small ones would keep every
//  peer busy for ever and one that needs an idle peer would starve.
static void
s_dispatch (outflow_t *self, int64_t now)
{
    for (size_t index = 0; index < self->count && self->waiting; index++) {
        slot_t *slot = self->slots[index];
        if (slot->peer >= 0 || slot->not_before > now)
            continue;
        int chosen = s_choose (self, slot);
        if (chosen < 0)
            return;
        peer_t *peer = &self->peers[chosen];
        if (!self->actions.send (self->arg, &peer->id, &slot->parcel, s_must_be_alone (slot)))
            continue;
        slot->peer = chosen;
        slot->sent_at = now;
        peer->alone = s_must_be_alone (slot);
        peer->in_flight++;
        peer->in_flight_bytes += slot->parcel.size;
        self->waiting--;
    }
}

bool
outflow_add (outflow_t *self, outparcel_t *parcel, int64_t now)
{
    bool full =
        self->count == OUTFLOW_MAX_PARCELS || (self->count && self->bytes + parcel->size > OUTFLOW_MAX_BYTES);
    if (full || s_find (self, &parcel->id) >= 0) {
        self->left_some |= full;
        free (parcel->body);
        return false;
    }
    slot_t *slot = calloc (1, sizeof *slot);
    assert (slot);
    *slot = (slot_t){ .parcel = *parcel, .peer = -1 };
    self->slots[self->count++] = slot;
    self->bytes += parcel->size;
    self->waiting++;
    s_dispatch (self, now);
    return true;
}

void
outflow_credit (outflow_t *self, const uuid_t *id, uint64_t session, size_t window, int64_t now)
{
    int index = s_find_peer (self, id);
    if (index < 0) {
        if (self->peer_count == MAX_PEERS)
            return;
        index = self->peer_count++;
        self->peers[index] = (peer_t){ .id = *id, .session = session };
    }
    peer_t *peer = &self->peers[index];
    if (peer->session != session)
        for (size_t place = 0; place < self->count; place++)
            if (self->slots[place]->peer == index)
                s_take_back (self, self->slots[place], 0);
    peer->session = session;
    peer->window = window;
    peer->heard = now;
    s_dispatch (self, now);
}

void
outflow_drain (outflow_t *self, const uuid_t *id)
{
    int index = s_find_peer (self, id);
    if (index >= 0)
        self->peers[index].draining = true;
}

//  The parcel was at a receiver that died: counts it, and gives it up after too many
static bool
s_count_death (outflow_t *self, size_t place)
{
    outparcel_t *parcel = &self->slots[place]->parcel;
    parcel->deaths++;
    if (parcel->deaths >= OUTFLOW_DEAD_AFTER) {
        self->actions.dead (self->arg, parcel, "every receiver that took it died");
        s_remove (self, place);
        return false;
    }
    self->actions.died (self->arg, parcel);
    return true;
}

//  Takes back what the peer has and forgets it; dispatches nothing, so that several can go at once
static void
s_lose (outflow_t *self, int index, bool died)
{
    for (size_t place = 0; place < self->count;) {
        bool stays = true;
        if (self->slots[place]->peer == index) {
            s_take_back (self, self->slots[place], 0);
            if (died)
                stays = s_count_death (self, place);
        }
        place += stays ? 1 : 0;
    }
    self->peer_count--;
    self->peers[index] = self->peers[self->peer_count];
    for (size_t place = 0; place < self->count; place++)
        if (self->slots[place]->peer == self->peer_count)
            self->slots[place]->peer = index;
}

void
outflow_lost (outflow_t *self, const uuid_t *id, bool died, int64_t now)
{
    int index = s_find_peer (self, id);
    if (index < 0)
        return;
    s_lose (self, index, died);
    s_dispatch (self, now);
}

void
outflow_ack (outflow_t *self, const uuid_t *id, int64_t now)
{
    int place = s_find (self, id);
    if (place >= 0)
        s_remove (self, (size_t) place);
    self->actions.settled (self->arg, id); //  also for one that is not in memory any more: its row is done
    s_dispatch (self, now);
}

void
outflow_nack (outflow_t *self, const uuid_t *id, int64_t milliseconds, int64_t now)
{
    int place = s_find (self, id);
    if (place < 0)
        return;
    if (milliseconds)
        s_take_back (self, self->slots[place], now + milliseconds);
    else {
        self->actions.dead (self->arg, &self->slots[place]->parcel, "the receiver refuses it for good");
        s_remove (self, (size_t) place);
    }
    s_dispatch (self, now);
}

//  Time in which we ourselves stood still is not the peers' silence: their words wait in our sockets
static void
s_forgive_pause (outflow_t *self, int64_t now)
{
    int64_t pause = self->ticked ? now - self->ticked : 0;
    self->ticked = now;
    if (pause <= OUTFLOW_PAUSE_MS)
        return;
    for (int index = 0; index < self->peer_count; index++) {
        peer_t *peer = &self->peers[index];
        peer->heard = now - peer->heard > pause ? peer->heard + pause : now;
    }
}

//  An answer that was lost although the connection lives: rare, but without this the parcel would stay for
//  ever
static void
s_send_overdue_again (outflow_t *self, int64_t now)
{
    for (size_t place = 0; place < self->count; place++)
        if (self->slots[place]->peer >= 0 && now - self->slots[place]->sent_at > OUTFLOW_PATIENCE_MS)
            s_take_back (self, self->slots[place], 0);
}

void
outflow_tick (outflow_t *self, int64_t now)
{
    s_forgive_pause (self, now);
    for (int index = 0; index < self->peer_count;)
        if (now - self->peers[index].heard > OUTFLOW_SILENCE_MS)
            s_lose (self, index, !self->peers[index].draining); //  who drained left by its own will
        else
            index++;
    s_send_overdue_again (self, now);
    s_dispatch (self, now);
}

bool
outflow_holds (const outflow_t *self, const uuid_t *id)
{
    return s_find (self, id) >= 0;
}

size_t
outflow_count (const outflow_t *self)
{
    return self->count;
}

size_t
outflow_in_flight (const outflow_t *self, const uuid_t *id)
{
    int index = s_find_peer (self, id);
    return index < 0 ? 0 : self->peers[index].in_flight;
}

bool
outflow_left_some (const outflow_t *self)
{
    return self->left_some;
}

size_t
outflow_room (const outflow_t *self)
{
    return self->bytes < OUTFLOW_MAX_BYTES ? OUTFLOW_MAX_PARCELS - self->count : 0;
}

void
outflow_refilled (outflow_t *self, bool all)
{
    self->left_some = !all;
}

void
outflow_each (const outflow_t *self, void (*fn) (void *arg, const uuid_t *id), void *arg)
{
    for (size_t index = 0; index < self->count; index++)
        fn (arg, &self->slots[index]->parcel.id);
}
