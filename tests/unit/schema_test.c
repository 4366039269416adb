//  schema_test - the validator: each keyword, each refusal at load, and the public test suite

#include "proto/schema.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define SUITE "/usr/share/json-schema-test-suite/tests/draft7"

static json_t *
s_json (const char *text)
{
    json_error_t why;
    json_t *value = json_loads (text, JSON_DECODE_ANY, &why);
    if (!value)
        fail_msg ("%s: %s", text, why.text);
    return value;
}

//  The pointer of the first error, "" if it fits; caller frees
static char *
s_verdict (const char *schema_text, const char *value_text)
{
    char error[300] = "";
    json_t *root = s_json (schema_text), *value = s_json (value_text);
    schema_t *schema = schema_new (root, error, sizeof error);
    if (!schema)
        fail_msg ("%s: %s", schema_text, error);
    problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
    bool good = schema_check (schema, value, "/data", problem);
    assert_int_equal (good, schema_check (schema, value, "/data", NULL));
    json_t *said = problem_json (problem);
    json_t *first = json_array_get (json_object_get (said, "errors"), 0);
    assert_int_equal (good, first == NULL);
    char *pointer = strdup (good ? "" : json_string_value (json_object_get (first, "pointer")));
    json_decref (said);
    problem_destroy (&problem);
    schema_destroy (&schema);
    assert_null (schema);
    json_decref (value);
    json_decref (root);
    return pointer;
}

static void
test_every_keyword_checks_and_points (void **state)
{
    (void) state;
    static const struct {
        const char *schema, *value, *pointer; //  pointer "": fits
    } CASES[] = {
        { "{}", "[1,{}]", "" },
        { "{\"type\":\"integer\"}", "1", "" },
        { "{\"type\":\"integer\"}", "1.0",
          "/data" }, //  stricter than the drafts: who reads it reads an integer
        { "{\"type\":\"integer\"}", "true", "/data" },
        { "{\"type\":\"integer\"}", "\"1\"", "/data" },
        { "{\"type\":\"number\"}", "1.5", "" },
        { "{\"type\":\"boolean\"}", "0", "/data" },
        { "{\"type\":\"boolean\"}", "false", "" },
        { "{\"type\":\"null\"}", "null", "" },
        { "{\"type\":[\"string\",\"null\"]}", "null", "" },
        { "{\"type\":[\"string\",\"null\"]}", "1", "/data" },
        { "{\"const\":true}", "1", "/data" },
        { "{\"const\":{\"a\":[1]}}", "{\"a\":[1]}", "" },
        { "{\"enum\":[\"a\",null]}", "null", "" },
        { "{\"enum\":[\"a\",null]}", "\"A\"", "/data" },
        { "{\"minLength\":2}", "\"督\"", "/data" },
        { "{\"minLength\":2}", "\"督办\"", "" },
        { "{\"maxLength\":2}", "\"𠮷𠮷\"", "" },
        { "{\"maxLength\":2}", "\"𠮷𠮷a\"", "/data" },
        { "{\"maxLength\":2}", "12345", "" }, //  says nothing about other types
        { "{\"minimum\":0}", "-1", "/data" },
        { "{\"minimum\":0}", "-0.0", "" },
        { "{\"maximum\":9007199254740992}", "9007199254740993", "/data" }, //  equal as doubles
        { "{\"maximum\":9223372036854775807}", "9223372036854775807", "" },
        { "{\"minItems\":1}", "[]", "/data" },
        { "{\"maxItems\":1}", "[1,2]", "/data" },
        { "{\"items\":{\"type\":\"string\"}}", "[\"a\",\"b\",3]", "/data/2" },
        { "{\"uniqueItems\":true,\"maxItems\":9}", "[{\"a\":1},2,{\"a\":1}]", "/data/2" },
        { "{\"uniqueItems\":true,\"maxItems\":9}", "[0,false,\"0\",null]", "" },
        { "{\"required\":[\"a\"]}", "{}", "/data/a" },
        { "{\"required\":[\"a\"]}", "{\"a\":null}", "" },
        { "{\"required\":[\"a\"],\"additionalProperties\":false}", "{\"a\":1}", "/data/a" },
        { "{\"properties\":{\"a\":{\"type\":\"object\",\"required\":[\"b\"]}}}", "{\"a\":{}}", "/data/a/b" },
        { "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"x/y~z\":2}",
          "/data/x~1y~0z" },
        { "{\"properties\":{\"a\":{}},\"additionalProperties\":{\"type\":\"null\"}}", "{\"a\":1,\"b\":2}",
          "/data/b" },
        { "{\"additionalProperties\":false}", "{\"__proto__\":1}", "/data/__proto__" },
        { "{\"properties\":{\"\":{\"const\":1}}}", "{\"\":2}", "/data/" },
        { "{\"format\":\"date\"}", "\"2024-02-29\"", "" },
        { "{\"format\":\"date\"}", "\"2023-02-29\"", "/data" },
        { "{\"format\":\"date\"}", "\"2023-2-9\"", "/data" },
        { "{\"format\":\"date\"}", "\"2023-02-09 \"", "/data" },
        { "{\"format\":\"date-time\"}", "\"2026-11-23T08:30:00Z\"", "" },
        { "{\"format\":\"date-time\"}", "\"2026-11-23 08:30:00Z\"", "/data" },
        { "{\"format\":\"date-time\"}", "7", "" },
        { "{\"format\":\"id\"}", "\"\"", "/data" },
        { "{\"format\":\"id\"}", "\"a\\u200bb\"", "/data" },
        { "{\"format\":\"id\"}", "\"a\\u2067b\"", "/data" },
        { "{\"format\":\"id\"}", "\"编号 7\"", "" },
        { "{\"format\":\"sha256\"}", "\"abc\"", "/data" },
        { "{\"pattern\":\"^[a-z]+$\"}", "\"ab\\n\"", "/data" },
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"null\"}}}", "1", "/data" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char *pointer = s_verdict (CASES[index].schema, CASES[index].value);
        if (strcmp (pointer, CASES[index].pointer) != 0)
            fail_msg ("%s with %s: %s", CASES[index].schema, CASES[index].value, pointer);
        free (pointer);
    }
}

