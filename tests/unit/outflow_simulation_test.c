//  outflow_simulation_test - the sender's rules in a hostile world: many short random schedules, each ended
//  by a healing after which everything must be where it belongs
//
//  SEED=n replays one schedule; SCHEDULES=n runs more or fewer than usual.

#include "tests/unit/outflow_world.h"

#define USUAL_SCHEDULES 24000
#define TICK_MS         100
#define CHAOS_MS        12000
#define HEALED_BY_MS    900000

//  --------------------------------------------------------------------------
//  What the sender did, against what the model believes

static void
s_take_back (world_t *self, int incarnation)
{
    for (int parcel = 0; parcel < self->parcels; parcel++)
        if (self->fates[parcel].at == incarnation)
            self->fates[parcel].at = -1;
}

static void
s_check_load (world_t *self, int incarnation, const fate_t *next, bool alone)
{
    size_t bytes = 0, count = 0;
    for (int parcel = 0; parcel < self->parcels; parcel++) {
        const fate_t *fate = &self->fates[parcel];
        if (fate->at == incarnation) {
            bytes += fate->size;
            count++;
            WORLD_CHECK (self, !alone, "one that must be alone has company");
        }
    }
    WORLD_CHECK (self, !count || bytes + next->size <= self->beliefs[incarnation].window,
                 "more in flight than the window");
    uuid_t id = world_id ('r', incarnation);
    WORLD_CHECK (self, outflow_in_flight (self->outflow, &id) == count, "in flight is counted wrongly");
}

static int
s_receiver_of (const world_t *self, int incarnation)
{
    for (int which = 0; which < self->receiver_count; which++)
        if (self->receivers[which].incarnation == incarnation)
            return which;
    return -1;
}

static bool s_company_is_unwanted[IDS]; //  the incarnation has a parcel that was sent alone

static bool
s_on_send (void *arg, const uuid_t *peer, const outparcel_t *parcel, bool alone)
{
    world_t *self = arg;
    int incarnation = world_number (peer), number = world_number (&parcel->id);
    fate_t *fate = &self->fates[number];
    WORLD_CHECK (self, self->beliefs[incarnation].known, "sent to a peer that is lost");
    WORLD_CHECK (self, !self->beliefs[incarnation].draining, "sent to a draining peer");
    WORLD_CHECK (self, fate->at < 0, "sent while it is at a peer");
    WORLD_CHECK (self, alone == (parcel->deaths >= OUTFLOW_ALONE_AFTER), "alone means three deaths");
    bool busy = false;
    for (int other = 0; other < self->parcels; other++)
        busy |= self->fates[other].at == incarnation;
    WORLD_CHECK (self, !busy || !s_company_is_unwanted[incarnation], "joined one that must be alone");
    s_check_load (self, incarnation, fate, alone);
    int which = s_receiver_of (self, incarnation);
    if (world_mishap (self, 40))
        return false; //  no link, or the socket is full
    fate->at = incarnation;
    fate->sent_at = self->now;
    s_company_is_unwanted[incarnation] = alone;
    if (which >= 0)
        world_post (self, DATA, which, number, 0);
    return true;
}

static void
s_on_settled (void *arg, const uuid_t *id)
{
    world_t *self = arg;
    int number = world_number (id);
    WORLD_CHECK (self, self->fates[number].effects == 1, "settled before a commit");
    if (self->settled_count < SETTLED)
        self->settled[self->settled_count++] = number;
}

static void
s_on_died (void *arg, const outparcel_t *parcel)
{
    world_t *self = arg;
    fate_t *fate = &self->fates[world_number (&parcel->id)];
    WORLD_CHECK (self, ++fate->told == 1, "one call counts two deaths");
    WORLD_CHECK (self, parcel->deaths < OUTFLOW_DEAD_AFTER, "lives after twenty deaths");
    if (self->database_up)
        fate->deaths = parcel->deaths;
}

static void
s_on_dead (void *arg, const outparcel_t *parcel, const char *cause)
{
    world_t *self = arg;
    fate_t *fate = &self->fates[world_number (&parcel->id)];
    WORLD_CHECK (self, fate->nature != GOOD, cause);
    WORLD_CHECK (self, fate->nature == REFUSED || parcel->deaths == OUTFLOW_DEAD_AFTER, "given up too early");
    fate->at = -1;
    if (!self->database_up)
        return;
    fate->dead |= fate->row;
    fate->row = false;
}

