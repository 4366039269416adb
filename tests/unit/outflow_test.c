//  outflow_test - the sender's rules one by one; what they come to together is outflow_simulation_test

#include "common/outflow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define WINDOW 100000

//  What the outflow did, newest last: 'a' sent to peer 'a', 'A' sent there alone, '.' settled, '+' died, 'x'
//  dead
static char s_done[4096];
static int s_sent_parcel[4096]; //  beside each letter: which parcel
static bool s_send_fails;

static void
s_note (char what, const uuid_t *id)
{
    size_t at = strlen (s_done);
    assert_true (at < sizeof s_done - 1);
    s_sent_parcel[at] = id->bytes[14] << 8 | id->bytes[15];
    s_done[at] = what;
    s_done[at + 1] = 0;
}

static bool
s_on_send (void *arg, const uuid_t *peer, const outparcel_t *parcel, bool alone)
{
    (void) arg;
    if (s_send_fails)
        return false;
    s_note ((char) (alone ? peer->bytes[0] - 'a' + 'A' : peer->bytes[0]), &parcel->id);
    return true;
}

static void
s_on_settled (void *arg, const uuid_t *id)
{
    (void) arg;
    s_note ('.', id);
}

static void
s_on_died (void *arg, const outparcel_t *parcel)
{
    (void) arg;
    s_note ('+', &parcel->id);
}

static void
s_on_dead (void *arg, const outparcel_t *parcel, const char *cause)
{
    (void) arg;
    assert_true (*cause);
    s_note ('x', &parcel->id);
}

static const outflow_actions_t ACTIONS = { s_on_send, s_on_settled, s_on_died, s_on_dead };

static outflow_t *
s_new (void)
{
    *s_done = 0;
    s_send_fails = false;
    return outflow_new (&ACTIONS, NULL);
}

static uuid_t
s_peer (char name)
{
    return (uuid_t){ { (uint8_t) name } };
}

static uuid_t
s_id (int number)
{
    uuid_t id = { { 1 } };
    id.bytes[14] = (uint8_t) (number >> 8);
    id.bytes[15] = (uint8_t) number;
    return id;
}

static bool
s_add (outflow_t *self, int number, size_t size, int deaths)
{
    outparcel_t parcel = { .id = s_id (number), .deaths = deaths, .body = malloc (1), .size = size };
    return outflow_add (self, &parcel, 1000);
}

static void
s_credit (outflow_t *self, char name, uint64_t session, int64_t now)
{
    uuid_t peer = s_peer (name);
    outflow_credit (self, &peer, session, WINDOW, now);
}

//  Compares what was done since the last question
static void
s_expect (const char *done)
{
    assert_string_equal (s_done, done);
    *s_done = 0;
}

//  --------------------------------------------------------------------------

static void
test_nothing_is_sent_before_a_receiver_gives_credit (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    assert_true (s_add (self, 1, 10, 0));
    outflow_tick (self, 1000);
    s_expect ("");
    s_credit (self, 'a', 1, 1000);
    s_expect ("a");
    uuid_t id = s_id (1), peer = s_peer ('a');
    assert_int_equal (outflow_in_flight (self, &peer), 1);
    outflow_ack (self, &id, 1001);
    s_expect (".");
    assert_int_equal (outflow_count (self), 0);
    assert_int_equal (outflow_in_flight (self, &peer), 0);
    outflow_destroy (&self);
    assert_null (self);
    outflow_destroy (&self);
}

static void
test_a_parcel_that_is_here_is_not_taken_twice (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    assert_true (s_add (self, 1, 10, 0));
    assert_false (s_add (self, 1, 10, 0));
    assert_int_equal (outflow_count (self), 1);
    assert_false (outflow_left_some (self));
    outflow_destroy (&self);
}

static void
test_an_acknowledgement_settles_a_parcel_that_memory_has_forgotten (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    uuid_t id = s_id (77);
    outflow_ack (self, &id, 1000);
    s_expect (".");
    outflow_nack (self, &id, 0, 1000);
    s_expect ("");
    outflow_destroy (&self);
}

static void
test_memory_holds_so_many_parcels_and_the_outbox_the_rest (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    for (int number = 0; number < OUTFLOW_MAX_PARCELS; number++)
        assert_true (s_add (self, number, 10, 0));
    assert_int_equal (outflow_room (self), 0);
    assert_false (outflow_left_some (self));
    assert_false (s_add (self, OUTFLOW_MAX_PARCELS, 10, 0));
    assert_true (outflow_left_some (self));
    uuid_t id = s_id (3);
    outflow_ack (self, &id, 1000);
    assert_int_equal (outflow_room (self), 1);
    outflow_refilled (self, true);
    assert_false (outflow_left_some (self));
    outflow_destroy (&self);
}

