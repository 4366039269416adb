//  scan_test - the pass before the parser: right on what jansson accepts, harmless on everything else

#include "proto/scan.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static scan_result_t
s_scan (const char *text, scan_t *out)
{
    //  A copy of exactly this size: the sanitizer sees every byte that is read beyond it
    size_t size = strlen (text);
    char *copy = malloc (size ? size : 1);
    memcpy (copy, text, size);
    scan_result_t result = scan_json (copy, size, 16, 5000, "data", "reporter", out);
    free (copy);
    return result;
}

static void
test_values_and_depth_are_counted (void **state)
{
    (void) state;
    static const struct {
        const char *text;
        size_t depth, values;
    } CASES[] = {
        { "{}", 1, 1 },
        { "[1,2,3]", 1, 4 },
        { "[ \"a\" , true,null ,-1.5e3]", 1, 5 },
        { "{\"a\":{\"b\":[{}]}}", 4, 4 },
        { "[\"]\",\"}\",\"\\\"[\"]", 1, 4 },
        { "[\"\\\\\",[]]", 2, 3 },
        { "{\"a\" \n: \"b\"}", 1, 2 },
        { "7", 0, 1 },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        scan_t scan;
        assert_int_equal (s_scan (CASES[index].text, &scan), SCAN_OK);
        assert_int_equal (scan.depth, CASES[index].depth);
        assert_int_equal (scan.values, CASES[index].values);
    }
}

static void
test_what_cannot_be_json_is_broken (void **state)
{
    (void) state;
    static const char *const CASES[] = { "",    " \n", "{",    "[",         "}",       "]",
                                         "[}]", "\"",  "[\"",  "[\"\\",     "[\"\\\"", "{\"a\"",
                                         "{}}", "[[]", "\\\"", "{\"a\":1]]" };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        scan_t scan;
        scan_result_t result = s_scan (CASES[index], &scan);
        //  brackets of different kinds may match here: jansson tells them apart
        if (strcmp (CASES[index], "[}]") != 0 && strcmp (CASES[index], "\\\"") != 0)
            assert_int_equal (result, SCAN_BROKEN);
    }
}

static void
test_the_limits_are_exact (void **state)
{
    (void) state;
    char text[20100] = "";
    scan_t scan;
    for (size_t depth = 1; depth <= 20; depth++) {
        memset (text, '[', depth);
        memset (text + depth, ']', depth);
        text[2 * depth] = 0;
        assert_int_equal (s_scan (text, &scan), depth <= 16 ? SCAN_OK : SCAN_TOO_DEEP);
    }
    for (size_t values = 4998; values <= 5002; values++) {
        char *at = stpcpy (text, "[0");
        for (size_t more = 2; more < values; more++)
            at = stpcpy (at, ",0");
        strcpy (at, "]");
        assert_int_equal (s_scan (text, &scan), values <= 5000 ? SCAN_OK : SCAN_TOO_MANY);
    }
}

static void
test_a_megabyte_of_brackets_is_refused_at_the_limit (void **state)
{
    (void) state;
    static const char *const UNITS[] = { "[",       "{",    "[],", "{},", "\"\",", "0,",
                                         "{\"a\":", "[[],", "\"",  "\\",  "\"\\" };
    size_t size = 1 << 20;
    char *text = malloc (size);
    for (size_t unit = 0; unit < sizeof UNITS / sizeof *UNITS; unit++) {
        size_t length = strlen (UNITS[unit]);
        for (size_t at = 0; at < size; at++)
            text[at] = UNITS[unit][at % length];
        scan_t scan;
        scan_result_t result = scan_json (text, size, 16, 5000, "data", "reporter", &scan);
        if (strcmp (UNITS[unit], "\\") !=
            0) //  backslashes outside a string: one word of rubbish, jansson's to refuse
            assert_int_not_equal (result, SCAN_OK);
        assert_true (scan.depth <= 17);
        assert_true (scan.values <= 5001);
    }
    free (text);
}