static const outflow_actions_t ACTIONS = { s_on_send, s_on_settled, s_on_died, s_on_dead };

//  --------------------------------------------------------------------------
//  What the sender hears

static void
s_on_credit (world_t *self, const message_t *message)
{
    belief_t *belief = &self->beliefs[message->incarnation];
    if (!belief->known)
        *belief = (belief_t){ .known = true, .session = message->generation };
    if (belief->session != message->generation)
        s_take_back (self, message->incarnation);
    belief->session = message->generation;
    belief->window = message->number;
    belief->heard = self->now;
    uuid_t peer = world_id ('r', message->incarnation);
    outflow_credit (self->outflow, &peer, (uint64_t) message->generation, message->number, self->now);
}

static void
s_hear (world_t *self, const message_t *message)
{
    uuid_t peer = world_id ('r', message->incarnation), id = world_id ('p', message->parcel);
    if (message->word == CREDIT)
        s_on_credit (self, message);
    else if (message->word == DRAIN) {
        self->beliefs[message->incarnation].draining = self->beliefs[message->incarnation].known;
        outflow_drain (self->outflow, &peer);
    } else {
        self->fates[message->parcel].at = -1;
        if (message->word == ACK)
            outflow_ack (self->outflow, &id, self->now);
        else
            outflow_nack (self->outflow, &id, (int64_t) message->number, self->now);
    }
    if (outflow_left_some (self->outflow))
        world_ask_refill (self);
}

static void
s_forget_peer (world_t *self, int incarnation)
{
    self->beliefs[incarnation] = (belief_t){ .known = false };
    s_take_back (self, incarnation);
}

static void
s_tick (world_t *self)
{
    int64_t pause = self->ticked ? self->now - self->ticked : 0;
    self->ticked = self->now;
    for (int incarnation = 0; incarnation < self->incarnations; incarnation++) {
        belief_t *belief = &self->beliefs[incarnation];
        if (pause > OUTFLOW_PAUSE_MS)
            belief->heard = belief->heard + pause < self->now ? belief->heard + pause : self->now;
        if (belief->known && self->now - belief->heard > OUTFLOW_SILENCE_MS)
            s_forget_peer (self, incarnation);
    }
    for (int parcel = 0; parcel < self->parcels; parcel++)
        if (self->now - self->fates[parcel].sent_at > OUTFLOW_PATIENCE_MS)
            self->fates[parcel].at = -1;
    outflow_tick (self->outflow, self->now);
}

//  The registry has no such replica any more; the connection is closed
static void
s_unregister (world_t *self, int which)
{
    int incarnation = self->receivers[which].incarnation;
    if (incarnation < 0)
        return;
    world_break (self, which);
    s_forget_peer (self, incarnation);
    uuid_t peer = world_id ('r', incarnation);
    outflow_lost (self->outflow, &peer, false, self->now);
}

//  The memory is gone, the outbox is not
static void
s_restart_sender (world_t *self)
{
    outflow_destroy (&self->outflow);
    self->outflow = outflow_new (&ACTIONS, self);
    self->settled_count = 0;
    self->refill_due = self->ticked = 0;
    for (int parcel = 0; parcel < self->parcels; parcel++)
        self->fates[parcel].handed_at = 0;
    for (int incarnation = 0; incarnation < self->incarnations; incarnation++)
        s_forget_peer (self, incarnation);
    for (int which = 0; which < self->receiver_count; which++)
        world_break (self, which);
    for (int place = 0; place < WIRES; place++)
        if (self->wires[place].word != DATA)
            self->wires[place].used = false;
}

//  --------------------------------------------------------------------------
//  Time

static void
s_arrive (world_t *self, const message_t *message)
{
    const receiver_t *receiver = &self->receivers[message->receiver];
    bool is_there = receiver->incarnation == message->incarnation;
    if (message->word == DATA && is_there)
        world_on_data (self, message);
    else if (message->word == HELLO && is_there)
        world_on_hello (self, message);
    else if (message->word != DATA && message->word != HELLO)
        s_hear (self, message);
}

