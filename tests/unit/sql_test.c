//  sql_test - parameters and results against binary forms made by hand

#include "common/sql.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

#define BYTES(...) ((const uint8_t[]){ __VA_ARGS__ }), sizeof ((const uint8_t[]){ __VA_ARGS__ })

//  The only parameter, compared to what PostgreSQL wants to receive
static void
s_expect (sql_params_t *params, const uint8_t *bytes, size_t size)
{
    const char *const *values;
    const int *lengths, *formats;
    assert_int_equal (sql_params_arrays (params, &values, &lengths, &formats), 1);
    assert_int_equal (formats[0], 1);
    assert_int_equal (lengths[0], size);
    assert_memory_equal (values[0], bytes, size);
    sql_params_destroy (&params);
    assert_null (params);
}

static void
s_expect_column (sql_column_t *column, const uint8_t *bytes, size_t size)
{
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, column);
    sql_column_destroy (&column);
    s_expect (params, bytes, size);
}

static void
test_arrays_have_the_form_of_array_recv (void **state)
{
    (void) state;
    sql_column_t *numbers = sql_column_new (SQL_INT4);
    sql_column_int4 (numbers, 1);
    sql_column_null (numbers);
    sql_column_int4 (numbers, -2);
    assert_int_equal (sql_column_count (numbers), 3);
    s_expect_column (numbers, BYTES (0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 3, 0, 0, 0, 1, //
                                     0, 0, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff,              //
                                     0, 0, 0, 4, 0xff, 0xff, 0xff, 0xfe));
    sql_column_t *texts = sql_column_new (SQL_TEXT);
    sql_column_text (texts, "\xe5\x8d\xb3");
    sql_column_text (texts, "");
    s_expect_column (texts, BYTES (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1, //
                                   0, 0, 0, 3, 0xe5, 0x8d, 0xb3, 0, 0, 0, 0));
    sql_column_t *truths = sql_column_new (SQL_BOOL);
    sql_column_bool (truths, true);
    s_expect_column (truths,
                     BYTES (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1));
}

static void
test_an_empty_array_has_no_dimension (void **state)
{
    (void) state;
    s_expect_column (sql_column_new (SQL_UUID), BYTES (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b, 0x86));
    sql_column_t *column = sql_column_new (SQL_INT8);
    sql_column_null (column);
    sql_column_reset (column);
    assert_int_equal (sql_column_count (column), 0);
    s_expect_column (column, BYTES (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20));
}

