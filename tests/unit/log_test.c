//  log_test - one JSON object a line, whatever bytes come from outside

#include "common/log.h"
#include "tests/unit/capture.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

typedef struct {
    log_level_t level;
    const char *subject, *message, *value;
} saying_t;

static void
s_say (void *arg)
{
    const saying_t *self = arg;
    log_say (self->level, self->subject, self->message, "value", self->value, "n", log_number (-7), NULL);
}

static const char *const HOSTILE[] = {
    "\n{\"level\":\"error\"}\n",
    "\r\n\t\b\f",
    "\"}, {\"msg\":\"",
    "\\\" \\u0000 \\n",
    "\x1b[2J\x1b]0;title\x07",
    "\x01\x02\x1f\x7f",
    "\xe5\x8d\xb3\xe5\xa2\xa8 %s%n%d",
    "\xff\xfe\xfd",
    "\xe5\x8d",
    "\xc0\xaf",
    "\xed\xa0\x80",
    "\xe2\x80\xa8\xe2\x80\xa9",
    "",
    NULL,
};

static void
s_check_line (const char *line)
{
    size_t length = strlen (line);
    assert_true (length > 2 && line[length - 1] == '\n');
    for (size_t index = 0; index + 1 < length; index++)
        assert_true ((unsigned char) line[index] >= 0x20);
}

static void
test_whatever_is_said_the_line_is_one_json_object (void **state)
{
    (void) state;
    log_open ("intake", "0199-replica");
    for (size_t index = 0; index < sizeof HOSTILE / sizeof *HOSTILE; index++) {
        saying_t saying = { SAY_WARN, HOSTILE[index], HOSTILE[index], HOSTILE[index] };
        char *line = capture (stdout, s_say, &saying);
        s_check_line (line);
        json_t *root = json_loads (line, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null (root);
        static const char *const NAMES[] = { "ts",      "level", "service", "replica",
                                             "subject", "msg",   "value",   "n" };
        assert_int_equal (json_object_size (root), sizeof NAMES / sizeof *NAMES);
        for (size_t name = 0; name < sizeof NAMES / sizeof *NAMES; name++)
            assert_true (json_is_string (json_object_get (root, NAMES[name])));
        json_t *value = json_string (HOSTILE[index] ? HOSTILE[index] : "");
        const char *said = json_string_value (json_object_get (root, "value"));
        assert_true (!strpbrk (said, "\x7f") && !strstr (said, "\xc2\x9b")); //  a terminal would obey these
        if (value && !strpbrk (json_string_value (value), "\x7f\xc2"))
            assert_string_equal (said, json_string_value (value));
        else if (!value)
            assert_string_equal (said, "(not UTF-8)");
        assert_string_equal (json_string_value (json_object_get (root, "n")), "-7");
        json_decref (value);
        json_decref (root);
        free (line);
    }
}

static void
test_as_text_for_people_it_is_one_line_too (void **state)
{
    (void) state;
    setenv ("DUBAN_LOG_FORMAT", "text", 1);
    for (size_t index = 0; index < sizeof HOSTILE / sizeof *HOSTILE; index++) {
        saying_t saying = { SAY_ERROR, HOSTILE[index], "moved", HOSTILE[index] };
        char *line = capture (stdout, s_say, &saying);
        s_check_line (line);
        assert_non_null (strstr (line, "msg=\"moved\""));
        free (line);
    }
    unsetenv ("DUBAN_LOG_FORMAT");
}

static void
test_what_is_below_the_level_is_not_said (void **state)
{
    (void) state;
    for (log_level_t least = SAY_DEBUG; least <= SAY_ERROR; least++)
        for (log_level_t level = SAY_DEBUG; level <= SAY_ERROR; level++) {
            log_level (least);
            saying_t saying = { level, "case 12", "moved", "x" };
            char *line = capture (stdout, s_say, &saying);
            assert_int_equal (*line != 0, level >= least);
            free (line);
        }
    log_level (SAY_INFO);
}

static void
test_eight_numbers_stand_side_by_side (void **state)
{
    (void) state;
    const char *first = log_number (INT64_MIN);
    for (int number = 1; number < 8; number++)
        log_number (number);
    assert_string_equal (first, "-9223372036854775808");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_whatever_is_said_the_line_is_one_json_object),
        cmocka_unit_test (test_as_text_for_people_it_is_one_line_too),
        cmocka_unit_test (test_what_is_below_the_level_is_not_said),
        cmocka_unit_test (test_eight_numbers_stand_side_by_side),
    };
    return cmocka_run_group_tests_name ("log", tests, NULL, NULL);
}
