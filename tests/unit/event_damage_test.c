//  event_damage_test - limits, truncation, damage: nothing that comes from outside may do harm

#include "tests/unit/event_door.h"

//  --- limits

static void
test_64_kib_is_taken_and_one_byte_more_is_not (void **state)
{
    (void) state;
    char *text = malloc (EVENT_MAX_BYTES + 2), id[129];
    size_t used = strlen (GOOD);
    memcpy (text, GOOD, used);
    memset (text + used, ' ', EVENT_MAX_BYTES + 1 - used);
    assert_int_equal (door_code (text, EVENT_MAX_BYTES, id), PROBLEM_NONE);
    assert_int_equal (door_code (text, EVENT_MAX_BYTES + 1, id), PROBLEM_TOO_LARGE);
    free (text);
}

static void
test_depth_and_number_of_values_are_bounded (void **state)
{
    (void) state;
    static const size_t DEPTHS[] = { 15, 16, 2048, 2049, 10000, 20000 };
    char *text = malloc (EVENT_MAX_BYTES);
    for (size_t index = 0; index < sizeof DEPTHS / sizeof *DEPTHS; index++) {
        char *at = stpcpy (text, HEAD ",\"x\":");
        memset (at, '[', DEPTHS[index]);
        memset (at + DEPTHS[index], ']', DEPTHS[index]);
        strcpy (at + 2 * DEPTHS[index], "," DATA "}}");
        door_expect (text, DEPTHS[index] < 16 ? PROBLEM_NOT_AN_EVENT : PROBLEM_TOO_DEEP);
    }
    static const char *const UNITS[] = { "0,", "{},", "[],", "\"\",", "null," };
    for (size_t unit = 0; unit < sizeof UNITS / sizeof *UNITS; unit++) {
        char *at = stpcpy (text, HEAD "," DATA ",\"attachments\":[");
        for (int count = 0; count < 5001; count++)
            at = stpcpy (at, UNITS[unit]);
        strcpy (at, "0]}}");
        door_expect (text, PROBLEM_TOO_MANY_VALUES);
    }
    //  many names: what a hash table would suffer from
    char *at = stpcpy (text, HEAD "," DATA);
    for (int count = 0; count < 5001; count++)
        at += sprintf (at, ",\"k%d\":0", count);
    strcpy (at, "}}");
    door_expect (text, PROBLEM_TOO_MANY_VALUES);
    free (text);
}

//  --- damage

static void
s_truncate (const char *path)
{
    size_t size;
    char *text = file_read (path, &size), id[129];
    while (size && text[size - 1] != '}')
        size--;
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal (door_code (text, cut, id), PROBLEM_MALFORMED);
    free (text);
}

static void
test_every_example_is_malformed_when_it_ends_too_early (void **state)
{
    (void) state;
    assert_true (folder_each ("proto/examples/valid", ".json", s_truncate) > 10);
}

//  No byte that comes from outside gets into a problem unescaped, whatever is wrong
static void
s_check_problem (const char *bytes, size_t size)
{
    char id[129];
    problem_t *problem;
    event_t *event = event_parse (contract, bytes, size, &problem, id);
    if (problem) {
        json_t *root = problem_json (problem);
        char *text = json_dumps (root, JSON_COMPACT);
        assert_non_null (text);
        for (const char *at = text; *at; at++)
            assert_true ((unsigned char) *at >= 0x20 && *at != 0x7f);
        assert_true (strlen (text) < 16 * 1024);
        free (text);
        json_decref (root);
        problem_destroy (&problem);
    }
    event_destroy (&event);
}

static void
test_damage_of_any_byte_is_survived_and_told_cleanly (void **state)
{
    (void) state;
    size_t size;
    char *text = file_read ("proto/examples/valid/submission-full.json", &size);
    static const char DAMAGE[] = "\"\\{}[]:,0x\x01\x7f\xff\xc0 ";
    for (size_t at = 0; at < size; at++) {
        char right = text[at];
        for (const char *wrong = DAMAGE; *wrong; wrong++) {
            text[at] = *wrong;
            s_check_problem (text, size);
        }
        text[at] = 0;
        s_check_problem (text, size);
        text[at] = right;
    }
    s_check_problem (text, size);
    free (text);
}

static void
test_forty_wrong_members_are_told_as_sixteen (void **state)
{
    (void) state;
    char text[9000], id[129];
    char *at = stpcpy (text, HEAD "," DATA);
    for (int count = 0; count < 40; count++)
        at += sprintf (at, ",\"wrong~/\\u001b[31m\\\"%d\":%d", count, count);
    strcpy (at, "}}");
    s_check_problem (text, strlen (text));
    problem_t *problem;
    assert_null (event_parse (contract, text, strlen (text), &problem, id));
    json_t *root = problem_json (problem);
    assert_int_equal (json_array_size (json_object_get (root, "errors")), 16);
    json_decref (root);
    problem_destroy (&problem);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_64_kib_is_taken_and_one_byte_more_is_not),
        cmocka_unit_test (test_depth_and_number_of_values_are_bounded),
        cmocka_unit_test (test_every_example_is_malformed_when_it_ends_too_early),
        cmocka_unit_test (test_damage_of_any_byte_is_survived_and_told_cleanly),
        cmocka_unit_test (test_forty_wrong_members_are_told_as_sixteen),
    };
    return cmocka_run_group_tests (tests, door_setup, door_teardown);
}
