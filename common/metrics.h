//  metrics - counters, gauges and histograms in Prometheus text format 0.0.4, for the admin port
#pragma once
#include <stdint.h>

typedef struct metric metric_t;

//  labels: "target=\"routing\"" or NULL. Metrics live as long as the process; the same name and labels give
//  the same metric.
metric_t *metric_counter (const char *name, const char *labels, const char *help);
metric_t *metric_gauge (const char *name, const char *labels, const char *help);
//  Seconds; buckets 1 ms … 60 s
metric_t *metric_histogram (const char *name, const char *labels, const char *help);
void metric_add (metric_t *self, double value);
void metric_set (metric_t *self, double value);
void metric_observe (metric_t *self, double seconds);
double metric_value (const metric_t *self);
void metric_remove (metric_t *self); //  stop exporting (a peer that went)
//  The whole page; caller frees
char *metrics_text (void);
