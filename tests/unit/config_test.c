//  config_test - the environment as a table: given, given in a file, both, missing, wrong

#include "common/config.h"
#include "tests/unit/capture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

typedef struct {
    const config_entry_t *entries;
    size_t count;
    bool good;
} reading_t;

static void
s_read (void *arg)
{
    reading_t *self = arg;
    self->good = config_read (self->entries, self->count);
}

//  Expects it to be refused with a line that names the variable
static void
s_expect_refused (const config_entry_t *entry, const char *said)
{
    reading_t reading = { entry, 1, true };
    char *text = capture (stderr, s_read, &reading);
    assert_false (reading.good);
    if (!strstr (text, entry->name) || !strstr (text, said))
        fail_msg ("says: %s", text);
    free (text);
}

static char *
s_file (const char *text)
{
    static char path[] = "/tmp/duban-config-XXXXXX";
    memcpy (path + sizeof path - 7, "XXXXXX", 6);
    int file = mkstemp (path);
    assert_true (file >= 0);
    assert_int_equal (write (file, text, strlen (text)), strlen (text));
    close (file);
    return path;
}

static void
test_what_is_given_is_read_and_what_is_not_has_its_default (void **state)
{
    (void) state;
    static const config_entry_t ENTRIES[] = {
        { "T_TEXT", CONFIG_TEXT, "standard", "a text", 0, 0 },
        { "T_OTHER", CONFIG_TEXT, "standard", "a text", 0, 0 },
        { "T_EMPTY", CONFIG_TEXT, "standard", "a text", 0, 0 },
        { "T_NUMBER", CONFIG_NUMBER, "7", "a number", -5, 500 },
        { "T_BOOL", CONFIG_BOOL, "false", "a truth", 0, 0 },
        { "T_ONE", CONFIG_BOOL, "0", "a truth", 0, 0 },
    };
    setenv ("T_TEXT", "即墨", 1);
    setenv ("T_EMPTY", "", 1);
    setenv ("T_NUMBER", "-5", 1);
    setenv ("T_ONE", "1", 1);
    assert_true (config_read (ENTRIES, sizeof ENTRIES / sizeof *ENTRIES));
    assert_string_equal (config_text ("T_TEXT"), "即墨");
    assert_string_equal (config_text ("T_OTHER"), "standard");
    assert_string_equal (config_text ("T_EMPTY"), "");
    assert_int_equal (config_number ("T_NUMBER"), -5);
    assert_false (config_bool ("T_BOOL"));
    assert_true (config_bool ("T_ONE"));
}

static void
test_a_secret_comes_from_a_file_without_its_line_end (void **state)
{
    (void) state;
    static const config_entry_t ENTRY = { "T_SECRET", CONFIG_SECRET, NULL, "a secret", 0, 0 };
    char *path = s_file ("pass word\r\n\n");
    setenv ("T_SECRET_FILE", path, 1);
    assert_true (config_read (&ENTRY, 1));
    assert_string_equal (config_text ("T_SECRET"), "pass word");
    unlink (path);
}

static void
test_given_twice_it_is_refused (void **state)
{
    (void) state;
    static const config_entry_t ENTRY = { "T_BOTH", CONFIG_SECRET, NULL, "a secret", 0, 0 };
    setenv ("T_BOTH", "one", 1);
    setenv ("T_BOTH_FILE", "/dev/null", 1);
    s_expect_refused (&ENTRY, "both");
}

static void
test_what_must_be_given_and_is_not_stops_with_its_name (void **state)
{
    (void) state;
    static const config_entry_t ENTRY = { "T_MISSING", CONFIG_SECRET, NULL, "a secret", 0, 0 };
    s_expect_refused (&ENTRY, "is not set");
}

static void
test_a_file_that_cannot_be_read_stops_with_its_name (void **state)
{
    (void) state;
    static const config_entry_t ENTRY = { "T_NO_FILE", CONFIG_SECRET, NULL, "a secret", 0, 0 };
    setenv ("T_NO_FILE_FILE", "/nowhere/at/all", 1);
    s_expect_refused (&ENTRY, "T_NO_FILE_FILE");
}

static void
test_wrong_numbers_and_truths_are_refused (void **state)
{
    (void) state;
    static const config_entry_t NUMBER = { "T_WRONG", CONFIG_NUMBER, NULL, "a number", 1, 100 };
    static const config_entry_t TRUTH = { "T_WRONG", CONFIG_BOOL, NULL, "a truth", 0, 0 };
    static const char *const WRONG[] = {
        "", "0", "101", "12x", "1.5", "0x10", "99999999999999999999", "one"
    };
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++) {
        setenv ("T_WRONG", WRONG[index], 1);
        s_expect_refused (&NUMBER, "whole number from 1 to 100");
    }
    setenv ("T_WRONG", "yes", 1);
    s_expect_refused (&TRUTH, "true or false");
}

static void
s_help (void *arg)
{
    config_help (arg, 2);
}

static void
test_help_names_every_entry_and_never_a_value (void **state)
{
    (void) state;
    config_entry_t entries[] = {
        { "T_SHOWN", CONFIG_NUMBER, "12", "how many", 0, 99 },
        { "T_HIDDEN", CONFIG_SECRET, NULL, "a secret", 0, 0 },
    };
    setenv ("T_HIDDEN", "hunter2", 1);
    char *text = capture (stdout, s_help, entries);
    assert_non_null (strstr (text, "T_SHOWN"));
    assert_non_null (strstr (text, "how many (default 12)"));
    assert_non_null (strstr (text, "a secret (required)"));
    assert_null (strstr (text, "hunter2"));
    free (text);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_what_is_given_is_read_and_what_is_not_has_its_default),
        cmocka_unit_test (test_a_secret_comes_from_a_file_without_its_line_end),
        cmocka_unit_test (test_given_twice_it_is_refused),
        cmocka_unit_test (test_what_must_be_given_and_is_not_stops_with_its_name),
        cmocka_unit_test (test_a_file_that_cannot_be_read_stops_with_its_name),
        cmocka_unit_test (test_wrong_numbers_and_truths_are_refused),
        cmocka_unit_test (test_help_names_every_entry_and_never_a_value),
    };
    return cmocka_run_group_tests_name ("config", tests, NULL, NULL);
}
