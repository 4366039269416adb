//  outflow_world - a small world around the sender's rules: clock, network, database, receivers; all from one
//  seed
//
//      outbox ─refill─▶ outflow ─DATA─▶ network (loses, doubles, delays) ─▶ receivers ─▶ one inbox
//         ▲                 ▲                                                  │ die, pause, drain, refuse
//         └──── delete ◀────┴──────────────── ACK, NACK, CREDIT, DRAIN ◀───────┘
//
//  Whoever includes this says what must hold (WORLD_CHECK) in world_t's callbacks; the world only obeys its
//  seed.
#pragma once
#include "common/outflow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define PARCELS   20
#define RECEIVERS 4
#define IDS       256 //  incarnations of receivers in one schedule
#define WIRES     512
#define SETTLED   6

typedef enum { HELLO, CREDIT, DATA, ACK, NACK, DRAIN } word_t;
typedef enum { GOOD, POISON, REFUSED } nature_t; //  POISON: kills who takes it; REFUSED: NACK for good

typedef struct {
    size_t size;
    nature_t nature;
    int not_now;       //  how many times it is answered "later"
    bool row, dead;    //  in the outbox; in the dead letters
    int deaths;        //  in the outbox row
    int effects;       //  what the receivers' inbox let through
    int64_t handed_at; //  the outflow will be told of it; 0: it was
    int at;            //  model: incarnation that has it, -1: none
    int64_t sent_at;
    int told; //  deaths that were counted during the present call
} fate_t;

typedef struct {
    word_t word;
    int receiver, incarnation, parcel, generation;
    size_t number;
    int64_t due;
    bool used;
} message_t;

typedef struct {
    int incarnation; //  -1: not running
    int generation;  //  of the connection: every loss ends in a new one
    bool draining, must_break;
    int64_t until; //  paused till then; or down till then
    size_t window;
    int64_t commit_at[PARCELS]; //  0: not in hand
    int held_generation[PARCELS];
} receiver_t;

//  What the sender must believe of an incarnation
typedef struct {
    bool known, draining;
    int session;
    size_t window;
    int64_t heard;
} belief_t;

typedef struct {
    uint64_t seed, state;
    int64_t now, ticked;
    outflow_t *outflow;
    fate_t fates[PARCELS];
    int parcels, made, incarnations, misfortunes;
    receiver_t receivers[RECEIVERS];
    int receiver_count;
    belief_t beliefs[IDS];
    message_t wires[WIRES];
    int settled[SETTLED], settled_count;
    bool database_up, healed;
    int64_t refill_due; //  0: none is under way
    int refill_rows[PARCELS], refill_count, refill_deaths[PARCELS];
    bool refill_all;
} world_t;

#define WORLD_CHECK(world, condition, text)                                                                  \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fail_msg ("%s at %lld ms (replay: SEED=%llu)", text, (long long) (world)->now,                   \
                      (unsigned long long) (world)->seed);                                                   \
    } while (0)

static inline uint32_t
world_random (world_t *self, uint32_t below)
{
    uint64_t mixed = self->state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return (uint32_t) ((mixed ^ (mixed >> 31)) >> 32) % below;
}

//  Once in so many times, and never again after the healing
static inline bool
world_mishap (world_t *self, uint32_t once_in)
{
    return !self->healed && world_random (self, once_in) == 0;
}

static inline uuid_t
world_id (char kind, int number)
{
    uuid_t id = { { (uint8_t) kind } };
    memcpy (id.bytes + 8, &number, sizeof number);
    return id;
}

static inline int
world_number (const uuid_t *id)
{
    int number;
    memcpy (&number, id->bytes + 8, sizeof number);
    return number;
}

//  --------------------------------------------------------------------------
//  Network