static void
test_alternatives_are_told_apart_by_their_constant (void **state)
{
    (void) state;
    static const char SCHEMA[] =
        "{\"oneOf\":[{\"$ref\":\"#/$defs/circle\"},{\"type\":\"object\",\"required\":[\"kind\",\"side\"],"
        "\"properties\":{\"kind\":{\"const\":\"square\"},\"side\":{\"type\":\"integer\"}}}],"
        "\"$defs\":{\"circle\":{\"type\":\"object\",\"required\":[\"radius\",\"kind\"],"
        "\"properties\":{\"kind\":{\"const\":\"circle\"},\"radius\":{\"type\":\"integer\"}}}}}";
    static const struct {
        const char *value, *pointer;
    } CASES[] = {
        { "{\"kind\":\"circle\",\"radius\":1}", "" },
        { "{\"kind\":\"square\",\"side\":1}", "" },
        { "{\"kind\":\"square\",\"radius\":1}", "/data/side" },
        { "{\"kind\":\"circle\",\"radius\":\"1\"}", "/data/radius" },
        { "{\"kind\":\"line\"}", "/data/kind" },
        { "{\"side\":1}", "/data/kind" },
        { "[]", "/data" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char *pointer = s_verdict (SCHEMA, CASES[index].value);
        assert_string_equal (pointer, CASES[index].pointer);
        free (pointer);
    }
}

static void
test_what_cannot_be_checked_is_refused_when_the_schema_is_loaded (void **state)
{
    (void) state;
    static const struct {
        const char *schema, *error;
    } CASES[] = {
        { "[]", "/: " },
        { "{\"typ\":\"string\"}", "/typ: " },
        { "{\"type\":\"text\"}", "/type: " },
        { "{\"type\":[]}", "/type: " },
        { "{\"type\":[\"string\",\"text\"]}", "/type: " },
        { "{\"anyOf\":[{}]}", "/anyOf: " },
        { "{\"if\":{}}", "/if: " },
        { "{\"properties\":{\"a\":{\"multipleOf\":2}}}", "/properties/a/multipleOf: " },
        { "{\"properties\":{\"a\":true}}", "/properties/a: " },
        { "{\"properties\":[]}", "/properties: " },
        { "{\"required\":\"a\"}", "/required: " },
        { "{\"required\":[1]}", "/required: " },
        { "{\"additionalProperties\":true}", "/additionalProperties: " },
        { "{\"items\":[{}]}", "/items: " },
        { "{\"items\":{\"format\":\"email\"}}", "/items/format: " },
        { "{\"minLength\":-1}", "/minLength: " },
        { "{\"maxItems\":1.0}", "/maxItems: " },
        { "{\"minimum\":\"0\"}", "/minimum: " },
        { "{\"enum\":[]}", "/enum: " },
        { "{\"uniqueItems\":true}", "/uniqueItems: " },
        { "{\"uniqueItems\":true,\"maxItems\":5000}", "/uniqueItems: " },
        { "{\"pattern\":\"a|b\"}", "/pattern: " },
        { "{\"$ref\":\"#\"}", "/$ref: " },
        { "{\"$ref\":\"other.json\"}", "/$ref: " },
        { "{\"$ref\":\"#/$defs/a\"}", "/$ref: " },
        { "{\"$ref\":\"#/$defs/a\",\"type\":\"null\",\"$defs\":{\"a\":{}}}", "does not count beside $ref" },
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"items\":{\"$ref\":\"#/$defs/a\"}}}}",
          "refers to itself" },
        { "{\"items\":{\"$defs\":{}}}", "/items/$defs: " },
        { "{\"$defs\":{\"a\":{\"unknown\":1}}}", "/$defs/a/unknown: " },
        { "{\"oneOf\":[]}", "/oneOf: " },
        { "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "/oneOf: " },
        { "{\"oneOf\":[{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":{\"const\":1}}},"
          "{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":{\"const\":1}}}]}",
          "/oneOf: " },
        { "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":1}}}]}", "/oneOf: " },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char error[300] = "";
        json_t *root = s_json (CASES[index].schema);
        schema_t *schema = schema_new (root, error, sizeof error);
        if (schema || !strstr (error, CASES[index].error))
            fail_msg ("%s: %s", CASES[index].schema, schema ? "was taken" : error);
        json_decref (root);
    }
}

