//  routing_rules_test - which unit a case is proposed for, and which lists of rules are refused

#include "services/routing/rules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static const char RULES[] =
    "[{\"name\":\"law\",\"when\":{\"kinds\":[\"law_enforcement\"]},\"unit\":\"legal\",\"term\":15},"
    " {\"name\":\"gas in the "
    "north\",\"when\":{\"keywords\":[\"瓦斯\",\"leak\"],\"areas\":[\"north\"]},\"unit\":\"command\"},"
    " {\"name\":\"leads of the "
    "app\",\"when\":{\"kinds\":[\"lead\"],\"sources\":[\"app\",\"hall\"]},\"unit\":\"brigade\"},"
    " {\"name\":\"rest\",\"when\":{},\"unit\":\"triage\"}]";

static void
test_the_first_rule_whose_every_list_matches_wins (void **state)
{
    (void) state;
    static const struct {
        const char *kind, *area, *title, *excerpt, *source, *unit;
    } CASES[] = {
        { "law_enforcement", "north", "leak", "x", "app", "legal" }, //  order decides
        { "suggestion", "north", "瓦斯泄漏", "x", "app", "command" },
        { "suggestion", "north", "x", "a leak here", "app", "command" },
        { "suggestion", "south", "leak", "leak", "app", "triage" },
        { "suggestion", NULL, "leak", "leak", "app", "triage" },
        { "suggestion", "northern", "leak", "leak", "app", "triage" }, //  an area is a whole word
        { "lead", "south", "x", "x", "hall", "brigade" },
        { "lead", "south", "x", "x", "console", "triage" },
        { "leads", "south", "x", "x", "app", "triage" },
    };
    char error[200] = "";
    rules_t *rules = rules_parse ("rules.json", RULES, sizeof RULES - 1, error, sizeof error);
    assert_non_null (rules);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        json_t *message = json_pack ("{ss ss? ss ss ss}", "case_kind", CASES[index].kind, "area",
                                     CASES[index].area, "title", CASES[index].title, "excerpt",
                                     CASES[index].excerpt, "source", CASES[index].source);
        proposal_t proposal = rules_propose (rules, message);
        assert_string_equal (proposal.unit, CASES[index].unit);
        assert_int_equal (proposal.term, strcmp (proposal.unit, "legal") ? 0 : 15);
        assert_true (*proposal.name);
        json_decref (message);
    }
    rules_destroy (&rules);
    assert_null (rules);
    rules_destroy (&rules);
}

static void
test_a_message_with_nothing_in_it_falls_back (void **state)
{
    (void) state;
    char error[200] = "";
    rules_t *rules = rules_parse ("rules.json", RULES, sizeof RULES - 1, error, sizeof error);
    json_t *message = json_object ();
    assert_string_equal (rules_propose (rules, message).unit, "triage");
    json_decref (message);
    rules_destroy (&rules);
}

static void
test_wrong_rules_are_refused_with_the_file_and_the_place (void **state)
{
    (void) state;
#define LAST ",{\"name\":\"z\",\"when\":{},\"unit\":\"z\"}]"
    static const char *const WRONG[][2] = {
        { "", "line" },
        { "[", "line" },
        { "{}", "list" },
        { "[]", "list" },
        { "[1]", "/0" },
        { "[{\"name\":\"a\",\"name\":\"b\",\"when\":{},\"unit\":\"u\"}]", "line" },
        { "[{\"when\":{},\"unit\":\"u\"}]", "/0: needs a name" },
        { "[{\"name\":\"a\",\"when\":{}}]", "/0: needs a name" },
        { "[{\"name\":\"a\",\"when\":{},\"unit\":\"\"}]", "/0: needs a name" },
        { "[{\"name\":\"a\",\"unit\":\"u\"}]", "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{\"kinds\":[\"x\"]},\"unit\":\"u\"}]", "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{},\"unit\":\"u\"}" LAST, "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{\"kind\":[\"x\"]},\"unit\":\"u\"}" LAST, "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{\"kinds\":\"x\"},\"unit\":\"u\"}" LAST, "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{\"kinds\":[]},\"unit\":\"u\"}" LAST, "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{\"kinds\":[\"\"]},\"unit\":\"u\"}" LAST, "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{\"kinds\":[1]},\"unit\":\"u\"}" LAST, "/0: /when" },
        { "[{\"name\":\"a\",\"when\":{},\"unit\":\"u\",\"term\":0}]", "/term" },
        { "[{\"name\":\"a\",\"when\":{},\"unit\":\"u\",\"term\":\"5\"}]", "/term" },
        { "[{\"name\":\"a\",\"when\":{},\"unit\":\"u\",\"term\":1000}]", "/term" },
    };
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++) {
        char error[200] = "";
        rules_t *rules =
            rules_parse ("r.json", WRONG[index][0], strlen (WRONG[index][0]), error, sizeof error);
        if (rules || strncmp (error, "r.json: ", 8) != 0 || !strstr (error, WRONG[index][1]))
            fail_msg ("%s: says %s", WRONG[index][0], error);
    }
}

static void
test_the_shipped_rules_are_good (void **state)
{
    (void) state;
    char error[200] = "";
    rules_t *rules = rules_load ("deploy/rules.json", error, sizeof error);
    if (!rules)
        fail_msg ("%s", error);
    rules_destroy (&rules);
    assert_null (rules_load ("deploy/nothing.json", error, sizeof error));
    assert_non_null (strstr (error, "deploy/nothing.json"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_first_rule_whose_every_list_matches_wins),
        cmocka_unit_test (test_a_message_with_nothing_in_it_falls_back),
        cmocka_unit_test (test_wrong_rules_are_refused_with_the_file_and_the_place),
        cmocka_unit_test (test_the_shipped_rules_are_good),
    };
    return cmocka_run_group_tests_name ("assignment rules", tests, NULL, NULL);
}
