//  schema_check - a value against a compiled schema
//
//  The way to the value is a list on the stack; a pointer is written from it only when something is wrong.
//  The schemas bound the recursion: they have no circles.

#include "proto/event.h"
#include "proto/schema_node.h"
#include <stdio.h>
#include <string.h>

#define POINTER_MAX 400

typedef struct way {
    const struct way *up;
    const char *name; //  NULL: an array's index
    size_t index;
} way_t;

typedef struct {
    const char *at;
    problem_t *problem; //  NULL: only the verdict is wanted
} report_t;

//  --- reporting

void
pointer_append (char *text, size_t text_size, const char *name)
{
    size_t used = strlen (text);
    if (used + 2 < text_size)
        text[used++] = '/';
    for (; *name && used + 3 < text_size; name++) {
        if (*name == '~' || *name == '/') {
            text[used++] = '~';
            text[used++] = *name == '~' ? '0' : '1';
        } else
            text[used++] = *name;
    }
    text[used] = 0;
}

static void
s_write (const way_t *way, char *text)
{
    if (!way)
        return;
    s_write (way->up, text);
    char index[24];
    snprintf (index, sizeof index, "%zu", way->index);
    pointer_append (text, POINTER_MAX, way->name ? way->name : index);
}

static bool
s_wrong (const report_t *report, const way_t *way, const char *detail)
{
    if (report->problem) {
        char pointer[POINTER_MAX];
        snprintf (pointer, sizeof pointer, "%.100s", report->at);
        s_write (way, pointer);
        problem_point (report->problem, pointer, detail);
    }
    return false;
}

//  --- texts and numbers

static size_t
s_length (const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char) *text & 0xc0) != 0x80;
    return count;
}

//  Controls, and the invisible characters that join, part or turn what is around them
static bool
s_is_hidden (unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0x61c ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb);
}

bool
schema_is_id (const char *text)
{
    size_t bytes = strlen (text);
    if (bytes < 1 || bytes > 128)
        return false;
    while (*text)
        if (s_is_hidden (utf8_next (&text)))
            return false;
    return true;
}

static bool
s_has_format (format_t format, const char *text)
{
    int64_t time;
    switch (format) {
    case FORMAT_DATE:
        return event_date_is_valid (text);
    case FORMAT_DATE_TIME:
        return event_time_parse (text, &time);
    case FORMAT_ID:
        return schema_is_id (text);
    case FORMAT_SHA256:
        return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
    case FORMAT_NONE:
        break;
    }
    return true;
}

static bool
s_check_text (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    static const char *const FORMATS[] = {
        [FORMAT_NONE] = "",
        [FORMAT_DATE] = "is not a date that exists, like 2026-11-23",
        [FORMAT_DATE_TIME] = "is not a time with zone, like 2026-11-23T08:30:00+08:00",
        [FORMAT_ID] = "is not an identifier: 1 to 128 bytes, no control or invisible characters",
        [FORMAT_SHA256] = "is not a SHA-256 in 64 lower-case hex digits",
    };
    const char *text = json_string_value (value);
    char detail[80];
    if (node->min_length > 0 || node->max_length < SIZE_MAX) {
        size_t length = s_length (text);
        if (length < node->min_length) {
            snprintf (detail, sizeof detail, "is shorter than %zu characters", node->min_length);
            return s_wrong (report, way, detail);
        }
        if (length > node->max_length) {
            snprintf (detail, sizeof detail, "is longer than %zu characters", node->max_length);
            return s_wrong (report, way, detail);
        }
    }
    if (node->pattern && !pattern_matches (node->pattern, text))
        return s_wrong (report, way, "does not have the form that is asked for");
    if (!s_has_format (node->format, text))
        return s_wrong (report, way, FORMATS[node->format]);
    return true;
}

//  Integers are compared as integers: a double cannot hold them all
static bool
s_less (const json_t *left, const json_t *right)
{
    if (json_is_integer (left) && json_is_integer (right))
        return json_integer_value (left) < json_integer_value (right);
    return json_number_value (left) < json_number_value (right);
}

static bool
s_check_number (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    if (node->minimum && s_less (value, node->minimum))
        return s_wrong (report, way, "is too small");
    if (node->maximum && s_less (node->maximum, value))
        return s_wrong (report, way, "is too large");
    return true;
}

//  --- arrays, objects, alternatives

static bool s_check (const node_t *node, const json_t *value, const way_t *way, const report_t *report);