static void
test_the_wanted_member_is_found_however_it_is_spelled (void **state)
{
    (void) state;
    static const struct {
        const char *text, *value; //  NULL: not there
    } CASES[] = {
        { "{\"data\":{\"reporter\":{\"name\":\"王\"}}}", "{\"name\":\"王\"}" },
        { "{\"data\" : { \"reporter\" : \"x\" } }", "\"x\"" },
        { "{\"data\":{\"a\":1,\"reporter\":null,\"b\":2}}", "null" },
        { "{\"data\":{\"reporter\":-1.5}}", "-1.5" },
        { "{\"data\":{\"reporter\":[1,[2],{\"x\":\"]}\"}]}}", "[1,[2],{\"x\":\"]}\"}]" },
        { "{\"d\\u0061ta\":{\"report\\u0065r\":7}}", "7" },
        { "{\"d\\u0061ta\":{\"\\u0072\\u0065\\u0070\\u006f\\u0072\\u0074\\u0065\\u0072\":\"}\"}}", "\"}\"" },
        { "{\"a\":{\"reporter\":1},\"data\":{\"reporter\":2}}", "2" },
        { "{\"data\":{\"reporter\":2},\"a\":{\"reporter\":1}}", "2" },
        { "{\"data\":{\"x\":{\"reporter\":1}}}", NULL },
        { "{\"x\":{\"data\":{\"reporter\":1}}}", NULL },
        { "{\"data\":[{\"reporter\":1}]}", NULL },
        { "[{\"data\":{\"reporter\":1}}]", NULL },
        { "{\"data\":\"reporter\",\"reporter\":1}", NULL },
        { "{\"data\":{\"reporters\":1,\"reporte\":2,\"Reporter\":3,\"\\u0000reporter\":4}}", NULL },
        { "{\"reporter\":{\"data\":1}}", NULL },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        scan_t scan;
        assert_int_equal (s_scan (CASES[index].text, &scan), SCAN_OK);
        if (CASES[index].value) {
            assert_int_equal (scan.size, strlen (CASES[index].value));
            assert_memory_equal (CASES[index].text + scan.at, CASES[index].value, scan.size);
        } else
            assert_int_equal (scan.size, 0);
    }
}

//  --- against jansson, on random documents

static uint32_t seed = 20261123;

