//  calendar_test - dates against published vectors and hand-checked cases
//
//  The vectors of others (DUBAN_TEST_DATA, default ../shared/data) are skipped where they are absent.

#include "common/calendar.h"
#include "tests/unit/calendar_facts.h"
#include <assert.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
//
#include <cmocka.h>

static day_t
s_day (const char *text)
{
    day_t day = 0;
    if (!day_parse (text, &day))
        fail_msg ("not a day: %s", text);
    return day;
}

static void
s_expect_day (day_t found, const char *expected, const char *what)
{
    char text[11];
    day_text (found, text);
    if (strcmp (text, expected))
        fail_msg ("%s: %s instead of %s", what, text, expected);
}

static FILE *
s_data (const char *name)
{
    const char *folder = getenv ("DUBAN_TEST_DATA");
    char path[512];
    snprintf (path, sizeof path, "%s/calendar/%s", folder ? folder : "../shared/data", name);
    FILE *file = fopen (path, "r");
    if (!file)
        print_message ("%s is not here: skipped\n", path);
    return file;
}

//  --------------------------------------------------------------------------
//  Civil dates

static void
test_days_and_civil_dates_are_inverse_over_ten_thousand_years (void **state)
{
    (void) state;
    day_t expected = day_from_civil (1, 1, 1);
    static const int LENGTH[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for (int day = 1; day <= LENGTH[month - 1] + (leap && month == 2); day++) {
                int found[3];
                assert_int_equal (day_from_civil (year, month, day), expected);
                day_to_civil (expected, &found[0], &found[1], &found[2]);
                assert_true (found[0] == year && found[1] == month && found[2] == day);
                expected++;
            }
        }
    assert_int_equal (day_from_civil (1970, 1, 1), 0);
    assert_int_equal (day_weekday (0), 3);
    assert_int_equal (day_weekday (-1), 2);
}

static void
test_only_dates_that_exist_are_read (void **state)
{
    (void) state;
    static const char *const WRONG[] = { "",           "2026-2-03",  "2026-02-29", "2026-13-01",
                                         "2026-00-10", "2026-01-00", "2026-01-32", "1900-02-29",
                                         "0000-01-01", "2026/01/01", "2026-01-1x", "2026-01-011",
                                         " 2026-01-1", "-026-01-01" };
    day_t day;
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++)
        if (day_parse (WRONG[index], &day))
            fail_msg ("%s was taken for a date", WRONG[index]);
    s_expect_day (s_day ("2024-02-29"), "2024-02-29", "leap day");
    s_expect_day (s_day ("2000-02-29"), "2000-02-29", "leap day of a century");
}

static void
test_a_local_day_begins_and_ends_at_midnight_of_its_zone (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_new (480);
    day_t day = s_day ("2026-11-23");
    moment_t start = calendar_start_of (calendar, day);
    assert_int_equal (start, ((moment_t) day * 24 - 8) * 3600000000LL);
    assert_int_equal (calendar_day_of (calendar, start), day);
    assert_int_equal (calendar_day_of (calendar, start - 1), day - 1);
    assert_int_equal (calendar_day_of (calendar, calendar_start_of (calendar, day + 1) - 1), day);
    assert_int_equal (calendar_at (calendar, day, 510), start + 510 * 60000000LL);
    assert_int_equal (calendar_day_of (calendar, calendar_start_of (calendar, -40000)), -40000);
    calendar_destroy (&calendar);
    calendar_destroy (&calendar);
}

//  --------------------------------------------------------------------------
//  The calendar that is shipped

static void
test_spring_festival_and_make_up_weekends_of_2026_are_counted (void **state)
{
    (void) state;
    static const struct {
        const char *start;
        int days;
        calendar_rule_t rule;
        const char *due;
    } CASES[] = {
        { "2026-02-12", 1, RULE_A, "2026-02-13" }, //  Thursday before the holiday
        { "2026-02-12", 2, RULE_A, "2026-02-14" }, //  the Saturday is worked
        { "2026-02-12", 3, RULE_A, "2026-02-24" }, //  15 to 23 February are off
        { "2026-02-14", 5, RULE_A, "2026-02-28" }, //  the Saturday after it is worked too
        { "2026-02-17", 1, RULE_A, "2026-02-24" }, //  New Year's Day itself
        { "2026-02-17", 1, RULE_B, "2026-02-25" }, //  moved to the 24th, which is day 0
        { "2026-01-03", 1, RULE_A, "2026-01-04" }, //  a Sunday that is worked
        { "2026-01-03", 1, RULE_B, "2026-01-05" },
        { "2026-11-20", 5, RULE_A, "2026-11-27" }, //  an ordinary Friday
        { "2026-11-21", 5, RULE_A, "2026-11-27" }, //  an ordinary Saturday: the Monday is day 1
        { "2026-11-21", 5, RULE_B, "2026-11-30" },
        { "2026-11-21", 0, RULE_A, "2026-11-23" },
    };
    calendar_t *calendar = calendar_of_china ();
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        bool provisional;
        day_t due = calendar_due (calendar, s_day (CASES[index].start), CASES[index].days, CASES[index].rule,
                                  &provisional);
        s_expect_day (due, CASES[index].due, CASES[index].start);
        assert_false (provisional);
    }
    assert_string_equal (calendar_day_name (calendar, s_day ("2026-02-17")), "春节");
    assert_null (calendar_day_name (calendar, s_day ("2026-11-23")));
    calendar_destroy (&calendar);
}

