//  routing_register_test - what requests make of an entry: merge patch, versions, order, history, secrets

#include "services/routing/register.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define CODE "914403001922038216"

static forms_t *forms;

//  A sink that keeps what it is given
typedef struct {
    record_t *record;
    json_t *posts, *lines; //  [message], [canonical]
    json_t *secrets;       //  [values or null], one for each line
} table_t;

static void
s_on_log (void *arg, const record_log_t *line)
{
    table_t *self = arg;
    record_log_t copy = *line;
    json_array_append_new (self->lines, json_loads (line->canonical, 0, NULL));
    json_array_append_new (self->secrets, line->secret ? json_loads (line->secret, 0, NULL) : json_null ());
    assert_int_equal (line->secrecy, line->secret ? 2 : 1);
    record_log_clear (&copy);
}

static void
s_on_post (void *arg, const char *target, json_t *message)
{
    assert_string_equal (target, "intake");
    json_array_append_new (((table_t *) arg)->posts, message);
}

static void
s_open (table_t *self, const char *register_name, const char *key)
{
    *self = (table_t){ .record = record_new (forms_find (forms, register_name), register_name, key),
                       .posts = json_array (),
                       .lines = json_array (),
                       .secrets = json_array () };
}

static void
s_close (table_t *self)
{
    record_destroy (&self->record);
    json_decref (self->posts);
    json_decref (self->lines);
    json_decref (self->secrets);
}

//  A request at a moment; expected: -1 for none
static void
s_say (table_t *self, const char *op, int at, const char *fields, int expected)
{
    json_t *patch = json_loads (fields, 0, NULL);
    assert_non_null (patch);
    json_t *message = json_pack (
        "{ss ss ss ss ss so so sn ss ss si si ss sn}", "kind", "register", "id", "1", "op", op, "register",
        self->record->register_name, "key", self->record->key, "fields", patch, "expected_version",
        expected < 0 ? json_null () : json_integer (expected), "reason", "source", "market", "actor",
        "registrar.qiu", "occurred_at", at, "recorded_at", at, "cause", "market/1", "trace");
    assert_non_null (message);
    record_sink_t sink = { s_on_log, s_on_post, self };
    record_decide (forms, &sink, self->record, message);
    json_decref (message);
}

static void
s_put (table_t *self, int at, const char *fields)
{
    s_say (self, "put", at, fields, -1);
}

static const json_t *
s_last (const table_t *self)
{
    return json_array_get (self->posts, json_array_size (self->posts) - 1);
}

static const char *
s_text (const json_t *object, const char *member)
{
    const char *text = json_string_value (json_object_get (object, member));
    return text ? text : "";
}

//  What the feed says last: "put", "end", "unchanged", or the slug of a problem
static const char *
s_outcome (const table_t *self)
{
    const json_t *last = s_last (self);
    if (!strcmp (s_text (last, "kind"), "register_changed"))
        return s_text (last, "event");
    return strrchr (s_text (json_object_get (last, "problem"), "type"), ':') + 1;
}

static void
s_expect_json (const json_t *value, const char *expected)
{
    json_t *wanted = json_loads (expected, 0, NULL);
    if (!json_equal (value, wanted)) {
        char *text = json_dumps (value, JSON_COMPACT | JSON_SORT_KEYS);
        fail_msg ("%s, not %s", text, expected);
    }
    json_decref (wanted);
}

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
    s_open (&table, "enterprise", CODE);
    for (size_t step = 0; step < sizeof STEPS / sizeof *STEPS; step++) {
        s_put (&table, 100 + (int) step, STEPS[step].patch);
        s_expect_json (table.record->body, STEPS[step].body);
        assert_string_equal (s_outcome (&table), STEPS[step].outcome);
        assert_int_equal (table.record->version, STEPS[step].version);
        assert_int_equal (json_array_size (table.lines), STEPS[step].version);
        assert_int_equal (json_array_size (table.posts), step + 1); //  every request hears exactly one thing
    }
    s_close (&table);
}

static void
test_a_new_entry_must_be_whole (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "enterprise", CODE);
    s_put (&table, 1, "{\"area\":\"x\"}");
    assert_string_equal (s_outcome (&table), "invalid");
    assert_int_equal (table.record->version, 0);
    assert_false (table.record->changed);
    s_close (&table);
}

