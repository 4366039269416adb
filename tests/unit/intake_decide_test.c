//  intake_decide_test - may this speaker say this; what routing is told; what is cut out and sealed

#include "common/config.h"
#include "services/intake/request.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static event_contract_t *s_contract;

static event_t *
s_event (const char *bytes, size_t size)
{
    problem_t *problem = NULL;
    char id[129];
    event_t *event = event_parse (s_contract, bytes, size, &problem, id);
    if (!event) {
        json_t *said = problem_json (problem);
        char *text = json_dumps (said, 0);
        fail_msg ("%.*s: %s", (int) size, bytes, text);
    }
    return event;
}

static char *
s_text (const char *type, const char *attributes, const char *data)
{
    char *text;
    if (asprintf (
            &text,
            "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"app\",\"type\":\"cn.gov.duban.%s.v1\"%s,"
            "\"data\":{%s}}",
            type, attributes, data) < 0)
        abort ();
    return text;
}

#define SUBMISSION                                                                                           \
    "\"procedure\":\"suggestion\",\"kind\":\"suggestion\",\"title\":\"积水\",\"text\":\"正文\",\"no_"    \
    "secrets\":true"

static char *NOTHING[] = { NULL }, *ANY[] = { "*", NULL }, *WANG[] = { "wang", "zhou", NULL };
static char *SUGGESTION[] = { "suggestion", NULL }, *WITHDRAW[] = { "withdraw", "comment", NULL };

typedef struct {
    source_t source;
    speaker_t speaker;
} grant_t;

static void
s_key (grant_t *self, char *person, char **speaks_for)
{
    *self = (grant_t){ .source = { .source = "app", .procedures = SUGGESTION, .commands = WITHDRAW } };
    self->speaker = (speaker_t){
        .public_key = "key", .source = &self->source, .person = person, .speaks_for = speaks_for
    };
}

static void
test_a_key_speaks_for_its_source_its_persons_and_what_it_was_granted (void **state)
{
    (void) state;
    static char *HANDLER[] = { "handler", NULL };
    static const person_t KNOWN = { .person = "zhou", .roles = HANDLER };
    static const struct {
        const char *type, *attributes, *data;
        char *person, **speaks_for;
        const person_t *directory;
        problem_code_t code;
    } CASES[] = {
        { "submission", "", SUBMISSION, NULL, NOTHING, NULL, PROBLEM_NONE },
        { "submission", ",\"authid\":\"wang\"", SUBMISSION, NULL, NOTHING, NULL, PROBLEM_WRONG_PERSON },
        { "submission", ",\"authid\":\"wang\"", SUBMISSION, "wang", NOTHING, NULL, PROBLEM_NONE },
        { "submission", ",\"authid\":\"zhou\"", SUBMISSION, "wang", NOTHING, NULL, PROBLEM_WRONG_PERSON },
        { "submission", ",\"authid\":\"zhou\"", SUBMISSION, NULL, WANG, NULL, PROBLEM_NONE },
        { "submission", ",\"authid\":\"li\"", SUBMISSION, NULL, WANG, NULL, PROBLEM_WRONG_PERSON },
        { "submission", ",\"authid\":\"zhou\"", SUBMISSION, NULL, ANY, &KNOWN, PROBLEM_NONE },
        { "submission", ",\"authid\":\"nobody\"", SUBMISSION, NULL, ANY, NULL, PROBLEM_WRONG_PERSON },
        { "submission", ",\"authid\":\"*\"", SUBMISSION, NULL, ANY, NULL, PROBLEM_WRONG_PERSON },
        { "command", "", "\"case\":\"NUMBER\",\"command\":\"comment\"", NULL, NOTHING, NULL, PROBLEM_NONE },
        { "command", "", "\"case\":\"NUMBER\",\"command\":\"approve\"", NULL, NOTHING, NULL,
          PROBLEM_FORBIDDEN },
        { "command", "", "\"case\":\"WRONG\",\"command\":\"comment\"", NULL, NOTHING, NULL,
          PROBLEM_UNKNOWN_CASE },
    };
    char number[CASE_NUMBER_TEXT];
    case_number_write (number, "JM", 2026, 12);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char data[300];
        bool wrong = strstr (CASES[index].data, "WRONG");
        snprintf (data, sizeof data, "%s", CASES[index].data);
        if (!strcmp (CASES[index].type, "command")) {
            if (wrong)
                number[strlen (number) - 1] = (char) (number[strlen (number) - 1] == '1' ? '2' : '1');
            snprintf (data, sizeof data, "\"case\":\"%s\"%s", number, strchr (CASES[index].data, ','));
        }
        char *text = s_text (CASES[index].type, CASES[index].attributes, data);
        event_t *event = s_event (text, strlen (text));
        grant_t key;
        s_key (&key, CASES[index].person, CASES[index].speaks_for);
        admission_t admission = { 0 };
        problem_t *problem = intake_admit (&key.speaker, event, "JM", CASES[index].directory, &admission);
        if ((problem ? problem_code (problem) : PROBLEM_NONE) != CASES[index].code)
            fail_msg ("row %zu", index);
        if (!problem && !admission.opens)
            assert_int_equal (admission.case_no, 12);
        problem_destroy (&problem);
        event_destroy (&event);
        free (text);
    }
}

