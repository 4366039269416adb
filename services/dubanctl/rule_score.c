//  rule_score - how often a unit was proposed rightly: precision, recall, confusions

#include "services/dubanctl/rule.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFUSIONS_SHOWN 12

typedef struct {
    char *unit;
    long expected, proposed, right;
} tally_t;

//  Expected one unit, proposed another
typedef struct {
    size_t expected, proposed; //  places in the list of tallies
    long count;
} confusion_t;

struct score {
    tally_t *units;
    size_t unit_count;
    confusion_t *confusions;
    size_t confusion_count;
    long count, right;
};

score_t *
score_new (void)
{
    score_t *self = calloc (1, sizeof *self);
    assert (self);
    return self;
}

void
score_destroy (score_t **self_p)
{
    score_t *self = *self_p;
    if (!self)
        return;
    for (size_t index = 0; index < self->unit_count; index++)
        free (self->units[index].unit);
    free (self->units);
    free (self->confusions);
    free (self);
    *self_p = NULL;
}

static size_t
s_unit (score_t *self, const char *unit)
{
    for (size_t index = 0; index < self->unit_count; index++)
        if (!strcmp (self->units[index].unit, unit))
            return index;
    self->units = realloc (self->units, (self->unit_count + 1) * sizeof *self->units);
    assert (self->units);
    self->units[self->unit_count] = (tally_t){ .unit = strdup (unit) };
    assert (self->units[self->unit_count].unit);
    return self->unit_count++;
}

static void
s_confuse (score_t *self, size_t expected, size_t proposed)
{
    for (size_t index = 0; index < self->confusion_count; index++) {
        confusion_t *known = &self->confusions[index];
        if (known->expected == expected && known->proposed == proposed) {
            known->count++;
            return;
        }
    }
    self->confusions = realloc (self->confusions, (self->confusion_count + 1) * sizeof *self->confusions);
    assert (self->confusions);
    self->confusions[self->confusion_count++] = (confusion_t){ expected, proposed, 1 };
}

void
score_add (score_t *self, const char *expected, const char *proposed)
{
    size_t wanted = s_unit (self, expected), said = s_unit (self, proposed);
    self->count++;
    self->units[wanted].expected++;
    self->units[said].proposed++;
    if (wanted == said) {
        self->right++;
        self->units[wanted].right++;
    } else
        s_confuse (self, wanted, said);
}

static double
s_share (long part, long whole)
{
    return whole ? (double) part / (double) whole : 0;
}

double
score_accuracy (const score_t *self)
{
    return s_share (self->right, self->count);
}

size_t
score_count (const score_t *self)
{
    return (size_t) self->count;
}

//  What always proposing the commonest unit would reach
static double
s_baseline (const score_t *self)
{
    long most = 0;
    for (size_t index = 0; index < self->unit_count; index++)
        if (self->units[index].expected > most)
            most = self->units[index].expected;
    return s_share (most, self->count);
}

//  --------------------------------------------------------------------------
//  Output

static int
s_by_count (const void *one, const void *other)
{
    const confusion_t *a = one, *b = other;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    if (a->expected != b->expected)
        return a->expected < b->expected ? -1 : 1;
    return a->proposed < b->proposed ? -1 : 1;
}

static void
s_sort (score_t *self)
{
    if (self->confusion_count)
        qsort (self->confusions, self->confusion_count, sizeof *self->confusions, s_by_count);
}

//  "0.83", or "-" where there is nothing to divide by
static const char *
s_ratio (char text[16], long part, long whole)
{
    snprintf (text, 16, whole ? "%.2f" : "-", s_share (part, whole));
    return text;
}

static void
s_print_units (const score_t *self)
{
    table_t *table = table_new ((const char *[]){
        words ("unit", "单位"), words ("expected", "应分"), words ("proposed", "拟分"),
        words ("right", "正确"), words ("precision", "准确率"), words ("recall", "召回率"), NULL });
    for (size_t index = 0; index < self->unit_count; index++) {
        const tally_t *unit = &self->units[index];
        char expected[24], proposed[24], right[24], precision[16], recall[16];
        snprintf (expected, sizeof expected, "%ld", unit->expected);
        snprintf (proposed, sizeof proposed, "%ld", unit->proposed);
        snprintf (right, sizeof right, "%ld", unit->right);
        table_row (table, (const char *[]){ unit->unit, expected, proposed, right,
                                            s_ratio (precision, unit->right, unit->proposed),
                                            s_ratio (recall, unit->right, unit->expected) });
    }
    table_print (table);
    table_destroy (&table);
}

static void
s_print_confusions (const score_t *self)
{
    if (!self->confusion_count)
        return;
    table_t *table = table_new ((const char *[]){ words ("expected", "应分"), words ("but proposed", "误分"),
                                                  words ("times", "次数"), NULL });
    for (size_t index = 0; index < self->confusion_count && index < CONFUSIONS_SHOWN; index++) {
        const confusion_t *confusion = &self->confusions[index];
        char count[24];
        snprintf (count, sizeof count, "%ld", confusion->count);
        table_row (table, (const char *[]){ self->units[confusion->expected].unit,
                                            self->units[confusion->proposed].unit, count });
    }
    puts ("");
    table_print (table);
    table_destroy (&table);
}

void
score_print (score_t *self)
{
    s_sort (self);
    s_print_units (self);
    s_print_confusions (self);
    printf (words ("\naccuracy %.3f: %ld of %ld right (always the commonest unit: %.3f)\n",
                   "\n总准确率 %.3f:%ld / %ld 正确(始终分给最常见单位:%.3f)\n"),
            score_accuracy (self), self->right, self->count, s_baseline (self));
}

void
score_json (score_t *self, json_t *document)
{
    json_t *units = json_array (), *confusions = json_array ();
    s_sort (self);
    for (size_t index = 0; index < self->unit_count; index++) {
        const tally_t *unit = &self->units[index];
        json_array_append_new (
            units, json_pack ("{ss sI sI sI sf sf}", "unit", unit->unit, "expected",
                              (json_int_t) unit->expected, "proposed", (json_int_t) unit->proposed, "right",
                              (json_int_t) unit->right, "precision", s_share (unit->right, unit->proposed),
                              "recall", s_share (unit->right, unit->expected)));
    }
    for (size_t index = 0; index < self->confusion_count; index++) {
        const confusion_t *confusion = &self->confusions[index];
        json_array_append_new (confusions,
                               json_pack ("{ss ss sI}", "expected", self->units[confusion->expected].unit,
                                          "proposed", self->units[confusion->proposed].unit, "count",
                                          (json_int_t) confusion->count));
    }
    json_object_set_new (document, "examples", json_integer (self->count));
    json_object_set_new (document, "right", json_integer (self->right));
    json_object_set_new (document, "accuracy", json_real (score_accuracy (self)));
    json_object_set_new (document, "baseline", json_real (s_baseline (self)));
    json_object_set_new (document, "units", units);
    json_object_set_new (document, "confusions", confusions);
}
