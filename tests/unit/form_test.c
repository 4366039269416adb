//  form_test - registers as data: the shipped ones, what a declaration may not be, what a value must be

#include "proto/form.h"
#include "proto/form_parts.h"
#include "proto/schema.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static forms_t *forms;

//  --- declarations

static void
s_fits_schema (const char *path)
{
    char error[300];
    json_t *root = file_json (path);
    schema_t *schema = schema_load ("proto/schemas/register.json", error, sizeof error);
    assert_non_null (schema);
    assert_true (schema_check (schema, root, "", NULL));
    schema_destroy (&schema);
    json_decref (root);
}

static void
test_the_shipped_registers_are_what_their_schema_and_the_program_want (void **state)
{
    (void) state;
    assert_int_equal (folder_each ("proto/registers", ".json", s_fits_schema), forms_count (forms));
    assert_int_equal (forms_count (forms), 5);
    for (size_t index = 0; index < forms_count (forms); index++)
        assert_true (form_lets_write (forms_at (forms, index), "registrar"));
    assert_null (forms_find (forms, "nothing"));
}

#define HEAD   "\"name\":\"x\",\"zh\":\"某\",\"en\":\"x\",\"key\":\"k\",\"writers\":[\"w\"]"
#define K      "{\"name\":\"k\",\"type\":\"id\",\"zh\":\"某\",\"en\":\"k\"}"
#define F(...) "{\"name\":\"f\",\"zh\":\"某\",\"en\":\"f\"," __VA_ARGS__ "}"

static void
test_a_wrong_declaration_names_the_line (void **state)
{
    (void) state;
    static const char TEXT[] = "{" HEAD ",\n\"fields\":[" K ",\n" K "]}";
    char error[400] = "";
    assert_null (form_parse ("x", TEXT, sizeof TEXT - 1, error, sizeof error));
    assert_string_equal (error, "x.json:3: /fields/1/name: is there twice");
}

static void
test_the_shape_in_the_program_is_the_published_schema (void **state)
{
    (void) state;
    json_t *shape = json_loads (form_shape (), JSON_REJECT_DUPLICATES, NULL);
    json_t *published = file_json ("proto/schemas/register.json");
    assert_true (json_equal (shape, published));
    json_decref (shape);
    json_decref (published);
}

static void
test_a_wrong_declaration_says_where_and_why (void **state)
{
    (void) state;
    static const struct {
        const char *text, *error;
    } CASES[] = {
        { "{" HEAD ",\"fields\":[" K "]}", NULL },
        { "{", "x.json:1: " },
        { "{" HEAD ",\"fields\":[]}", "x.json:1: /fields" },
        { "{" HEAD ",\"fields\":[" K "],\"colour\":1}", "x.json:1: /colour" },
        { "{" HEAD ",\"fields\":[" K "," K "]}", "x.json:1: /fields/1/name: is there twice" },
        { "{" HEAD ",\"fields\":[" F ("\"type\":\"id\"") "]}", "x.json:1: /key: no field" },
        { "{" HEAD ",\"fields\":[" K "," F ("\"type\":\"colour\"") "]}", "x.json:1: /fields/1/type" },
        { "{" HEAD ",\"fields\":[" K "," F ("\"type\":\"choice\"") "]}",
          "x.json:1: /fields/1/values: this type" },
        { "{" HEAD ",\"fields\":[" K "," F ("\"type\":\"date\",\"longest\":3") "]}",
          "x.json:1: /fields/1/longest: does not" },
        { "{" HEAD ",\"fields\":[" K "," F ("\"type\":\"reference\"") "]}", "x.json:1: /fields/1/register" },
        { "{" HEAD ",\"fields\":[" K "," F ("\"type\":\"number\",\"least\":3,\"greatest\":2") "]}",
          "x.json:1: /fields/1/least" },
        { "{" HEAD ",\"valid_until\":\"f\",\"fields\":[" K "," F ("\"type\":\"text\"") "]}",
          "x.json:1: /valid_until" },
        { "{" HEAD ",\"valid_from\":\"g\",\"fields\":[" K "]}", "x.json:1: /valid_from" },
        { "{" HEAD ",\"shows\":[\"f\"],\"fields\":[" K
          "," F ("\"type\":\"text\",\"secrecy\":\"sealed\"") "]}",
          "x.json:1: /shows/0" },
        { "{" HEAD ",\"one_of\":[\"f\"],\"fields\":[" K "," F ("\"type\":\"text\",\"required\":true") "]}",
          "x.json:1: /one_of/0" },
        { "{\"name\":\"y\",\"zh\":\"某\",\"en\":\"x\",\"key\":\"k\",\"writers\":[\"w\"],\"fields\":[" K "]}",
          "x.json:1: /name: is not" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char error[400] = "";
        form_t *form = form_parse ("x", CASES[index].text, strlen (CASES[index].text), error, sizeof error);
        assert_int_equal (form != NULL, CASES[index].error == NULL);
        if (CASES[index].error && strncmp (error, CASES[index].error, strlen (CASES[index].error)) != 0)
            fail_msg ("\"%s\" does not begin with \"%s\"", error, CASES[index].error);
        form_destroy (&form);
    }
}

//  --- values

static void
test_a_patch_is_checked_field_by_field_with_pointers (void **state)
{
    (void) state;
    static const struct {
        const char *patch, *pointer; //  NULL: it fits
    } CASES[] = {
        { "{}", NULL },
        { "{\"name\":\"木业\",\"employees\":0,\"special_work\":[\"hot_work\"],\"graded_on\":\"2024-02-29\"}",
          NULL },
        { "{\"grade\":null,\"phone\":\"1\"}", NULL },
        { "{\"credit_code\":\"914403001922038216\"}", NULL },
        { "{\"credit_code\":\"91330100799655058B\"}", "/data/fields/credit_code" },
        { "{\"credit_code\":null}", "/data/fields/credit_code" },
        { "{\"name\":null}", "/data/fields/name" },
        { "{\"name\":\"\"}", "/data/fields/name" },
        { "{\"name\":\"a\\nb\"}", "/data/fields/name" },
        { "{\"name\":\"a\\u202eb\"}", "/data/fields/name" },
        { "{\"name\":7}", "/data/fields/name" },
        { "{\"colour\":\"red\"}", "/data/fields/colour" },
        { "{\"employees\":\"7\"}", "/data/fields/employees" },
        { "{\"employees\":-1}", "/data/fields/employees" },
        { "{\"employees\":1000001}", "/data/fields/employees" },
        { "{\"grade\":\"e\"}", "/data/fields/grade" },
        { "{\"grade\":[\"a\"]}", "/data/fields/grade" },
        { "{\"graded_on\":\"2023-02-29\"}", "/data/fields/graded_on" },
        { "{\"special_work\":\"hot_work\"}", "/data/fields/special_work" },
        { "{\"special_work\":[]}", "/data/fields/special_work" },
        { "{\"special_work\":[\"hot_work\",\"hot_work\"]}", "/data/fields/special_work" },
        { "{\"unit\":\"a\\tb\"}", "/data/fields/unit" },
    };
    const form_t *form = forms_find (forms, "enterprise");
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
        json_t *patch = json_loads (CASES[index].patch, 0, NULL);
        bool fits = form_check_patch (form, forms, "914403001922038216", patch, problem);
        json_t *said = problem_json (problem);
        const json_t *first = json_array_get (json_object_get (said, "errors"), 0);
        if (fits != !CASES[index].pointer)
            fail_msg ("%s", CASES[index].patch);
        if (!fits)
            assert_string_equal (json_string_value (json_object_get (first, "pointer")),
                                 CASES[index].pointer);
        json_decref (said);
        json_decref (patch);
        problem_destroy (&problem);
    }
}

