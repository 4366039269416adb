//  examples_test - every example in proto/examples is what it claims to be, and every schema has one

#include "proto/event.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static event_contract_t *contract;

static const char *
s_text (const json_t *object, const char *member)
{
    return json_string_value (json_object_get (object, member));
}

//  Fails with everything that is wrong
static void
s_expect_fit (const char *schema_path, const json_t *value, const char *path)
{
    char error[400];
    schema_t *schema = schema_load (schema_path, error, sizeof error);
    if (!schema)
        fail_msg ("%s", error);
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    if (!schema_check (schema, value, "", problem)) {
        json_t *said = problem_json (problem);
        json_dumpf (said, stderr, JSON_INDENT (2));
        fail_msg ("%s does not fit %s", path, schema_path);
    }
    problem_destroy (&problem);
    schema_destroy (&schema);
}

static event_type_t
s_type (const json_t *event)
{
    event_type_t type = 0;
    while (type < EVENT_TYPE_COUNT && strcmp (event_type_name (type), s_text (event, "type")) != 0)
        type++;
    return type;
}

//  --- good ones

static int seen[EVENT_TYPE_COUNT];

static void
s_check_data (const json_t *event, const char *path)
{
    char schema[200];
    event_type_t type = s_type (event);
    assert_true (type < EVENT_TYPE_COUNT);
    snprintf (schema, sizeof schema, "proto/schemas/%s", event_type_schema (type));
    s_expect_fit (schema, json_object_get (event, "data"), path);
    seen[type]++;
    size_t index;
    json_t *line;
    json_array_foreach (json_object_get (json_object_get (event, "data"), "events"), index, line)
        s_check_data (line, path); //  a page of the feed
}

static void
s_check_valid (const char *path)
{
    size_t size;
    char id[129], *text = file_read (path, &size);
    problem_t *problem;
    json_t *event = file_json (path);
    s_check_data (event, path);
    bool request = event_type_is_request (s_type (event));
    event_t *parsed = event_parse (contract, text, size, &problem, id);
    if (request) {
        if (!parsed)
            fail_msg ("%s: %s", path, problem_slug (problem_code (problem)));
        s_expect_fit ("proto/schemas/event.json", event, path);
    } else {
        assert_null (parsed);
        assert_int_equal (problem_code (problem), PROBLEM_UNKNOWN_TYPE);
    }
    assert_string_equal (id, s_text (event, "id"));
    event_destroy (&parsed);
    problem_destroy (&problem);
    json_decref (event);
    free (text);
}

static void
test_good_examples_fit_and_show_every_type (void **state)
{
    (void) state;
    assert_true (folder_each ("proto/examples/valid", ".json", s_check_valid) >= EVENT_TYPE_COUNT);
    for (event_type_t type = 0; type < EVENT_TYPE_COUNT; type++)
        assert_true (seen[type] > 0);
}

static void
s_check_internal (const char *path)
{
    char schema[200];
    json_t *message = file_json (path);
    snprintf (schema, sizeof schema, "proto/schemas/internal/%s.json", s_text (message, "kind"));
    s_expect_fit (schema, message, path);
    json_decref (message);
}

static void
s_expect_example (const char *schema_path)
{
    char example[300];
    snprintf (example, sizeof example, "proto/examples/valid/internal/%s", strrchr (schema_path, '/') + 1);
    assert_int_equal (access (example, R_OK), 0);
}

static void
test_internal_examples_fit_and_show_every_kind (void **state)
{
    (void) state;
    assert_true (folder_each ("proto/examples/valid/internal", ".json", s_check_internal) >= 14);
    assert_true (folder_each ("proto/schemas/internal", ".json", s_expect_example) >= 14);
}

//  --- an example without one of its members, or with one too many, no longer fits

static void
s_expect_misfit (const schema_t *schema, const json_t *value, bool expected)
{
    assert_int_equal (schema_check (schema, value, "", NULL), !expected);
}

