//  event_test - what the door takes and what it refuses; nothing that comes from outside may do harm

#include "tests/unit/event_door.h"

//  --- what is taken

static void
test_every_part_of_an_event_is_handed_over (void **state)
{
    (void) state;
    static const char TRACE[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    char text[2000], id[129];
    problem_t *problem;
    snprintf (text, sizeof text,
              "{\"specversion\":\"1.0\",\"id\":\"编号-1\",\"source\":\"urn:duban:source:hotline-12345\","
              "\"type\":\"cn.gov.duban.submission.v1\",\"time\":\"2026-11-23T08:00:00.5+08:00\",\"authid\":"
              "\"wang.w\","
              "\"traceparent\":\"%s\",\"causationid\":\"c-1\",\"datacontenttype\":\"Application/JSON\","
              "\"extra\":7,\"flag\":true,\"nothing\":null," DATA ",\"reporter\" : {\"name\":\"王\"} }}",
              TRACE);
    event_t *event = event_parse (contract, text, strlen (text), &problem, id);
    assert_non_null (event);
    assert_null (problem);
    assert_int_equal (event->type, EVENT_SUBMISSION);
    assert_string_equal (event->id, "编号-1");
    assert_string_equal (id, "编号-1");
    assert_string_equal (event->source, "urn:duban:source:hotline-12345");
    assert_string_equal (event->source_name, "hotline-12345");
    assert_string_equal (event->authid, "wang.w");
    assert_string_equal (event->traceparent, TRACE);
    assert_string_equal (event->causationid, "c-1");
    assert_true (event->time == INT64_C (1795392000500000));
    assert_string_equal (json_string_value (json_object_get (event->data, "title")), "标题");
    assert_int_equal (event->cut_size, strlen ("{\"name\":\"王\"}"));
    assert_memory_equal (text + event->cut_at, "{\"name\":\"王\"}", event->cut_size);
    event_destroy (&event);
    assert_null (event);
    event_destroy (&event);
}

static void
test_what_is_optional_may_be_absent (void **state)
{
    (void) state;
    char id[129];
    problem_t *problem;
    event_t *event = event_parse (contract, GOOD, strlen (GOOD), &problem, id);
    assert_non_null (event);
    assert_string_equal (event->source_name, "hotline");
    assert_null (event->authid);
    assert_null (event->traceparent);
    assert_null (event->causationid);
    assert_true (event->time == INT64_MIN);
    assert_int_equal (event->cut_size, 0);
    event_destroy (&event);
}

static void
test_an_unreadable_trace_is_as_good_as_none (void **state)
{
    (void) state;
    static const char *const TRACES[] = { "\"\"", "\"00-xyz\"", "null",
                                          "\"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"",
                                          "\"00-00000000000000000000000000000000-00f067aa0ba902b7-01\"" };
    for (size_t index = 0; index < sizeof TRACES / sizeof *TRACES; index++) {
        char text[1000], id[129];
        problem_t *problem;
        snprintf (text, sizeof text, HEAD ",\"traceparent\":%s," DATA "}}", TRACES[index]);
        event_t *event = event_parse (contract, text, strlen (text), &problem, id);
        assert_non_null (event);
        assert_null (event->traceparent);
        event_destroy (&event);
    }
}

//  --- what is refused

static void
test_attributes_follow_the_specification (void **state)
{
    (void) state;
    static const struct {
        const char *more; //  after HEAD
        problem_code_t code;
    } CASES[] = {
        { ",\"a\":\"x\"", PROBLEM_NONE },
        { ",\"abcdefghij0123456789\":\"x\"", PROBLEM_NONE },
        { ",\"abcdefghij01234567890\":\"x\"", PROBLEM_NOT_AN_EVENT },
        { ",\"\":\"x\"", PROBLEM_NOT_AN_EVENT },
        { ",\"A\":\"x\"", PROBLEM_NOT_AN_EVENT },
        { ",\"a_b\":\"x\"", PROBLEM_NOT_AN_EVENT },
        { ",\"督\":\"x\"", PROBLEM_NOT_AN_EVENT },
        { ",\"a\":2147483647", PROBLEM_NONE },
        { ",\"a\":2147483648", PROBLEM_NOT_AN_EVENT },
        { ",\"a\":-2147483649", PROBLEM_NOT_AN_EVENT },
        { ",\"a\":1.5", PROBLEM_NOT_AN_EVENT },
        { ",\"a\":[]", PROBLEM_NOT_AN_EVENT },
        { ",\"a\":\"x\\u0009y\"", PROBLEM_NOT_AN_EVENT },
        { ",\"a\":\"x\\u0085y\"", PROBLEM_NOT_AN_EVENT },
        { ",\"data_base64\":\"e30=\"", PROBLEM_NOT_AN_EVENT },
        { ",\"data_base64\":null", PROBLEM_NOT_AN_EVENT },
        { ",\"time\":\"2026-11-23T08:00:00Z\"", PROBLEM_NONE },
        { ",\"time\":null", PROBLEM_NONE },
        { ",\"time\":1795392000", PROBLEM_NOT_AN_EVENT },
        { ",\"time\":\"\"", PROBLEM_NOT_AN_EVENT },
        { ",\"time\":\"9999-12-31T23:59:59.999999Z\"", PROBLEM_NONE },
        { ",\"time\":\"0000-01-01T00:00:00Z\"", PROBLEM_NOT_AN_EVENT },
        { ",\"authid\":\"\"", PROBLEM_NOT_AN_EVENT },
        { ",\"authid\":true", PROBLEM_NOT_AN_EVENT },
        { ",\"authid\":\"wang\\u200b.w\"", PROBLEM_NOT_AN_EVENT },
        { ",\"causationid\":\"\"", PROBLEM_NOT_AN_EVENT },
        { ",\"datacontenttype\":\"application/json\"", PROBLEM_NONE },
        { ",\"datacontenttype\":\"text/json\"", PROBLEM_NOT_AN_EVENT },
        { ",\"traceparent\":\"a\\nb\"", PROBLEM_NOT_AN_EVENT },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char text[1000];
        snprintf (text, sizeof text, HEAD "%s," DATA "}}", CASES[index].more);
        door_expect (text, CASES[index].code);
    }
}

static void
test_a_name_may_not_come_twice_however_it_is_spelled (void **state)
{
    (void) state;
    static const char *const MORE[] = {
        "\"title\":\"x\"",
        "\"t\\u0069tle\":\"x\"",
        "\"\\u0074\\u0069\\u0074\\u006c\\u0065\":\"x\"",
        "\"area\":\"a\",\"area\":\"a\"",
        "\"reporter\":{\"name\":\"a\",\"n\\u0061me\":\"b\"}",
        "\"\\/\":1,\"/\":2",
    };
    for (size_t index = 0; index < sizeof MORE / sizeof *MORE; index++) {
        char text[1000];
        snprintf (text, sizeof text, HEAD "," DATA ",%s}}", MORE[index]);
        door_expect (text, PROBLEM_MALFORMED);
    }
    door_expect (HEAD ",\"\\u0069d\":\"id-2\"," DATA "}}", PROBLEM_MALFORMED);
    door_expect (HEAD "," DATA "}," DATA "}}", PROBLEM_MALFORMED);
}

static void
test_text_that_is_no_unicode_text_is_malformed (void **state)
{
    (void) state;
    static const char *const TEXTS[] = {
        "\\u0000",        "a\\u0000b", "\\ud800",  "\\udc00",      "\\ud800\\ud800",   "\\ud800x",
        "\\udfff\\ud800", "\xff",      "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe7\x9d",
        "\x01",           "\x1b[31m",  "a\nb",     "\\x41",        "\\u12g4",
    };
    for (size_t index = 0; index < sizeof TEXTS / sizeof *TEXTS; index++) {
        char text[1000];
        snprintf (text, sizeof text, HEAD "," DATA ",\"wish\":\"%s\"}}", TEXTS[index]);
        door_expect (text, PROBLEM_MALFORMED);
        snprintf (text, sizeof text, HEAD "," DATA ",\"%s\":1}}", TEXTS[index]);
        door_expect (text, PROBLEM_MALFORMED);
    }
    //  rare but right
    door_expect (HEAD "," DATA
                      ",\"wish\":\"𠮷😀\\ud842\\udfb7 مرحبا %n%s ${x} '; DROP TABLE x; -- <b> ../../\"}}",
                 PROBLEM_NONE);
    door_expect (HEAD "," DATA ",\"wish\":\"\\ufffe\\uffff\"}}", PROBLEM_NONE);
}

static void
test_numbers_beyond_64_bits_are_malformed (void **state)
{
    (void) state;
    static const char *const NUMBERS[] = { "9223372036854775808",
                                           "-9223372036854775809",
                                           "123456789012345678901234567890",
                                           "1e400",
                                           "-1e400",
                                           "NaN",
                                           "Infinity",
                                           "01",
                                           "+1",
                                           ".5",
                                           "1.",
                                           "0x1",
                                           "--1" };
    for (size_t index = 0; index < sizeof NUMBERS / sizeof *NUMBERS; index++) {
        char text[1000];
        snprintf (text, sizeof text, HEAD "," DATA ",\"area\":%s}}", NUMBERS[index]);
        door_expect (text, PROBLEM_MALFORMED);
    }
    door_expect (HEAD "," DATA ",\"area\":-0}}", PROBLEM_INVALID);
    door_expect (HEAD "," DATA ",\"area\":1e308}}", PROBLEM_INVALID);
}

static void
test_wrong_types_are_invalid_everywhere (void **state)
{
    (void) state;
    static const char *const MEMBERS[] = { "area",    "place",       "happened_on",       "parties",
                                           "wish",    "for_public",  "urgency",           "secrecy",
                                           "recusal", "attachments", "received_on_paper", "reporter" };
    static const char *const WRONG[] = { "null", "0",         "1.5",      "\"\"",
                                         "[1]",  "{\"x\":1}", "\"true\"", "{\"__proto__\":{}}" };
    for (size_t member = 0; member < sizeof MEMBERS / sizeof *MEMBERS; member++)
        for (size_t wrong = 0; wrong < sizeof WRONG / sizeof *WRONG; wrong++) {
            char text[1000];
            snprintf (text, sizeof text, HEAD "," DATA ",\"%s\":%s}}", MEMBERS[member], WRONG[wrong]);
            bool free_text =
                strcmp (WRONG[wrong], "\"true\"") == 0 &&
                (strcmp (MEMBERS[member], "area") == 0 || strcmp (MEMBERS[member], "place") == 0 ||
                 strcmp (MEMBERS[member], "wish") == 0);
            door_expect (text, free_text ? PROBLEM_NONE : PROBLEM_INVALID);
        }
}

//  --- the id of what is refused

static void
test_the_id_is_told_where_it_could_be_read (void **state)
{
    (void) state;
    static const struct {
        const char *text, *id;
    } CASES[] = {
        { HEAD "}", "id-1" },
        { "{\"id\":\"id-2\"}", "id-2" },
        { "{\"id\":\"id-3\",\"type\":7}", "id-3" },
        { "{\"id\":\"id-3\",\"specversion\":\"2.0\",\"source\":\"a\",\"type\":\"b\"}", "id-3" },
        { "{\"id\":7}", "" },
        { "{\"id\":\"\"}", "" },
        { "{\"id\":\"a\\nb\"}", "" },
        { "{\"id\":\"a\\u2066b\"}", "" },
        { "{\"id\":\"id-4\"", "" },
        { "[{\"id\":\"id-5\"}]", "" },
        { "\"id\"", "" },
        { "", "" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char id[129] = "before";
        assert_int_not_equal (door_code (CASES[index].text, strlen (CASES[index].text), id), PROBLEM_NONE);
        assert_string_equal (id, CASES[index].id);
    }
    for (size_t length = 127; length <= 130; length++) {
        char text[1000], id[129];
        char *at = stpcpy (text, "{\"id\":\"");
        memset (at, 'x', length);
        strcpy (at + length, "\"}");
        door_code (text, strlen (text), id);
        assert_int_equal (strlen (id), length <= 128 ? length : 0);
    }
}

//  --- types and writing

static void
test_types_have_names_of_their_own_and_schemas (void **state)
{
    (void) state;
    int requests = 0;
    for (event_type_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        assert_memory_equal (event_type_name (type), "cn.gov.duban.", 13);
        for (event_type_t other = 0; other < type; other++) {
            assert_string_not_equal (event_type_name (type), event_type_name (other));
            assert_string_not_equal (event_type_schema (type), event_type_schema (other));
        }
        requests += event_type_is_request (type);
        char text[1000];
        snprintf (text, sizeof text,
                  "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"a\",\"type\":\"%s\",\"data\":{}}",
                  event_type_name (type));
        door_expect (text, event_type_is_request (type) ? PROBLEM_INVALID : PROBLEM_UNKNOWN_TYPE);
    }
    assert_int_equal (requests, 5);
}

static void
test_what_is_written_can_be_read (void **state)
{
    (void) state;
    char id[129];
    problem_t *problem;
    json_t *data = json_pack ("{s:i, s:i}", "after", 7, "limit", 10);
    char *text = event_write (EVENT_FEED_READ, "urn:duban:source:a", "id-1", 1500000, "c-1", NULL, data);
    event_t *event = event_parse (contract, text, strlen (text), &problem, id);
    assert_non_null (event);
    assert_string_equal (event->id, "id-1");
    assert_string_equal (event->causationid, "c-1");
    assert_true (event->time == 1500000);
    assert_true (json_equal (event->data, data));
    event_destroy (&event);
    free (text);
    char before[129] = "";
    for (int round = 0; round < 100; round++) {
        text = event_write (EVENT_FEED_READ, "a", "", INT64_MIN, NULL, NULL, data);
        event = event_parse (contract, text, strlen (text), &problem, id);
        assert_non_null (event);
        assert_true (event->time == INT64_MIN);
        assert_int_equal (strlen (id), 36);
        assert_int_equal (id[14], '7');
        assert_true (strcmp (before, id) < 0);
        strcpy (before, id);
        event_destroy (&event);
        free (text);
    }
    assert_int_equal (data->refcount, 1);
    json_decref (data);
}

static void
test_a_contract_without_its_schemas_is_refused (void **state)
{
    (void) state;
    char error[400] = "";
    assert_null (event_contract_new ("proto/procedures", error, sizeof error));
    assert_non_null (strstr (error, "proto/procedures/submission.json"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_every_part_of_an_event_is_handed_over),
        cmocka_unit_test (test_what_is_optional_may_be_absent),
        cmocka_unit_test (test_an_unreadable_trace_is_as_good_as_none),
        cmocka_unit_test (test_attributes_follow_the_specification),
        cmocka_unit_test (test_a_name_may_not_come_twice_however_it_is_spelled),
        cmocka_unit_test (test_text_that_is_no_unicode_text_is_malformed),
        cmocka_unit_test (test_numbers_beyond_64_bits_are_malformed),
        cmocka_unit_test (test_wrong_types_are_invalid_everywhere),
        cmocka_unit_test (test_the_id_is_told_where_it_could_be_read),
        cmocka_unit_test (test_types_have_names_of_their_own_and_schemas),
        cmocka_unit_test (test_what_is_written_can_be_read),
        cmocka_unit_test (test_a_contract_without_its_schemas_is_refused),
    };
    return cmocka_run_group_tests (tests, door_setup, door_teardown);
}