static bool
s_check_array (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    size_t count = json_array_size (value);
    bool good = true;
    if (count < node->min_items)
        return s_wrong (report, way, "has too few items");
    if (count > node->max_items)
        return s_wrong (report, way, "has too many items");
    for (size_t index = 0; index < count; index++) {
        const json_t *item = json_array_get (value, index);
        const way_t here = { way, NULL, index };
        if (node->items && !s_check (node->items, item, &here, report))
            good = false;
        for (size_t earlier = 0; node->unique && earlier < index; earlier++)
            if (json_equal (item, json_array_get (value, earlier)))
                good = s_wrong (report, &here, "is there twice");
    }
    return good;
}

static bool
s_is_member (const node_t *node, const char *name)
{
    for (size_t index = 0; index < node->member_count; index++)
        if (node->members[index].node && strcmp (node->members[index].name, name) == 0)
            return true;
    return false;
}

static bool
s_check_additional (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    bool good = true;
    const char *name;
    json_t *item;
    json_object_foreach ((json_t *) value, name, item) {
        if (s_is_member (node, name))
            continue;
        const way_t here = { way, name, 0 };
        if (node->closed)
            good = s_wrong (report, &here, "is not a member that is known here");
        else if (!s_check (node->additional, item, &here, report))
            good = false;
    }
    return good;
}

static bool
s_check_object (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    bool good = true;
    size_t known = 0;
    for (size_t index = 0; index < node->member_count; index++) {
        const member_t *member = &node->members[index];
        const json_t *item = json_object_get (value, member->name);
        const way_t here = { way, member->name, 0 };
        if (!item) {
            if (member->required)
                good = s_wrong (report, &here, "is missing");
        } else if (member->node) {
            known++;
            if (!s_check (member->node, item, &here, report))
                good = false;
        }
    }
    if ((node->closed || node->additional) && known < json_object_size (value) &&
        !s_check_additional (node, value, way, report))
        good = false;
    return good;
}

static bool
s_check_branches (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    if (!json_is_object (value))
        return s_wrong (report, way, "must be an object");
    const json_t *given = json_object_get (value, node->discriminator);
    const way_t here = { way, node->discriminator, 0 };
    if (!given)
        return s_wrong (report, &here, "is missing");
    for (size_t index = 0; index < node->branch_count; index++)
        if (json_equal (given, node_constant (node->branches[index], node->discriminator)))
            return s_check (node->branches[index], value, way, report);
    return s_wrong (report, &here, "is none of the values that are known here");
}

static bool
s_is_choice (const json_t *choices, const json_t *value)
{
    for (size_t index = 0; index < json_array_size (choices); index++)
        if (json_equal (json_array_get (choices, index), value))
            return true;
    return false;
}

static bool
s_wrong_type (const node_t *node, const way_t *way, const report_t *report)
{
    static const struct {
        unsigned bits;
        const char *name;
    } NAMES[] = {
        { TYPE_BIT (JSON_OBJECT), "an object" },   { TYPE_BIT (JSON_ARRAY), "an array" },
        { TYPE_BIT (JSON_STRING), "a string" },    { TYPE_NUMBER, "a number" },
        { TYPE_BIT (JSON_INTEGER), "an integer" }, { TYPE_BOOLEAN, "true or false" },
        { TYPE_BIT (JSON_NULL), "null" },
    };
    char detail[100] = "must be ";
    unsigned left = node->types;
    for (size_t index = 0; index < sizeof NAMES / sizeof *NAMES; index++) {
        if ((left & NAMES[index].bits) != NAMES[index].bits)
            continue;
        strcat (detail, left == node->types ? "" : " or ");
        strcat (detail, NAMES[index].name);
        left &= ~NAMES[index].bits;
    }
    return s_wrong (report, way, detail);
}

static bool
s_check (const node_t *node, const json_t *value, const way_t *way, const report_t *report)
{
    while (node->reference)
        node = node->reference;
    if (node->types && !(node->types & TYPE_BIT (json_typeof (value))))
        return s_wrong_type (node, way, report);
    if (node->constant && !json_equal (node->constant, value))
        return s_wrong (report, way, "is not the one value that is allowed");
    if (node->choices && !s_is_choice (node->choices, value))
        return s_wrong (report, way, "is none of the values that are allowed");
    if (node->branches && !s_check_branches (node, value, way, report))
        return false;
    switch (json_typeof (value)) {
    case JSON_STRING:
        return s_check_text (node, value, way, report);
    case JSON_INTEGER:
    case JSON_REAL:
        return s_check_number (node, value, way, report);
    case JSON_ARRAY:
        return s_check_array (node, value, way, report);
    case JSON_OBJECT:
        return s_check_object (node, value, way, report);
    default:
        return true;
    }
}

bool
schema_check_node (const node_t *node, const json_t *value, const char *at, problem_t *problem)
{
    const report_t report = { at, problem };
    return s_check (node, value, NULL, &report);
}