//  number: window of a CREDIT, milliseconds of a NACK
static inline void
world_post (world_t *self, word_t word, int which, int parcel, size_t number)
{
    message_t message = { .word = word, .receiver = which, .parcel = parcel, .number = number };
    receiver_t *receiver = &self->receivers[which];
    message.generation = receiver->generation;
    message.incarnation = receiver->incarnation;
    message.used = true;
    int copies = world_mishap (self, 20) ? 2 : 1;
    if (world_mishap (self, 30)) {
        copies = 0;
        receiver->must_break = true; //  ZeroMQ loses only with the connection
    }
    for (int place = 0; place < WIRES && copies; place++)
        if (!self->wires[place].used) {
            message.due = self->now + 1 + world_random (self, self->healed ? 5 : 250);
            self->wires[place] = message;
            copies--;
        }
    if (copies)
        receiver->must_break = true; //  no place: lost
}

//  What is under way may or may not arrive
static inline void
world_break (world_t *self, int which)
{
    self->receivers[which].generation++;
    self->receivers[which].must_break = false;
    for (int place = 0; place < WIRES; place++)
        if (self->wires[place].used && self->wires[place].receiver == which && world_random (self, 2))
            self->wires[place].used = false;
}

//  --------------------------------------------------------------------------
//  Receivers

static inline void
world_start_receiver (world_t *self, int which)
{
    receiver_t *receiver = &self->receivers[which];
    if (self->incarnations == IDS)
        return;
    *receiver = (receiver_t){ .incarnation = self->incarnations++, .generation = receiver->generation + 1 };
    receiver->window = (size_t) 64 * 1024 << world_random (self, 7);
}

static inline void
world_kill_receiver (world_t *self, int which)
{
    world_break (self, which);
    self->receivers[which].incarnation = -1;
    self->receivers[which].until = self->now + 100 + world_random (self, 4000);
}

static inline void
world_on_data (world_t *self, const message_t *message)
{
    receiver_t *receiver = &self->receivers[message->receiver];
    fate_t *fate = &self->fates[message->parcel];
    if (receiver->draining)
        return;
    if (fate->nature == POISON)
        world_kill_receiver (self, message->receiver);
    else if (fate->nature == REFUSED || fate->not_now > 0) {
        size_t retry = fate->nature == REFUSED ? 0 : 1 + world_random (self, 2000);
        fate->not_now--;
        world_post (self, NACK, message->receiver, message->parcel, retry);
    } else {
        receiver->held_generation[message->parcel] = message->generation;
        if (!receiver->commit_at[message->parcel])
            receiver->commit_at[message->parcel] =
                self->now + 1 + world_random (self, self->healed ? 20 : 900);
    }
}

static inline void
world_commit (world_t *self, int which, int parcel)
{
    receiver_t *receiver = &self->receivers[which];
    if (world_mishap (self, 10)) { //  rolled back: the batch is tried again
        receiver->commit_at[parcel] = self->now + 50;
        return;
    }
    receiver->commit_at[parcel] = 0;
    if (!self->fates[parcel].effects)
        self->fates[parcel].effects++; //  the inbox: (source, parcel) once
    if (receiver->held_generation[parcel] == receiver->generation)
        world_post (self, ACK, which, parcel, 0);
}

static inline void
world_run_receiver (world_t *self, int which)
{
    receiver_t *receiver = &self->receivers[which];
    if (receiver->must_break && (self->healed || world_random (self, 10) == 0))
        world_break (self, which);
    if (receiver->until > self->now)
        return;
    if (receiver->incarnation < 0)
        world_start_receiver (self, which);
    bool unlucky = self->misfortunes < 8 && world_mishap (self, 120);
    self->misfortunes += unlucky;
    if (unlucky && world_random (self, 3) == 0)
        receiver->until = self->now + world_random (self, 6000); //  stands still
    else if (unlucky || (receiver->draining && world_random (self, 20) == 0))
        world_kill_receiver (self, which);
    else if (world_mishap (self, 300)) {
        receiver->draining = true;
        world_post (self, DRAIN, which, 0, 0);
    }
    for (int parcel = 0; parcel < self->parcels && receiver->incarnation >= 0; parcel++)
        if (receiver->commit_at[parcel] && receiver->commit_at[parcel] <= self->now)
            world_commit (self, which, parcel);
}

