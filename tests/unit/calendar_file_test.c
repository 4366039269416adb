//  calendar_file_test - the same days from CSV, JSON and iCalendar; what is wrong is named with its line

#include "common/calendar_file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
//
#include <cmocka.h>

#define COUNT(table) (sizeof table / sizeof *table)

static const char CSV[] =
    "# published: notice of 2026\r\n# office: 09:00-12:00 13:00-17:00\n# close: 17:00\n"
    "date,works,name\n2027-01-01,false,元旦\n2027-01-02,false,元旦\n2027-01-03,true,元旦\n"
    "2027-02-06,false,春节\n2027-02-07,false,春节\n2027-02-08,false,春节\n";
static const char JSON[] = "{\"year\": 2027, \"papers\": [\"notice\", \"of 2026\"], \"days\": ["
                           "{\"name\":\"元旦\",\"date\":\"2027-01-01\",\"isOffDay\":true},"
                           "{\"name\":\"元旦\",\"date\":\"2027-01-02\",\"isOffDay\":true},"
                           "{\"name\":\"元旦\",\"date\":\"2027-01-03\",\"isOffDay\":false},"
                           "{\"name\":\"春节\",\"date\":\"2027-02-06\",\"isOffDay\":true},"
                           "{\"name\":\"春节\",\"date\":\"2027-02-07\",\"isOffDay\":true},"
                           "{\"name\":\"春节\",\"date\":\"2027-02-08\",\"isOffDay\":true}]}";
static const char ICS[] =
    "\xef\xbb\xbf"
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270103\r\n"
    "SUMMARY;LANGUAGE=zh:元旦(\r\n 休)\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270103\r\nSUMMARY:元旦(班)\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270214\r\nSUMMARY:情人节\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270209\r\n"
    "SUMMARY:春节\r\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static void
test_three_formats_say_the_same_days (void **state)
{
    (void) state;
    static const struct {
        const char *date;
        bool works;
        const char *name;
    } DAYS[] = { { "2027-01-01", false, "元旦" }, { "2027-01-02", false, "元旦" },
                 { "2027-01-03", true, "元旦" },  { "2027-02-06", false, "春节" },
                 { "2027-02-07", false, "春节" }, { "2027-02-08", false, "春节" } };
    static const char *const TEXTS[] = { CSV, JSON, ICS };
    for (size_t text = 0; text < COUNT (TEXTS); text++) {
        calendar_file_t file = { 0 };
        if (!calendar_file_read (&file, NULL, TEXTS[text], strlen (TEXTS[text])))
            fail_msg ("format %zu: %s", text, file.error);
        assert_int_equal (file.count, COUNT (DAYS));
        for (size_t index = 0; index < COUNT (DAYS); index++) {
            char date[11];
            day_text (file.facts[index].day, date);
            assert_string_equal (date, DAYS[index].date);
            assert_int_equal (file.facts[index].works, DAYS[index].works);
            assert_string_equal (file.facts[index].name, DAYS[index].name);
        }
        assert_int_equal (file.year_count, 1);
        assert_int_equal (file.years[0], 2027);
        assert_string_equal (file.published, text < 2 ? "notice of 2026" : "");
        assert_int_equal (file.passed_over, text == 2);
        assert_int_equal (file.close, text ? 0 : 1020);
        assert_int_equal (file.office.count, text ? 0 : 2);
        calendar_file_reset (&file);
    }
}

static void
test_what_is_wrong_is_named_with_its_line (void **state)
{
    (void) state;
    static const char *const CASES[][2] = {
        { "", "no year" },
        { "2027-01-01,false,x\n2027-02-30,false,x\n", "line 2: 2027-02-30" },
        { "date,works,name\n2027-01-01,no,x\n", "line 2: works" },
        { "2027-01-01,false,\n", "line 1: a name" },
        { "2027-01-01 false\n", "line 1: not date,works,name" },
        { "2027-01-01,false,x\n2027-01-01,true,x\n", "line 2: 2027-01-01 is a day off and a working day" },
        { "# office: 9-5\n", "line 1: office hours" },
        { "# close: 25:00\n", "line 1: the close" },
        { "1066-10-14,false,x\n", "line 1: the year 1066" },
        { "{\"year\": 2027,\n \"days\": [}", "line 2: " },
        { "{\"days\": []}", "\"year\"" },
        { "{\"year\": 2027}", "2027: \"days\"" },
        { "{\"year\": 2027, \"days\": [{\"name\":\"x\",\"date\":\"2027-13-01\",\"isOffDay\":true}]}",
          "2027: day 1: \"date\"" },
        { "{\"year\": 2027, \"days\": [{\"name\":\"x\",\"date\":\"2027-01-01\",\"isOffDay\":1}]}",
          "2027: day 1 (2027-01-01): \"isOffDay\"" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2027\n", "line 3: \"2027\" is not a date" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:休\nDTSTART:20270101\nDTEND:20270101\nEND:VEVENT\n",
          "line 2: the event ends" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n", "line 3: an event within" },
        { "BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2: an event ends" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:休\n", "line 2: the event does not end" },
        { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nnothing\n", "line 3: not NAME:value" },
    };
    for (size_t index = 0; index < COUNT (CASES); index++) {
        calendar_file_t file = { 0 };
        if (calendar_file_read (&file, NULL, CASES[index][0], strlen (CASES[index][0])))
            fail_msg ("case %zu was read", index);
        if (strncmp (file.error, CASES[index][1], strlen (CASES[index][1])))
            fail_msg ("case %zu: \"%s\" instead of \"%s\"", index, file.error, CASES[index][1]);
        calendar_file_reset (&file);
    }
}

//  Whatever is cut off or damaged, nothing worse than an error happens
static void
test_damaged_files_are_refused_or_read_but_never_more (void **state)
{
    (void) state;
    static const char *const TEXTS[] = { CSV, JSON, ICS };
    for (size_t text = 0; text < COUNT (TEXTS); text++)
        for (size_t cut = 0; cut < strlen (TEXTS[text]); cut++)
            for (int damage = 0; damage < 4; damage++) {
                char copy[2000];
                snprintf (copy, sizeof copy, "%s", TEXTS[text]);
                copy[cut] = "\0\n9\xff"[damage];
                calendar_file_t file = { 0 };
                calendar_file_read (&file, NULL, copy, strlen (copy));
                calendar_file_reset (&file);
            }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_three_formats_say_the_same_days),
        cmocka_unit_test (test_what_is_wrong_is_named_with_its_line),
        cmocka_unit_test (test_damaged_files_are_refused_or_read_but_never_more),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
