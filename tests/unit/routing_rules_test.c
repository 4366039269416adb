//  routing_rules_test - which unit a case is proposed for and why, and which lists of rules are refused

#include "services/routing/rules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
//
#include <cmocka.h>

static const char RULES[] =
    "{\"about\":\"for tests\","
    " \"areas\":{\"北镇\":[\"北乡\"],\"海镇\":[],\"海镇新区\":[]},"
    " \"rules\":["
    " {\"name\":\"law\",\"when\":{\"kinds\":[\"law_enforcement\"]},\"unit\":\"legal\",\"term\":15},"
    " {\"name\":\"gas in the north\",\"when\":{\"keywords\":[\"瓦斯\",\"leak\"],\"areas\":[\"北镇\"],"
    "  \"unless\":[\"drill\"]},\"unit\":\"command\",\"co_units\":[\"brigade\",\"office\"],\"priority\":\"urgent\"},"
    " {\"name\":\"leads of the app\",\"when\":{\"kinds\":[\"lead\"],\"sources\":[\"app\",\"hall\"]},"
    "  \"unit\":\"brigade\"},"
    " {\"name\":\"school\",\"when\":{\"keywords\":{\"学校\":3,\"老师\":2,\"工资\":-2},\"at_least\":3},\"unit\":\"edu\"},"
    " {\"name\":\"wages\",\"when\":{\"keywords\":{\"工资\":3,\"拖欠\":2}},\"unit\":\"labour\"},"
    " {\"name\":\"roads\",\"when\":{\"keywords\":{\"路\":3},\"procedures\":[\"suggestion\"]},\"unit\":\"road\"},"
    " {\"name\":\"paper\",\"when\":{\"procedures\":[\"incident\"]},\"unit\":\"office\"},"
    " {\"name\":\"rest\",\"when\":{},\"unit\":\"triage\"}]}";

static rules_t *
s_rules (void)
{
    char error[400] = "";
    rules_t *rules = rules_parse ("rules.json", RULES, sizeof RULES - 1, error, sizeof error);
    if (!rules)
        fail_msg ("%s", error);
    return rules;
}

typedef struct {
    const char *kind, *area, *title, *excerpt, *source, *unit;
} submission_t;

static json_t *
s_message (const submission_t *from)
{
    json_t *message =
        json_pack ("{ss ss ss? ss ss ss}", "case_kind", from->kind, "procedure", "suggestion", "area",
                   from->area, "title", from->title, "excerpt", from->excerpt, "source", from->source);
    assert_non_null (message);
    return message;
}

static void
s_expect_all (const submission_t *cases, size_t count)
{
    rules_t *rules = s_rules ();
    for (size_t index = 0; index < count; index++) {
        json_t *message = s_message (&cases[index]);
        proposal_t proposal = rules_propose (rules, message);
        if (strcmp (proposal.unit, cases[index].unit) != 0)
            fail_msg ("%zu, %s: %s by %s", index, cases[index].title, proposal.unit, proposal.name);
        json_decref (message);
    }
    rules_destroy (&rules);
    assert_null (rules);
    rules_destroy (&rules);
}

#define COUNT(list) (sizeof (list) / sizeof *(list))

static void
test_the_first_rule_whose_every_condition_holds_wins (void **state)
{
    (void) state;
    static const submission_t CASES[] = {
        { "law_enforcement", "北镇", "leak", "x", "app", "legal" }, //  order decides
        { "suggestion", "北镇", "瓦斯泄漏", "x", "app", "command" },
        { "suggestion", "北镇", "x", "A LEAK here", "app", "command" }, //  large letters or small
        { "suggestion", "海镇", "leak", "leak", "app", "triage" },
        { "suggestion", "北镇", "leak", "only a drill", "app", "triage" },
        { "lead", "海镇", "x", "x", "hall", "brigade" },
        { "lead", "海镇", "x", "x", "console", "triage" },
        { "leads", "海镇", "x", "x", "app", "triage" },
    };
    s_expect_all (CASES, COUNT (CASES));
}

