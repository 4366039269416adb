//  rules_read - what a file of rules says becomes rules_t, or a complaint with a pointer
//
//  What members an object may have is a table; what only the whole list can say (names once, the last rule
//  without condition) is checked after.

#include "services/routing/rules_parts.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTER_MAX 120

typedef struct {
    rules_t *rules;
    const char *base; //  pointer of the list of rules
    char *error;
    size_t error_size;
} reader_t;

__attribute__ ((format (printf, 2, 3))) static bool
s_complain (const reader_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->error, self->error_size, format, arguments);
    va_end (arguments);
    return false;
}

//  --------------------------------------------------------------------------
//  Forms of values

typedef bool (form_fn) (json_t *value);

static bool
s_is_text (json_t *value)
{
    return json_string_length (value) > 0;
}

static bool
s_is_texts (json_t *value)
{
    size_t index;
    json_t *text;
    if (!json_is_array (value) || !json_array_size (value))
        return false;
    json_array_foreach (value, index, text)
        if (!s_is_text (text))
            return false;
    return true;
}

static bool
s_is_whole (json_t *value, json_int_t low, json_int_t high)
{
    return json_is_integer (value) && json_integer_value (value) >= low && json_integer_value (value) <= high;
}

static bool
s_is_term (json_t *value)
{
    return s_is_whole (value, 1, 999);
}

static bool
s_is_sum (json_t *value)
{
    return s_is_whole (value, 1, 1000000);
}

static bool
s_is_weights (json_t *value)
{
    const char *word;
    json_t *weight;
    json_object_foreach (value, word, weight)
        if (!*word || !s_is_whole (weight, -1000, 1000))
            return false;
    return json_object_size (value) > 0;
}

static bool
s_is_keywords (json_t *value)
{
    return json_is_array (value) ? s_is_texts (value) : s_is_weights (value);
}

static bool
s_is_priority (json_t *value)
{
    const char *word = json_string_value (value);
    return word && (!strcmp (word, "normal") || !strcmp (word, "urgent"));
}

static bool
s_is_object (json_t *value)
{
    return json_is_object (value);
}

static bool
s_is_areas (json_t *value)
{
    const char *area;
    json_t *names;
    json_object_foreach (value, area, names)
        if (!*area || (json_array_size (names) && !s_is_texts (names)) || !json_is_array (names))
            return false;
    return json_is_object (value);
}

static bool
s_is_rules (json_t *value)
{
    return json_is_array (value) && json_array_size (value) > 0;
}

typedef struct {
    const char *name;
    form_fn *fits;
    bool needed;
    const char *form;
} member_t;

#define TEXT  "must be a text that is not empty"
#define TEXTS "must be a list of texts, none empty"

static const member_t TOP[] = {
    { "about", s_is_text, false, TEXT },
    { "areas", s_is_areas, false, "must name areas, each with the list of its other names" },
    { "rules", s_is_rules, true, "must be a list of rules, the last without condition" },
    { 0 },
};
static const member_t RULE[] = {
    { "name", s_is_text, true, TEXT },
    { "when", s_is_object, true, "must be an object" },
    { "unit", s_is_text, true, TEXT },
    { "co_units", s_is_texts, false, TEXTS },
    { "priority", s_is_priority, false, "must be normal or urgent" },
    { "term", s_is_term, false, "must be a number of working days, 1 to 999" },
    { 0 },
};
static const member_t WHEN[] = {
    { "kinds", s_is_texts, false, TEXTS },
    { "sources", s_is_texts, false, TEXTS },
    { "procedures", s_is_texts, false, TEXTS },
    { "areas", s_is_texts, false, TEXTS },
    { "keywords", s_is_keywords, false, "must be a list of texts, or whole numbers (-1000 to 1000) by word" },
    { "at_least", s_is_sum, false, "must be a sum of weights, 1 to 1000000" },
    { "unless", s_is_texts, false, TEXTS },
    { 0 },
};

//  Only members of the table, each of its form, all that are needed
static bool
s_check_members (const reader_t *self, json_t *object, const member_t *table, const char *pointer)
{
    const char *name;
    json_t *value;
    if (!json_is_object (object))
        return s_complain (self, "%s: must be an object", pointer);
    json_object_foreach (object, name, value) {
        const member_t *member = table;
        while (member->name && strcmp (member->name, name) != 0)
            member++;
        if (!member->name)
            return s_complain (self, "%s/%.40s: no member has this name", pointer, name);
        if (!member->fits (value))
            return s_complain (self, "%s/%s: %s", pointer, name, member->form);
    }
    for (; table->name; table++)
        if (table->needed && !json_object_get (object, table->name))
            return s_complain (self, "%s: needs a %s", pointer, table->name);
    return true;
}

//  --------------------------------------------------------------------------
//  Words

static void
s_add_keyword (rules_t *rules, keywords_t *words, const char *text, int weight)
{
    int word = lexicon_add (rules->lexicon, text);
    words->list[words->count++] = (keyword_t){ word, weight, text };
}

//  value: a list, or weights by word. False: too many words.
static bool
s_read_words (rules_t *rules, keywords_t *words, json_t *value)
{
    size_t index, count = json_is_array (value) ? json_array_size (value) : json_object_size (value);
    const char *text;
    json_t *part;
    words->list = calloc (count + 1, sizeof *words->list);
    assert (words->list);
    if (json_is_array (value))
        json_array_foreach (value, index, part)
            s_add_keyword (rules, words, json_string_value (part), 1);
    else
        json_object_foreach (value, text, part)
            s_add_keyword (rules, words, text, (int) json_integer_value (part));
    for (index = 0; index < words->count; index++)
        if (words->list[index].word < 0)
            return false;
    return true;
}

