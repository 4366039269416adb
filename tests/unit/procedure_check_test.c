//  procedure_check_test - each check of the loader, turned red by a change of the shipped procedure

#include "proto/procedure.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PATH "proto/procedures/former/suggestion-1.json"

//  The value that a path like "moves/0/to" leads to, all but its last part
static json_t *
s_parent (json_t *root, const char *path, char *last)
{
    char copy[200], *rest = copy;
    strcpy (copy, path);
    for (char *part; (part = strsep (&rest, "/"));) {
        if (!rest) {
            strcpy (last, part);
            return root;
        }
        root =
            json_is_array (root) ? json_array_get (root, (size_t) atoi (part)) : json_object_get (root, part);
        assert_non_null (root);
    }
    return NULL;
}

//  Puts a value (JSON text; NULL: takes it away; a last part "+" appends)
static void
s_change (json_t *root, const char *path, const char *text)
{
    char last[100];
    json_t *parent = s_parent (root, path, last);
    json_t *value = text ? json_loads (text, JSON_DECODE_ANY, NULL) : NULL;
    assert_int_equal (text == NULL, value == NULL);
    if (!value)
        assert_int_equal (json_is_array (parent) ? json_array_remove (parent, (size_t) atoi (last))
                                                 : json_object_del (parent, last),
                          0);
    else if (strcmp (last, "+") == 0)
        json_array_append_new (parent, value);
    else if (json_is_array (parent))
        json_array_set_new (parent, (size_t) atoi (last), value);
    else
        json_object_set_new (parent, last, value);
}

//  NULL if the changed procedure was taken, else the error; caller frees
static char *
s_refusal (const char *const changes[][2], size_t count)
{
    char error[400] = "";
    json_t *root = file_json (PATH);
    for (size_t index = 0; index < count && changes[index][0]; index++)
        s_change (root, changes[index][0], changes[index][1]);
    char *text = json_dumps (root, 0);
    procedure_t *self = procedure_parse ("suggestion", text, strlen (text), error, sizeof error);
    free (text);
    json_decref (root);
    bool taken = self != NULL;
    procedure_destroy (&self);
    return taken ? NULL : strdup (error);
}

