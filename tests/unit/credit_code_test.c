//  credit_code_test - 统一社会信用代码: the check character and what it catches

#include "proto/credit_code.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

//  The standard's own example, and codes that stand on public business licences
static const char *const GOOD[] = { "91350100M000100Y43", "914403001922038216", "9144030071526726XG",
                                    "91110000802100433B", "91330100799655058B" };

static void
test_codes_that_were_issued_are_valid (void **state)
{
    (void) state;
    for (size_t index = 0; index < sizeof GOOD / sizeof *GOOD; index++) {
        assert_true (credit_code_is_valid (GOOD[index]));
        assert_int_equal (credit_code_check (GOOD[index]), GOOD[index][17]);
    }
}

static void
test_what_is_not_a_code_is_refused (void **state)
{
    (void) state;
    static const char *const BAD[] = {
        "",
        "91350100M000100Y4",   //  one short
        "91350100M000100Y433", //  one long
        "91350100M000100Y44",  //  check character
        "91350100m000100y43",  //  small letters
        "91350100M00O100Y43",  //  O is not in the alphabet
        "9135010AM000100Y43",  //  a letter in the division
        "91350100M000100Y4 ",  //
        "９１350100M0001",     //  wide digits, 18 bytes
    };
    for (size_t index = 0; index < sizeof BAD / sizeof *BAD; index++)
        assert_false (credit_code_is_valid (BAD[index]));
}

static void
test_no_single_wrong_character_and_no_swap_of_neighbours_goes_unnoticed (void **state)
{
    (void) state;
    static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    for (size_t index = 0; index < sizeof GOOD / sizeof *GOOD; index++)
        for (size_t place = 0; place < CREDIT_CODE_LENGTH; place++) {
            char code[CREDIT_CODE_LENGTH + 1];
            for (const char *letter = ALPHABET; *letter; letter++) {
                strcpy (code, GOOD[index]);
                code[place] = *letter;
                assert_int_equal (credit_code_is_valid (code), *letter == GOOD[index][place]);
            }
            strcpy (code, GOOD[index]);
            if (place + 1 < CREDIT_CODE_LENGTH && code[place] != code[place + 1]) {
                code[place] = GOOD[index][place + 1];
                code[place + 1] = GOOD[index][place];
                assert_false (credit_code_is_valid (code));
            }
        }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_codes_that_were_issued_are_valid),
        cmocka_unit_test (test_what_is_not_a_code_is_refused),
        cmocka_unit_test (test_no_single_wrong_character_and_no_swap_of_neighbours_goes_unnoticed),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
