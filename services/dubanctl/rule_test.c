//  rule_test - `dubanctl rule test EXAMPLES`: how often rules propose the unit that an example names
//
//  --half splits the examples into two halves by the SHA-256 of their text, the same on every machine: rules
//  written from one half are honestly measured with the other.

#include "services/dubanctl/rows.h"
#include "services/dubanctl/rule.h"
#include "services/dubanctl/text.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE, TEXT, UNIT, KIND, AREA, SOURCE, PROCEDURE, COLUMNS };

typedef struct {
    rules_t *rules;
    rows_t *rows;
    rows_column_t columns[COLUMNS + 1];
    int half;   //  0 even, 1 odd, -1 both
    long wrong; //  how many wrong ones to list
    score_t *score;
    long skipped; //  no unit or no text in them, or unreadable
    json_t *mistakes;
} test_t;

static const char *
s_value (const test_t *self, int column)
{
    const char *value = rows_value (self->rows, self->columns[column].column);
    return value && *value ? value : NULL;
}

static bool
s_is_in_half (const test_t *self, const char *text)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256 (hash, (const uint8_t *) text, strlen (text));
    return self->half < 0 || (hash[sizeof hash - 1] & 1) == self->half;
}

static void
s_try (test_t *self)
{
    const char *text = s_value (self, TEXT), *title = s_value (self, TITLE), *kind = s_value (self, KIND);
    const char *procedure = s_value (self, PROCEDURE), *unit = s_value (self, UNIT);
    if (!unit || !(text || title)) {
        self->skipped++;
        return;
    }
    if (!s_is_in_half (self, text ? text : ""))
        return;
    json_t *message = rule_message (&(rule_example_t){ .title = title,
                                                       .text = text,
                                                       .kind = kind ? kind : "opinion",
                                                       .area = s_value (self, AREA),
                                                       .source = s_value (self, SOURCE),
                                                       .procedure = procedure ? procedure : "suggestion" });
    proposal_t proposal = rules_propose (self->rules, message);
    score_add (self->score, unit, proposal.unit);
    if (strcmp (unit, proposal.unit) != 0 && (long) json_array_size (self->mistakes) < self->wrong)
        json_array_append_new (self->mistakes, json_pack ("{ss? ss ss ss}", "title", title, "expected", unit,
                                                          "proposed", proposal.unit, "rule", proposal.name));
    json_decref (message);
}

static void
s_print_mistakes (const test_t *self)
{
    size_t index;
    json_t *mistake;
    if (!json_array_size (self->mistakes))
        return;
    table_t *table = table_new ((const char *[]){ words ("expected", "应分"), words ("but proposed", "误分"),
                                                  words ("rule", "规则"), words ("title", "标题"), NULL });
    json_array_foreach (self->mistakes, index, mistake) {
        const char *title = json_string_value (json_object_get (mistake, "title"));
        char *flat = strdup (title ? title : "");
        text_flatten (flat);
        table_row (table, (const char *[]){ json_string_value (json_object_get (mistake, "expected")),
                                            json_string_value (json_object_get (mistake, "proposed")),
                                            json_string_value (json_object_get (mistake, "rule")), flat });
        free (flat);
    }
    table_print (table);
    puts ("");
    table_destroy (&table);
}

static void
s_report (const test_t *self, const char *path)
{
    if (option_json) {
        json_t *document = json_pack ("{ss ss sI}", "schema", "duban.rule_test.v1", "rules", path, "skipped",
                                      (json_int_t) self->skipped);
        score_json (self->score, document);
        if (self->wrong)
            json_object_set (document, "wrong", self->mistakes);
        json_print (document);
        return;
    }
    s_print_mistakes (self);
    score_print (self->score);
    if (self->skipped)
        printf (
            words ("%ld examples without a unit or a text were left out\n", "%ld 条缺少单位或文本,未计入\n"),
            self->skipped);
}

static bool
s_read_options (test_t *self, const arguments_t *arguments, double *at_least)
{
    const char *map = arguments_value (arguments, "map"), *half = arguments_value (arguments, "half");
    const char *share = arguments_value (arguments, "at-least");
    char *end = "";
    *at_least = share ? strtod (share, &end) : 0;
    if (*end || (share && end == share) || !(*at_least >= 0 && *at_least <= 1)) {
        complain (words ("--at-least wants a share, 0 to 1, not \"%s\"",
                         "--at-least 应为 0 到 1 的比例,不能是“%s”"),
                  share);
        return false;
    }
    if (half && strcmp (half, "even") != 0 && strcmp (half, "odd") != 0) {
        complain (words ("--half is even or odd, not \"%s\"", "--half 应为 even 或 odd,不能是“%s”"), half);
        return false;
    }
    self->half = !half ? -1 : !strcmp (half, "odd");
    return arguments_number (arguments, "wrong", &self->wrong, 0, 100000) &&
           (!map || rows_map (self->columns, map));
}

static exit_t
s_test (test_t *self, const char *path, double at_least)
{
    for (rows_next_t next; (next = rows_next (self->rows)) != ROWS_END;)
        if (next == ROWS_GOOD)
            s_try (self);
        else
            self->skipped++;
    s_report (self, path);
    if (!score_count (self->score)) {
        complain ("%s", words ("there is no example", "没有可用的示例"));
        return FAILED;
    }
    return score_accuracy (self->score) < at_least ? TROUBLE : DONE;
}

static exit_t
s_run (const arguments_t *arguments)
{
    test_t self = { .columns = { [TITLE] = { "title", "title" },
                                 [TEXT] = { "text", "text" },
                                 [UNIT] = { "unit", "unit" },
                                 [KIND] = { "kind", "kind" },
                                 [AREA] = { "area", "area" },
                                 [SOURCE] = { "source", "source" },
                                 [PROCEDURE] = { "procedure", "procedure" } } };
    const char *path;
    double at_least;
    if (!s_read_options (&self, arguments, &at_least))
        return USAGE;
    self.rules = rule_load (arguments, &path);
    if (!self.rules)
        return FAILED;
    exit_t code = NOT_FOUND;
    self.rows = rows_open (arguments->operands[0]);
    if (self.rows) {
        self.score = score_new ();
        self.mistakes = json_array ();
        code = s_test (&self, path, at_least);
        json_decref (self.mistakes);
        score_destroy (&self.score);
    }
    rows_close (&self.rows);
    rules_destroy (&self.rules);
    return code;
}

static const option_row_t OPTIONS[] = {
    { "rules", "FILE", "the rules (DUBAN_RULES, deploy/rules.json)",
      "规则文件(默认 DUBAN_RULES 或 deploy/rules.json)" },
    { "map", "LIST", "columns: title=title,text=text,unit=unit,kind=kind,area=area,…",
      "列名:title=title,text=text,unit=unit,kind=kind,area=area,…" },
    { "half", "even|odd", "only examples whose text has an even or odd SHA-256",
      "只用文本 SHA-256 为偶数或奇数的示例" },
    { "at-least", "SHARE", "exit with 8 if the accuracy is lower, for example 0.7",
      "准确率低于该值时以 8 退出,例如 0.7" },
    { "wrong", "N", "list the first N that were wrong", "列出前 N 条误分的示例" },
    { 0 },
};

const command_t COMMAND_RULE_TEST = {
    "rule test",
    "EXAMPLES",
    1,
    1,
    "how often the rules propose the unit that an example names (CSV or NDJSON, also .gz)",
    "用示例检验规则:准确率、召回率和常见误分(CSV 或 NDJSON,可为 .gz)",
    OPTIONS,
    s_run,
};
