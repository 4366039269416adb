//  rules - which unit a new case is proposed for, and why
//
//  One pass of the lexicon over title, text and area marks the words that stand there; the rules then only
//  look at marks. A proposal and its explanation come from the same walk down the list.

#include "services/routing/rules_parts.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

//  A submission as the rules see it
typedef struct {
    json_t *message;
    uint8_t *found; //  by word: where it was found
    const char *area;
} reading_t;

//  What one rule says about a reading
typedef struct {
    const char *against; //  the member of `when` that does not hold; NULL: it fits
    int score;
} verdict_t;

//  --------------------------------------------------------------------------
//  Reading a submission

static const char *
s_text (json_t *message, const char *member)
{
    const char *text = json_string_value (json_object_get (message, member));
    return text ? text : "";
}

static const char *
s_area_marked (const rules_t *self, const uint8_t *found, uint8_t mark)
{
    for (size_t index = 0; index < self->area_count; index++)
        if (found[self->areas[index].word] & mark)
            return self->areas[index].area;
    return NULL;
}

//  The given area under its first name, or as it is if the rules do not know it; without one, the first of
//  the list that the title names, or else the text
static const char *
s_area (const rules_t *self, json_t *message, const uint8_t *found)
{
    const char *given = s_text (message, "area"), *area;
    area = *given ? s_area_marked (self, found, IN_AREA) : s_area_marked (self, found, IN_TITLE);
    if (!area)
        area = *given ? given : s_area_marked (self, found, IN_TEXT);
    return area;
}

static reading_t
s_read (const rules_t *self, json_t *message)
{
    reading_t reading = { message, calloc (lexicon_count (self->lexicon) + 1, 1), NULL };
    assert (reading.found);
    lexicon_find (self->lexicon, s_text (message, "title"), IN_TITLE, reading.found);
    lexicon_find (self->lexicon, s_text (message, "excerpt"), IN_TEXT, reading.found);
    lexicon_find (self->lexicon, s_text (message, "area"), IN_AREA, reading.found);
    reading.area = s_area (self, message, reading.found);
    return reading;
}

//  --------------------------------------------------------------------------
//  One rule

//  Without `list`: true
static bool
s_has (json_t *list, const char *value)
{
    size_t index;
    json_t *text;
    json_array_foreach (list, index, text)
        if (value && !strcmp (json_string_value (text), value))
            return true;
    return !list;
}

//  The weight of a keyword where it stands; 0 where it does not
static int
s_weight (const keyword_t *keyword, const reading_t *reading)
{
    uint8_t where = reading->found[keyword->word] & (IN_TITLE | IN_TEXT);
    return !where ? 0 : keyword->weight * (where & IN_TITLE ? TITLE_FACTOR : 1);
}

static int
s_sum (const keywords_t *words, const reading_t *reading)
{
    int sum = 0;
    for (size_t index = 0; index < words->count; index++)
        sum += s_weight (&words->list[index], reading);
    return sum;
}

static verdict_t
s_judge (const rule_t *rule, const reading_t *reading)
{
    static const struct {
        const char *list, *member;
    } VALUES[] = { { "kinds", "case_kind" }, { "sources", "source" }, { "procedures", "procedure" } };
    for (size_t index = 0; index < sizeof VALUES / sizeof *VALUES; index++)
        if (!s_has (json_object_get (rule->when, VALUES[index].list),
                    s_text (reading->message, VALUES[index].member)))
            return (verdict_t){ VALUES[index].list, 0 };
    if (!s_has (json_object_get (rule->when, "areas"), reading->area))
        return (verdict_t){ "areas", 0 };
    if (s_sum (&rule->unless, reading))
        return (verdict_t){ "unless", 0 };
    int sum = s_sum (&rule->keywords, reading);
    if (rule->keywords.count && sum < rule->at_least)
        return (verdict_t){ "keywords", sum };
    return (verdict_t){ NULL, rule->weighted ? sum : 0 };
}

//  --------------------------------------------------------------------------
//  The list

typedef void (look_fn) (json_t *list, const rule_t *rule, verdict_t verdict, const reading_t *reading);

//  The deciding rule and its score; look, if there is one, is told of every rule on the way
static const rule_t *
s_decide (const rules_t *self, const reading_t *reading, int *score, look_fn *look, json_t *list)
{
    const rule_t *best = NULL;
    *score = 0;
    for (size_t index = 0; index < self->count; index++) {
        const rule_t *rule = &self->list[index];
        if (best && !rule->weighted)
            break; //  the round is over
        verdict_t verdict = s_judge (rule, reading);
        if (look)
            look (list, rule, verdict, reading);
        if (verdict.against || (best && verdict.score <= *score))
            continue;
        best = rule;
        *score = verdict.score;
        if (!rule->weighted)
            break;
    }
    assert (best); //  the last rule fits everything
    return best;
}

size_t
rules_count (const rules_t *self)
{
    return self->count;
}

proposal_t
rules_at (const rules_t *self, size_t index)
{
    assert (index < self->count);
    return self->list[index].proposal;
}

proposal_t
rules_propose (const rules_t *self, json_t *message)
{
    int score;
    reading_t reading = s_read (self, message);
    proposal_t proposal = s_decide (self, &reading, &score, NULL, NULL)->proposal;
    proposal.score = score;
    free (reading.found);
    return proposal;
}

//  --------------------------------------------------------------------------
//  Reasons

static void
s_add_words (json_t *list, const keywords_t *words, const reading_t *reading)
{
    for (size_t index = 0; index < words->count; index++) {
        const keyword_t *keyword = &words->list[index];
        bool title = reading->found[keyword->word] & IN_TITLE;
        if (title || reading->found[keyword->word] & IN_TEXT)
            json_array_append_new (list,
                                   json_pack ("{ss si ss}", "word", keyword->text, "weight",
                                              s_weight (keyword, reading), "in", title ? "title" : "text"));
    }
}

static void
s_look (json_t *list, const rule_t *rule, verdict_t verdict, const reading_t *reading)
{
    json_t *words = json_array ();
    bool excluded = verdict.against && !strcmp (verdict.against, "unless");
    s_add_words (words, excluded ? &rule->unless : &rule->keywords, reading);
    json_t *entry = json_pack ("{ss ss sb so ss?}", "rule", rule->proposal.name, "unit", rule->proposal.unit,
                               "fits", !verdict.against, "words", words, "against", verdict.against);
    assert (entry);
    if (rule->weighted) {
        json_object_set_new (entry, "score", json_integer (verdict.score));
        json_object_set_new (entry, "at_least", json_integer (rule->at_least));
    }
    json_array_append_new (list, entry);
}

json_t *
rules_explain (const rules_t *self, json_t *message)
{
    int score;
    json_t *list = json_array ();
    reading_t reading = s_read (self, message);
    const rule_t *rule = s_decide (self, &reading, &score, s_look, list);
    const proposal_t *said = &rule->proposal;
    json_t *why = json_pack ("{ss ss ss? so}", "rule", said->name, "unit", said->unit, "area", reading.area,
                             "looked_at", list);
    assert (why);
    if (said->co_units)
        json_object_set (why, "co_units", said->co_units);
    if (said->priority)
        json_object_set_new (why, "priority", json_string (said->priority));
    if (said->term)
        json_object_set_new (why, "term", json_integer (said->term));
    if (rule->weighted)
        json_object_set_new (why, "score", json_integer (score));
    free (reading.found);
    return why;
}
