//  routing_register_test - what requests make of an entry: merge patch, versions, ends, order

#include "tests/unit/routing_register_table.h"

//  --------------------------------------------------------------------------

static void
test_a_patch_sets_changes_and_takes_away_and_leaves_the_rest (void **state)
{
    (void) state;
    static const struct {
        const char *patch, *body, *outcome;
        int version;
    } STEPS[] = {
        { "{\"name\":\"a\",\"grade\":\"b\"}", "{\"name\":\"a\",\"grade\":\"b\"}", "put", 1 },
        { "{\"area\":\"x\"}", "{\"name\":\"a\",\"grade\":\"b\",\"area\":\"x\"}", "put", 2 },
        { "{\"grade\":null,\"area\":\"y\"}", "{\"name\":\"a\",\"area\":\"y\"}", "put", 3 },
        { "{\"grade\":null}", "{\"name\":\"a\",\"area\":\"y\"}", "unchanged", 3 },
        { "{\"area\":\"y\"}", "{\"name\":\"a\",\"area\":\"y\"}", "unchanged", 3 },
        { "{}", "{\"name\":\"a\",\"area\":\"y\"}", "unchanged", 3 },
        { "{\"credit_code\":\"" CODE "\"}", "{\"name\":\"a\",\"area\":\"y\"}", "unchanged", 3 },
        { "{\"energy\":[\"coal\",\"oil\"]}", "{\"name\":\"a\",\"area\":\"y\",\"energy\":[\"coal\",\"oil\"]}",
          "put", 4 },
        { "{\"energy\":[\"oil\"]}", "{\"name\":\"a\",\"area\":\"y\",\"energy\":[\"oil\"]}", "put", 5 },
        { "{\"area\":\"z\",\"grade\":\"q\"}", "{\"name\":\"a\",\"area\":\"y\",\"energy\":[\"oil\"]}",
          "invalid", 5 },
    };
    table_t table;
    table_open (&table, "enterprise", CODE);
    for (size_t step = 0; step < sizeof STEPS / sizeof *STEPS; step++) {
        table_put (&table, 100 + (int) step, STEPS[step].patch);
        table_expect_json (table.record->body, STEPS[step].body);
        assert_string_equal (table_outcome (&table), STEPS[step].outcome);
        assert_int_equal (table.record->version, STEPS[step].version);
        assert_int_equal (json_array_size (table.lines), STEPS[step].version);
        assert_int_equal (json_array_size (table.posts), step + 1); //  every request hears exactly one thing
    }
    table_close (&table);
}

static void
test_a_new_entry_must_be_whole (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "enterprise", CODE);
    table_put (&table, 1, "{\"area\":\"x\"}");
    assert_string_equal (table_outcome (&table), "invalid");
    assert_int_equal (table.record->version, 0);
    assert_false (table.record->changed);
    table_close (&table);
}

static void
test_alternatives_stay_exclusive (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "relation", "r1");
    table_put (&table, 1, "{\"person\":\"a\",\"kind\":\"relative\",\"other\":\"b\"}");
    assert_string_equal (table_outcome (&table), "put");
    table_put (&table, 2, "{\"organisation\":\"fire\"}");
    assert_string_equal (table_outcome (&table), "invalid");
    table_put (&table, 3, "{\"organisation\":\"fire\",\"other\":null}");
    assert_string_equal (table_outcome (&table), "put");
    table_close (&table);
}

static void
test_a_version_that_is_not_the_entrys_is_a_conflict (void **state)
{
    (void) state;
    static const struct {
        const char *op;
        int expected;
        const char *outcome;
    } STEPS[] = { { "put", 1, "conflict" }, { "put", 0, "put" },      { "put", 0, "conflict" },
                  { "put", 1, "put" },      { "put", 1, "conflict" }, { "put", 3, "conflict" },
                  { "end", 1, "conflict" }, { "end", 2, "end" },      { "put", -1, "conflict" },
                  { "put", 3, "put" },      { "put", -1, "put" } };
    table_t table;
    table_open (&table, "enterprise", CODE);
    for (size_t step = 0; step < sizeof STEPS / sizeof *STEPS; step++) {
        char fields[40];
        snprintf (fields, sizeof fields, "{\"name\":\"n%zu\"}", step);
        table_say (&table, STEPS[step].op, 10 + (int) step, *STEPS[step].op == 'p' ? fields : "{}",
                   STEPS[step].expected);
        if (strcmp (table_outcome (&table), STEPS[step].outcome) != 0)
            fail_msg ("step %zu: %s", step, table_outcome (&table));
    }
    table_close (&table);
}

