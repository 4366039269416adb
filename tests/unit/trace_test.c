//  trace_test - traceparent: made, checked, continued

#include "common/trace.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static const char GOOD[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

static void
test_the_example_of_the_standard_is_valid_and_what_is_near_it_is_not (void **state)
{
    (void) state;
    static const char *const WRONG[] = {
        "",
        "00",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b7--01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
    };
    assert_true (trace_is_valid (GOOD));
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++)
        if (trace_is_valid (WRONG[index]))
            fail_msg ("taken: %s", WRONG[index]);
}

static void
test_every_new_trace_is_valid_and_another (void **state)
{
    (void) state;
    char last[TRACE_TEXT] = "", next[TRACE_TEXT];
    for (int round = 0; round < 2000; round++) {
        trace_new (next);
        assert_true (trace_is_valid (next));
        assert_memory_not_equal (last, next, 35);
        memcpy (last, next, sizeof last);
    }
}

static void
test_a_child_is_a_new_span_of_the_same_trace (void **state)
{
    (void) state;
    char child[TRACE_TEXT];
    for (int round = 0; round < 1000; round++) {
        trace_child (GOOD, child);
        assert_true (trace_is_valid (child));
        assert_memory_equal (child, GOOD, 36);
        assert_memory_not_equal (child + 36, GOOD + 36, 16);
        assert_string_equal (child + 52, "-01");
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_example_of_the_standard_is_valid_and_what_is_near_it_is_not),
        cmocka_unit_test (test_every_new_trace_is_valid_and_another),
        cmocka_unit_test (test_a_child_is_a_new_span_of_the_same_trace),
    };
    return cmocka_run_group_tests_name ("trace", tests, NULL, NULL);
}