static void
test_a_reference_is_a_key_of_the_register_it_names (void **state)
{
    (void) state;
    const field_t *enterprise = form_field (forms_find (forms, "relation"), "enterprise");
    json_t *good = json_string ("914403001922038216"), *bad = json_string ("914403001922038217");
    assert_null (field_wrong (enterprise, good, forms));
    assert_non_null (field_wrong (enterprise, bad, forms));
    assert_null (field_wrong (enterprise, bad, NULL)); //  the other register is not known
    json_decref (good);
    json_decref (bad);
}

static void
test_a_whole_entry_has_what_is_required_and_one_of_the_alternatives (void **state)
{
    (void) state;
    static const struct {
        const char *fields;
        bool whole;
    } CASES[] = {
        { "{\"person\":\"a\",\"kind\":\"relative\",\"other\":\"b\"}", true },
        { "{\"person\":\"a\",\"kind\":\"relative\"}", false },
        { "{\"person\":\"a\",\"kind\":\"relative\",\"other\":\"b\",\"organisation\":\"c\"}", false },
        { "{\"kind\":\"relative\",\"other\":\"b\"}", false },
        { "{}", false },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
        json_t *fields = json_loads (CASES[index].fields, 0, NULL);
        assert_int_equal (form_check_whole (forms_find (forms, "relation"), fields, problem),
                          CASES[index].whole);
        json_decref (fields);
        problem_destroy (&problem);
    }
}

static void
test_a_patch_with_a_confidential_or_sealed_field_is_secret (void **state)
{
    (void) state;
    static const struct {
        const char *patch;
        bool secret;
    } CASES[] = { { "{\"name\":\"a\"}", false },
                  { "{\"name\":\"a\",\"phone\":\"1\"}", true },
                  { "{\"qr_token\":\"t\"}", true },
                  { "{\"phone\":null}", true } };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        json_t *patch = json_loads (CASES[index].patch, 0, NULL);
        assert_int_equal (form_is_secret (forms_find (forms, "enterprise"), patch), CASES[index].secret);
        json_decref (patch);
    }
}

static int
s_setup (void **state)
{
    (void) state;
    char error[400];
    forms = forms_new ("proto/registers", error, sizeof error);
    if (!forms)
        fprintf (stderr, "%s\n", error);
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
        cmocka_unit_test (test_the_shipped_registers_are_what_their_schema_and_the_program_want),
        cmocka_unit_test (test_the_shape_in_the_program_is_the_published_schema),
        cmocka_unit_test (test_a_wrong_declaration_names_the_line),
        cmocka_unit_test (test_a_wrong_declaration_says_where_and_why),
        cmocka_unit_test (test_a_patch_is_checked_field_by_field_with_pointers),
        cmocka_unit_test (test_a_reference_is_a_key_of_the_register_it_names),
        cmocka_unit_test (test_a_whole_entry_has_what_is_required_and_one_of_the_alternatives),
        cmocka_unit_test (test_a_patch_with_a_confidential_or_sealed_field_is_secret),
    };
    return cmocka_run_group_tests (tests, s_setup, s_teardown);
}
