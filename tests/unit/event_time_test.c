//  event_time_test - RFC 3339 and nothing else, to and fro

#include "proto/event.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_times_are_read_strictly (void **state)
{
    (void) state;
    static const struct {
        const char *text;
        int64_t time; //  -1: refused
    } CASES[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T08:00:00+08:00", 0 },
        { "1970-01-01T07:59:59+08:00", -1 },
        { "1969-12-31T23:59:59-00:01", -1 },
        { "1970-01-01t00:00:01z", 1000000 },
        { "2026-11-23T08:30:00.1Z", INT64_C (1795422600100000) },
        { "2026-11-23T08:30:00.123456789Z", INT64_C (1795422600123456) },
        { "2026-11-23T08:30:00.1234567890Z", -1 },
        { "2026-11-23T16:30:00+08:00", INT64_C (1795422600000000) },
        { "2026-11-23T08:30:00-00:00", INT64_C (1795422600000000) },
        { "2026-11-22T08:31:00-23:59", INT64_C (1795422600000000) },
        { "2000-02-29T00:00:00Z", INT64_C (951782400000000) },
        { "9999-12-31T23:59:59.999999Z", INT64_C (253402300799999999) },
        { "9999-12-31T23:59:59-00:01", -1 },
        { "10000-01-01T00:00:00Z", -1 },
        { "2026-02-29T00:00:00Z", -1 },
        { "2100-02-29T00:00:00Z", -1 },
        { "2026-04-31T00:00:00Z", -1 },
        { "2026-13-01T00:00:00Z", -1 },
        { "2026-00-01T00:00:00Z", -1 },
        { "2026-01-00T00:00:00Z", -1 },
        { "2026-01-01T24:00:00Z", -1 },
        { "2026-01-01T00:60:00Z", -1 },
        { "2016-12-31T23:59:60Z", -1 },
        { "2026-01-01T00:00:00", -1 },
        { "2026-01-01T00:00:00+08", -1 },
        { "2026-01-01T00:00:00+0800", -1 },
        { "2026-01-01T00:00:00+24:00", -1 },
        { "2026-01-01T00:00:00+08:60", -1 },
        { "2026-01-01T00:00:00.Z", -1 },
        { "2026-01-01T00:00:00,5Z", -1 },
        { "2026-01-01 00:00:00Z", -1 },
        { "2026-01-01T00:00Z", -1 },
        { "2026-1-1T00:00:00Z", -1 },
        { "2026-01-01", -1 },
        { "20260101T000000Z", -1 },
        { " 2026-01-01T00:00:00Z", -1 },
        { "2026-01-01T00:00:00Z ", -1 },
        { "2026-01-01T00:00:00Z+08:00", -1 },
        { "+026-01-01T00:00:00Z", -1 },
        { "", -1 },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        int64_t time = -1;
        bool good = event_time_parse (CASES[index].text, &time);
        if (good != (CASES[index].time >= 0) || time != CASES[index].time)
            fail_msg ("%s: %lld", CASES[index].text, (long long) time);
    }
}

static void
test_times_are_written_as_they_are_read (void **state)
{
    (void) state;
    char text[32], before[32] = "";
    for (int64_t time = 0; time < INT64_C (253402300800000000);
         time += INT64_C (86400000000) * 13 + INT64_C (3723004000)) {
        int64_t again = -1;
        event_time_write (time, text);
        assert_int_equal (strlen (text), 24);
        assert_true (event_time_parse (text, &again));
        assert_true (again == time);
        assert_true (strcmp (before, text) < 0); //  later is greater, as text too
        strcpy (before, text);
    }
    event_time_write (INT64_C (1795422600123999), text);
    assert_string_equal (text, "2026-11-23T08:30:00.123Z");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_times_are_read_strictly),
        cmocka_unit_test (test_times_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