static void
test_an_area_has_other_names_and_is_looked_for_in_the_text_where_none_is_given (void **state)
{
    (void) state;
    static const submission_t CASES[] = {
        { "suggestion", "北乡", "leak", "x", "app", "command" },
        { "suggestion", "某区北乡三村", "leak", "x", "app", "command" },
        { "suggestion", NULL, "leak", "在北乡三村", "app", "command" },
        { "suggestion", NULL, "北镇 leak", "离海镇不远", "app", "command" }, //  the title first
        { "suggestion", NULL, "海镇 leak", "离北镇不远", "app", "triage" },
        { "suggestion", "海镇", "北镇 leak", "x", "app", "triage" }, //  what is given stands
        { "suggestion", "elsewhere", "leak", "x", "app", "triage" },
        { "suggestion", NULL, "leak", "x", "app", "triage" },
    };
    s_expect_all (CASES, COUNT (CASES));
}

static void
test_of_rules_with_weights_side_by_side_the_highest_sum_wins (void **state)
{
    (void) state;
    static const submission_t CASES[] = {
        { "suggestion", NULL, "x", "学校", "web", "edu" },         //  3
        { "suggestion", NULL, "x", "老师", "web", "triage" },      //  2: not enough
        { "suggestion", NULL, "老师", "x", "web", "edu" },         //  4: doubled in the title
        { "suggestion", NULL, "x", "学校 工资", "web", "labour" }, //  1 against 3
        { "suggestion", NULL, "学校", "学校 工资", "web", "edu" }, //  4 against 3: a word counts once
        { "suggestion", NULL, "x", "学校 拖欠 工资", "web", "labour" },
        { "suggestion", NULL, "x", "学校 路", "web", "edu" }, //  3 and 3: the earlier
        { "suggestion", NULL, "路", "学校", "web", "road" },  //  3 against 6
        { "lead", NULL, "路", "学校", "app", "brigade" },     //  a plain rule before them
    };
    s_expect_all (CASES, COUNT (CASES));
}

static void
test_a_proposal_carries_all_that_its_rule_says (void **state)
{
    (void) state;
    rules_t *rules = s_rules ();
    json_t *message = s_message (&(submission_t){ "lead", "北镇", "leak", "x", "app", "" });
    proposal_t proposal = rules_propose (rules, message);
    assert_string_equal (proposal.name, "gas in the north");
    assert_string_equal (proposal.priority, "urgent");
    assert_int_equal (json_array_size (proposal.co_units), 2);
    assert_int_equal (proposal.term, 0);
    json_object_set_new (message, "case_kind", json_string ("law_enforcement"));
    proposal = rules_propose (rules, message);
    assert_int_equal (proposal.term, 15);
    assert_null (proposal.co_units);
    assert_null (proposal.priority);
    json_decref (message);
    rules_destroy (&rules);
}

static void
test_an_explanation_names_the_words_the_sums_and_what_spoke_against (void **state)
{
    (void) state;
    rules_t *rules = s_rules ();
    json_t *message = s_message (&(submission_t){ "suggestion", NULL, "学校", "拖欠工资", "web", "" });
    json_t *why = rules_explain (rules, message), *looked = json_object_get (why, "looked_at");
    assert_string_equal (json_string_value (json_object_get (why, "rule")), "wages");
    assert_int_equal (json_integer_value (json_object_get (why, "score")), 5);
    static const struct {
        const char *rule, *against;
        int score;
        size_t words;
    } ENTRIES[] = {
        { "law", "kinds", 0, 0 },
        { "gas in the north", "areas", 0, 0 },
        { "leads of the app", "kinds", 0, 0 },
        { "school", NULL, 4, 2 },
        { "wages", NULL, 5, 2 },
        { "roads", "keywords", 0, 0 },
    };
    assert_int_equal (json_array_size (looked), COUNT (ENTRIES)); //  not "paper": the round was decided
    for (size_t index = 0; index < COUNT (ENTRIES); index++) {
        json_t *entry = json_array_get (looked, index);
        const char *against = json_string_value (json_object_get (entry, "against"));
        assert_string_equal (json_string_value (json_object_get (entry, "rule")), ENTRIES[index].rule);
        assert_string_equal (against ? against : "", ENTRIES[index].against ? ENTRIES[index].against : "");
        assert_int_equal (json_integer_value (json_object_get (entry, "score")), ENTRIES[index].score);
        assert_int_equal (json_array_size (json_object_get (entry, "words")), ENTRIES[index].words);
    }
    json_decref (why);
    json_decref (message);
    rules_destroy (&rules);
}

static void
test_a_message_with_nothing_in_it_falls_back (void **state)
{
    (void) state;
    rules_t *rules = s_rules ();
    json_t *message = json_object ();
    assert_string_equal (rules_propose (rules, message).unit, "triage");
    json_decref (message);
    rules_destroy (&rules);
}