static void
test_a_term_in_calendar_days_rolls_to_the_next_working_day (void **state)
{
    (void) state;
    static const char *const CASES[][3] = {
        { "2026-11-16", "7", "2026-11-23" },  { "2026-11-16", "5", "2026-11-23" },
        { "2026-02-10", "5", "2026-02-24" },  { "2026-02-10", "4", "2026-02-14" },
        { "2026-09-20", "15", "2026-10-08" },
    };
    calendar_t *calendar = calendar_of_china ();
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        bool provisional;
        day_t due =
            calendar_due_calendar (calendar, s_day (CASES[index][0]), atoi (CASES[index][1]), &provisional);
        s_expect_day (due, CASES[index][2], CASES[index][0]);
    }
    calendar_destroy (&calendar);
}

static void
test_a_date_beyond_the_horizon_is_provisional_until_its_year_is_published (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_of_china ();
    bool provisional;
    s_expect_day (calendar_horizon (calendar), "2026-12-31", "horizon");
    s_expect_day (calendar_due (calendar, s_day ("2026-12-24"), 5, RULE_A, &provisional), "2026-12-31",
                  "due");
    assert_false (provisional);
    s_expect_day (calendar_due (calendar, s_day ("2026-12-25"), 5, RULE_A, &provisional), "2027-01-01",
                  "due");
    assert_true (provisional);
    calendar_due_calendar (calendar, s_day ("2026-12-25"), 6, &provisional);
    assert_false (provisional);
    calendar_due_calendar (calendar, s_day ("2026-12-25"), 8, &provisional);
    assert_true (provisional);
    //  published: 1 to 3 January off
    calendar_add_year (calendar, 2027);
    calendar_add_day (calendar, s_day ("2027-01-01"), false, "元旦");
    calendar_index (calendar);
    s_expect_day (calendar_due (calendar, s_day ("2026-12-25"), 5, RULE_A, &provisional), "2027-01-04",
                  "due");
    assert_false (provisional);
    calendar_destroy (&calendar);
    calendar = calendar_new (480);
    assert_int_equal (calendar_horizon (calendar), DAY_NONE);
    s_expect_day (calendar_due (calendar, s_day ("2026-11-20"), 5, RULE_A, &provisional), "2026-11-27",
                  "due");
    assert_true (provisional);
    calendar_destroy (&calendar);
}

static void
test_the_last_word_on_a_day_counts (void **state)
{
    (void) state;
    calendar_t *calendar = calendar_new (480);
    day_t day = s_day ("2026-11-23");
    calendar_add_day (calendar, day, false, "first");
    calendar_index (calendar);
    assert_false (calendar_works (calendar, day));
    calendar_add_day (calendar, day + 30, false, "another");
    calendar_add_day (calendar, day, true, "second");
    calendar_index (calendar);
    assert_true (calendar_works (calendar, day));
    assert_string_equal (calendar_day_name (calendar, day), "second");
    calendar_destroy (&calendar);
}

//  --------------------------------------------------------------------------
//  Vectors of other projects

static void
s_add_listed (calendar_t *calendar, char *list, bool works)
{
    for (char *text; list && *list && (text = strsep (&list, "|"));)
        calendar_add_day (calendar, s_day (text), works, "");
}

//  Splits a CSV line in place; a quoted field may hold commas
static size_t
s_split (char *line, char **fields, size_t max)
{
    size_t count = 0;
    line[strcspn (line, "\r\n")] = 0;
    while (line && count < max) {
        char *end;
        if (*line == '"') {
            fields[count++] = ++line;
            end = strchr (line, '"');
            assert_non_null (end);
            *end++ = 0;
            line = *end ? end + 1 : NULL;
        } else {
            fields[count++] = line;
            end = strchr (line, ',');
            line = end ? end + 1 : NULL;
            if (end)
                *end = 0;
        }
    }
    return count;
}