static void
test_times_count_from_2000_and_none_is_null (void **state)
{
    (void) state;
    sql_column_t *moments = sql_column_new (SQL_TIMESTAMPTZ);
    sql_column_moment (moments, 946684800000001);
    sql_column_moment (moments, MOMENT_NONE);
    s_expect_column (moments, BYTES (0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0xa0, 0, 0, 0, 2, 0, 0, 0, 1, //
                                     0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff));
    sql_column_t *days = sql_column_new (SQL_DATE);
    sql_column_day (days, 10956);
    sql_column_day (days, DAY_NONE);
    s_expect_column (days, BYTES (0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0x3a, 0, 0, 0, 2, 0, 0, 0, 1, //
                                  0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
}

static sql_params_t *
s_null_text (void)
{
    sql_params_t *params = sql_params_new ();
    sql_params_text (params, NULL);
    return params;
}

static void
test_single_parameters_are_in_network_order (void **state)
{
    (void) state;
    sql_params_t *params = sql_params_new ();
    sql_params_int8 (params, -2);
    s_expect (params, BYTES (0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe));
    params = sql_params_new ();
    sql_params_int4 (params, 0x01020304);
    s_expect (params, BYTES (1, 2, 3, 4));
    params = sql_params_new ();
    sql_params_moment (params, 946684799999999);
    s_expect (params, BYTES (0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
    params = sql_params_new ();
    sql_params_bytes (params, "a\0b", 3);
    s_expect (params, BYTES ('a', 0, 'b'));
    params = s_null_text ();
    const char *const *values;
    const int *lengths, *formats;
    assert_int_equal (sql_params_arrays (params, &values, &lengths, &formats), 1);
    assert_null (values[0]);
    sql_params_reset (params);
    sql_params_text (params, "");
    assert_int_equal (sql_params_arrays (params, &values, &lengths, &formats), 1);
    assert_non_null (values[0]);
    assert_int_equal (lengths[0], 0);
    sql_params_destroy (&params);
}

static void
test_parameters_stay_where_they_are_while_the_buffer_grows (void **state)
{
    (void) state;
    sql_params_t *params = sql_params_new ();
    for (int round = 0; round < 3; round++) {
        sql_params_reset (params);
        char text[4000];
        for (int index = 0; index < 32; index++) {
            memset (text, 'a' + index, sizeof text);
            sql_params_bytes (params, text, (size_t) index * 100);
        }
        const char *const *values;
        const int *lengths, *formats;
        assert_int_equal (sql_params_arrays (params, &values, &lengths, &formats), 32);
        for (int index = 0; index < 32; index++) {
            assert_int_equal (lengths[index], index * 100);
            for (int byte = 0; byte < lengths[index]; byte++)
                assert_int_equal (values[index][byte], (char) ('a' + index));
        }
    }
    sql_params_destroy (&params);
}

//  --------------------------------------------------------------------------
//  Results, made by libpq without a server

static PGresult *
s_result (const uint8_t *bytes, size_t size)
{
    PGresult *result = PQmakeEmptyPGresult (NULL, PGRES_TUPLES_OK);
    char name[] = "value";
    PGresAttDesc column = { .name = name, .format = 1, .typlen = -1, .atttypmod = -1 };
    assert_true (PQsetResultAttrs (result, 1, &column));
    char copy[256];
    if (bytes)
        memcpy (copy, bytes, size);
    assert_true (PQsetvalue (result, 0, 0, bytes ? copy : NULL, bytes ? (int) size : -1));
    return result;
}

//  Whatever is written as a parameter reads back the same
static void
test_what_is_written_is_read_back (void **state)
{
    (void) state;
    static const int64_t VALUES[] = { 0, 1, -1, 255, -256, 1795392000000000, INT64_MAX, INT64_MIN + 1 };
    for (size_t index = 0; index < sizeof VALUES / sizeof *VALUES; index++) {
        sql_params_t *params = sql_params_new ();
        sql_params_int8 (params, VALUES[index]);
        sql_params_int4 (params, (int32_t) VALUES[index]);
        sql_params_moment (params, VALUES[index] / 2);
        sql_params_bool (params, VALUES[index] & 1);
        const char *const *values;
        const int *lengths, *formats;
        sql_params_arrays (params, &values, &lengths, &formats);
        PGresult *results[4];
        for (int cell = 0; cell < 4; cell++)
            results[cell] = s_result ((const uint8_t *) values[cell], (size_t) lengths[cell]);
        assert_true (sql_int8 (results[0], 0, 0) == VALUES[index]);
        assert_true (sql_int4 (results[1], 0, 0) == (int32_t) VALUES[index]);
        assert_true (sql_moment (results[2], 0, 0) == VALUES[index] / 2);
        assert_int_equal (sql_bool (results[3], 0, 0), VALUES[index] & 1);
        for (int cell = 0; cell < 4; cell++)
            PQclear (results[cell]);
        sql_params_destroy (&params);
    }
}

static void
test_null_reads_as_what_the_header_says (void **state)
{
    (void) state;
    PGresult *result = s_result (NULL, 0);
    const char *text[1];
    size_t length[1], size = 7;
    assert_true (sql_is_null (result, 0, 0));
    assert_false (sql_bool (result, 0, 0));
    assert_int_equal (sql_int4 (result, 0, 0), 0);
    assert_int_equal (sql_int8 (result, 0, 0), 0);
    assert_string_equal (sql_text (result, 0, 0), "");
    sql_bytes (result, 0, 0, &size);
    assert_int_equal (size, 0);
    assert_true (sql_moment (result, 0, 0) == MOMENT_NONE);
    assert_true (sql_day (result, 0, 0) == DAY_NONE);
    assert_int_equal (sql_text_array (result, 0, 0, text, length, 1), 0);
    PQclear (result);
}

static void
test_days_and_ids_are_read (void **state)
{
    (void) state;
    PGresult *result = s_result (BYTES (0xff, 0xff, 0xff, 0xff));
    assert_int_equal (sql_day (result, 0, 0), 10956);
    PQclear (result);
    result = s_result (BYTES (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    uuid_t id = sql_uuid (result, 0, 0);
    assert_int_equal (id.bytes[0], 1);
    assert_int_equal (id.bytes[15], 16);
    PQclear (result);
}

static void
test_an_array_of_texts_is_read_up_to_the_room_there_is (void **state)
{
    (void) state;
    const char *text[4];
    size_t length[4];
    PGresult *result = s_result (BYTES (0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 3, 0, 0, 0, 1, //
                                        0, 0, 0, 2, 'a', 'b', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 'c'));
    assert_int_equal (sql_text_array (result, 0, 0, text, length, 4), 3);
    assert_int_equal (length[0], 2);
    assert_memory_equal (text[0], "ab", 2);
    assert_int_equal (length[1], 0);
    assert_int_equal (length[2], 1);
    assert_memory_equal (text[2], "c", 1);
    assert_int_equal (sql_text_array (result, 0, 0, text, length, 2), 2);
    PQclear (result);
    result = s_result (BYTES (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25));
    assert_int_equal (sql_text_array (result, 0, 0, text, length, 4), 0);
    PQclear (result);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_arrays_have_the_form_of_array_recv),
        cmocka_unit_test (test_an_empty_array_has_no_dimension),
        cmocka_unit_test (test_times_count_from_2000_and_none_is_null),
        cmocka_unit_test (test_single_parameters_are_in_network_order),
        cmocka_unit_test (test_parameters_stay_where_they_are_while_the_buffer_grows),
        cmocka_unit_test (test_what_is_written_is_read_back),
        cmocka_unit_test (test_null_reads_as_what_the_header_says),
        cmocka_unit_test (test_days_and_ids_are_read),
        cmocka_unit_test (test_an_array_of_texts_is_read_up_to_the_room_there_is),
    };
    return cmocka_run_group_tests_name ("sql", tests, NULL, NULL);
}