static void
test_alternatives_stay_exclusive (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "relation", "r1");
    s_put (&table, 1, "{\"person\":\"a\",\"kind\":\"relative\",\"other\":\"b\"}");
    assert_string_equal (s_outcome (&table), "put");
    s_put (&table, 2, "{\"organisation\":\"fire\"}");
    assert_string_equal (s_outcome (&table), "invalid");
    s_put (&table, 3, "{\"organisation\":\"fire\",\"other\":null}");
    assert_string_equal (s_outcome (&table), "put");
    s_close (&table);
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
    s_open (&table, "enterprise", CODE);
    for (size_t step = 0; step < sizeof STEPS / sizeof *STEPS; step++) {
        char fields[40];
        snprintf (fields, sizeof fields, "{\"name\":\"n%zu\"}", step);
        s_say (&table, STEPS[step].op, 10 + (int) step, *STEPS[step].op == 'p' ? fields : "{}",
               STEPS[step].expected);
        if (strcmp (s_outcome (&table), STEPS[step].outcome) != 0)
            fail_msg ("step %zu: %s", step, s_outcome (&table));
    }
    s_close (&table);
}

static void
test_an_end_needs_an_entry_and_is_one_however_often_it_is_said (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "organisation", "fire");
    s_say (&table, "end", 1, "{}", -1);
    assert_string_equal (s_outcome (&table), "unknown-entry");
    s_put (&table, 2, "{\"name\":\"a\",\"kind\":\"unit\"}");
    s_say (&table, "end", 3, "{}", -1);
    assert_true (table.record->ended);
    s_say (&table, "end", 4, "{}", -1);
    assert_string_equal (s_outcome (&table), "unchanged");
    assert_int_equal (table.record->version, 2);
    s_close (&table);
}

static void
test_an_unknown_register_is_refused (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "cats", "1");
    s_put (&table, 1, "{}");
    assert_string_equal (s_outcome (&table), "unknown-register");
    s_close (&table);
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
    s_open (&table, "enterprise", CODE);
    s_put (&table, 1, "{\"name\":\"n\"}");
    for (size_t step = 0; step < CHANGES; step++)
        s_put (&table, 10 + (int) order[step], changes[order[step]]);
    json_t *body = json_deep_copy (table.record->body);
    s_close (&table);
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
    s_open (&table, "enterprise", CODE);
    s_put (&table, 1, "{\"name\":\"a\"}");
    s_say (&table, "end", 5, "{}", -1);
    s_put (&table, 3, "{\"area\":\"x\"}");
    assert_string_equal (s_outcome (&table), "put");
    assert_true (table.record->ended);
    s_say (&table, "put", 7, "{}", 3);
    assert_false (table.record->ended);
    s_say (&table, "end", 6, "{}", -1); //  was said before it came back
    assert_string_equal (s_outcome (&table), "unchanged");
    assert_false (table.record->ended);
    s_close (&table);
}

//  --------------------------------------------------------------------------
//  Secrets, history, who is told

static void
test_secret_values_are_kept_apart_and_told_to_nobody (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "enterprise", CODE);
    s_put (&table, 1, "{\"name\":\"a\",\"phone\":\"0532-1\",\"qr_token\":\"t\"}");
    s_expect_json (table.record->body, "{\"name\":\"a\"}");
    s_expect_json (table.record->secret, "{\"phone\":\"0532-1\",\"qr_token\":\"t\"}");
    const json_t *line = json_array_get (table.lines, 0);
    s_expect_json (json_object_get (line, "set"), "{\"name\":\"a\"}");
    s_expect_json (json_object_get (line, "secret"), "[\"phone\",\"qr_token\"]");
    s_expect_json (json_array_get (table.secrets, 0), "{\"phone\":\"0532-1\",\"qr_token\":\"t\"}");
    s_expect_json (json_object_get (s_last (&table), "changed"), "[\"name\",\"phone\",\"qr_token\"]");
    s_expect_json (json_object_get (s_last (&table), "fields"), "{\"name\":\"a\"}");
    s_put (&table, 2, "{\"phone\":null}");
    s_expect_json (table.record->secret, "{\"qr_token\":\"t\"}");
    s_put (&table, 3, "{\"area\":\"x\"}");
    assert_true (json_is_null (json_array_get (table.secrets, 2)));
    s_close (&table);
}

