//  outflow_silence_test - what the sender makes of receivers that fall silent, die, or leave

#include "tests/unit/outflow_hands.h"

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
    outflow_t *self = hands_new ();
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, 10, 0);
    s_tick_until (self, 1000, 4000);
    hands_expect ("a");
    outflow_tick (self, 4100);
    hands_expect ("+");
    hands_credit (self, 'b', 1, 4200);
    hands_expect ("b");
    outflow_destroy (&self);
}

static void
test_receivers_that_fall_silent_together_count_one_death (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    for (char name = 'a'; name <= 'h'; name++)
        hands_credit (self, name, 1, 1000);
    hands_add (self, 1, 10, 0);
    s_tick_until (self, 1000, 4100);
    hands_expect ("a+");
    outflow_destroy (&self);
}

static void
test_our_own_pause_is_not_the_receivers_silence (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, 10, 0);
    outflow_tick (self, 1100);
    outflow_tick (self, 61000);
    hands_expect ("a");
    s_tick_until (self, 61100, 63900); //  0.1 s before the pause
    hands_expect ("a");                //  patience ended: sent again, which harms nobody
    s_tick_until (self, 64000, 64100);
    hands_expect ("+");
    outflow_destroy (&self);
}

static void
test_who_leaves_by_its_own_will_kills_nothing (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    uuid_t peer = hands_peer ('a');
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, 10, 0);
    outflow_lost (self, &peer, false, 1000);
    hands_credit (self, 'b', 1, 1000);
    hands_expect ("ab");
    peer = hands_peer ('b');
    outflow_drain (self, &peer);
    s_tick_until (self, 1000, 5000);
    hands_credit (self, 'c', 1, 5000);
    hands_expect ("c");
    outflow_destroy (&self);
}

static void
test_after_three_deaths_it_goes_alone_and_after_twenty_it_is_dead (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    uuid_t peer = hands_peer ('a');
    hands_add (self, 1, 10, 0);
    for (int death = 1; death <= OUTFLOW_DEAD_AFTER; death++) {
        hands_credit (self, 'a', (uint64_t) death, 1000);
        hands_add (self, 2, 10, 0);
        assert_int_equal (outflow_in_flight (self, &peer), death > OUTFLOW_ALONE_AFTER ? 1 : 2);
        uuid_t other = hands_id (2);
        outflow_ack (self, &other, 1000);
        outflow_lost (self, &peer, true, 1000);
        static const char *const DONE[] = { "aa.+", "A.+", "A.x" };
        hands_expect (DONE[(death > OUTFLOW_ALONE_AFTER) + (death == OUTFLOW_DEAD_AFTER)]);
    }
    assert_int_equal (outflow_count (self), 0);
    outflow_destroy (&self);
}

static void
test_an_answer_that_never_comes_is_not_waited_for_for_ever (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    hands_add (self, 1, 10, 0);
    for (int64_t now = 1000; now <= 1000 + OUTFLOW_PATIENCE_MS; now += 100) {
        hands_credit (self, 'a', 1, now);
        outflow_tick (self, now);
    }
    hands_expect ("a");
    hands_credit (self, 'a', 1, 1100 + OUTFLOW_PATIENCE_MS);
    outflow_tick (self, 1100 + OUTFLOW_PATIENCE_MS);
    hands_expect ("a");
    outflow_destroy (&self);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_receiver_that_falls_silent_counts_as_a_death_of_what_it_had),
        cmocka_unit_test (test_receivers_that_fall_silent_together_count_one_death),
        cmocka_unit_test (test_our_own_pause_is_not_the_receivers_silence),
        cmocka_unit_test (test_who_leaves_by_its_own_will_kills_nothing),
        cmocka_unit_test (test_after_three_deaths_it_goes_alone_and_after_twenty_it_is_dead),
        cmocka_unit_test (test_an_answer_that_never_comes_is_not_waited_for_for_ever),
    };
    return cmocka_run_group_tests_name ("the sender's rules about silence", tests, NULL, NULL);
}