static void
test_memory_holds_so_many_bytes_or_one_parcel (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    assert_true (s_add (self, 1, OUTFLOW_MAX_BYTES + 1, 0));
    assert_int_equal (outflow_room (self), 0);
    assert_false (s_add (self, 2, 1, 0));
    assert_true (outflow_left_some (self));
    outflow_destroy (&self);
}

static void
test_parcels_go_where_there_is_most_room (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_credit (self, 'a', 1, 1000);
    s_credit (self, 'b', 1, 1000);
    for (int number = 1; number <= 4; number++)
        s_add (self, number, 10, 0);
    s_expect ("abab");
    outflow_destroy (&self);
}

static void
test_the_window_holds_back_what_does_not_fit (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, WINDOW - 10, 0);
    s_add (self, 2, 11, 0);
    s_expect ("a");
    uuid_t id = s_id (1);
    outflow_ack (self, &id, 1000);
    s_expect (".a");
    outflow_destroy (&self);
}

static void
test_a_parcel_larger_than_the_window_goes_to_an_idle_peer (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_add (self, 1, WINDOW * 2, 0);
    s_credit (self, 'a', 1, 1000);
    s_expect ("a");
    s_add (self, 2, 1, 0);
    s_expect ("");
    outflow_destroy (&self);
}

static void
test_what_needs_an_idle_peer_is_not_starved_by_younger_ones (void **state)
{
    (void) state;
    static const struct {
        size_t size;
        int deaths;
        const char *sent;
    } NEEDY[] = { { WINDOW * 2, 0, "a" }, { 10, OUTFLOW_ALONE_AFTER, "A" } };
    for (size_t index = 0; index < sizeof NEEDY / sizeof *NEEDY; index++) {
        outflow_t *self = s_new ();
        s_credit (self, 'a', 1, 1000);
        s_add (self, 1, 10, 0);
        s_expect ("a");
        s_add (self, 2, NEEDY[index].size, NEEDY[index].deaths);
        s_add (self, 3, 10, 0);
        s_expect ("");
        uuid_t id = s_id (1);
        outflow_ack (self, &id, 1000);
        assert_memory_equal (s_done, ".", 1);
        assert_string_equal (s_done + 1, NEEDY[index].sent);
        assert_int_equal (s_sent_parcel[1], 2);
        outflow_destroy (&self);
    }
}

static void
test_a_new_connection_gets_again_what_the_old_one_had (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, 10, 0);
    s_credit (self, 'a', 1, 1100);
    s_expect ("a");
    s_credit (self, 'a', 2, 1200);
    s_expect ("a");
    outflow_destroy (&self);
}

static void
test_told_to_wait_it_waits_and_told_never_it_is_dead (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    uuid_t id = s_id (1);
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, 10, 0);
    outflow_nack (self, &id, 500, 1000);
    outflow_tick (self, 1499);
    s_expect ("a");
    outflow_tick (self, 1500);
    s_expect ("a");
    outflow_nack (self, &id, 0, 1500);
    s_expect ("x");
    assert_false (outflow_holds (self, &id));
    outflow_destroy (&self);
}

static void
test_nothing_is_sent_to_a_receiver_that_drains (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    uuid_t peer = s_peer ('a');
    s_credit (self, 'a', 1, 1000);
    outflow_drain (self, &peer);
    s_add (self, 1, 10, 0);
    s_credit (self, 'a', 1, 1100);
    s_expect ("");
    s_credit (self, 'b', 1, 1200);
    s_expect ("b");
    outflow_destroy (&self);
}

//  --------------------------------------------------------------------------
//  Silence and death

static void
s_tick_until (outflow_t *self, int64_t from, int64_t until)
{
    for (int64_t now = from; now <= until; now += 100)
        outflow_tick (self, now);
}

static void
test_a_receiver_that_falls_silent_counts_as_a_death_of_what_it_had (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, 10, 0);
    s_tick_until (self, 1000, 4000);
    s_expect ("a");
    outflow_tick (self, 4100);
    s_expect ("+");
    s_credit (self, 'b', 1, 4200);
    s_expect ("b");
    outflow_destroy (&self);
}

static void
test_receivers_that_fall_silent_together_count_one_death (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    for (char name = 'a'; name <= 'h'; name++)
        s_credit (self, name, 1, 1000);
    s_add (self, 1, 10, 0);
    s_tick_until (self, 1000, 4100);
    s_expect ("a+");
    outflow_destroy (&self);
}