static void
test_another_source_s_name_is_refused (void **state)
{
    (void) state;
    char *text = s_text ("submission", "", SUBMISSION);
    event_t *event = s_event (text, strlen (text));
    grant_t key;
    s_key (&key, NULL, NOTHING);
    key.source.source = "console";
    admission_t admission = { 0 };
    problem_t *problem = intake_admit (&key.speaker, event, "JM", NULL, &admission);
    assert_int_equal (problem_code (problem), PROBLEM_WRONG_SOURCE);
    problem_destroy (&problem);
    event_destroy (&event);
    free (text);
}

static void
test_the_id_comes_from_source_and_event_id_and_the_hash_from_the_bytes (void **state)
{
    (void) state;
    char *text = s_text ("submission", "", SUBMISSION);
    event_t *event = s_event (text, strlen (text));
    admission_t one = { 0 }, other = { 0 };
    intake_digest (event, "app", text, strlen (text), &one);
    uint8_t digest[32];
    crypto_hash_sha256 (digest, (const uint8_t *) "app\0e-1", 7);
    assert_memory_equal (one.id, digest, SUBMISSION_ID_BYTES);
    crypto_hash_sha256 (digest, (const uint8_t *) text, strlen (text));
    assert_memory_equal (one.sha256, digest, SHA256_BYTES);
    intake_digest (event, "hall", text, strlen (text) - 1, &other);
    assert_memory_not_equal (one.id, other.id, SUBMISSION_ID_BYTES);
    assert_memory_not_equal (one.sha256, other.sha256, SHA256_BYTES);
    event_destroy (&event);
    free (text);
}

static request_t *
s_request (const char *bytes, size_t size, const person_t *person)
{
    event_t *event = s_event (bytes, size);
    grant_t key;
    s_key (&key, NULL, ANY);
    admission_t admission = { 0 };
    problem_t *problem = intake_admit (&key.speaker, event, "JM", person, &admission);
    assert_null (problem);
    route_t route = { .id = { 1, 2 }, .id_size = 2 };
    request_t *request = request_new (&route, &key.speaker, event, &admission, bytes, size);
    event_destroy (&event); //  the request owns what it points to
    return request;
}

//  The document with its null in the place of the cut gives the bytes that came, wherever the reporter stands
static void
test_document_and_cut_together_are_the_bytes_that_came (void **state)
{
    (void) state;
    static const char *const REPORTERS[] = { "{\"name\":\"王某\",\"phone\":\"13800000000\"}",
                                             "{ \"name\" : \"}\\\"]\" }", "{\"name\":\"\\u738b\"}" };
    static const char *const FORMS[] = { "\"reporter\":%s," SUBMISSION, SUBMISSION ",\"reporter\":%s",
                                         SUBMISSION " , \"reporter\" \n:\t %s ", SUBMISSION };
    for (size_t form = 0; form < sizeof FORMS / sizeof *FORMS; form++)
        for (size_t reporter = 0; reporter < sizeof REPORTERS / sizeof *REPORTERS; reporter++) {
            char data[600];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf (data, sizeof data, FORMS[form], REPORTERS[reporter]);
#pragma GCC diagnostic pop
            char *text = s_text ("submission", "", data);
            size_t size = strlen (text);
            request_t *request = s_request (text, size, NULL);
            bool named = strstr (FORMS[form], "reporter");
            assert_int_equal (request->cut_size, named ? strlen (REPORTERS[reporter]) : 0);
            assert_int_equal (request->document_size, named ? size - request->cut_size + 4 : size);
            char whole[2000];
            memcpy (whole, request->document, request->cut_at);
            size_t sealed = named ? 4 : 0;
            if (named) {
                assert_memory_equal (request->document + request->cut_at, "null", 4);
                assert_memory_equal (request->cut, REPORTERS[reporter], request->cut_size);
                memcpy (whole + request->cut_at, request->cut, request->cut_size);
            }
            memcpy (whole + request->cut_at + request->cut_size, request->document + request->cut_at + sealed,
                    request->document_size - request->cut_at - sealed);
            assert_memory_equal (whole, text, size);
            json_t *document =
                json_loadb (request->document, request->document_size, JSON_REJECT_DUPLICATES, NULL);
            assert_non_null (document);
            json_decref (document);
            assert_null (strstr (request->message.data, "13800000000"));
            request_destroy (&request);
            free (text);
        }
}

