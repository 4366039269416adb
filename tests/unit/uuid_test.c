//  uuid_test - ids that sort by time, their text and back

#include "common/uuid.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
//
#include <cmocka.h>

static void
test_ids_ascend_also_within_a_millisecond (void **state)
{
    (void) state;
    uuid_t last = uuid_new ();
    for (int round = 0; round < 50000; round++) { //  more in a millisecond than the counter holds
        uuid_t next = uuid_new ();
        assert_true (uuid_compare (&last, &next) < 0);
        last = next;
    }
}

static void
test_an_id_is_of_version_7_and_carries_its_time (void **state)
{
    (void) state;
    for (int round = 0; round < 1000; round++) {
        uuid_t id = uuid_new ();
        assert_int_equal (id.bytes[6] >> 4, 7);
        assert_int_equal (id.bytes[8] >> 6, 2);
        struct timespec now;
        clock_gettime (CLOCK_REALTIME, &now);
        int64_t ms = (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
        assert_true (llabs (uuid_time (&id) - ms) < 1000);
    }
}

static void
test_the_time_of_the_rfc_s_example_is_read (void **state)
{
    (void) state;
    uuid_t id; //  RFC 9562, appendix A.6
    assert_true (uuid_parse (&id, "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));
    assert_int_equal (uuid_time (&id), 1645557742000);
}

static void
test_text_and_back_is_the_same_id (void **state)
{
    (void) state;
    for (int round = 0; round < 1000; round++) {
        uuid_t id = uuid_new (), back;
        char text[UUID_TEXT];
        uuid_text (&id, text);
        assert_int_equal (strlen (text), UUID_TEXT - 1);
        assert_true (uuid_parse (&back, text));
        assert_int_equal (uuid_compare (&id, &back), 0);
    }
}

static void
test_what_is_not_an_id_is_refused (void **state)
{
    (void) state;
    static const char *const WRONG[] = {
        "",
        "-",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b07cc398c4dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
        "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398 ",
        "017f22e2-79b0-7cc3-98c4-dc0c0c0739\xe7\x81",
    };
    uuid_t id;
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++)
        if (uuid_parse (&id, WRONG[index]))
            fail_msg ("taken: %s", WRONG[index]);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_ids_ascend_also_within_a_millisecond),
        cmocka_unit_test (test_an_id_is_of_version_7_and_carries_its_time),
        cmocka_unit_test (test_the_time_of_the_rfc_s_example_is_read),
        cmocka_unit_test (test_text_and_back_is_the_same_id),
        cmocka_unit_test (test_what_is_not_an_id_is_refused),
    };
    return cmocka_run_group_tests_name ("uuid", tests, NULL, NULL);
}
