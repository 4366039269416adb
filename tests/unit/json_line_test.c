//  json_line_test - the line of a value in a JSON text

#include "proto/json_line.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
//
#include <cmocka.h>

static void
test_a_pointer_leads_to_the_line_on_which_its_value_begins (void **state)
{
    (void) state;
    static const char TEXT[] = "\n"                                  //  1
                               "{\"a\": [1, -2.5e3,\n"               //  2
                               "  {\"b\": \"x]}\\\"\\n\", \"c\" :\n" //  3
                               "    null},\n"                        //  4
                               "  [[],\n"                            //  5
                               "   {}], true\n"                      //  6
                               " ],\n"                               //  7
                               " \"s/l~\": {\"a\": 1,\n"             //  8
                               "   \"中\": [\n"                      //  9
                               "  7]}}\n";                           //  10
    static const struct {
        const char *pointer;
        int line;
    } CASES[] = {
        { "", 2 },       { "/a", 2 },      { "/a/0", 2 },      { "/a/1", 2 },        { "/a/2", 3 },
        { "/a/2/b", 3 }, { "/a/2/c", 4 },  { "/a/3", 5 },      { "/a/3/0", 5 },      { "/a/3/1", 6 },
        { "/a/4", 6 },   { "/s~1l~0", 8 }, { "/s~1l~0/a", 8 }, { "/s~1l~0/中", 9 },  { "/s~1l~0/中/0", 10 },
        { "/no", 2 },    { "/a/9", 2 },    { "/a/2/no", 3 },   { "/a/0/deeper", 2 },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        int line = json_line (TEXT, sizeof TEXT - 1, CASES[index].pointer);
        if (line != CASES[index].line)
            fail_msg ("%s: line %d", CASES[index].pointer, line);
    }
}

static void
test_a_text_that_ends_anywhere_is_not_read_past_its_end (void **state)
{
    (void) state;
    static const char TEXT[] = "{\"a\\\\\": [1, {\"b\": \"x\\\"\"}, [true]], \"c\": 12}";
    for (size_t size = 0; size < sizeof TEXT; size++) {
        char copy[sizeof TEXT]; //  of exactly this size, for the sanitizer
        memcpy (copy, TEXT, size);
        assert_int_equal (json_line (copy, size, "/a/1/b"), 1);
        assert_int_equal (json_line (copy, size, "/c/0"), 1);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_pointer_leads_to_the_line_on_which_its_value_begins),
        cmocka_unit_test (test_a_text_that_ends_anywhere_is_not_read_past_its_end),
    };
    return cmocka_run_group_tests_name ("lines of a JSON text", tests, NULL, NULL);
}