static void
test_wrong_rules_are_refused_with_the_file_the_line_and_the_place (void **state)
{
    (void) state;
#define REST  "\n,{\"name\":\"z\",\"when\":{},\"unit\":\"z\"}]"
#define A     "[{\"name\":\"a\",\"unit\":\"u\","
#define WHEN  A "\n\"when\":{"
#define AREAS "{\"areas\":{\"n\":[\"m\"]},\n\"rules\":"
    static const char *const WRONG[][2] = {
        { "", "line 1: " },
        { "[", "line 1: " },
        { "3", "line 1: " },
        { "{}", "line 1: /: needs a rules" },
        { "[]", "line 1: /: must be a list" },
        { "{\n\"rules\":\n[]}", "line 3: /rules: must be a list" },
        { "{\"rule\":[]}", "/rule: no member" },
        { "[1]", "/0: must be an object" },
        { "[{\"name\":\"a\",\"name\":\"b\",\"when\":{},\"unit\":\"u\"}]", "line 1: duplicate" },
        { "[{\"when\":{},\"unit\":\"u\"}]", "/0: needs a name" },
        { "[{\"name\":\"a\",\"when\":{}}]", "/0: needs a unit" },
        { "[\n{\"name\":\"a\",\n\"when\":{},\"unit\":\"\"}]", "line 3: /0/unit: must be a text" },
        { "[{\"name\":\"a\",\"unit\":\"u\"}]", "/0: needs a when" },
        { WHEN "\"kinds\":[\"x\"]}}]", "line 2: /0/when: the last rule has no condition" },
        { WHEN "}}" REST, "line 2: /0/when: the last rule has no condition" },
        { WHEN "\"kind\":[\"x\"]}}" REST, "line 2: /0/when/kind: no member" },
        { WHEN "\"kinds\":\"x\"}}" REST, "/0/when/kinds: must be a list" },
        { WHEN "\"kinds\":[]}}" REST, "/0/when/kinds: must be a list" },
        { WHEN "\"unless\":[\"\"]}}" REST, "/0/when/unless: must be a list" },
        { WHEN "\"procedures\":[1]}}" REST, "/0/when/procedures: must be a list" },
        { WHEN "\"keywords\":{}}}" REST, "/0/when/keywords: must be a list of texts, or" },
        { WHEN "\"keywords\":{\"a\":1.5}}}" REST, "/0/when/keywords: must be a list of texts, or" },
        { WHEN "\"keywords\":{\"a\":1001}}}" REST, "/0/when/keywords: must be a list of texts, or" },
        { WHEN "\"keywords\":{\"\":1}}}" REST, "/0/when/keywords: must be a list of texts, or" },
        { WHEN "\"keywords\":[\"a\"],\n\"at_least\":2}}" REST, "line 3: /0/when/at_least: there are no" },
        { WHEN "\"keywords\":{\"a\":1},\"at_least\":0}}" REST, "/0/when/at_least: must be" },
        { A "\"when\":{},\"term\":0}]", "/0/term: must be" },
        { A "\"when\":{},\"term\":\"5\"}]", "/0/term: must be" },
        { A "\"when\":{},\"term\":1000}]", "/0/term: must be" },
        { A "\"when\":{},\"priority\":\"high\"}]", "/0/priority: must be" },
        { A "\"when\":{},\"co_units\":[]}]", "/0/co_units: must be" },
        { A "\"when\":{},\"co_units\":[\"v\",\n\"u\"]}]", "line 2: /0/co_units/1: is the lead unit" },
        { WHEN "\"kinds\":[\"k\"]}},{\"name\":\"a\",\"when\":{},\"unit\":\"u\"}]", "/1/name: another rule" },
        { "{\"areas\":[],\"rules\":" A "\"when\":{}}]}", "/areas: must name areas" },
        { "{\"areas\":{\"n\":\"m\"},\"rules\":" A "\"when\":{}}]}", "/areas: must name areas" },
        { "{\"areas\":{\"n\":[\"m\"],\n\"k\":[\"m\"]},\"rules\":" A "\"when\":{}}]}",
          "line 2: /areas/k: m is a name of n already" },
        { AREAS WHEN "\"areas\":[\"n\",\n\"m\"]}}" REST "}",
          "line 4: /rules/0/when/areas/1: no area is called m" },
    };
    for (size_t index = 0; index < COUNT (WRONG); index++) {
        char error[400] = "";
        rules_t *rules =
            rules_parse ("r.json", WRONG[index][0], strlen (WRONG[index][0]), error, sizeof error);
        if (rules || strncmp (error, "r.json: line ", 13) != 0 || !strstr (error, WRONG[index][1]))
            fail_msg ("%s: says %s", WRONG[index][0], error);
    }
}

