//  problem_test - every problem, its form, and what it does to a stranger's text

#include "proto/problem.h"
#include "proto/schema.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *
s_text (const json_t *object, const char *member)
{
    return json_string_value (json_object_get (object, member));
}

static void
test_every_problem_has_a_slug_of_its_own_that_leads_back_to_it (void **state)
{
    (void) state;
    for (problem_code_t code = PROBLEM_NONE + 1; code < PROBLEM_COUNT; code++) {
        char urn[100];
        const char *slug = problem_slug (code);
        assert_true (strlen (slug) > 0 && strspn (slug, "abcdefghijklmnopqrstuvwxyz-") == strlen (slug));
        assert_int_equal (problem_of (slug), code);
        snprintf (urn, sizeof urn, "urn:duban:problem:%s", slug);
        assert_int_equal (problem_of (urn), code);
    }
    assert_int_equal (problem_of (""), PROBLEM_NONE);
    assert_int_equal (problem_of ("about:blank"), PROBLEM_NONE);
    assert_int_equal (problem_of ("urn:duban:problem:"), PROBLEM_NONE);
}

static void
test_every_problem_fits_its_schema (void **state)
{
    (void) state;
    char error[300];
    schema_t *schema = schema_load ("proto/schemas/problem.json", error, sizeof error);
    assert_non_null (schema);
    for (problem_code_t code = PROBLEM_NONE + 1; code < PROBLEM_COUNT; code++) {
        problem_t *problem = problem_new (code, code % 2 ? "a detail" : NULL);
        problem_point (problem, "/data/title", "is missing");
        problem_retry_after (problem, (int) code % 3 * 100);
        json_t *root = problem_json (problem);
        assert_true (schema_check (schema, root, "", NULL));
        assert_int_equal (problem_code (problem), code);
        json_int_t status = json_integer_value (json_object_get (root, "status"));
        //  "again" is said exactly where the protocol says so: 429 and 503
        assert_int_equal (problem_is_retryable (code), status == 429 || status == 503);
        assert_int_equal (json_is_true (json_object_get (root, "retryable")), problem_is_retryable (code));
        json_decref (root);
        problem_destroy (&problem);
        assert_null (problem);
    }
    schema_destroy (&schema);
}

static void
test_a_detail_is_cut_between_two_characters (void **state)
{
    (void) state;
    for (size_t lead = 0; lead < 5; lead++) {
        char text[1000] = "";
        for (size_t at = 0; at < lead; at++)
            strcat (text, "x");
        for (int at = 0; at < 200; at++)
            strcat (text, at % 2 ? "督" : "𠮷");
        problem_t *problem = problem_new (PROBLEM_INVALID, text);
        json_t *root = problem_json (problem);
        size_t length = json_string_length (json_object_get (root, "detail"));
        assert_true (length <= 300 && length > 295);
        assert_memory_equal (s_text (root, "detail"), text, length);
        json_decref (root);
        problem_destroy (&problem);
    }
}

static void
test_at_most_sixteen_errors_are_kept (void **state)
{
    (void) state;
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    for (int index = 0; index < 40; index++)
        problem_point (problem, "/x", "is wrong");
    json_t *root = problem_json (problem);
    assert_int_equal (json_array_size (json_object_get (root, "errors")), 16);
    json_decref (root);
    problem_destroy (&problem);
}

static void
test_a_strangers_text_is_made_harmless (void **state)
{
    (void) state;
    static const struct {
        const char *text, *clean;
    } CASES[] = {
        { "a\x1b[31mb\r\n\tc\x7f", "a?[31mb???c?" },
        { "\xff\xfe", "??" },
        { "\xc0\xaf", "??" },           //  overlong
        { "\xed\xa0\x80", "???" },      //  a surrogate
        { "\xf4\x90\x80\x80", "????" }, //  beyond U+10FFFF
        { "\xe7\x9d", "??" },           //  cut in the middle
        { "\xc2\x85x", "?x" },          //  C1 control
        { "a\xe2\x80\xae"
          "b",
          "a?b" }, //  right-to-left override
        { "%n%s'; DROP TABLE", "%n%s'; DROP TABLE" },
        { "督办 𠮷", "督办 𠮷" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        problem_t *problem = problem_new (PROBLEM_INVALID, CASES[index].text);
        problem_point (problem, CASES[index].text, CASES[index].text);
        json_t *root = problem_json (problem);
        json_t *first = json_array_get (json_object_get (root, "errors"), 0);
        assert_string_equal (s_text (root, "detail"), CASES[index].clean);
        assert_string_equal (s_text (first, "pointer"), CASES[index].clean);
        assert_string_equal (s_text (first, "detail"), CASES[index].clean);
        json_decref (root);
        problem_destroy (&problem);
    }
}

static void
test_the_readme_lists_every_problem_as_it_is (void **state)
{
    (void) state;
    size_t size;
    char *readme = file_read ("proto/README.md", &size);
    for (problem_code_t code = PROBLEM_NONE + 1; code < PROBLEM_COUNT; code++) {
        problem_t *problem = problem_new (code, NULL);
        json_t *root = problem_json (problem);
        char line[400];
        snprintf (line, sizeof line, "| `%s` | %d | %s | %s | %s |", problem_slug (code),
                  (int) json_integer_value (json_object_get (root, "status")),
                  problem_is_retryable (code) ? "yes" : "no", s_text (root, "title"),
                  s_text (root, "title_zh"));
        if (!strstr (readme, line))
            fail_msg ("proto/README.md lacks: %s", line);
        json_decref (root);
        problem_destroy (&problem);
    }
    free (readme);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_every_problem_has_a_slug_of_its_own_that_leads_back_to_it),
        cmocka_unit_test (test_every_problem_fits_its_schema),
        cmocka_unit_test (test_a_detail_is_cut_between_two_characters),
        cmocka_unit_test (test_at_most_sixteen_errors_are_kept),
        cmocka_unit_test (test_a_strangers_text_is_made_harmless),
        cmocka_unit_test (test_the_readme_lists_every_problem_as_it_is),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
