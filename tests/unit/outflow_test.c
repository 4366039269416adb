//  outflow_test - to whom a parcel goes and when, rule by rule; together they are outflow_simulation_test

#include "tests/unit/outflow_hands.h"

static void
test_nothing_is_sent_before_a_receiver_gives_credit (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    assert_true (hands_add (self, 1, 10, 0));
    outflow_tick (self, 1000);
    hands_expect ("");
    hands_credit (self, 'a', 1, 1000);
    hands_expect ("a");
    uuid_t id = hands_id (1), peer = hands_peer ('a');
    assert_int_equal (outflow_in_flight (self, &peer), 1);
    outflow_ack (self, &id, 1001);
    hands_expect (".");
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
    outflow_t *self = hands_new ();
    assert_true (hands_add (self, 1, 10, 0));
    assert_false (hands_add (self, 1, 10, 0));
    assert_int_equal (outflow_count (self), 1);
    assert_false (outflow_left_some (self));
    outflow_destroy (&self);
}

static void
test_an_acknowledgement_settles_a_parcel_that_memory_has_forgotten (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    uuid_t id = hands_id (77);
    outflow_ack (self, &id, 1000);
    hands_expect (".");
    outflow_nack (self, &id, 0, 1000);
    hands_expect ("");
    outflow_destroy (&self);
}

static void
test_memory_holds_so_many_parcels_and_the_outbox_the_rest (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    for (int number = 0; number < OUTFLOW_MAX_PARCELS; number++)
        assert_true (hands_add (self, number, 10, 0));
    assert_int_equal (outflow_room (self), 0);
    assert_false (outflow_left_some (self));
    assert_false (hands_add (self, OUTFLOW_MAX_PARCELS, 10, 0));
    assert_true (outflow_left_some (self));
    uuid_t id = hands_id (3);
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
    outflow_t *self = hands_new ();
    assert_true (hands_add (self, 1, OUTFLOW_MAX_BYTES + 1, 0));
    assert_int_equal (outflow_room (self), 0);
    assert_false (hands_add (self, 2, 1, 0));
    assert_true (outflow_left_some (self));
    outflow_destroy (&self);
}

static void
test_parcels_go_where_there_is_most_room (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    hands_credit (self, 'a', 1, 1000);
    hands_credit (self, 'b', 1, 1000);
    for (int number = 1; number <= 4; number++)
        hands_add (self, number, 10, 0);
    hands_expect ("abab");
    outflow_destroy (&self);
}

static void
test_the_window_holds_back_what_does_not_fit (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, HANDS_WINDOW - 10, 0);
    hands_add (self, 2, 11, 0);
    hands_expect ("a");
    uuid_t id = hands_id (1);
    outflow_ack (self, &id, 1000);
    hands_expect (".a");
    outflow_destroy (&self);
}

static void
test_a_parcel_larger_than_the_window_goes_to_an_idle_peer (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    hands_add (self, 1, HANDS_WINDOW * 2, 0);
    hands_credit (self, 'a', 1, 1000);
    hands_expect ("a");
    hands_add (self, 2, 1, 0);
    hands_expect ("");
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
    } NEEDY[] = { { HANDS_WINDOW * 2, 0, "a" }, { 10, OUTFLOW_ALONE_AFTER, "A" } };
    for (size_t index = 0; index < sizeof NEEDY / sizeof *NEEDY; index++) {
        outflow_t *self = hands_new ();
        hands_credit (self, 'a', 1, 1000);
        hands_add (self, 1, 10, 0);
        hands_expect ("a");
        hands_add (self, 2, NEEDY[index].size, NEEDY[index].deaths);
        hands_add (self, 3, 10, 0);
        hands_expect ("");
        uuid_t id = hands_id (1);
        outflow_ack (self, &id, 1000);
        assert_memory_equal (hands_done, ".", 1);
        assert_string_equal (hands_done + 1, NEEDY[index].sent);
        assert_int_equal (hands_sent_parcel[1], 2);
        outflow_destroy (&self);
    }
}

static void
test_a_new_connection_gets_again_what_the_old_one_had (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, 10, 0);
    hands_credit (self, 'a', 1, 1100);
    hands_expect ("a");
    hands_credit (self, 'a', 2, 1200);
    hands_expect ("a");
    outflow_destroy (&self);
}

static void
test_told_to_wait_it_waits_and_told_never_it_is_dead (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    uuid_t id = hands_id (1);
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, 10, 0);
    outflow_nack (self, &id, 500, 1000);
    outflow_tick (self, 1499);
    hands_expect ("a");
    outflow_tick (self, 1500);
    hands_expect ("a");
    outflow_nack (self, &id, 0, 1500);
    hands_expect ("x");
    assert_false (outflow_holds (self, &id));
    outflow_destroy (&self);
}

static void
test_nothing_is_sent_to_a_receiver_that_drains (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    uuid_t peer = hands_peer ('a');
    hands_credit (self, 'a', 1, 1000);
    outflow_drain (self, &peer);
    hands_add (self, 1, 10, 0);
    hands_credit (self, 'a', 1, 1100);
    hands_expect ("");
    hands_credit (self, 'b', 1, 1200);
    hands_expect ("b");
    outflow_destroy (&self);
}

static void
test_what_the_socket_does_not_take_stays_and_goes_later (void **state)
{
    (void) state;
    outflow_t *self = hands_new ();
    uuid_t peer = hands_peer ('a');
    hands_send_fails = true;
    hands_credit (self, 'a', 1, 1000);
    hands_add (self, 1, 10, 0);
    hands_add (self, 2, 10, 0);
    assert_int_equal (outflow_in_flight (self, &peer), 0);
    hands_send_fails = false;
    outflow_tick (self, 1100);
    hands_expect ("aa");
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
        cmocka_unit_test (test_what_the_socket_does_not_take_stays_and_goes_later),
    };
    return cmocka_run_group_tests_name ("the sender's rules", tests, NULL, NULL);
}