static inline void
world_on_hello (world_t *self, const message_t *message)
{
    receiver_t *receiver = &self->receivers[message->receiver];
    world_post (self, CREDIT, message->receiver, 0, receiver->window);
    if (receiver->draining)
        world_post (self, DRAIN, message->receiver, 0, 0);
}

//  --------------------------------------------------------------------------
//  The outbox

static inline void
world_hand_over (world_t *self, int number, int deaths)
{
    fate_t *fate = &self->fates[number];
    outparcel_t parcel = {
        .id = world_id ('p', number), .deaths = deaths, .body = malloc (1), .size = fate->size
    };
    uuid_t id = parcel.id;
    bool held = outflow_holds (self->outflow, &id);
    bool added = outflow_add (self->outflow, &parcel, self->now);
    WORLD_CHECK (self, !added || !held, "taken twice");
}

//  A lane's COMMIT: the row is there; the outflow is told when the answer comes, unless the process dies
//  before
static inline void
world_make_parcel (world_t *self)
{
    fate_t *fate = &self->fates[self->made];
    *fate = (fate_t){ .row = true, .at = -1 };
    fate->size = 1 + world_random (self, 1024u << world_random (self, 12));
    fate->not_now = world_random (self, 8) ? 0 : (int) world_random (self, 3);
    if (self->seed % 16 == 0 && world_random (self, 10) == 0)
        fate->nature = POISON;
    else if (world_random (self, 20) == 0)
        fate->nature = REFUSED;
    self->parcels = self->made + 1;
    if (world_random (self, 10))
        fate->handed_at = self->now + (world_random (self, 2) ? 0 : world_random (self, 500));
    self->made++;
}

static inline bool
world_is_here (const world_t *self, int number)
{
    uuid_t id = world_id ('p', number);
    for (int index = 0; index < self->settled_count; index++)
        if (self->settled[index] == number)
            return true;
    return outflow_holds (self->outflow, &id);
}

//  What the statement sees is what is there when it is asked; the answer comes later
static inline void
world_ask_refill (world_t *self)
{
    size_t asked = outflow_room (self->outflow);
    if (asked > 4)
        asked = 4;
    if (self->refill_due || !asked || !self->database_up)
        return;
    self->refill_due = self->now + 1 + world_random (self, 300);
    self->refill_count = 0;
    for (int number = 0; number < self->parcels && (size_t) self->refill_count < asked; number++)
        if (self->fates[number].row && !world_is_here (self, number)) {
            self->refill_deaths[self->refill_count] = self->fates[number].deaths;
            self->refill_rows[self->refill_count++] = number;
        }
    self->refill_all = (size_t) self->refill_count < asked;
}

static inline void
world_on_refill (world_t *self)
{
    self->refill_due = 0;
    if (!self->database_up)
        return;
    outflow_refilled (self->outflow, self->refill_all);
    for (int index = 0; index < self->refill_count; index++)
        world_hand_over (self, self->refill_rows[index], self->refill_deaths[index]);
}

static inline void
world_delete_settled (world_t *self)
{
    if (!self->database_up || world_mishap (self, 5))
        return; //  they stay in the list
    for (int index = 0; index < self->settled_count; index++) {
        fate_t *fate = &self->fates[self->settled[index]];
        WORLD_CHECK (self, fate->effects == 1, "deleted before a commit");
        fate->row = false;
    }
    self->settled_count = 0;
}

static inline void
world_hand_over_due (world_t *self)
{
    for (int number = 0; number < self->parcels; number++)
        if (self->fates[number].handed_at && self->fates[number].handed_at <= self->now) {
            self->fates[number].handed_at = 0;
            world_hand_over (self, number, 0);
        }
}
