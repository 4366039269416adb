//  metrics_test - the page of Prometheus text format 0.0.4

#include "common/metrics.h"
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

//  Lines of the page that are exactly this
static int
s_count (const char *line)
{
    char *page = metrics_text (), *rest = page, *next;
    int count = 0;
    while ((next = strsep (&rest, "\n")))
        count += !strcmp (next, line);
    free (page);
    return count;
}

static void
test_a_counter_and_a_gauge_show_their_values (void **state)
{
    (void) state;
    metric_t *counter = metric_counter ("t_things_total", "kind=\"a\"", "things");
    metric_add (counter, 1);
    metric_add (counter, 2.5);
    metric_set (metric_gauge ("t_depth", NULL, "depth"), -3);
    assert_int_equal (s_count ("# HELP t_things_total things"), 1);
    assert_int_equal (s_count ("# TYPE t_things_total counter"), 1);
    assert_int_equal (s_count ("t_things_total{kind=\"a\"} 3.5"), 1);
    assert_int_equal (s_count ("# TYPE t_depth gauge"), 1);
    assert_int_equal (s_count ("t_depth -3"), 1);
    assert_true (metric_value (counter) > 3.4 && metric_value (counter) < 3.6);
}

static void
test_the_same_name_and_labels_are_the_same_metric (void **state)
{
    (void) state;
    metric_t *one = metric_counter ("t_same_total", "a=\"1\"", "same");
    assert_ptr_equal (one, metric_counter ("t_same_total", "a=\"1\"", "same"));
    assert_ptr_not_equal (one, metric_counter ("t_same_total", "a=\"2\"", "same"));
    assert_ptr_not_equal (one, metric_counter ("t_same_total", NULL, "same"));
    assert_int_equal (s_count ("# HELP t_same_total same"), 1);
}

static void
test_a_removed_metric_is_not_shown_and_comes_back_at_zero (void **state)
{
    (void) state;
    metric_t *gauge = metric_gauge ("t_peer", "replica=\"1\"", "peer");
    metric_set (gauge, 9);
    metric_remove (gauge);
    assert_int_equal (s_count ("# HELP t_peer peer"), 0);
    assert_ptr_equal (gauge, metric_gauge ("t_peer", "replica=\"1\"", "peer"));
    assert_int_equal (s_count ("t_peer{replica=\"1\"} 0"), 1);
}

static void
test_a_histogram_counts_upwards_and_ends_with_all (void **state)
{
    (void) state;
    metric_t *histogram = metric_histogram ("t_seconds", "op=\"x\"", "how long");
    static const double SEEN[] = { 0.0005, 0.001, 0.003, 0.2, 7, 61, 1000 };
    for (size_t index = 0; index < sizeof SEEN / sizeof *SEEN; index++)
        metric_observe (histogram, SEEN[index]);
    assert_int_equal (s_count ("# TYPE t_seconds histogram"), 1);
    assert_int_equal (s_count ("t_seconds_bucket{op=\"x\",le=\"0.001\"} 2"), 1);
    assert_int_equal (s_count ("t_seconds_bucket{op=\"x\",le=\"0.0025\"} 2"), 1);
    assert_int_equal (s_count ("t_seconds_bucket{op=\"x\",le=\"0.005\"} 3"), 1);
    assert_int_equal (s_count ("t_seconds_bucket{op=\"x\",le=\"60\"} 5"), 1);
    assert_int_equal (s_count ("t_seconds_bucket{op=\"x\",le=\"+Inf\"} 7"), 1);
    assert_int_equal (s_count ("t_seconds_count{op=\"x\"} 7"), 1);
    assert_int_equal (s_count ("t_seconds_sum{op=\"x\"} 1068.204500"), 1);
}

static void
s_add_many (void)
{
    char name[32], labels[32];
    srand (7);
    for (int round = 0; round < 300; round++) {
        snprintf (name, sizeof name, "t_many_%d", rand () % 12);
        snprintf (labels, sizeof labels, "l=\"%d\"", rand () % 9);
        metric_t *metric = metric_gauge (name, rand () % 4 ? labels : NULL, "many");
        metric_set (metric, rand () / 3.0);
        if (rand () % 5 == 0)
            metric_remove (metric);
    }
}

//  The format wants one group per name: HELP, TYPE, then its samples
static void
test_every_line_has_the_format_and_names_stand_together (void **state)
{
    (void) state;
    s_add_many ();
    metric_observe (metric_histogram ("t_bare_seconds", NULL, "no labels"), 1);
    regex_t sample;
    assert_int_equal (regcomp (&sample,
                               "^[a-z_0-9]+(\\{([a-z]+=\"[^\"]*\",?)*\\})? (-?[0-9.e+-]+|[+]Inf|NaN)$",
                               REG_EXTENDED | REG_NOSUB),
                      0);
    char *page = metrics_text (), *rest = page, *line, current[64] = "", seen[4096] = "|";
    assert_int_equal (page[strlen (page) - 1], '\n');
    while ((line = strsep (&rest, "\n")) && *line) {
        char name[64];
        if (sscanf (line, "# HELP %60s", name) == 1) {
            strcat (name, "|");
            assert_null (strstr (seen, name));
            strncat (seen, name, sizeof seen - strlen (seen) - 1);
            name[strlen (name) - 1] = 0;
            strcpy (current, name);
        } else if (sscanf (line, "# TYPE %60s", name) == 1)
            assert_string_equal (name, current);
        else {
            assert_int_equal (regexec (&sample, line, 0, NULL, 0), 0);
            assert_memory_equal (line, current, strlen (current));
        }
    }
    free (page);
    regfree (&sample);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_counter_and_a_gauge_show_their_values),
        cmocka_unit_test (test_the_same_name_and_labels_are_the_same_metric),
        cmocka_unit_test (test_a_removed_metric_is_not_shown_and_comes_back_at_zero),
        cmocka_unit_test (test_a_histogram_counts_upwards_and_ends_with_all),
        cmocka_unit_test (test_every_line_has_the_format_and_names_stand_together),
    };
    return cmocka_run_group_tests_name ("metrics", tests, NULL, NULL);
}