static void
test_a_field_that_has_become_secret_is_put_apart_with_the_next_change (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "enterprise", CODE);
    s_put (&table, 1, "{\"name\":\"a\"}");
    json_object_set_new (table.record->body, "phone",
                         json_string ("0532-1")); //  as an older declaration had it
    s_put (&table, 2, "{\"area\":\"x\"}");
    s_expect_json (table.record->body, "{\"name\":\"a\",\"area\":\"x\"}");
    s_expect_json (table.record->secret, "{\"phone\":\"0532-1\"}");
    s_close (&table);
}

static void
test_the_log_alone_makes_the_entry (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "enterprise", CODE);
    s_put (&table, 1, "{\"name\":\"a\",\"grade\":\"a\"}");
    s_put (&table, 2, "{\"grade\":\"b\",\"employees\":5}");
    s_put (&table, 3, "{\"employees\":null}");
    s_put (&table, 2, "{\"grade\":\"c\"}"); //  taken in the same moment as an earlier one: comes after it
    json_t *body = json_object ();
    size_t index;
    json_t *line, *value;
    const char *name;
    json_array_foreach (table.lines, index, line) {
        assert_int_equal (json_integer_value (json_object_get (line, "version")), index + 1);
        json_object_foreach (json_object_get (line, "set"), name, value)
            if (json_is_null (value))
                json_object_del (body, name);
            else
                json_object_set (body, name, value);
    }
    assert_true (json_equal (body, table.record->body));
    s_expect_json (body, "{\"name\":\"a\",\"grade\":\"c\"}");
    json_decref (body);
    s_close (&table);
}

static void
test_the_days_on_which_an_entry_holds_are_its_own_fields (void **state)
{
    (void) state;
    table_t table;
    s_open (&table, "supervisor", "supervisor.an");
    s_put (&table, 1, "{\"name\":\"安\",\"appointed_on\":\"1970-01-02\",\"term_ends_on\":\"1970-02-01\"}");
    assert_int_equal (record_valid_from (table.record), 1);
    assert_int_equal (record_valid_until (table.record), 31);
    s_put (&table, 2, "{\"term_ends_on\":null}");
    assert_int_equal (record_valid_until (table.record), DAY_NONE);
    s_close (&table);
}

static void
test_sources_that_a_register_tells_hear_of_it_without_the_persons_name (void **state)
{
    (void) state;
    static const char TEXT[] =
        "{\"name\":\"x\",\"zh\":\"某\",\"en\":\"x\",\"key\":\"k\",\"writers\":[\"w\"],"
        "\"tells\":[\"enforcement\",\"market\"],\"fields\":[{\"name\":\"k\",\"type\":\"id\",\"zh\":\"某\","
        "\"en\":\"k\"},{\"name\":\"f\",\"type\":\"flag\",\"zh\":\"某\",\"en\":\"f\"}]}";
    char error[300];
    form_t *form = form_parse ("x", TEXT, sizeof TEXT - 1, error, sizeof error);
    assert_non_null (form);
    table_t table;
    s_open (&table, "x", "1");
    table.record->form = form;
    s_put (&table, 1, "{\"f\":true}");
    assert_int_equal (json_array_size (table.posts), 2); //  market asked: once is enough
    assert_string_equal (s_text (json_array_get (table.posts, 0), "source"), "market");
    assert_string_equal (s_text (json_array_get (table.posts, 0), "actor"), "registrar.qiu");
    assert_string_equal (s_text (json_array_get (table.posts, 1), "source"), "enforcement");
    assert_string_equal (s_text (json_array_get (table.posts, 1), "actor"), "");
    s_put (&table, 2, "{\"f\":true}");
    assert_int_equal (json_array_size (table.posts), 3); //  nothing has changed: only who asked hears that
    s_close (&table);
    form_destroy (&form);
}

static int
s_setup (void **state)
{
    (void) state;
    char error[400];
    forms = forms_new ("proto/registers", error, sizeof error);
    return forms ? 0 : -1;
}

static int
s_teardown (void **state)
{
    (void) state;
    forms_destroy (&forms);
    return 0;
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
        cmocka_unit_test (test_secret_values_are_kept_apart_and_told_to_nobody),
        cmocka_unit_test (test_a_field_that_has_become_secret_is_put_apart_with_the_next_change),
        cmocka_unit_test (test_the_log_alone_makes_the_entry),
        cmocka_unit_test (test_the_days_on_which_an_entry_holds_are_its_own_fields),
        cmocka_unit_test (test_sources_that_a_register_tells_hear_of_it_without_the_persons_name),
    };
    return cmocka_run_group_tests (tests, s_setup, s_teardown);
}