static void
test_each_check_of_the_loader_can_fail (void **state)
{
    (void) state;
    static const struct {
        const char *changes[3][2];
        const char *error; //  NULL: is taken
    } CASES[] = {
        { { { NULL, NULL } }, NULL },
        //  shape
        { { { "name", NULL } }, "suggestion.json:1: /name: is missing" },
        { { { "name", "\"other\"" } }, "/name: is not the name of the file" },
        { { { "version", "0" } }, "/version: is too small" },
        { { { "extra", "1" } }, "/extra: is not a member" },
        { { { "moves/3/too", "\"closed\"" } }, "/moves/3/too: is not a member" },
        { { { "moves/3/roles", "[]" } }, "/moves/3/roles: has too few items" },
        { { { "moves/3/from/+", "\"supplement\"" } }, "/moves/3/from/1: is there twice" },
        { { { "states/0/zh", "\"a\\nb\"" } }, "/states/0/zh: " },
        { { { "states/0/end", "\"no\"" } }, "/states/0/end: must be true or false" },
        { { { "clocks/0/unit", "\"week\"" } }, "/clocks/0/unit: " },
        //  names
        { { { "initial", "\"begin\"" } }, "/initial: no state is called begin" },
        { { { "moves/0/to", "\"acepted\"" } }, "/moves/0/to: no state is called acepted" },
        { { { "moves/0/from/1", "\"suplement\"" } }, "/moves/0/from/1: no state is called suplement" },
        { { { "moves/0/roles/0", "\"clerk\"" } }, "/moves/0/roles/0: no role is called clerk" },
        { { { "moves/0/needs/0", "\"unitt\"" } }, "/moves/0/needs/0: no argument is called unitt" },
        { { { "moves/0/accepts/0", "\"notes\"" } }, "/moves/0/accepts/0: no argument is called notes" },
        { { { "moves/0/accepts/0", "\"unit\"" } }, "/moves/0/accepts/0: is needed already" },
        { { { "moves/0/sets/+", "\"document\"" } },
          "/moves/0/sets/2: document is not an argument of the move" },
        { { { "moves/9/at", "\"how\"" } }, "/moves/9/at: how is not a moment" },
        { { { "moves/9/at", "\"delivered_at\"" } }, "/moves/9/at: delivered_at is not a moment" },
        { { { "moves/0/clears_unit", "true" } }, "/moves/0/clears_unit: " },
        { { { "moves/0/command", "\"opened\"" } }, "/moves/0/command: opened" },
        { { { "states/1/name", "\"received\"" } }, "/states/1/name: is there twice" },
        { { { "roles/1/name", "\"intake_officer\"" } }, "/roles/1/name: is there twice" },
        { { { "roles/1/name", "\"submitter\"" } }, "/roles/1/name: is built in" },
        { { { "kinds/1/name", "\"criticism\"" } }, "/kinds/1/name: is there twice" },
        { { { "arguments/1/name", "\"unit\"" } }, "/arguments/1/name: is there twice" },
        { { { "clocks/1/name", "\"acceptance\"" } }, "/clocks/1/name: is there twice" },
        { { { "arguments/2/type", "\"choice\"" } }, "/arguments/2/values: " },
        { { { "arguments/2/values", "[{\"name\":\"a\",\"zh\":\"a\",\"en\":\"a\"}]" } },
          "/arguments/2/values: " },
        { { { "arguments/14/values/1/name", "\"satisfied\"" } }, "/arguments/14/values/1: is there twice" },
        //  the picture as a whole
        { { { "moves/2/command", "\"accept\"" } },
          "/moves/2/command: accept has a move from the same state" },
        { { { "states/+", "{\"name\":\"lost\",\"zh\":\"迷\",\"en\":\"lost\",\"end\":true}" } },
          "/states/13: lost cannot be reached" },
        { { { "states/8/end", "true" } }, "/states/8: answered is an end" },
        { { { "states/9/end", NULL } }, "/states/9: closed has no exit and is not an end" },
        { { { "states/12/end", NULL },
            { "states/+", "{\"name\":\"limbo\",\"zh\":\"悬\",\"en\":\"limbo\"}" },
            { "moves/+", "{\"command\":\"swing\",\"zh\":\"摆\",\"en\":\"swing\",\"from\":[\"withdrawn\"],"
                         "\"to\":\"limbo\",\"roles\":[\"chief\"]}" } },
          "/states/13: limbo has no exit" },
        { { { "states/12/end", NULL },
            { "states/+", "{\"name\":\"limbo\",\"zh\":\"悬\",\"en\":\"limbo\"}" },
            { "moves", NULL } },
          "/moves: is missing" },
        //  clocks
        { { { "clocks/0/states/0", "\"recieved\"" } }, "/clocks/0/states/0: no state is called recieved" },
        { { { "clocks/0/states/0", "\"closed\"" } }, "in closed the clock acceptance can never stop" },
        { { { "clocks/0/budget", NULL } }, "/clocks/0/budget: either" },
        { { { "clocks/3/budget", "5" } }, "/clocks/3/budget: either" },
        { { { "clocks/3/budget_default", NULL } }, "/clocks/3/budget_default: " },
        { { { "clocks/0/budget_default", "5" } }, "/clocks/0/budget_default: " },
        { { { "clocks/3/budget_field", "\"days\"" } }, "/clocks/3/budget_field: " },
        { { { "clocks/3/budget_field", "\"unit\"" } }, "/clocks/3/budget_field: " },
        //  notices
        { { { "notices/0/on", "\"opend\"" } }, "/notices/0/on: no command is called opend" },
        { { { "notices/0/to/0", "\"citizen\"" } }, "/notices/0/to/0: no role is called citizen" },
        { { { "notices/0/to/0", "\"system\"" } }, "/notices/0/to: nobody reads" },
        { { { "notices/0/confirm", "true" } }, "/notices/0/confirm: " },
        { { { "notices/1/confirm", "true" } }, "/notices/1/confirm: " },
        { { { "moves/16/roles/0", "\"chief\"" } },
          "/notices/5/confirm: no move delivered by system follows sign" },
        { { { "notices/1/on", "\"opened\"" }, { "notices/1/template", "\"acknowledged\"" } },
          "/notices/1: is there twice" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char *error = s_refusal (CASES[index].changes, 3);
        if ((error == NULL) != (CASES[index].error == NULL) || (error && !strstr (error, CASES[index].error)))
            fail_msg ("change %zu (%s): %s, not %s", index,
                      CASES[index].changes[0][0] ? CASES[index].changes[0][0] : "none",
                      error ? error : "was taken", CASES[index].error ? CASES[index].error : "taken");
        free (error);
    }
}

//  Two states that lead to each other and nowhere else: each has an exit, but no end can be reached
static void
test_a_circle_without_an_end_is_refused (void **state)
{
    (void) state;
    char error[400];
    static const char TEXT[] =
        "{\"name\":\"ring\",\"version\":1,\"zh\":\"环\",\"en\":\"ring\",\"initial\":\"a\","
        "\"kinds\":[{\"name\":\"k\",\"zh\":\"k\",\"en\":\"k\"}],\"roles\":[],\"arguments\":[],"
        "\"states\":[{\"name\":\"a\",\"zh\":\"a\",\"en\":\"a\"},{\"name\":\"b\",\"zh\":\"b\",\"en\":\"b\"}],"
        "\"moves\":[{\"command\":\"go\",\"zh\":\"去\",\"en\":\"go\",\"from\":[\"a\"],\"to\":\"b\",\"roles\":["
        "\"system\"]},"
        "{\"command\":\"back\",\"zh\":\"回\",\"en\":\"back\",\"from\":[\"b\"],\"to\":\"a\",\"roles\":["
        "\"system\"]}],"
        "\"clocks\":[],\"notices\":[]}";
    assert_null (procedure_parse ("ring", TEXT, sizeof TEXT - 1, error, sizeof error));
    assert_non_null (strstr (error, "/states/0: from a no end can be reached"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_each_check_of_the_loader_can_fail),
        cmocka_unit_test (test_a_circle_without_an_end_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
