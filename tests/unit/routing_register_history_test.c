//  routing_register_history_test - secrets apart, the log of an entry, its days, and who is told

#include "tests/unit/routing_register_table.h"

//  --------------------------------------------------------------------------
//  Secrets, history, who is told

static void
test_secret_values_are_kept_apart_and_told_to_nobody (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "enterprise", CODE);
    table_put (&table, 1, "{\"name\":\"a\",\"phone\":\"0532-1\",\"qr_token\":\"t\"}");
    table_expect_json (table.record->body, "{\"name\":\"a\"}");
    table_expect_json (table.record->secret, "{\"phone\":\"0532-1\",\"qr_token\":\"t\"}");
    const json_t *line = json_array_get (table.lines, 0);
    table_expect_json (json_object_get (line, "set"), "{\"name\":\"a\"}");
    table_expect_json (json_object_get (line, "secret"), "[\"phone\",\"qr_token\"]");
    table_expect_json (json_array_get (table.secrets, 0), "{\"phone\":\"0532-1\",\"qr_token\":\"t\"}");
    table_expect_json (json_object_get (table_last (&table), "changed"), "[\"name\",\"phone\",\"qr_token\"]");
    table_expect_json (json_object_get (table_last (&table), "fields"), "{\"name\":\"a\"}");
    table_put (&table, 2, "{\"phone\":null}");
    table_expect_json (table.record->secret, "{\"qr_token\":\"t\"}");
    table_put (&table, 3, "{\"area\":\"x\"}");
    assert_true (json_is_null (json_array_get (table.secrets, 2)));
    table_close (&table);
}

static void
test_a_field_that_has_become_secret_is_put_apart_with_the_next_change (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "enterprise", CODE);
    table_put (&table, 1, "{\"name\":\"a\"}");
    json_object_set_new (table.record->body, "phone",
                         json_string ("0532-1")); //  as an older declaration had it
    table_put (&table, 2, "{\"area\":\"x\"}");
    table_expect_json (table.record->body, "{\"name\":\"a\",\"area\":\"x\"}");
    table_expect_json (table.record->secret, "{\"phone\":\"0532-1\"}");
    table_close (&table);
}

static void
test_the_log_alone_makes_the_entry (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "enterprise", CODE);
    table_put (&table, 1, "{\"name\":\"a\",\"grade\":\"a\"}");
    table_put (&table, 2, "{\"grade\":\"b\",\"employees\":5}");
    table_put (&table, 3, "{\"employees\":null}");
    table_put (&table, 2, "{\"grade\":\"c\"}"); //  taken in the same moment as an earlier one: comes after it
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
    table_expect_json (body, "{\"name\":\"a\",\"grade\":\"c\"}");
    json_decref (body);
    table_close (&table);
}

static void
test_the_days_on_which_an_entry_holds_are_its_own_fields (void **state)
{
    (void) state;
    table_t table;
    table_open (&table, "supervisor", "supervisor.an");
    table_put (&table, 1,
               "{\"name\":\"安\",\"appointed_on\":\"1970-01-02\",\"term_ends_on\":\"1970-02-01\"}");
    assert_int_equal (record_valid_from (table.record), 1);
    assert_int_equal (record_valid_until (table.record), 31);
    table_put (&table, 2, "{\"term_ends_on\":null}");
    assert_int_equal (record_valid_until (table.record), DAY_NONE);
    table_close (&table);
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
    table_open (&table, "x", "1");
    table.record->form = form;
    table_put (&table, 1, "{\"f\":true}");
    assert_int_equal (json_array_size (table.posts), 2); //  market asked: once is enough
    assert_string_equal (table_text (json_array_get (table.posts, 0), "source"), "market");
    assert_string_equal (table_text (json_array_get (table.posts, 0), "actor"), "registrar.qiu");
    assert_string_equal (table_text (json_array_get (table.posts, 1), "source"), "enforcement");
    assert_string_equal (table_text (json_array_get (table.posts, 1), "actor"), "");
    table_put (&table, 2, "{\"f\":true}");
    assert_int_equal (json_array_size (table.posts), 3); //  nothing has changed: only who asked hears that
    table_close (&table);
    form_destroy (&form);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_secret_values_are_kept_apart_and_told_to_nobody),
        cmocka_unit_test (test_a_field_that_has_become_secret_is_put_apart_with_the_next_change),
        cmocka_unit_test (test_the_log_alone_makes_the_entry),
        cmocka_unit_test (test_the_days_on_which_an_entry_holds_are_its_own_fields),
        cmocka_unit_test (test_sources_that_a_register_tells_hear_of_it_without_the_persons_name),
    };
    return cmocka_run_group_tests (tests, table_setup, table_teardown);
}
