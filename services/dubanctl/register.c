//  register - declarations, and values as people write and read them

#include "services/dubanctl/register.h"
#include "services/dubanctl/settings.h"
#include "services/dubanctl/text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//  --------------------------------------------------------------------------
//  Declarations: read once, kept until the program ends

const forms_t *
register_forms (exit_t *code)
{
    static forms_t *forms;
    char error[400];
    const char *folder = settings_text ("DUBAN_REGISTERS");
    if (!forms)
        forms = forms_new (folder ? folder : "proto/registers", error, sizeof error);
    if (!forms) {
        complain ("%s", error);
        *code = USAGE;
    }
    return forms;
}

const form_t *
register_form (const char *name, exit_t *code)
{
    const forms_t *forms = register_forms (code);
    const form_t *form = forms ? forms_find (forms, name) : NULL;
    if (form || !forms)
        return form;
    *code = NOT_FOUND;
    complain (words ("no register is called \"%s\"; there are:", "没有登记簿“%s”,现有:"), name);
    for (size_t index = 0; index < forms_count (forms); index++)
        remark ("  %-14s %s", form_name (forms_at (forms, index)),
                form_title (forms_at (forms, index), words ("en", "zh")));
    return NULL;
}

const char *
field_title (const field_t *field)
{
    return words (field->title_en, field->title_zh);
}

//  --------------------------------------------------------------------------
//  Reading

static json_t *
s_read_number (const char *text)
{
    char *end;
    long long number = strtoll (text, &end, 10);
    return *text && !*end ? json_integer (number) : NULL;
}

static json_t *
s_read_flag (const char *text)
{
    static const char *const WORDS[][2] = {
        { "true", "false" }, { "1", "0" }, { "yes", "no" }, { "是", "否" }, { "有", "无" }
    };
    for (size_t index = 0; index < sizeof WORDS / sizeof *WORDS; index++)
        for (int no = 0; no < 2; no++)
            if (!strcmp (text, WORDS[index][no]))
                return json_boolean (!no);
    return NULL;
}

//  Spreadsheets write 2026/1/5 and 2026.1.5
static json_t *
s_read_date (const char *text)
{
    int year, month, day, used = 0;
    char date[16];
    if (sscanf (text, "%4d%*1[-/.]%2d%*1[-/.]%2d%n", &year, &month, &day, &used) != 3 || text[used])
        return json_string (text);
    snprintf (date, sizeof date, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    return json_string (date);
}

//  The name of a choice, or its title in either language
static json_t *
s_read_choice (const field_t *field, const char *text)
{
    static const char *const MEMBERS[] = { "name", "zh", "en" };
    size_t index;
    json_t *row;
    json_array_foreach ((json_t *) field->values, index, row)
        for (size_t member = 0; member < sizeof MEMBERS / sizeof *MEMBERS; member++)
            if (!strcmp (json_string_value (json_object_get (row, MEMBERS[member])), text))
                return json_incref (json_object_get (row, "name"));
    return json_string (text); //  the check says that it is none
}

static json_t *
s_read_one (const field_t *field, const char *text)
{
    switch (field->type) {
    case FIELD_NUMBER:
        return s_read_number (text);
    case FIELD_FLAG:
        return s_read_flag (text);
    case FIELD_DATE:
        return s_read_date (text);
    case FIELD_CHOICE:
        return s_read_choice (field, text);
    default:
        return json_string (text);
    }
}

static void
s_trim (char *text)
{
    size_t size = strlen (text), blank = strspn (text, " \t");
    memmove (text, text + blank, size - blank + 1);
    for (size = strlen (text); size && strchr (" \t", text[size - 1]); size--)
        text[size - 1] = 0;
}

//  Lists are separated by ; or 、 or ；: a comma may stand in a name
static json_t *
s_read_list (const field_t *field, char *text)
{
    static const char *const MARKS[] = { "、", "；" };
    for (size_t index = 0; index < sizeof MARKS / sizeof *MARKS; index++)
        for (char *at; (at = strstr (text, MARKS[index]));) {
            *at = ';';
            memmove (at + 1, at + strlen (MARKS[index]), strlen (at + strlen (MARKS[index])) + 1);
        }
    json_t *list = json_array ();
    for (char *item; (item = strsep (&text, ";"));) {
        s_trim (item);
        json_t *value = *item ? s_read_one (field, item) : NULL;
        if (*item && !value) {
            json_decref (list);
            return NULL;
        }
        if (value)
            json_array_append_new (list, value);
    }
    return list;
}

json_t *
field_read (const field_t *field, const char *text)
{
    char *copy = strdup (text);
    assert (copy);
    s_trim (copy);
    json_t *value = field->list ? s_read_list (field, copy) : s_read_one (field, copy);
    free (copy);
    return value;
}

//  --------------------------------------------------------------------------
//  Writing

static const char *
s_choice_title (const field_t *field, const char *name)
{
    size_t index;
    json_t *row;
    json_array_foreach ((json_t *) field->values, index, row)
        if (!strcmp (json_string_value (json_object_get (row, "name")), name))
            return json_string_value (json_object_get (row, words ("en", "zh")));
    return name;
}

static void
s_write_one (FILE *out, const field_t *field, const json_t *value)
{
    const char *text = json_string_value (value);
    if (json_is_integer (value))
        fprintf (out, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
    else if (json_is_boolean (value))
        fputs (json_is_true (value) ? words ("yes", "是") : words ("no", "否"), out);
    else if (text)
        fputs (field && field->type == FIELD_CHOICE ? s_choice_title (field, text) : text, out);
    else
        fputs ("-", out);
}

char *
field_text (const field_t *field, const json_t *value)
{
    char *text = NULL;
    size_t size, index;
    json_t *item;
    FILE *out = open_memstream (&text, &size);
    assert (out);
    if (!json_is_array (value))
        s_write_one (out, field, value);
    json_array_foreach ((json_t *) value, index, item) {
        fputs (index ? words ("; ", "、") : "", out);
        s_write_one (out, field, item);
    }
    fclose (out);
    return text;
}
