//  procedure_members_test - each check of what a procedure's moves and clocks do beside moving and running,
//  turned red by a change of a procedure that has every member; arguments of every type

#include "proto/procedure.h"
#include "tests/unit/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PATH "tests/unit/trial.json"

//  The object in a list whose first name ("name", "command" or "on") is this
static json_t *
s_named (json_t *list, const char *name)
{
    static const char *const MEMBERS[] = { "name", "command", "on" };
    size_t index;
    json_t *one;
    json_array_foreach (list, index, one)
        for (size_t at = 0; at < sizeof MEMBERS / sizeof *MEMBERS; at++) {
            const char *text = json_string_value (json_object_get (one, MEMBERS[at]));
            if (text && !strcmp (text, name))
                return one;
        }
    return NULL;
}

static procedure_t *
s_parse (json_t *root, char error[400])
{
    char *text = json_dumps (root, 0);
    procedure_t *self = procedure_parse ("trial", text, strlen (text), error, 400);
    free (text);
    return self;
}

typedef struct {
    const char *list, *name, *member;
    const char *value; //  JSON; NULL: taken away
    const char *error; //  a part of it; NULL: is taken
} change_t;

static void
s_expect (const change_t *change)
{
    char error[400] = "";
    json_t *root = file_json (PATH);
    json_t *list = json_object_get (root, change->list);
    json_t *object = change->name ? s_named (list, change->name) : list;
    if (!object)
        fail_msg ("%s has no %s", change->list, change->name);
    json_object_del (object, change->member);
    if (change->value) {
        json_t *value = json_loads (change->value, JSON_DECODE_ANY, NULL);
        assert_non_null (value);
        json_object_set_new (object, change->member, value);
    }
    procedure_t *self = s_parse (root, error);
    if (!self != (change->error != NULL) || (!self && !strstr (error, change->error)))
        fail_msg ("%s/%s/%s: %s, not %s", change->list, change->name ? change->name : "", change->member,
                  self ? "was taken" : error, change->error ? change->error : "taken");
    procedure_destroy (&self);
    json_decref (root);
}

static void
test_each_check_of_moves_can_fail (void **state)
{
    (void) state;
    static const change_t CHANGES[] = {
        { "moves", "give", "en", "\"hand out\"", NULL },
        { "moves", "give", "surprise", "1", "/surprise: is not a member" },
        //  fields
        { "moves", "give", "sets", "[\"days\"]", "/sets/0: days is not an argument of the move" },
        { "moves", "stamp", "marks", "{\"clocks\":true}", "/marks/clocks: is kept by duban itself" },
        { "moves", "stamp", "marks", "{\"also\":true}", "/marks/also: is kept" },
        { "moves", "stamp", "marks", "{\"moved\":\"x\"}", "/marks/moved: is kept" },
        { "moves", "stamp", "marks", "{\"secret\":\"x\"}", "/marks/secret: is kept" },
        { "moves", "stamp", "marks", "{\"unit\":\"fire\"}", "/marks/unit: is kept" },
        { "moves", "stamp", "marks", "{\"work_breached\":true}", "/marks/work_breached: is kept" },
        { "moves", "stamp", "marks", "{\"opinions_complete\":true}", "/marks/opinions_complete: is kept" },
        { "moves", "stamp", "marks", "{\"secrecy\":\"hidden\"}", "/marks/secrecy: is no class" },
        { "moves", "stamp", "marks", "{\"secrecy\":true}", "/marks/secrecy: is no class" },
        { "moves", "stamp", "marks", "{\"number\":5}", "/marks/number: " },
        { "moves", "wipe", "clears", "[\"colors\"]", "/clears/0: no field is called colors" },
        { "moves", "wipe", "clears", "[\"unit\"]", "/clears/0: unit cannot be cleared" },
        { "moves", "wipe", "clears", "[\"work_breached\"]", NULL },
        { "moves", "aside", "collects", "\"clocks\"", "/collects: clocks is kept" },
        //  conditions
        { "moves", "only_a", "when", "[{\"field\":\"grade\",\"zh\":\"x\",\"en\":\"x\"}]",
          "/when/0: either set or values" },
        { "moves", "only_a", "when",
          "[{\"field\":\"grade\",\"set\":true,\"values\":[\"a\"],\"zh\":\"x\",\"en\":\"x\"}]",
          "/when/0: either set or values" },
        { "moves", "only_a", "when", "[{\"field\":\"weather\",\"set\":true,\"zh\":\"x\",\"en\":\"x\"}]",
          "/when/0/field: no move sets weather" },
        { "moves", "only_a", "when", "[{\"field\":\"walk_breached\",\"set\":true,\"zh\":\"x\",\"en\":\"x\"}]",
          "/when/0/field: no move sets walk_breached" },
        { "moves", "only_a", "when", "[{\"field\":\"work_breached\",\"set\":true,\"zh\":\"x\",\"en\":\"x\"}]",
          NULL },
        { "moves", "only_a", "when",
          "[{\"field\":\"opinions_complete\",\"set\":true,\"zh\":\"x\",\"en\":\"x\"}]", NULL },
        { "moves", "only_a", "when",
          "[{\"field\":\"kind\",\"values\":[\"plain\"],\"zh\":\"x\",\"en\":\"x\"}]", NULL },
        //  extensions
        { "moves", "longer", "extends", "{\"clock\":\"walk\",\"by\":\"days\",\"times\":1}",
          "/extends/clock: no clock is called walk" },
        { "moves", "longer", "extends", "{\"clock\":\"work\",\"by\":\"amount\",\"times\":1}",
          "/extends/by: amount is not a count" },
        { "moves", "longer", "sets", NULL, "/extends/by: days is not a count that the move needs" },
        { "moves", "longer", "extends", "{\"clock\":\"work\",\"by\":\"days\",\"times\":0}",
          "/extends/times: " },
        { "moves", "anew", "restarts", "[\"walk\"]", "/restarts/0: no clock is called walk" },
        //  dates that move on, cases that open or go on
        { "moves", "next_day", "advances", "{\"field\":\"days\",\"by\":1,\"unit\":\"day\"}",
          "/advances/field: the case has no date called days" },
        { "moves", "next_day", "advances", "{\"field\":\"until\",\"by\":1,\"unit\":\"week\"}",
          "/advances/unit: " },
        { "moves", "split", "opens", "{\"procedure\":\"trial\",\"kind\":\"plain\",\"title\":\"grade\"}",
          "/opens/title: the move does not need grade" },
        { "moves", "merge", "merges", "\"text\"", "/merges: text is not a case that the move needs" },
        { "moves", "merge", "to", "\"still\"", "/merges: a case that was merged has ended" },
        { "moves", "tell", "tells", "[\"Inspection\"]", "/tells/0: " },
    };
    for (size_t index = 0; index < sizeof CHANGES / sizeof *CHANGES; index++)
        s_expect (&CHANGES[index]);
}

