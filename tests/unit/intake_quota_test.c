//  intake_quota_test - a token bucket: so many at once, so many a second, and how long to wait

#include "services/intake/quota.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static void
test_a_burst_passes_at_once_and_the_next_waits (void **state)
{
    (void) state;
    source_t source = { .rate = 10, .burst = 5, .tokens = 5 };
    for (int taken = 0; taken < 5; taken++)
        assert_int_equal (quota_take (&source, 1000), 0);
    int wait = quota_take (&source, 1000);
    assert_in_range (wait, 100, 101);
    assert_int_not_equal (quota_take (&source, 1000 + 50), 0);
    assert_int_equal (quota_take (&source, 1000 + wait), 0);
}

static void
test_idle_time_saves_no_more_than_a_burst (void **state)
{
    (void) state;
    source_t source = { .rate = 1000, .burst = 3, .tokens = 0 };
    assert_int_not_equal (quota_take (&source, 1000), 0);
    for (int taken = 0; taken < 3; taken++)
        assert_int_equal (quota_take (&source, 10000000), 0);
    assert_int_not_equal (quota_take (&source, 10000000), 0);
}

static uint32_t
s_random (uint32_t below)
{
    static uint64_t seed = 20261123;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t) (seed >> 33) % below;
}

//  Never more than burst + rate × time; and who waits as told is let through
static void
test_over_any_time_the_rate_holds_and_a_wait_is_enough (void **state)
{
    (void) state;
    for (int round = 0; round < 300; round++) {
        source_t source = { .rate = 1 + s_random (2000), .burst = 1 + s_random (50) };
        source.tokens = (double) source.burst;
        int64_t start = 1 + s_random (100000), now = start, taken = 0;
        for (int step = 0; step < 400; step++) {
            int wait = quota_take (&source, now);
            assert_in_range (wait, 0, 1001);
            taken += wait == 0;
            if (wait && s_random (2)) {
                now += wait;
                assert_int_equal (quota_take (&source, now), 0);
                taken++;
            } else
                now += s_random (20);
            assert_true ((double) taken <= (double) source.burst +
                                               (double) (now - start) * (double) source.rate / 1000 + 0.001);
        }
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_burst_passes_at_once_and_the_next_waits),
        cmocka_unit_test (test_idle_time_saves_no_more_than_a_burst),
        cmocka_unit_test (test_over_any_time_the_rate_holds_and_a_wait_is_enough),
    };
    return cmocka_run_group_tests_name ("quota", tests, NULL, NULL);
}
