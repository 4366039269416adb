//  calendar_json - reads a calendar from {"year": 2027, "days": [{"name", "date", "isOffDay"}]}
//
//  jansson keeps no lines of members; what is wrong is named by year and number instead, what is no JSON by line.

#include "common/calendar_file.h"
#include <jansson.h>
#include <string.h>

static bool
s_take_day (calendar_file_t *self, json_int_t year, size_t index, const json_t *object)
{
    const char *date = json_string_value (json_object_get (object, "date"));
    const char *name = json_string_value (json_object_get (object, "name"));
    const json_t *off = json_object_get (object, "isOffDay");
    int number = (int) index + 1;
    day_t day;
    if (!date || !day_parse (date, &day))
        return calendar_file_wrong (self, 0, "%d: day %d: \"date\" is not a date such as 2027-01-01",
                                    (int) year, number);
    if (!json_is_boolean (off))
        return calendar_file_wrong (self, 0, "%d: day %d (%s): \"isOffDay\" is not true or false", (int) year,
                                    number, date);
    if (!name || !*name || strlen (name) >= CALENDAR_NAME)
        return calendar_file_wrong (self, 0, "%d: day %d (%s): \"name\" is not a text of 1 to %d bytes",
                                    (int) year, number, date, CALENDAR_NAME - 1);
    return calendar_file_add (self, 0, day, !json_is_true (off), name);
}

static bool
s_take_year (calendar_file_t *self, const json_t *object)
{
    const json_t *number = json_object_get (object, "year"), *days = json_object_get (object, "days"), *day,
                 *papers = json_object_get (object, "papers"), *paper;
    size_t index;
    json_int_t year = json_integer_value (number);
    if (!json_is_integer (number) || year < 0 || year > 9999)
        return calendar_file_wrong (self, 0, "\"year\" is missing, or not a year");
    if (!json_is_array (days))
        return calendar_file_wrong (self, 0, "%d: \"days\" is missing, or not a list", (int) year);
    json_array_foreach (papers, index, paper)
        if (json_is_string (paper))
            calendar_file_publish (self, json_string_value (paper), json_string_length (paper));
    json_array_foreach (days, index, day)
        if (!s_take_day (self, year, index, day))
            return false;
    return calendar_file_add_year (self, 0, (int) year);
}

bool
calendar_read_json (calendar_file_t *self, const char *text, size_t size)
{
    json_error_t fault;
    json_t *root = json_loadb (text, size, JSON_REJECT_DUPLICATES, &fault), *one;
    if (!root)
        return calendar_file_wrong (self, fault.line, "%s", fault.text);
    bool good = !json_is_array (root) ? s_take_year (self, root) : true;
    size_t index;
    json_array_foreach (root, index, one)
        good = good && s_take_year (self, one);
    json_decref (root);
    return good;
}