//  A weekend other than Saturday and Sunday is a list of facts
static void
s_add_weekend (calendar_t *calendar, const char *weekend, day_t around)
{
    static const char *const NAMES[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    if (!strcmp (weekend, "Sat|Sun"))
        return;
    for (day_t day = around - 1000; day < around + 1000; day++)
        calendar_add_day (calendar, day, !strstr (weekend, NAMES[day_weekday (day)]), "");
}

static day_t
s_answer (const calendar_t *calendar, const char *semantics, day_t start, int count)
{
    bool provisional;
    if (!strncmp (semantics, "calendar_days", 13))
        return calendar_due_calendar (calendar, start, count, &provisional);
    if (!strncmp (semantics, "roll_backward", 13) && !calendar_works (calendar, start))
        return calendar_shift (calendar, calendar_shift (calendar, start, -1), count);
    if (!strncmp (semantics, "roll_forward", 12))
        return calendar_due (calendar, start, count, RULE_B, &provisional);
    return calendar_due (calendar, start, count, RULE_A, &provisional);
}

static void
test_vectors_of_other_projects_come_out_equal (void **state)
{
    (void) state;
    FILE *file = s_data ("workday_vectors.csv");
    if (!file)
        skip ();
    static char line[65536];
    int checked = 0;
    assert_non_null (fgets (line, sizeof line, file));
    while (fgets (line, sizeof line, file)) {
        char *fields[11];
        assert_true (s_split (line, fields, 11) >= 10);
        calendar_t *calendar = calendar_new (0);
        s_add_weekend (calendar, fields[9], s_day (fields[2]));
        s_add_listed (calendar, fields[7], false);
        s_add_listed (calendar, fields[8], true);
        calendar_index (calendar);
        char what[256];
        snprintf (what, sizeof what, "%s %s + %s (%s)", fields[0], fields[2], fields[3], fields[6]);
        s_expect_day (s_answer (calendar, fields[6], s_day (fields[2]), atoi (fields[3])), fields[4], what);
        calendar_destroy (&calendar);
        checked++;
    }
    fclose (file);
    assert_int_equal (checked, 35);
}

static void
test_hand_checked_cases_of_china_come_out_equal (void **state)
{
    (void) state;
    FILE *file = s_data ("cn_due5_cases.json");
    if (!file)
        skip ();
    json_t *cases = json_loadf (file, 0, NULL), *one;
    fclose (file);
    assert_int_equal (json_array_size (cases), 37);
    calendar_t *calendar = calendar_of_china ();
    size_t index;
    static const struct {
        const char *member;
        int days;
        calendar_rule_t rule;
    } COLUMNS[] = { { "due5_A", 5, RULE_A }, { "due5_B", 5, RULE_B }, { "due15_A", 15, RULE_A } };
    json_array_foreach (cases, index, one) {
        day_t received = s_day (json_string_value (json_object_get (one, "received")));
        for (size_t column = 0; column < 3; column++) {
            const char *expected = json_string_value (json_object_get (one, COLUMNS[column].member));
            bool provisional;
            day_t due =
                calendar_due (calendar, received, COLUMNS[column].days, COLUMNS[column].rule, &provisional);
            s_expect_day (due, expected, COLUMNS[column].member);
        }
    }
    json_decref (cases);
    calendar_destroy (&calendar);
}

static void
test_the_shipped_facts_are_those_on_which_public_sources_agree (void **state)
{
    (void) state;
    FILE *file = s_data ("cn_special_days.csv");
    if (!file)
        skip ();
    calendar_t *calendar = calendar_of_china ();
    char line[512];
    int checked = 0;
    assert_non_null (fgets (line, sizeof line, file));
    while (fgets (line, sizeof line, file)) {
        char *fields[4];
        assert_int_equal (s_split (line, fields, 4), 4);
        day_t day = s_day (fields[0]);
        assert_int_equal (calendar_works (calendar, day), !strcmp (fields[1], "workday"));
        assert_string_equal (calendar_day_name (calendar, day), fields[2]);
        checked++;
    }
    fclose (file);
    assert_int_equal (checked, 700);
    int special = 0;
    for (day_t day = s_day ("2006-01-01"); day < s_day ("2028-01-01"); day++)
        special += calendar_day_name (calendar, day) != NULL;
    assert_int_equal (special, 700);
    calendar_destroy (&calendar);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_days_and_civil_dates_are_inverse_over_ten_thousand_years),
        cmocka_unit_test (test_only_dates_that_exist_are_read),
        cmocka_unit_test (test_a_local_day_begins_and_ends_at_midnight_of_its_zone),
        cmocka_unit_test (test_spring_festival_and_make_up_weekends_of_2026_are_counted),
        cmocka_unit_test (test_a_term_in_calendar_days_rolls_to_the_next_working_day),
        cmocka_unit_test (test_a_date_beyond_the_horizon_is_provisional_until_its_year_is_published),
        cmocka_unit_test (test_the_last_word_on_a_day_counts),
        cmocka_unit_test (test_vectors_of_other_projects_come_out_equal),
        cmocka_unit_test (test_hand_checked_cases_of_china_come_out_equal),
        cmocka_unit_test (test_the_shipped_facts_are_those_on_which_public_sources_agree),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
