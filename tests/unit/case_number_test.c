//  case_number_test - numbers that people say on the telephone, and the mistakes they make

#include "proto/case_number.h"
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_a_number_is_read_as_it_was_written (void **state)
{
    (void) state;
    static const int64_t NUMBERS[] = { 1, 9, 10, 123, 99999, 999999, 1000000, 123456789, 999999999999999999 };
    for (size_t index = 0; index < sizeof NUMBERS / sizeof *NUMBERS; index++)
        for (int year = 1999; year < 2100; year++) {
            char text[CASE_NUMBER_TEXT];
            int read_year;
            int64_t read_no;
            case_number_write (text, "JM", year, NUMBERS[index]);
            assert_true (case_number_read (text, "JM", &read_year, &read_no));
            assert_int_equal (read_year, year);
            assert_true (read_no == NUMBERS[index]);
        }
}

//  The definition in the standard, told the other way round: with the check digit the recursion ends in 1
static bool
s_is_pure (const char *digits)
{
    int value = 10;
    for (; digits[1]; digits++) {
        int sum = (value + *digits - '0') % 10;
        value = (sum ? sum : 10) * 2 % 11;
    }
    return (value + *digits - '0') % 10 == 1;
}

static void
test_the_check_digit_is_iso_7064_mod_11_10 (void **state)
{
    (void) state;
    assert_true (s_is_pure ("07945")); //  the example of the standard
    for (int64_t case_no = 1; case_no < 20000; case_no += 7) {
        char text[CASE_NUMBER_TEXT], digits[CASE_NUMBER_TEXT] = "";
        case_number_write (text, "JM", 2026, case_no);
        size_t used = 0;
        for (const char *at = text; *at; at++)
            if (isdigit ((unsigned char) *at))
                digits[used++] = *at;
        assert_true (s_is_pure (digits));
    }
}

static void
test_every_single_wrong_digit_is_found (void **state)
{
    (void) state;
    for (int64_t case_no = 1; case_no < 3000; case_no += 11) {
        char text[CASE_NUMBER_TEXT];
        int year;
        int64_t number;
        case_number_write (text, "JM", 2026, case_no);
        for (char *at = text; *at; at++) {
            char right = *at;
            for (char wrong = '0'; isdigit ((unsigned char) right) && wrong <= '9'; wrong++) {
                *at = wrong;
                assert_int_equal (case_number_read (text, "JM", &year, &number), wrong == right);
            }
            *at = right;
        }
    }
}

static void
test_nearly_all_exchanged_neighbours_are_found (void **state)
{
    (void) state;
    int exchanged = 0, found = 0;
    for (int64_t case_no = 100000; case_no < 130000; case_no += 7) {
        char text[CASE_NUMBER_TEXT];
        int year;
        int64_t number;
        case_number_write (text, "JM", 2026, case_no);
        for (char *at = text + 8; at < text + 13; at++) {
            char first = at[0], second = at[1];
            if (first == second)
                continue;
            at[0] = second;
            at[1] = first;
            exchanged++;
            found += !case_number_read (text, "JM", &year, &number);
            at[0] = first;
            at[1] = second;
        }
    }
    assert_true (found * 100 >= exchanged * 97);
}

static void
test_other_forms_are_refused (void **state)
{
    (void) state;
    static const char *const WRONG[] = {
        "",
        "JM",
        "JM-2026-000123",
        "JM-2026-000123-",
        "JM-2026-000123-76",
        "JM-2026-00123-6",
        "2026-000123-7",
        "-2026-000123-7",
        "JM-026-000123-7",
        "JM-2026-000000-1",
        "JM 2026 000123 6",
        " JM-2026-000123-7",
        "JM-2026-000123-7 ",
        "J_M-2026-000123-7",
        "JM-2026-+00123-6",
        "JM-0000-000123-7",
        "ABCDEFGHIJKLMNOPQ-2026-000123-7",
        "JM-2026-9999999999999999999-1",
    };
    char text[CASE_NUMBER_TEXT];
    int year;
    int64_t number;
    case_number_write (text, "JM", 2026, 123);
    assert_true (case_number_read (text, NULL, &year, &number));
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++) {
        for (char digit = '0'; digit <= '9'; digit++) { //  whatever the check digit is
            char tried[64];
            strcpy (tried, WRONG[index]);
            size_t length = strlen (tried);
            if (length > 2 && tried[length - 2] == '-')
                tried[length - 1] = digit;
            assert_false (case_number_read (tried, NULL, &year, &number));
        }
    }
}

static void
test_a_case_has_one_number (void **state)
{
    (void) state;
    int year;
    int64_t number;
    for (char digit = '0'; digit <= '9'; digit++) {
        char text[] = "JM-2026-0000123-0";
        text[sizeof text - 2] = digit;
        assert_false (case_number_read (text, "JM", &year, &number));
    }
}

static void
test_the_prefix_counts_in_either_case (void **state)
{
    (void) state;
    char text[CASE_NUMBER_TEXT];
    int year;
    int64_t number;
    case_number_write (text, "JM", 2026, 7);
    assert_true (case_number_read (text, "jm", &year, &number));
    assert_false (case_number_read (text, "J", &year, &number));
    assert_false (case_number_read (text, "JMX", &year, &number));
    text[0] = 'j';
    text[1] = 'm';
    assert_true (case_number_read (text, "JM", &year, &number));
    assert_true (case_number_read (text, NULL, &year, &number));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_number_is_read_as_it_was_written),
        cmocka_unit_test (test_the_check_digit_is_iso_7064_mod_11_10),
        cmocka_unit_test (test_every_single_wrong_digit_is_found),
        cmocka_unit_test (test_nearly_all_exchanged_neighbours_are_found),
        cmocka_unit_test (test_other_forms_are_refused),
        cmocka_unit_test (test_a_case_has_one_number),
        cmocka_unit_test (test_the_prefix_counts_in_either_case),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
