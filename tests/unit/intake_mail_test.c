//  intake_mail_test - what other services send becomes a line of a feed that fits the contract

#include "proto/event.h"
#include "proto/schema.h"
#include "services/intake/mail.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static const char CASE_EVENT[] =
    "{\"kind\":\"case_event\",\"source\":\"app\",\"case\":12,\"number\":\"JM-2026-000012-3\",\"version\":4,"
    "\"event\":\"accept\",\"state\":\"accepted\",\"actor\":null,\"occurred_at\":1795392000000000,"
    "\"recorded_at\":1795392000001000,\"cause\":\"e-1\",\"trace\":null,\"details\":{\"unit\":\"flood\"}}";
static const char REFUSED[] = "{\"kind\":\"refused\",\"source\":\"app\",\"case\":12,\"number\":null,"
                              "\"command\":\"approve\",\"cause\":\"e-2\","
                              "\"problem\":{\"type\":\"urn:duban:problem:not-now\",\"status\":409}}";
static const char FEED[] = "{\"kind\":\"feed\",\"source\":\"app\",\"key\":\"12/accepted/"
                           "2\",\"case\":12,\"number\":\"JM-2026-000012-3\","
                           "\"template\":\"accepted\",\"to\":null,\"subject\":\"已受理\",\"text\":\"正文\","
                           "\"occurred_at\":1795392000000000,"
                           "\"trace\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"}";

//  The event of a message; the caller owns it
static json_t *
s_event (const char *text)
{
    json_t *message = json_loads (text, 0, NULL);
    char *line = mail_event (message);
    json_t *event = line ? json_loads (line, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free (line);
    json_decref (message);
    return event;
}

static const char *
s_at (json_t *object, const char *member)
{
    return json_string_value (json_object_get (object, member));
}

static void
test_a_case_event_becomes_case_changed (void **state)
{
    (void) state;
    json_t *event = s_event (CASE_EVENT), *data = json_object_get (event, "data");
    assert_string_equal (s_at (event, "type"), event_type_name (EVENT_CASE_CHANGED));
    assert_string_equal (s_at (event, "time"), "2026-11-23T00:00:00.001Z");
    assert_string_equal (s_at (event, "causationid"), "e-1");
    json_t *expected =
        json_pack ("{ss si si ss ss s{ss} ss ss}", "case", "JM-2026-000012-3", "case_no", 12, "version", 4,
                   "event", "accept", "state", "accepted", "details", "unit", "flood", "occurred_at",
                   "2026-11-23T00:00:00.000Z", "recorded_at", "2026-11-23T00:00:00.001Z");
    assert_true (json_equal (data, expected));
    json_decref (expected);
    json_decref (event);
}

static void
test_a_refusal_names_the_command_and_its_id (void **state)
{
    (void) state;
    json_t *event = s_event (REFUSED), *data = json_object_get (event, "data");
    assert_string_equal (s_at (event, "type"), event_type_name (EVENT_COMMAND_REFUSED));
    assert_string_equal (s_at (data, "command"), "approve");
    assert_string_equal (s_at (data, "command_id"), "e-2");
    assert_null (json_object_get (data, "case")); //  it never came
    assert_string_equal (s_at (json_object_get (data, "problem"), "type"), "urn:duban:problem:not-now");
    json_decref (event);
}

static void
test_a_notice_keeps_its_trace_and_its_key (void **state)
{
    (void) state;
    json_t *event = s_event (FEED), *data = json_object_get (event, "data");
    assert_string_equal (s_at (event, "type"), event_type_name (EVENT_NOTICE));
    assert_string_equal (s_at (event, "causationid"), "12/accepted/2");
    assert_string_equal (s_at (event, "traceparent"),
                         "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assert_string_equal (s_at (data, "subject"), "已受理");
    assert_null (json_object_get (data, "to"));
    json_decref (event);
}

static void
test_every_line_fits_the_schema_of_its_type (void **state)
{
    (void) state;
    static const struct {
        const char *message;
        event_type_t type;
    } CASES[] = { { CASE_EVENT, EVENT_CASE_CHANGED }, { FEED, EVENT_NOTICE } };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char path[200], error[300] = "";
        snprintf (path, sizeof path, "proto/schemas/%s", event_type_schema (CASES[index].type));
        json_t *text = file_json (path), *event = s_event (CASES[index].message);
        schema_t *schema = schema_new (text, error, sizeof error);
        if (!schema)
            fail_msg ("%s: %s", path, error);
        problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
        if (!schema_check (schema, json_object_get (event, "data"), "", problem))
            fail_msg ("%s", CASES[index].message);
        problem_destroy (&problem);
        schema_destroy (&schema);
        json_decref (text);
        json_decref (event);
    }
}

static void
test_an_unknown_kind_makes_no_line (void **state)
{
    (void) state;
    assert_null (s_event ("{\"kind\":\"clock\"}"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_case_event_becomes_case_changed),
        cmocka_unit_test (test_a_refusal_names_the_command_and_its_id),
        cmocka_unit_test (test_a_notice_keeps_its_trace_and_its_key),
        cmocka_unit_test (test_every_line_fits_the_schema_of_its_type),
        cmocka_unit_test (test_an_unknown_kind_makes_no_line),
    };
    return cmocka_run_group_tests_name ("feed lines", tests, NULL, NULL);
}