static void
test_a_file_that_is_missing_or_broken_is_named (void **state)
{
    (void) state;
    char error[300] = "";
    assert_null (schema_load ("proto/schemas/none.json", error, sizeof error));
    assert_non_null (strstr (error, "none.json"));
    assert_null (schema_load ("proto/README.md", error, sizeof error));
    assert_non_null (strstr (error, "README.md: line 1"));
}

//  --- the public suite

//  Where this validator is stricter than the draft on purpose
static bool
s_is_stricter (const char *group, const char *test)
{
    static const char *const STRICTER[][2] = {
        { "integer type matches integers", "a float with zero fractional part is an integer" },
        { "const with 0 does not match other zero-like types", "float zero is valid" },
        { "const with 1 does not match true", "float one is valid" },
        { "float and integers are equal up to 64-bit representation limits", NULL },
        { "const with -2.0 matches integer and float types", NULL },
        { "enum with 0 does not match false", "float zero is valid" },
        { "enum with 1 does not match true", "float one is valid" },
        { "uniqueItems validation", "numbers are unique if mathematically unequal" },
        { "uniqueItems validation", "non-unique array of integers" },
    };
    for (size_t index = 0; index < sizeof STRICTER / sizeof *STRICTER; index++)
        if (strcmp (STRICTER[index][0], group) == 0 &&
            (!STRICTER[index][1] || strcmp (STRICTER[index][1], test) == 0))
            return true;
    return false;
}

static int suite_tests, suite_groups;

static void
s_run_group (const json_t *group, const char *path)
{
    char error[300];
    json_t *root = json_object_get (group, "schema"), *test;
    size_t index;
    const char *name = json_string_value (json_object_get (group, "description"));
    if (json_object_get (root, "uniqueItems") && !json_object_get (root, "maxItems"))
        json_object_set_new (root, "maxItems", json_integer (200)); //  asked for here, generous for the suite
    schema_t *schema = schema_new (root, error, sizeof error);
    if (!schema)
        return; //  outside the subset, and said so
    suite_groups++;
    json_array_foreach (json_object_get (group, "tests"), index, test) {
        const char *what = json_string_value (json_object_get (test, "description"));
        bool valid = json_is_true (json_object_get (test, "valid"));
        suite_tests++;
        if (schema_check (schema, json_object_get (test, "data"), "", NULL) != valid &&
            !s_is_stricter (name, what))
            fail_msg ("%s: %s: %s", path, name, what);
    }
    schema_destroy (&schema);
}

static void
s_run_file (const char *path)
{
    json_t *groups = file_json (path), *group;
    size_t index;
    json_array_foreach (groups, index, group)
        s_run_group (group, path);
    json_decref (groups);
}

static void
test_the_public_suite_is_passed_where_its_schemas_are_within_the_subset (void **state)
{
    (void) state;
    if (access (SUITE, R_OK) != 0)
        skip ();
    folder_each (SUITE, ".json", s_run_file);
    print_message ("JSON-Schema-Test-Suite draft-07: %d groups, %d tests\n", suite_groups, suite_tests);
    assert_true (suite_groups >= 30);
    assert_true (suite_tests >= 140);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_every_keyword_checks_and_points),
        cmocka_unit_test (test_alternatives_are_told_apart_by_their_constant),
        cmocka_unit_test (test_what_cannot_be_checked_is_refused_when_the_schema_is_loaded),
        cmocka_unit_test (test_a_file_that_is_missing_or_broken_is_named),
        cmocka_unit_test (test_the_public_suite_is_passed_where_its_schemas_are_within_the_subset),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