static void
s_deliver (world_t *self)
{
    for (int place = 0; place < WIRES; place++) {
        message_t message = self->wires[place];
        bool stopped = self->receivers[message.receiver].until > self->now;
        if (!message.used || message.due > self->now || stopped)
            continue;
        self->wires[place].used = false;
        for (int parcel = 0; parcel < self->parcels; parcel++)
            self->fates[parcel].told = 0;
        s_arrive (self, &message);
    }
}

static void
s_check_memory (world_t *self)
{
    size_t bytes = 0, count = 0;
    for (int parcel = 0; parcel < self->parcels; parcel++) {
        uuid_t id = world_id ('p', parcel);
        if (outflow_holds (self->outflow, &id)) {
            bytes += self->fates[parcel].size;
            count++;
        }
    }
    WORLD_CHECK (self, count == outflow_count (self->outflow), "parcels are counted wrongly");
    WORLD_CHECK (self, bytes <= OUTFLOW_MAX_BYTES || count == 1, "more memory than its bound");
}

static void
s_step (world_t *self)
{
    self->now += TICK_MS;
    if (world_mishap (self, 200))
        self->now += world_random (self, 6000); //  the sender stands still
    if (world_mishap (self, 25))
        self->database_up = !self->database_up;
    if (!self->healed && self->made < PARCELS && self->database_up && world_random (self, 3) == 0)
        world_make_parcel (self);
    world_hand_over_due (self);
    if (world_mishap (self, 300))
        s_restart_sender (self);
    if (world_mishap (self, 200))
        s_unregister (self, (int) world_random (self, (uint32_t) self->receiver_count));
    for (int which = 0; which < self->receiver_count; which++)
        world_run_receiver (self, which);
    if (self->now / 1000 != (self->now - TICK_MS) / 1000) {
        for (int which = 0; which < self->receiver_count; which++)
            world_post (self, HELLO, which, 0, 0);
        world_ask_refill (self);
    }
    s_deliver (self);
    if (self->refill_due && self->refill_due <= self->now)
        world_on_refill (self);
    for (int parcel = 0; parcel < self->parcels; parcel++)
        self->fates[parcel].told = 0;
    s_tick (self);
    world_delete_settled (self);
    s_check_memory (self);
}

static bool
s_is_over (const world_t *self)
{
    for (int parcel = 0; parcel < self->parcels; parcel++)
        if (self->fates[parcel].row)
            return false;
    return outflow_count (self->outflow) == 0;
}

static void
s_play (uint64_t seed)
{
    world_t *self = calloc (1, sizeof *self);
    self->seed = self->state = seed;
    self->now = 1000;
    self->database_up = true;
    self->receiver_count = 1 + (int) world_random (self, RECEIVERS);
    for (int which = 0; which < self->receiver_count; which++)
        world_start_receiver (self, which);
    self->outflow = outflow_new (&ACTIONS, self);
    while (self->now < CHAOS_MS)
        s_step (self);
    self->healed = self->database_up = true;
    while (!s_is_over (self)) {
        s_step (self);
        WORLD_CHECK (self, self->now < HEALED_BY_MS, "a parcel is left for ever");
    }
    for (int parcel = 0; parcel < self->parcels; parcel++) {
        const fate_t *fate = &self->fates[parcel];
        WORLD_CHECK (self, fate->effects == (fate->nature == GOOD), "not applied exactly once");
        WORLD_CHECK (self, fate->dead == (fate->nature != GOOD), "in the wrong place");
    }
    outflow_destroy (&self->outflow);
    free (self);
}

static void
test_in_every_schedule_each_parcel_is_applied_once_and_no_bound_is_broken (void **state)
{
    (void) state;
    const char *seed = getenv ("SEED"), *schedules = getenv ("SCHEDULES");
    if (seed) {
        s_play (strtoull (seed, NULL, 10));
        return;
    }
    uint64_t count = schedules ? strtoull (schedules, NULL, 10) : USUAL_SCHEDULES;
    for (uint64_t schedule = 1; schedule <= count; schedule++)
        s_play (schedule);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_in_every_schedule_each_parcel_is_applied_once_and_no_bound_is_broken),
    };
    return cmocka_run_group_tests_name ("the sender's rules, simulated", tests, NULL, NULL);
}
