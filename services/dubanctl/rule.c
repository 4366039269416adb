//  rule - `dubanctl rule check` and `rule show`: is a list of rules good, and what would it say of a text

#include "services/dubanctl/rule.h"
#include "proto/excerpt.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rules_t *
rule_load (const arguments_t *arguments, const char **path)
{
    char error[400];
    *path = arguments_value (arguments, "rules");
    if (!*path)
        *path = settings_text ("DUBAN_RULES");
    if (!*path)
        *path = "deploy/rules.json";
    rules_t *rules = rules_load (*path, error, sizeof error);
    if (!rules)
        complain ("%s", error);
    return rules;
}

json_t *
rule_message (const rule_example_t *example)
{
    const char *text = example->text ? example->text : "";
    json_t *message = json_pack ("{ss? ss% ss? ss? ss? ss?}", "title", example->title, "excerpt", text,
                                 excerpt_size (text, strlen (text)), "case_kind", example->kind, "area",
                                 example->area, "source", example->source, "procedure", example->procedure);
    return message ? message : json_object (); //  not UTF-8: as if it said nothing
}

const char *
rule_list (const json_t *texts)
{
    static char line[400];
    size_t index, used = 0;
    json_t *text;
    *line = 0;
    json_array_foreach (texts, index, text) {
        int size =
            snprintf (line + used, sizeof line - used, "%s%s", index ? ", " : "", json_string_value (text));
        used += (size_t) size;
        if (used >= sizeof line)
            break;
    }
    return line;
}

//  --------------------------------------------------------------------------
//  check

static const option_row_t RULES_ONLY[] = {
    { "rules", "FILE", "the rules (DUBAN_RULES, deploy/rules.json)",
      "规则文件(默认 DUBAN_RULES 或 deploy/rules.json)" },
    { 0 },
};

static exit_t
s_check (const arguments_t *arguments)
{
    const char *path;
    rules_t *rules = rule_load (arguments, &path);
    if (!rules)
        return TROUBLE;
    static const char *const HEADINGS[][2] = {
        { "#", "序号" },          { "rule", "规则" }, { "unit", "承办单位" }, { "co-units", "协办单位" },
        { "priority", "优先级" }, { "term", "期限" },
    };
    const char *headings[7] = { 0 };
    for (size_t index = 0; index < 6; index++)
        headings[index] = words (HEADINGS[index][0], HEADINGS[index][1]);
    table_t *table = table_new (headings);
    json_t *list = json_array ();
    for (size_t index = 0; index < rules_count (rules); index++) {
        char number[24], term[24] = "";
        proposal_t rule = rules_at (rules, index);
        snprintf (number, sizeof number, "%zu", index);
        if (rule.term)
            snprintf (term, sizeof term, "%d", rule.term);
        table_row (table, (const char *[]){ number, rule.name, rule.unit, rule_list (rule.co_units),
                                            rule.priority, term });
        json_array_append_new (list, json_pack ("{ss ss sO? ss? si}", "rule", rule.name, "unit", rule.unit,
                                                "co_units", rule.co_units, "priority", rule.priority, "term",
                                                rule.term));
    }
    if (option_json)
        json_print (json_pack ("{s:s, s:s, s:O}", "schema", "duban.rules.v1", "file", path, "rules", list));
    else
        table_print (table);
    json_decref (list);
    table_destroy (&table);
    rules_destroy (&rules);
    return DONE;
}

const command_t COMMAND_RULE_CHECK = {
    "rule check",
    "",
    0,
    0,
    "is this list of rules good? Lists it, or names the line that is wrong",
    "检查分派规则文件:正确则列出各规则,否则指出出错的行",
    RULES_ONLY,
    s_check,
};

//  --------------------------------------------------------------------------
//  show

//  "加油站 (title, 2), 油库": the weight is said where the rule has weights
static void
s_words (char *line, size_t size, const json_t *entry)
{
    size_t index, used = 0;
    json_t *word;
    bool weighted = json_object_get (entry, "score") != NULL;
    *line = 0;
    json_array_foreach (json_object_get (entry, "words"), index, word) {
        bool title = !strcmp (json_string_value (json_object_get (word, "in")), "title");
        char weight[32] = "";
        if (weighted)
            snprintf (weight, sizeof weight, " %+lld",
                      (long long) json_integer_value (json_object_get (word, "weight")));
        int added = snprintf (line + used, size - used, "%s%s%s%s", index ? ", " : "",
                              json_string_value (json_object_get (word, "word")), weight,
                              title ? words (" (title)", "(标题)") : "");
        used += (size_t) added;
        if (used >= size)
            break;
    }
}