//  What routing will be told of it, as a tree
static json_t *
s_told (request_t *request, const char *number, moment_t recorded_at)
{
    recorded_t recorded = { 12, number, request->occurred_at, recorded_at };
    request->message.size = request->message_open;
    intake_complete (&request->message, &recorded);
    json_t *told = json_loadb (request->message.data, request->message.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null (told);
    return told;
}

static void
test_routing_is_told_who_and_what_but_never_the_document (void **state)
{
    (void) state;
    static char *ROLES[] = { "handler", "duty_officer", NULL };
    static const person_t PERSON = { .person = "su", .roles = ROLES, .unit = "flood" };
    char number[CASE_NUMBER_TEXT], data[300];
    case_number_write (number, "JM", 2026, 12);
    snprintf (data, sizeof data,
              "\"case\":\"%s\",\"command\":\"comment\",\"expected_version\":3,\"arguments\":{\"text\":\"x\"}",
              number);
    char *text = s_text ("command", ",\"authid\":\"su\",\"time\":\"2026-11-23T00:00:00Z\"", data);
    request_t *request = s_request (text, strlen (text), &PERSON);
    json_t *told = s_told (request, NULL, 1795392000000000 + 5);
    json_t *expected = json_pack (
        "{ss ss ss ss s{ss} si s[ss] ss ss sI sI si ss sn}", "kind", "command", "id", "e-1", "command",
        "comment", "source", "app", "arguments", "text", "x", "expected_version", 3, "roles", "handler",
        "duty_officer", "unit", "flood", "actor", "su", "occurred_at", (json_int_t) 1795392000000000,
        "recorded_at", (json_int_t) 1795392000000005, "case", 12, "cause", "app/e-1", "trace");
    assert_true (json_equal (told, expected));
    json_decref (expected);
    json_decref (told);
    request_destroy (&request);
    free (text);
    text = s_text ("submission", "", SUBMISSION ",\"secrecy\":\"sealed\",\"urgency\":\"urgent\"");
    request = s_request (text, strlen (text), NULL);
    json_decref (s_told (request, number, 6)); //  an attempt that failed
    told = s_told (request, number, 7);
    assert_int_equal (json_integer_value (json_object_get (told, "secrecy")), 3);
    assert_int_equal (json_integer_value (json_object_get (told, "occurred_at")), 7);
    assert_true (json_is_true (json_object_get (told, "urgent")));
    assert_true (json_is_null (json_object_get (told, "actor")));
    json_decref (told);
    request_destroy (&request);
    free (text);
}

static void
test_an_excerpt_ends_between_two_characters (void **state)
{
    (void) state;
    for (size_t before = 0; before < 8; before++) {
        char body[2000], data[2400];
        size_t size = before;
        memset (body, 'a', before);
        while (size < 900) {
            const char *character = size % 2 ? "\xe6\xb0\xb4" : "\xf0\x9f\x8c\x8a";
            size += (size_t) sprintf (body + size, "%s", character);
        }
        snprintf (data, sizeof data,
                  "\"procedure\":\"suggestion\",\"kind\":\"other\",\"title\":\"t\",\"text\":\"%s\","
                  "\"no_secrets\":true",
                  body);
        char *text = s_text ("submission", "", data);
        request_t *request = s_request (text, strlen (text), NULL);
        json_t *told = s_told (request, "JM-2026-000012-1", 7);
        const char *excerpt = json_string_value (json_object_get (told, "excerpt"));
        assert_non_null (excerpt);
        assert_in_range (strlen (excerpt), 597, 600);
        assert_memory_equal (excerpt, body, strlen (excerpt));
        json_decref (told);
        request_destroy (&request);
        free (text);
    }
}

static void
test_the_number_has_the_local_year_of_receipt (void **state)
{
    (void) state;
    static const config_entry_t ENTRIES[] = { { "DUBAN_TZ_MINUTES", CONFIG_NUMBER, "480", "zone", -900, 900 },
                                              { "DUBAN_NUMBER_PREFIX", CONFIG_TEXT, "JM", "prefix", 0, 0 } };
    assert_true (config_read (ENTRIES, 2));
    char text[CASE_NUMBER_TEXT];
    intake_number (text, 7,
                   1798732799999999); //  2026-12-31T15:59:59.999999Z: the last moment of the local year
    assert_memory_equal (text, "JM-2026-000007-", 15);
    intake_number (text, 7, 1798732800000000);
    assert_memory_equal (text, "JM-2027-000007-", 15);
}

int
main (void)
{
    char error[300] = "";
    s_contract = event_contract_new ("proto/schemas", error, sizeof error);
    if (!s_contract) {
        fprintf (stderr, "%s\n", error);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_key_speaks_for_its_source_its_persons_and_what_it_was_granted),
        cmocka_unit_test (test_another_source_s_name_is_refused),
        cmocka_unit_test (test_the_id_comes_from_source_and_event_id_and_the_hash_from_the_bytes),
        cmocka_unit_test (test_document_and_cut_together_are_the_bytes_that_came),
        cmocka_unit_test (test_routing_is_told_who_and_what_but_never_the_document),
        cmocka_unit_test (test_an_excerpt_ends_between_two_characters),
        cmocka_unit_test (test_the_number_has_the_local_year_of_receipt),
    };
    int failed = cmocka_run_group_tests_name ("intake decides", tests, NULL, NULL);
    event_contract_destroy (&s_contract);
    return failed;
}