static void
test_the_shipped_rules_are_good (void **state)
{
    (void) state;
    char error[400] = "";
    rules_t *rules = rules_load ("deploy/rules.json", error, sizeof error);
    if (!rules)
        fail_msg ("%s", error);
    static const submission_t CASES[] = {
        { "opinion", "蓝村镇", "车间粉尘", "x", "app", "industry" },
        { "opinion", NULL, "田横镇渔港防波堤开裂", "x", "app", "flood" },
        { "opinion", NULL, "厂区氨气泄漏", "x", "app", "command" },
        { "suggestion", NULL, "建议组织氨气泄漏应急演练", "x", "app", "training" },
        { "opinion", NULL, "车位纠纷", "x", "app", "triage" },
    };
    for (size_t index = 0; index < COUNT (CASES); index++) {
        json_t *message = s_message (&CASES[index]);
        assert_string_equal (rules_propose (rules, message).unit, CASES[index].unit);
        json_decref (message);
    }
    rules_destroy (&rules);
    assert_null (rules_load ("deploy/nothing.json", error, sizeof error));
    assert_non_null (strstr (error, "deploy/nothing.json"));
}

static void
s_write (const char *path, const char *text)
{
    FILE *file = fopen (path, "w");
    assert_non_null (file);
    fputs (text, file);
    fclose (file);
}

static void
test_a_file_that_changes_is_read_again_and_a_wrong_one_changes_nothing (void **state)
{
    (void) state;
    char path[] = "/tmp/duban-rules-XXXXXX", error[400] = "";
    int handle = mkstemp (path);
    assert_true (handle >= 0);
    close (handle);
    s_write (path, "[{\"name\":\"z\",\"when\":{},\"unit\":\"one\"}]");
    rules_t *rules = rules_load (path, error, sizeof error);
    assert_non_null (rules);
    static const struct {
        const char *text; //  NULL: no such file
        rules_look_t look;
        const char *unit;
    } STEPS[] = {
        { "[{\"name\":\"z\",\"when\":{},\"unit\":\"second\"}]", RULES_NEW, "second" },
        { "[{\"name\":", RULES_WRONG, "second" },
        { "[{\"name\":\"zzz\",\"when\":{},\"unit\":\"third\"}]", RULES_NEW, "third" },
        { NULL, RULES_WRONG, "third" },
        { "[{\"name\":\"zz\",\"when\":{},\"unit\":\"the fourth\"}]", RULES_NEW, "the fourth" },
    };
    json_t *message = json_object ();
    for (size_t index = 0; index < COUNT (STEPS); index++) {
        assert_int_equal (rules_look (rules, error, sizeof error), RULES_SAME);
        if (STEPS[index].text)
            s_write (path, STEPS[index].text);
        else
            unlink (path);
        assert_int_equal (rules_look (rules, error, sizeof error), STEPS[index].look);
        assert_int_equal (rules_look (rules, error, sizeof error), RULES_SAME);
        assert_string_equal (rules_propose (rules, message).unit, STEPS[index].unit);
        if (STEPS[index].look == RULES_WRONG)
            assert_non_null (strstr (error, path));
    }
    json_decref (message);
    rules_destroy (&rules);
    unlink (path);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_first_rule_whose_every_condition_holds_wins),
        cmocka_unit_test (test_an_area_has_other_names_and_is_looked_for_in_the_text_where_none_is_given),
        cmocka_unit_test (test_of_rules_with_weights_side_by_side_the_highest_sum_wins),
        cmocka_unit_test (test_a_proposal_carries_all_that_its_rule_says),
        cmocka_unit_test (test_an_explanation_names_the_words_the_sums_and_what_spoke_against),
        cmocka_unit_test (test_a_message_with_nothing_in_it_falls_back),
        cmocka_unit_test (test_wrong_rules_are_refused_with_the_file_the_line_and_the_place),
        cmocka_unit_test (test_the_shipped_rules_are_good),
        cmocka_unit_test (test_a_file_that_changes_is_read_again_and_a_wrong_one_changes_nothing),
    };
    return cmocka_run_group_tests_name ("assignment rules", tests, NULL, NULL);
}