static void
s_print_looked_at (const json_t *why)
{
    static const char *const HEADINGS[][2] = { { "rule", "规则" },
                                               { "unit", "承办单位" },
                                               { "sum", "得分" },
                                               { "fits", "符合" },
                                               { "words", "命中词语" } };
    const char *headings[6] = { 0 };
    for (size_t index = 0; index < 5; index++)
        headings[index] = words (HEADINGS[index][0], HEADINGS[index][1]);
    table_t *table = table_new (headings);
    size_t index;
    json_t *entry;
    json_array_foreach (json_object_get (why, "looked_at"), index, entry) {
        char sum[40] = "", fits[60], said[400];
        if (json_object_get (entry, "score"))
            snprintf (sum, sizeof sum, "%lld / %lld",
                      (long long) json_integer_value (json_object_get (entry, "score")),
                      (long long) json_integer_value (json_object_get (entry, "at_least")));
        const char *against = json_string_value (json_object_get (entry, "against"));
        snprintf (fits, sizeof fits, "%s%s", against ? words ("no: ", "否:") : words ("yes", "是"),
                  against ? against : "");
        s_words (said, sizeof said, entry);
        table_row (table,
                   (const char *[]){ json_string_value (json_object_get (entry, "rule")),
                                     json_string_value (json_object_get (entry, "unit")), sum, fits, said });
    }
    table_print (table);
    table_destroy (&table);
}

static void
s_print_line (const char *title, const char *value)
{
    if (value && *value)
        printf ("%s%*s%s\n", title, 12 - text_width (title), "", value);
}

static void
s_print (const json_t *why)
{
    char term[40] = "";
    json_int_t days = json_integer_value (json_object_get (why, "term"));
    if (days)
        snprintf (term, sizeof term, words ("%lld working days", "%lld 个工作日"), (long long) days);
    s_print_line (words ("unit", "承办单位"), json_string_value (json_object_get (why, "unit")));
    s_print_line (words ("co-units", "协办单位"), rule_list (json_object_get (why, "co_units")));
    s_print_line (words ("priority", "优先级"), json_string_value (json_object_get (why, "priority")));
    s_print_line (words ("term", "期限"), term);
    s_print_line (words ("area", "区域"), json_string_value (json_object_get (why, "area")));
    s_print_line (words ("rule", "规则"), json_string_value (json_object_get (why, "rule")));
    puts ("");
    s_print_looked_at (why);
}

//  The operands with blanks between; caller frees
static char *
s_join (const arguments_t *arguments)
{
    size_t size = 1;
    for (int index = 0; index < arguments->count; index++)
        size += strlen (arguments->operands[index]) + 1;
    char *text = calloc (1, size);
    assert (text);
    for (int index = 0; index < arguments->count; index++) {
        strcat (text, index ? " " : "");
        strcat (text, arguments->operands[index]);
    }
    return text;
}

static exit_t
s_show (const arguments_t *arguments)
{
    const char *path;
    rules_t *rules = rule_load (arguments, &path);
    if (!rules)
        return FAILED;
    char *text = s_join (arguments);
    const char *kind = arguments_value (arguments, "kind"),
               *procedure = arguments_value (arguments, "procedure");
    json_t *message = rule_message (&(rule_example_t){ .title = arguments_value (arguments, "title"),
                                                       .text = text,
                                                       .kind = kind ? kind : "opinion",
                                                       .area = arguments_value (arguments, "area"),
                                                       .source = arguments_value (arguments, "source"),
                                                       .procedure = procedure ? procedure : "suggestion" });
    json_t *why = rules_explain (rules, message);
    if (option_json) {
        json_object_set_new (why, "schema", json_string ("duban.rule_show.v1"));
        json_print (json_incref (why));
    } else
        s_print (why);
    json_decref (why);
    json_decref (message);
    free (text);
    rules_destroy (&rules);
    return DONE;
}

static const option_row_t SHOW_OPTIONS[] = {
    { "rules", "FILE", "the rules (DUBAN_RULES, deploy/rules.json)",
      "规则文件(默认 DUBAN_RULES 或 deploy/rules.json)" },
    { "title", "TEXT", "title of the submission", "标题" },
    { "kind", "KIND", "its kind (opinion)", "类别(默认 opinion 意见)" },
    { "area", "TEXT", "its area; without one it is looked for in the text", "区域;不填则在文本中查找" },
    { "source", "SOURCE", "where it comes from", "来源" },
    { "procedure", "NAME", "its procedure (suggestion)", "流程(默认 suggestion)" },
    { 0 },
};

const command_t COMMAND_RULE_SHOW = {
    "rule show",
    "TEXT …",
    1,
    -1,
    "which rule fits a text, and why: the words that were found",
    "说明一段文本适用哪条规则及理由(命中的词语)",
    SHOW_OPTIONS,
    s_show,
};