static void
test_each_check_of_clocks_can_fail (void **state)
{
    (void) state;
    static const change_t CHANGES[] = {
        { "clocks", "work", "paused_in", "[\"stil\"]", "/paused_in/0: no state is called stil" },
        { "clocks", "work", "paused_in", "[\"open\"]", "/paused_in/0: it runs in open" },
        { "clocks", "work", "paused_in", "[\"done\"]", "in done the clock work can never stop" },
        { "clocks", "work", "on_breach", "\"close\"", "/on_breach: no move close of role system" },
        { "clocks", "work", "on_breach", "\"fly\"", "/on_breach: no move fly of role system" },
        { "clocks", "work", "at_least", "2", "/at_least: belongs to keep_min" },
        { "clocks", "first", "at_least", NULL, "/at_least: belongs to keep_min" },
        { "clocks", "first", "again", "\"sometimes\"", "/again: " },
        { "clocks", "term", "if_field", "\"weather\"", "/if_field: no move sets weather" },
        { "clocks", "opinions_due", "unless_field", "\"weather\"", "/unless_field: no move sets weather" },
        { "clocks", "term", "from_field", "\"days\"", "/from_field: the case has no date called days" },
        { "clocks", "last_day", "until_field", NULL, "/until_field: belongs to unit until" },
        { "clocks", "last_day", "until_field", "\"days\"", "/until_field: the case has no date called days" },
        { "clocks", "last_day", "budget", "3", "/budget: a clock until a date has none" },
        { "clocks", "last_day", "unit", "\"hour\"", "/until_field: belongs to unit until" },
        { "clocks", "work", "until_field", "\"until\"", "/until_field: belongs to unit until" },
        { "clocks", "work", "earlier", "1", "/earlier: belongs to unit until" },
        { "clocks", "step", "unit", "\"minute\"", NULL },
        { "clocks", "step", "unit", "\"month\"", NULL },
        { "clocks", "step", "unit", "\"fortnight\"", "/unit: " },
        { "clocks", "step", "debtor", "\"The Enterprise\"", "/debtor: " },
    };
    for (size_t index = 0; index < sizeof CHANGES / sizeof *CHANGES; index++)
        s_expect (&CHANGES[index]);
}

static void
test_each_check_of_people_and_arguments_can_fail (void **state)
{
    (void) state;
    static const change_t CHANGES[] = {
        { "roles", "handler", "of_co_unit", "true", "/of_co_unit: is of the lead unit already" },
        { "roles", "co_handler", "as", "\"system\"", "/as: nobody holds system" },
        { "arguments", "unit", "type", "\"text\"", "/arguments/0/type: unit must be a name" },
        { "arguments", "co_units", "type", "\"name\"", "/type: co_units must be a list of names" },
        { "arguments", "accused", "type", "\"text\"", "/type: accused must be a list of names" },
        { "arguments", "accused_units", "type", "\"text\"", "/type: accused_units must be a list of names" },
        { "arguments", "text", "secret", "\"yes\"", "/secret: must be true or false" },
        { "opening", NULL, "needs", "[\"colour\"]", "/opening/needs/0: no argument is called colour" },
        { "opening", NULL, "accepts", "[\"colour\"]", "/opening/accepts/0: no argument is called colour" },
        { "opening", NULL, "accepts", "[\"until\"]", "/opening/accepts/0: is needed already" },
        { "opening", NULL, "wants", "[]", "/opening/wants: is not a member" },
    };
    for (size_t index = 0; index < sizeof CHANGES / sizeof *CHANGES; index++)
        s_expect (&CHANGES[index]);
}

