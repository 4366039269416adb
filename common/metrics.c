//  metrics - counters, gauges and histograms in Prometheus text format 0.0.4

#include "common/metrics.h"
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { COUNTER, GAUGE, HISTOGRAM } metric_kind_t;
static const char *const KIND[] = { "counter", "gauge", "histogram" };

static const double BUCKETS[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                  0.5,   1,      2.5,   5,    10,    30,   60 };
#define BUCKET_COUNT (sizeof BUCKETS / sizeof *BUCKETS)

struct metric {
    metric_t *next;
    metric_kind_t kind;
    const char *help;
    char *name, *labels;
    double value;
    bool removed;
    uint64_t count, bucket[BUCKET_COUNT];
};

static metric_t *s_first;

static metric_t *
s_find_or_add (metric_kind_t kind, const char *name, const char *labels, const char *help)
{
    metric_t **place = &s_first;
    for (; *place; place = &(*place)->next) {
        int order = strcmp ((*place)->name, name);
        if (order == 0)
            order = strcmp ((*place)->labels, labels ? labels : "");
        if (order == 0) {
            (*place)->removed = false;
            return *place;
        }
        if (order > 0)
            break; //  sorted, so that one name's lines stand together as the format wants
    }
    metric_t *self = calloc (1, sizeof *self);
    assert (self);
    *self = (metric_t){ .next = *place, .kind = kind, .help = help };
    self->name = strdup (name);
    self->labels = strdup (labels ? labels : "");
    *place = self;
    return self;
}

metric_t *
metric_counter (const char *name, const char *labels, const char *help)
{
    return s_find_or_add (COUNTER, name, labels, help);
}

metric_t *
metric_gauge (const char *name, const char *labels, const char *help)
{
    return s_find_or_add (GAUGE, name, labels, help);
}

metric_t *
metric_histogram (const char *name, const char *labels, const char *help)
{
    return s_find_or_add (HISTOGRAM, name, labels, help);
}

void
metric_add (metric_t *self, double value)
{
    self->value += value;
}

void
metric_set (metric_t *self, double value)
{
    self->value = value;
}

void
metric_observe (metric_t *self, double seconds)
{
    assert (self->kind == HISTOGRAM);
    self->value += seconds;
    self->count++;
    for (size_t index = 0; index < BUCKET_COUNT; index++)
        if (seconds <= BUCKETS[index])
            self->bucket[index]++;
}

double
metric_value (const metric_t *self)
{
    return self->value;
}

void
metric_remove (metric_t *self)
{
    self->removed = true;
    self->value = 0;
}

static void
s_print_histogram (FILE *out, const metric_t *self)
{
    const char *comma = *self->labels ? "," : "";
    for (size_t index = 0; index < BUCKET_COUNT; index++)
        fprintf (out, "%s_bucket{%s%sle=\"%g\"} %llu\n", self->name, self->labels, comma, BUCKETS[index],
                 (unsigned long long) self->bucket[index]);
    fprintf (out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", self->name, self->labels, comma,
             (unsigned long long) self->count);
    fprintf (out, "%s_sum{%s} %.6f\n", self->name, self->labels, self->value);
    fprintf (out, "%s_count{%s} %llu\n", self->name, self->labels, (unsigned long long) self->count);
}

char *
metrics_text (void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream (&text, &size);
    assert (out);
    const char *last = "";
    for (const metric_t *self = s_first; self; self = self->next) {
        if (self->removed)
            continue;
        if (strcmp (last, self->name) != 0)
            fprintf (out, "# HELP %s %s\n# TYPE %s %s\n", self->name, self->help, self->name,
                     KIND[self->kind]);
        last = self->name;
        if (self->kind == HISTOGRAM)
            s_print_histogram (out, self);
        else if (*self->labels)
            fprintf (out, "%s{%s} %.17g\n", self->name, self->labels, self->value);
        else
            fprintf (out, "%s %.17g\n", self->name, self->value);
    }
    fclose (out);
    return text;
}
