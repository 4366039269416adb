//  json_quick_test - what is read at once is what jansson reads; everything else is left alone

#include "proto/json_quick.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

//  A copy of exactly this size: the sanitizer sees every byte that is read beyond it
static json_t *
s_read (const char *bytes, size_t size)
{
    char *copy = malloc (size ? size : 1);
    memcpy (copy, bytes, size);
    json_t *root = json_quick_read (copy, size);
    free (copy);
    return root;
}

//  True if it was read; then jansson must read the same, member for member in the same order
static bool
s_agrees (const char *bytes, size_t size)
{
    json_t *quick = s_read (bytes, size);
    if (!quick)
        return false;
    json_t *slow = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, NULL);
    if (!slow)
        fail_msg ("jansson does not take %.*s", (int) size, bytes);
    char *one = json_dumps (quick, JSON_COMPACT), *other = json_dumps (slow, JSON_COMPACT);
    assert_non_null (one);
    assert_string_equal (one, other);
    assert_true (json_equal (quick, slow));
    free (one);
    free (other);
    json_decref (quick);
    json_decref (slow);
    return true;
}

static void
test_ordinary_json_is_read (void **state)
{
    (void) state;
    static const char *const TEXTS[] = {
        "{}",
        " \t\r\n{ \"a\" : 1 } \n",
        "{\"a\":0,\"b\":999999999999999999}",
        "{\"a\":[],\"b\":{},\"c\":[{},[],1,\"x\",true,false,null]}",
        "{\"\":\"\"}",
        "{\"督\":\"é督🌊\x7f\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\xe0\xa0\x80\xf0\x90\x80\x80\"}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
        "{\"a\":\"一\\n二\\n\"}",
    };
    for (size_t index = 0; index < sizeof TEXTS / sizeof *TEXTS; index++)
        if (!s_agrees (TEXTS[index], strlen (TEXTS[index])))
            fail_msg ("%s", TEXTS[index]);
}

static void
test_what_is_not_ordinary_is_left_to_jansson (void **state)
{
    (void) state;
    static const char *const TEXTS[] = {
        "",
        "[]",
        "1",
        "\"a\"",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1}}",
        "{\"a\":1}x",
        "{\"a\":1 \"b\":2}",
        "{\"a\":-1}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":01}",
        "{\"a\":1000000000000000000}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":tru}",
        "{\"a\":True}",
        "{\"a\":nulll}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{a:1}",
        "{\"a\":\"\\u0041\"}",
        "{\"\\n\":1}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\",
        "{\"a\":\"\n\"}",
        "{\"a\":\"x",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\xaf\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xf4\x90\x80\x80\"}",
        "{\"a\":\"\xe7\x9d\"}",
        "{\"a\":\"\xe7",
        "{\"a\":\"\x80\"}",
        "{\"a\":\"\xe0\x9f\x80\"}",
        "{\"a\":\"\xf0\x8f\x80\x80\"}",
        "{\"a\":\"\xc1\x80\"}",
        "{\"a\":\"\xf5\x80\x80\x80\"}",
        "\xef\xbb\xbf{}",
        "{\"a\":1}\x01",
        "{\"a\" 1}",
        "{\"a\":1:2}",
        "{\"a\":\"\\n",
        "{\"a\":12",
    };
    for (size_t index = 0; index < sizeof TEXTS / sizeof *TEXTS; index++) {
        json_t *root = s_read (TEXTS[index], strlen (TEXTS[index]));
        if (root)
            fail_msg ("%s", TEXTS[index]);
    }
    json_t *root = s_read ("{\"a\":\"b\0c\"}", 11);
    assert_null (root);
}

static void
test_no_depth_is_too_much_for_the_stack (void **state)
{
    (void) state;
    char *text = malloc (200000);
    for (size_t depth = 1; depth < 60000; depth = depth * 3 / 2 + 1) {
        char *at = stpcpy (text, "{\"a\":");
        memset (at, '[', depth);
        memset (at + depth, ']', depth);
        strcpy (at + 2 * depth, "}");
        assert_int_equal (s_agrees (text, strlen (text)), depth < 64);
    }
    free (text);
}

#define DAMAGED_MAX 2048 //  a longer example has the same kinds of bytes, only more of them

static int s_taken, s_left;

static void
s_compare (const char *path)
{
    size_t size;
    char *text = file_read (path, &size);
    s_agrees (text, size);
    free (text);
}

//  The example, and the example with every byte changed into each that means something
static void
s_damage (const char *path)
{
    size_t size;
    char *text = file_read (path, &size);
    static const char DAMAGE[] = "\"\\{}[]:,0-.etnu \n\x01\x7f\x80\xbf\xc2\xe4\xed\xf0\xff";
    *(s_agrees (text, size) ? &s_taken : &s_left) += 1;
    for (size_t at = 0; at < size && size <= DAMAGED_MAX; at++) {
        char right = text[at];
        for (size_t index = 0; index < sizeof DAMAGE; index++) { //  with the 0 at its end
            text[at] = DAMAGE[index];
            s_agrees (text, size);
        }
        text[at] = right;
        s_agrees (text, at);
    }
    free (text);
}

static void
test_no_damage_is_read_otherwise_than_jansson_reads_it (void **state)
{
    (void) state;
    assert_true (folder_each ("proto/examples/valid", ".json", s_damage) > 10);
    assert_true (s_taken > 4 * s_left); //  it would be of no use otherwise
    assert_true (folder_each ("proto/examples/invalid", ".json", s_compare) > 10);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_ordinary_json_is_read),
        cmocka_unit_test (test_what_is_not_ordinary_is_left_to_jansson),
        cmocka_unit_test (test_no_depth_is_too_much_for_the_stack),
        cmocka_unit_test (test_no_damage_is_read_otherwise_than_jansson_reads_it),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