static void
test_our_own_pause_is_not_the_receivers_silence (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, 10, 0);
    outflow_tick (self, 1100);
    outflow_tick (self, 61000);
    s_expect ("a");
    s_tick_until (self, 61100, 63900); //  0.1 s before the pause
    s_expect ("a");                    //  patience ended: sent again, which harms nobody
    s_tick_until (self, 64000, 64100);
    s_expect ("+");
    outflow_destroy (&self);
}

static void
test_who_leaves_by_its_own_will_kills_nothing (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    uuid_t peer = s_peer ('a');
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, 10, 0);
    outflow_lost (self, &peer, false, 1000);
    s_credit (self, 'b', 1, 1000);
    s_expect ("ab");
    peer = s_peer ('b');
    outflow_drain (self, &peer);
    s_tick_until (self, 1000, 5000);
    s_credit (self, 'c', 1, 5000);
    s_expect ("c");
    outflow_destroy (&self);
}

static void
test_after_three_deaths_it_goes_alone_and_after_twenty_it_is_dead (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    uuid_t peer = s_peer ('a');
    s_add (self, 1, 10, 0);
    for (int death = 1; death <= OUTFLOW_DEAD_AFTER; death++) {
        s_credit (self, 'a', (uint64_t) death, 1000);
        s_add (self, 2, 10, 0);
        assert_int_equal (outflow_in_flight (self, &peer), death > OUTFLOW_ALONE_AFTER ? 1 : 2);
        uuid_t other = s_id (2);
        outflow_ack (self, &other, 1000);
        outflow_lost (self, &peer, true, 1000);
        static const char *const DONE[] = { "aa.+", "A.+", "A.x" };
        s_expect (DONE[(death > OUTFLOW_ALONE_AFTER) + (death == OUTFLOW_DEAD_AFTER)]);
    }
    assert_int_equal (outflow_count (self), 0);
    outflow_destroy (&self);
}

static void
test_an_answer_that_never_comes_is_not_waited_for_for_ever (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    s_add (self, 1, 10, 0);
    for (int64_t now = 1000; now <= 1000 + OUTFLOW_PATIENCE_MS; now += 100) {
        s_credit (self, 'a', 1, now);
        outflow_tick (self, now);
    }
    s_expect ("a");
    s_credit (self, 'a', 1, 1100 + OUTFLOW_PATIENCE_MS);
    outflow_tick (self, 1100 + OUTFLOW_PATIENCE_MS);
    s_expect ("a");
    outflow_destroy (&self);
}

static void
test_what_the_socket_does_not_take_stays_and_goes_later (void **state)
{
    (void) state;
    outflow_t *self = s_new ();
    uuid_t peer = s_peer ('a');
    s_send_fails = true;
    s_credit (self, 'a', 1, 1000);
    s_add (self, 1, 10, 0);
    s_add (self, 2, 10, 0);
    assert_int_equal (outflow_in_flight (self, &peer), 0);
    s_send_fails = false;
    outflow_tick (self, 1100);
    s_expect ("aa");
    outflow_destroy (&self);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_nothing_is_sent_before_a_receiver_gives_credit),
        cmocka_unit_test (test_a_parcel_that_is_here_is_not_taken_twice),
        cmocka_unit_test (test_an_acknowledgement_settles_a_parcel_that_memory_has_forgotten),
        cmocka_unit_test (test_memory_holds_so_many_parcels_and_the_outbox_the_rest),
        cmocka_unit_test (test_memory_holds_so_many_bytes_or_one_parcel),
        cmocka_unit_test (test_parcels_go_where_there_is_most_room),
        cmocka_unit_test (test_the_window_holds_back_what_does_not_fit),
        cmocka_unit_test (test_a_parcel_larger_than_the_window_goes_to_an_idle_peer),
        cmocka_unit_test (test_what_needs_an_idle_peer_is_not_starved_by_younger_ones),
        cmocka_unit_test (test_a_new_connection_gets_again_what_the_old_one_had),
        cmocka_unit_test (test_told_to_wait_it_waits_and_told_never_it_is_dead),
        cmocka_unit_test (test_nothing_is_sent_to_a_receiver_that_drains),
        cmocka_unit_test (test_a_receiver_that_falls_silent_counts_as_a_death_of_what_it_had),
        cmocka_unit_test (test_receivers_that_fall_silent_together_count_one_death),
        cmocka_unit_test (test_our_own_pause_is_not_the_receivers_silence),
        cmocka_unit_test (test_who_leaves_by_its_own_will_kills_nothing),
        cmocka_unit_test (test_after_three_deaths_it_goes_alone_and_after_twenty_it_is_dead),
        cmocka_unit_test (test_an_answer_that_never_comes_is_not_waited_for_for_ever),
        cmocka_unit_test (test_what_the_socket_does_not_take_stays_and_goes_later),
    };
    return cmocka_run_group_tests_name ("the sender's rules", tests, NULL, NULL);
}