#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static void
test_arguments_of_every_type_fit_or_do_not (void **state)
{
    (void) state;
    static const struct {
        const char *name, *value;
        bool fits;
    } CASES[] = {
        { "co_units", "[\"fire\"]", true },
        { "co_units", "[\"fire\",\"flood\"]", true },
        { "co_units", "[]", false },
        { "co_units", "[\"fire\",\"fire\"]", false },
        { "co_units", "[\"fire\",7]", false },
        { "co_units", "[\"a\\u202eb\"]", false },
        { "co_units", "\"fire\"", false },
        { "co_units", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]", false },
        { "days", "1", true },
        { "days", "999", true },
        { "days", "0", false },
        { "days", "1000", false },
        { "amount", "0", true },
        { "amount", "9007199254740991", true },
        { "amount", "9007199254740992", false },
        { "amount", "-1", false },
        { "amount", "1.5", false },
        { "until", "\"2028-02-29\"", true },
        { "until", "\"2027-02-29\"", false },
        { "until", "\"2026-11-23T00:00:00Z\"", false },
        { "begins", "\"2026-11-23T00:00:00+08:00\"", true },
        { "begins", "\"2026-11-23\"", false },
        { "grade", "\"a\"", true },
        { "grade", "\"A\"", false },
        { "agreed", "true", true },
        { "agreed", "false", true },
        { "agreed", "\"true\"", false },
        { "agreed", "1", false },
        { "sum", "\"" HASH "\"", true },
        { "sum", "\"9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"", false },
        { "sum", "\"" HASH "0\"", false },
        { "sum", "\"\"", false },
        { "into", "\"JM-2026-000012-3\"", false }, //  the check digit does not fit
        { "into", "\"JM-2026-000123-7\"", true },
        { "into", "123", false },
        { "text", "\"\"", false },
        { "text", "null", false },
        { "unit", "[\"fire\"]", false },
    };
    char error[400];
    procedure_t *self = procedure_load (PATH, error, sizeof error);
    if (!self)
        fail_msg ("%s", error);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        json_t *value = json_loads (CASES[index].value, JSON_DECODE_ANY, NULL);
        const procedure_argument_t *argument = procedure_argument (self, CASES[index].name);
        assert_non_null (argument);
        if (procedure_argument_fits (argument, value) != CASES[index].fits)
            fail_msg ("%s: %s", CASES[index].name, CASES[index].value);
        assert_true (*procedure_argument_form (argument));
        json_decref (value);
    }
    procedure_destroy (&self);
}

static void
test_the_first_argument_that_is_wrong_is_named_with_the_reason (void **state)
{
    (void) state;
    static const struct {
        const char *arguments, *name, *why;
    } CASES[] = {
        { "{\"until\":\"2026-12-01\"}", NULL, NULL },
        { "{\"until\":\"2026-12-01\",\"accused\":[\"a\"]}", NULL, NULL },
        { "{}", "until", "is needed" },
        { "{\"until\":\"2026-13-01\"}", "until", "must be a date that exists" },
        { "{\"until\":\"2026-12-01\",\"text\":\"x\"}", "text", "is not known here" },
        { "{\"until\":\"2026-12-01\",\"weather\":\"x\"}", "weather", "is not known here" },
    };
    char error[400];
    procedure_t *self = procedure_load (PATH, error, sizeof error);
    assert_non_null (self);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        const char *why = "";
        json_t *arguments = json_loads (CASES[index].arguments, 0, NULL);
        const char *wrong = procedure_arguments_wrong (self, arguments, procedure_opening_needs (self),
                                                       procedure_opening_accepts (self), &why);
        assert_int_equal (wrong == NULL, CASES[index].name == NULL);
        if (wrong && (strcmp (wrong, CASES[index].name) != 0 || !strstr (why, CASES[index].why)))
            fail_msg ("%s: %s %s", CASES[index].arguments, wrong, why);
        json_decref (arguments);
    }
    const char *why;
    assert_string_equal (procedure_arguments_wrong (self, NULL, procedure_opening_needs (self),
                                                    procedure_opening_accepts (self), &why),
                         "until");
    procedure_destroy (&self);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_each_check_of_moves_can_fail),
        cmocka_unit_test (test_each_check_of_clocks_can_fail),
        cmocka_unit_test (test_each_check_of_people_and_arguments_can_fail),
        cmocka_unit_test (test_arguments_of_every_type_fit_or_do_not),
        cmocka_unit_test (test_the_first_argument_that_is_wrong_is_named_with_the_reason),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