//  --------------------------------------------------------------------------
//  Areas

static bool
s_add_area_name (const reader_t *self, const char *name, const char *area)
{
    rules_t *rules = self->rules;
    for (size_t index = 0; index < rules->area_count; index++)
        if (!strcmp (rules->areas[index].name, name))
            return s_complain (self, "/areas/%.40s: %.40s is a name of %.40s already", area, name,
                               rules->areas[index].area);
    rules->areas = realloc (rules->areas, (rules->area_count + 1) * sizeof *rules->areas);
    assert (rules->areas);
    int word = lexicon_add (rules->lexicon, name);
    rules->areas[rules->area_count++] = (area_name_t){ word, name, area };
    return word >= 0 || s_complain (self, "/areas/%.40s: too many words", area);
}

static bool
s_read_areas (const reader_t *self, json_t *areas)
{
    const char *area;
    json_t *names, *name;
    size_t index;
    json_object_foreach (areas, area, names) {
        if (!s_add_area_name (self, area, area))
            return false;
        json_array_foreach (names, index, name)
            if (!s_add_area_name (self, json_string_value (name), area))
                return false;
    }
    return true;
}

//  Where the file lists areas, its rules name only those
static bool
s_check_areas (const reader_t *self, json_t *names, const char *pointer)
{
    size_t index;
    json_t *name;
    json_array_foreach (names, index, name) {
        bool known = !self->rules->area_count;
        for (size_t place = 0; !known && place < self->rules->area_count; place++)
            known = !strcmp (self->rules->areas[place].area, json_string_value (name));
        if (!known)
            return s_complain (self, "%s/areas/%zu: no area is called %.40s", pointer, index,
                               json_string_value (name));
    }
    return true;
}

//  --------------------------------------------------------------------------
//  Rules

static bool
s_read_when (const reader_t *self, rule_t *rule, const char *pointer, bool last)
{
    char where[POINTER_MAX + 8];
    snprintf (where, sizeof where, "%s/when", pointer);
    if (!s_check_members (self, rule->when, WHEN, where) ||
        !s_check_areas (self, json_object_get (rule->when, "areas"), where))
        return false;
    json_t *keywords = json_object_get (rule->when, "keywords");
    json_t *at_least = json_object_get (rule->when, "at_least");
    rule->weighted = json_is_object (keywords);
    rule->at_least = at_least ? (int) json_integer_value (at_least) : 1;
    if (at_least && !rule->weighted)
        return s_complain (self, "%s/at_least: there are no weights to add up", where);
    if ((json_object_size (rule->when) == 0) != last)
        return s_complain (self, "%s: the last rule has no condition, every other has one", where);
    return (s_read_words (self->rules, &rule->keywords, keywords) &&
            s_read_words (self->rules, &rule->unless, json_object_get (rule->when, "unless"))) ||
           s_complain (self, "%s: too many words", where);
}

static bool
s_read_rule (const reader_t *self, size_t index, json_t *object, bool last)
{
    char pointer[POINTER_MAX];
    rule_t *rule = &self->rules->list[index];
    snprintf (pointer, sizeof pointer, "%s/%zu", self->base, index);
    if (!s_check_members (self, object, RULE, pointer))
        return false;
    rule->when = json_object_get (object, "when");
    rule->proposal = (proposal_t){ .name = json_string_value (json_object_get (object, "name")),
                                   .unit = json_string_value (json_object_get (object, "unit")),
                                   .co_units = json_object_get (object, "co_units"),
                                   .priority = json_string_value (json_object_get (object, "priority")),
                                   .term = (int) json_integer_value (json_object_get (object, "term")) };
    for (size_t other = 0; other < index; other++)
        if (!strcmp (self->rules->list[other].proposal.name, rule->proposal.name))
            return s_complain (self, "%s/name: another rule is called %.40s", pointer, rule->proposal.name);
    for (size_t place = 0; place < json_array_size (rule->proposal.co_units); place++)
        if (!strcmp (json_string_value (json_array_get (rule->proposal.co_units, place)),
                     rule->proposal.unit))
            return s_complain (self, "%s/co_units/%zu: is the lead unit already", pointer, place);
    return s_read_when (self, rule, pointer, last);
}

bool
rules_read (rules_t *self, char *error, size_t error_size)
{
    bool bare = json_is_array (self->root);
    reader_t reader = { self, bare ? "" : "/rules", error, error_size };
    if (bare && !json_array_size (self->root))
        return s_complain (&reader, ": must be a list of rules, the last without condition");
    if (!bare && (!s_check_members (&reader, self->root, TOP, "") ||
                  !s_read_areas (&reader, json_object_get (self->root, "areas"))))
        return false;
    json_t *list = bare ? self->root : json_object_get (self->root, "rules"), *object;
    size_t index, count = json_array_size (list);
    self->list = calloc (count, sizeof *self->list);
    assert (self->list);
    self->count = count;
    json_array_foreach (list, index, object)
        if (!s_read_rule (&reader, index, object, index + 1 == count))
            return false;
    lexicon_finish (self->lexicon);
    return true;
}