static uint32_t
s_random (uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void
s_blanks (FILE *out)
{
    for (uint32_t count = s_random (3); count; count--)
        fputc (" \t\n\r"[s_random (4)], out);
}

static void
s_string (FILE *out)
{
    static const char *const PIECES[] = { "a", "\\\"",    "\\\\", "{",   "}",    "]", ",",
                                          ":", "\\u0041", "督",   "\\n", "data", " " };
    fputc ('"', out);
    for (uint32_t count = s_random (6); count; count--)
        fputs (PIECES[s_random (sizeof PIECES / sizeof *PIECES)], out);
    fputc ('"', out);
}

static void
s_value (FILE *out, uint32_t depth)
{
    static const char *const WORDS[] = { "true", "false", "null", "0", "-1.5e3", "12345" };
    static const char *const NAMES[] = { "data", "reporter", "d\\u0061ta", "x" };
    uint32_t kind = s_random (depth ? 4 : 2);
    s_blanks (out);
    if (kind == 0)
        fputs (WORDS[s_random (6)], out);
    else if (kind == 1)
        s_string (out);
    else {
        fputc (kind == 2 ? '[' : '{', out);
        for (uint32_t count = s_random (5), index = 0; index < count; index++) {
            if (index)
                fputc (',', out);
            s_blanks (out);
            if (kind == 3)
                fprintf (out, "\"%s\"", NAMES[s_random (4)]);
            if (kind == 3)
                s_blanks (out), fputc (':', out);
            s_value (out, depth - 1);
        }
        s_blanks (out);
        fputc (kind == 2 ? ']' : '}', out);
    }
    s_blanks (out);
}

static size_t
s_count (const json_t *value, size_t depth, size_t *deepest)
{
    size_t total = 1, index;
    const char *name;
    json_t *item;
    bool container = json_is_object (value) || json_is_array (value);
    if (container && depth + 1 > *deepest)
        *deepest = depth + 1;
    json_array_foreach ((json_t *) value, index, item)
        total += s_count (item, depth + 1, deepest);
    json_object_foreach ((json_t *) value, name, item)
        total += s_count (item, depth + 1, deepest);
    return total;
}

//  What was cut parses to the member's value; with null in its place the rest is the same document; put back,
//  the bytes are the original
static void
s_check_splice (const char *text, size_t size, const scan_t *scan, json_t *root)
{
    json_t *reporter = json_object_get (json_object_get (root, "data"), "reporter");
    assert_int_equal (scan->size > 0, reporter != NULL);
    if (!reporter)
        return;
    json_t *cut = json_loadb (text + scan->at, scan->size, JSON_DECODE_ANY, NULL);
    assert_true (json_equal (cut, reporter));
    json_decref (cut);
    char *rest = NULL;
    size_t rest_size;
    FILE *out = open_memstream (&rest, &rest_size);
    fwrite (text, 1, scan->at, out);
    fputs ("null", out);
    fwrite (text + scan->at + scan->size, 1, size - scan->at - scan->size, out);
    fclose (out);
    json_t *without = json_loadb (rest, rest_size, 0, NULL);
    assert_non_null (without);
    assert_true (json_is_null (json_object_get (json_object_get (without, "data"), "reporter")));
    json_object_set (json_object_get (without, "data"), "reporter", reporter);
    assert_true (json_equal (without, root));
    json_decref (without);
    char *whole = malloc (size);
    memcpy (whole, rest, scan->at);
    memcpy (whole + scan->at, text + scan->at, scan->size);
    memcpy (whole + scan->at + scan->size, rest + scan->at + 4, rest_size - scan->at - 4);
    assert_memory_equal (whole, text, size);
    free (whole);
    free (rest);
}

static void
test_scan_and_jansson_agree_on_random_documents (void **state)
{
    (void) state;
    int accepted = 0, cut = 0;
    for (int round = 0; round < 30000; round++) {
        char *text = NULL;
        size_t size, deepest = 0;
        FILE *out = open_memstream (&text, &size);
        fputs (round % 2 ? "{\"data\":" : "{\"x\":", out);
        if (round % 3 == 0) {
            fputs ("{\"report\\u0065r\" :", out);
            s_value (out, 4);
            fputc ('}', out);
        } else
            s_value (out, 5);
        fputs (",\"y\":", out);
        s_value (out, 4);
        fputc ('}', out);
        fclose (out);
        if (round % 4 == 3) //  damaged in one byte
            text[s_random ((uint32_t) size)] = "{}[]\",:\\ a0"[s_random (11)];
        scan_t scan;
        scan_result_t result = scan_json (text, size, 16, 5000, "data", "reporter", &scan);
        json_t *root = json_loadb (text, size, JSON_REJECT_DUPLICATES, NULL);
        if (root) {
            assert_int_equal (result, SCAN_OK);
            assert_int_equal (scan.values, s_count (root, 0, &deepest));
            assert_int_equal (scan.depth, deepest);
            s_check_splice (text, size, &scan, root);
            accepted++;
            cut += scan.size > 0;
            json_decref (root);
        }
        free (text);
    }
    assert_true (accepted > 5000);
    assert_true (cut > 300);
}

static void
s_check_example (const char *path)
{
    size_t size;
    scan_t scan;
    char *text = file_read (path, &size);
    json_t *root = json_loadb (text, size, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal (scan_json (text, size, 16, 5000, "data", "reporter", &scan), SCAN_OK);
    s_check_splice (text, size, &scan, root);
    json_decref (root);
    for (size_t cut = 0; cut < size - 2; cut++) { //  up to the last bracket
        char *part = malloc (cut ? cut : 1);
        memcpy (part, text, cut);
        assert_int_equal (scan_json (part, cut, 16, 5000, "data", "reporter", &scan), SCAN_BROKEN);
        free (part);
    }
    free (text);
}

static void
test_every_example_is_spliced_and_none_survives_truncation (void **state)
{
    (void) state;
    assert_true (folder_each ("proto/examples/valid", ".json", s_check_example) > 10);
}

static void
test_random_bytes_are_survived (void **state)
{
    (void) state;
    for (int round = 0; round < 20000; round++) {
        size_t size = s_random (64);
        char *bytes = malloc (size ? size : 1);
        for (size_t at = 0; at < size; at++)
            bytes[at] = round % 2 ? (char) s_random (256) : "{}[]\",:\\u0 "[s_random (11)];
        scan_t scan;
        scan_json (bytes, size, 16, 5000, "data", "reporter", &scan);
        assert_true (scan.at + scan.size <= size);
        free (bytes);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_values_and_depth_are_counted),
        cmocka_unit_test (test_what_cannot_be_json_is_broken),
        cmocka_unit_test (test_the_limits_are_exact),
        cmocka_unit_test (test_a_megabyte_of_brackets_is_refused_at_the_limit),
        cmocka_unit_test (test_the_wanted_member_is_found_however_it_is_spelled),
        cmocka_unit_test (test_scan_and_jansson_agree_on_random_documents),
        cmocka_unit_test (test_every_example_is_spliced_and_none_survives_truncation),
        cmocka_unit_test (test_random_bytes_are_survived),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