static void
s_check_tightness (const char *path)
{
    char schema_path[200], error[400];
    json_t *message = file_json (path), *root;
    snprintf (schema_path, sizeof schema_path, "proto/schemas/internal/%s.json", s_text (message, "kind"));
    root = file_json (schema_path);
    schema_t *schema = schema_new (root, error, sizeof error);
    assert_non_null (schema);
    size_t index;
    json_t *name;
    json_array_foreach (json_object_get (root, "required"), index, name) {
        json_t *copy = json_copy (message);
        assert_int_equal (json_object_del (copy, json_string_value (name)), 0);
        s_expect_misfit (schema, copy, true);
        json_decref (copy);
    }
    json_object_set_new (message, "surplus", json_true ());
    s_expect_misfit (schema, message, true);
    json_object_del (message, "surplus");
    json_object_set_new (message, "kind", json_string ("other"));
    s_expect_misfit (schema, message, true);
    schema_destroy (&schema);
    json_decref (root);
    json_decref (message);
}

static void
test_internal_schemas_want_every_member_and_no_other (void **state)
{
    (void) state;
    folder_each ("proto/examples/valid/internal", ".json", s_check_tightness);
}

//  --- bad ones

static bool
s_points_at (const problem_t *problem, const char *pointer)
{
    json_t *said = problem_json (problem), *error;
    size_t index;
    bool found = false;
    json_array_foreach (json_object_get (said, "errors"), index, error)
        found |= strcmp (s_text (error, "pointer"), pointer) == 0;
    json_decref (said);
    return found;
}

static void
s_check_invalid (const char *path)
{
    char sidecar[300], id[129];
    snprintf (sidecar, sizeof sidecar, "%.*s.expect", (int) (strlen (path) - strlen (".json")), path);
    json_t *expected = file_json (sidecar);
    const char *pointer = s_text (expected, "pointer");
    size_t size;
    char *text = file_read (path, &size);
    problem_t *problem;
    event_t *event = event_parse (contract, text, size, &problem, id);
    if (event)
        fail_msg ("%s was taken", path);
    if (strcmp (problem_slug (problem_code (problem)), s_text (expected, "problem")) != 0)
        fail_msg ("%s: %s, not %s", path, problem_slug (problem_code (problem)),
                  s_text (expected, "problem"));
    if (pointer && !s_points_at (problem, pointer))
        fail_msg ("%s does not point at %s", path, pointer);
    problem_destroy (&problem);
    json_decref (expected);
    free (text);
}

static void
test_bad_examples_meet_the_problem_they_name (void **state)
{
    (void) state;
    int bad = folder_each ("proto/examples/invalid", ".json", s_check_invalid);
    assert_true (bad >= 90);
}

//  --- the paper

static void
s_expect_in_readme (const char *path)
{
    size_t size;
    char *readme = file_read ("proto/README.md", &size);
    json_t *root = file_json (path);
    const char *name;
    json_t *member;
    json_object_foreach (json_object_get (root, "properties"), name, member) {
        char quoted[100];
        snprintf (quoted, sizeof quoted, "`%s`", name);
        if (!strstr (readme, quoted))
            fail_msg ("proto/README.md does not explain %s of %s", name, path);
    }
    json_decref (root);
    free (readme);
}

static void
test_the_readme_explains_every_member_of_every_message (void **state)
{
    (void) state;
    folder_each ("proto/schemas", ".json", s_expect_in_readme);
    folder_each ("proto/schemas/internal", ".json", s_expect_in_readme);
    size_t size;
    char *readme = file_read ("proto/README.md", &size);
    for (event_type_t type = 0; type < EVENT_TYPE_COUNT; type++)
        assert_non_null (strstr (readme, event_type_name (type)));
    free (readme);
}

static int
s_setup (void **state)
{
    (void) state;
    char error[400];
    contract = event_contract_new ("proto/schemas", error, sizeof error);
    return contract ? 0 : -1;
}

static int
s_teardown (void **state)
{
    (void) state;
    event_contract_destroy (&contract);
    return 0;
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_good_examples_fit_and_show_every_type),
        cmocka_unit_test (test_internal_examples_fit_and_show_every_kind),
        cmocka_unit_test (test_internal_schemas_want_every_member_and_no_other),
        cmocka_unit_test (test_bad_examples_meet_the_problem_they_name),
        cmocka_unit_test (test_the_readme_explains_every_member_of_every_message),
    };
    return cmocka_run_group_tests (tests, s_setup, s_teardown);
}
