//  outflow_hands - hands for the sender's rules that write down what they are told to do
#pragma once
#include "common/outflow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define HANDS_WINDOW 100000

//  What the outflow did, newest last: 'a' sent to peer 'a', 'A' sent there alone, '.' settled, '+' died, 'x'
//  dead
static char hands_done[4096];
static int hands_sent_parcel[4096]; //  beside each letter: which parcel
static bool hands_send_fails;

static inline void
hands_note (char what, const uuid_t *id)
{
    size_t at = strlen (hands_done);
    assert_true (at < sizeof hands_done - 1);
    hands_sent_parcel[at] = id->bytes[14] << 8 | id->bytes[15];
    hands_done[at] = what;
    hands_done[at + 1] = 0;
}

static inline bool
hands_on_send (void *arg, const uuid_t *peer, const outparcel_t *parcel, bool alone)
{
    (void) arg;
    if (hands_send_fails)
        return false;
    hands_note ((char) (alone ? peer->bytes[0] - 'a' + 'A' : peer->bytes[0]), &parcel->id);
    return true;
}

static inline void
hands_on_settled (void *arg, const uuid_t *id)
{
    (void) arg;
    hands_note ('.', id);
}

static inline void
hands_on_died (void *arg, const outparcel_t *parcel)
{
    (void) arg;
    hands_note ('+', &parcel->id);
}

static inline void
hands_on_dead (void *arg, const outparcel_t *parcel, const char *cause)
{
    (void) arg;
    assert_true (*cause);
    hands_note ('x', &parcel->id);
}

static const outflow_actions_t HANDS_ACTIONS = { hands_on_send, hands_on_settled, hands_on_died,
                                                 hands_on_dead };

static inline outflow_t *
hands_new (void)
{
    *hands_done = 0;
    hands_send_fails = false;
    return outflow_new (&HANDS_ACTIONS, NULL);
}

static inline uuid_t
hands_peer (char name)
{
    return (uuid_t){ { (uint8_t) name } };
}

static inline uuid_t
hands_id (int number)
{
    uuid_t id = { { 1 } };
    id.bytes[14] = (uint8_t) (number >> 8);
    id.bytes[15] = (uint8_t) number;
    return id;
}

static inline bool
hands_add (outflow_t *self, int number, size_t size, int deaths)
{
    outparcel_t parcel = { .id = hands_id (number), .deaths = deaths, .body = malloc (1), .size = size };
    return outflow_add (self, &parcel, 1000);
}

static inline void
hands_credit (outflow_t *self, char name, uint64_t session, int64_t now)
{
    uuid_t peer = hands_peer (name);
    outflow_credit (self, &peer, session, HANDS_WINDOW, now);
}

//  Compares what was done since the last question
static inline void
hands_expect (const char *done)
{
    assert_string_equal (hands_done, done);
    *hands_done = 0;
}
