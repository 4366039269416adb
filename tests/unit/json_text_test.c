//  json_text_test - what is written is what jansson writes, and is read as what was meant

#include "common/json_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static void
test_what_is_written_is_read_back (void **state)
{
    (void) state;
    char all[300], *at = all;
    for (int byte = 1; byte < 0x80; byte++)
        *at++ = (char) byte;
    at = stpcpy (at, "督🌊");
    json_t *value = json_pack ("{s:[i,b,n,f]}", "a", -7, 1, 1.5);
    json_text_t text = { 0 };
    json_text_add (&text, "{");
    json_text_member (&text, "all", all);
    json_text_member (&text, "none", NULL);
    json_text_member_integer (&text, "zero", 0);
    json_text_member_integer (&text, "least", INT64_MIN);
    json_text_member_integer (&text, "most", INT64_MAX);
    json_text_member_value (&text, "value", value);
    json_text_member_value (&text, "absent", NULL);
    json_text_name (&text, "object");
    json_text_add (&text, "{");
    json_text_member (&text, "in", "");
    json_text_add (&text, "}}");
    assert_int_equal (strlen (text.data), text.size);
    json_t *expected = json_pack ("{ss sn sI sI sI sO sn s{ss}}", "all", all, "none", "zero", (json_int_t) 0,
                                  "least", (json_int_t) INT64_MIN, "most", (json_int_t) INT64_MAX, "value",
                                  value, "absent", "object", "in", "");
    json_t *read = json_loadb (text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
    assert_true (json_equal (read, expected));
    char *dumped = json_dumps (expected, JSON_COMPACT);
    assert_string_equal (text.data, dumped); //  byte for byte what jansson writes
    free (dumped);
    free (text.data);
    json_decref (read);
    json_decref (expected);
    json_decref (value);
}

static void
test_a_long_text_grows_as_it_must (void **state)
{
    (void) state;
    json_text_t text = { 0 };
    char *long_one = malloc (70001);
    memset (long_one, '"', 70000);
    long_one[70000] = 0;
    json_text_string (&text, long_one);
    assert_int_equal (text.size, 140002);
    json_t *read = json_loadb (text.data, text.size, JSON_DECODE_ANY, NULL);
    assert_string_equal (json_string_value (read), long_one);
    json_decref (read);
    free (long_one);
    free (text.data);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_what_is_written_is_read_back),
        cmocka_unit_test (test_a_long_text_grows_as_it_must),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