static void
test_an_end_needs_an_entry_and_is_one_however_often_it_is_said (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "organisation", "fire");
    table_say (&table, "end", 1, "{}", -1);
    assert_string_equal (table_outcome (&table), "unknown-entry");
    table_put (&table, 2, "{\"name\":\"a\",\"kind\":\"unit\"}");
    table_say (&table, "end", 3, "{}", -1);
    assert_true (table.record->ended);
    table_say (&table, "end", 4, "{}", -1);
    assert_string_equal (table_outcome (&table), "unchanged");
    assert_int_equal (table.record->version, 2);
    table_close (&table);
}

static void
test_an_unknown_register_is_refused (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "cats", "1");
    table_put (&table, 1, "{}");
    assert_string_equal (table_outcome (&table), "unknown-register");
    table_close (&table);
}

//  --------------------------------------------------------------------------
//  Order

static uint64_t
s_random (uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

#define CHANGES 8

//  Applies the changes in the order given; each is stamped with its place in the order of receipts
static json_t *
s_play (char changes[CHANGES][80], const size_t order[CHANGES])
{
    table_t table;
    table_open (&table, "enterprise", CODE);
    table_put (&table, 1, "{\"name\":\"n\"}");
    for (size_t step = 0; step < CHANGES; step++)
        table_put (&table, 10 + (int) order[step], changes[order[step]]);
    json_t *body = json_deep_copy (table.record->body);
    table_close (&table);
    return body;
}

static void
test_whatever_way_requests_went_the_result_is_that_of_the_order_of_receipts (void **state)
{
    (void) state;
    static const char *const VALUES[] = { "\"a\"", "\"b\"", "null" };
    uint64_t seed = 20261124;
    for (int round = 0; round < 2000; round++) {
        char changes[CHANGES][80];
        size_t straight[CHANGES], mixed[CHANGES];
        for (size_t index = 0; index < CHANGES; index++) {
            const char *field = s_random (&seed) % 2 ? "area" : "grade";
            snprintf (changes[index], sizeof changes[index], "{\"%s\":%s}", field,
                      VALUES[s_random (&seed) % 3]);
            straight[index] = mixed[index] = index;
        }
        for (size_t index = CHANGES - 1; index; index--) {
            size_t other = s_random (&seed) % (index + 1), kept = mixed[index];
            mixed[index] = mixed[other];
            mixed[other] = kept;
        }
        json_t *one = s_play (changes, straight), *two = s_play (changes, mixed);
        assert_true (json_equal (one, two));
        json_decref (one);
        json_decref (two);
    }
}

static void
test_a_late_change_lies_beneath_an_end_and_does_not_undo_it (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "enterprise", CODE);
    table_put (&table, 1, "{\"name\":\"a\"}");
    table_say (&table, "end", 5, "{}", -1);
    table_put (&table, 3, "{\"area\":\"x\"}");
    assert_string_equal (table_outcome (&table), "put");
    assert_true (table.record->ended);
    table_say (&table, "put", 7, "{}", 3);
    assert_false (table.record->ended);
    table_say (&table, "end", 6, "{}", -1); //  was said before it came back
    assert_string_equal (table_outcome (&table), "unchanged");
    assert_false (table.record->ended);
    table_close (&table);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_patch_sets_changes_and_takes_away_and_leaves_the_rest),
        cmocka_unit_test (test_a_new_entry_must_be_whole),
        cmocka_unit_test (test_alternatives_stay_exclusive),
        cmocka_unit_test (test_a_version_that_is_not_the_entrys_is_a_conflict),
        cmocka_unit_test (test_an_end_needs_an_entry_and_is_one_however_often_it_is_said),
        cmocka_unit_test (test_an_unknown_register_is_refused),
        cmocka_unit_test (test_whatever_way_requests_went_the_result_is_that_of_the_order_of_receipts),
        cmocka_unit_test (test_a_late_change_lies_beneath_an_end_and_does_not_undo_it),
    };
    return cmocka_run_group_tests (tests, table_setup, table_teardown);
}
