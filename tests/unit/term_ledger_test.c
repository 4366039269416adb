//  term_ledger_test - what comes in of a ledger and of office hours is read strictly

#include "common/term_ledger.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
//
#include <cmocka.h>

#define MINUTE_US    60000000LL
#define COUNT(table) (sizeof table / sizeof *table)

static void
test_ledgers_are_read_strictly (void **state)
{
    (void) state;
    static const char *const CASES[][2] = {
        { "[]", NULL },
        { "null", NULL },
        { "[{\"op\":\"suspend\",\"at\":1,\"who\":\"x\"},{\"op\":\"extend\",\"at\":2,\"budget\":3}]", NULL },
        { "[{\"op\":\"floor\",\"at\":2,\"budget\":3,\"unit\":\"working_day\"}]", NULL },
        { "{}", "ledger" },
        { "[7]", "op" },
        { "[{\"op\":\"stop\",\"at\":1}]", "op" },
        { "[{\"op\":\"suspend\"}]", "at" },
        { "[{\"op\":\"suspend\",\"at\":-1}]", "at" },
        { "[{\"op\":\"suspend\",\"at\":\"1\"}]", "at" },
        { "[{\"op\":\"suspend\",\"at\":253402300800000000}]", "at" },
        { "[{\"op\":\"extend\",\"at\":1}]", "budget" },
        { "[{\"op\":\"extend\",\"at\":1,\"budget\":10000001}]", "budget" },
        { "[{\"op\":\"extend\",\"at\":1,\"budget\":-1}]", "budget" },
        { "[{\"op\":\"extend\",\"at\":1,\"budget\":1,\"unit\":\"hour\"}]", "unit" },
    };
    for (size_t index = 0; index < COUNT (CASES); index++) {
        ledger_entry_t entries[LEDGER_MOST];
        size_t count;
        json_t *list = json_loads (CASES[index][0], JSON_DECODE_ANY, NULL);
        const char *problem = ledger_from_json (list, UNIT_WORKING_DAY, entries, &count);
        if (!CASES[index][1])
            assert_null (problem);
        else
            assert_string_equal (problem, CASES[index][1]);
        json_decref (list);
    }
}

static void
test_office_hours_are_read_strictly (void **state)
{
    (void) state;
    office_hours_t hours = { 0 };
    static const char *const WRONG[] = { "",
                                         "08:30",
                                         "08:30-12:00 ",
                                         "8:30-12:00",
                                         "12:00-08:30",
                                         "08:30-12:00 12:00-13:00",
                                         "08:30-12:00,13:30-17:30",
                                         "08:30-24:01",
                                         "08:60-12:00",
                                         "08:30-12:00  13:30-17:30" };
    char text[OFFICE_TEXT];
    for (size_t index = 0; index < COUNT (WRONG); index++)
        if (office_hours_parse (WRONG[index], &hours))
            fail_msg ("%s was taken for office hours", WRONG[index]);
    assert_true (office_hours_parse (OFFICE_USUAL, &hours));
    office_hours_text (&hours, text);
    assert_string_equal (text, OFFICE_USUAL);
    assert_int_equal (office_hours_length (&hours), 450 * MINUTE_US);
    assert_int_equal (office_hours_reach (&hours, 210 * MINUTE_US), 720 * MINUTE_US);
    assert_int_equal (office_hours_reach (&hours, 210 * MINUTE_US + 1), 810 * MINUTE_US + 1);
    assert_true (office_hours_parse ("00:00-24:00", &hours));
    assert_int_equal (office_hours_length (&hours), 1440 * MINUTE_US);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_ledgers_are_read_strictly),
        cmocka_unit_test (test_office_hours_are_read_strictly),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
