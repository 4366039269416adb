//  procedure_arguments - what an argument of a command or of a submission must look like

#include "proto/case_number.h"
#include "proto/event.h"
#include "proto/procedure_parts.h"
#include "proto/schema_node.h"
#include <string.h>

#define MAX_NAMES  20
#define MAX_NUMBER 9007199254740991LL //  2^53 - 1: what every JSON reader keeps exactly

const procedure_argument_t *
procedure_argument (const procedure_t *self, const char *name)
{
    for (size_t index = 0; index < self->argument_count; index++)
        if (strcmp (self->arguments[index].name, name) == 0)
            return &self->arguments[index];
    return NULL;
}

static bool
s_is_between (const json_t *value, json_int_t least, json_int_t most)
{
    return json_is_integer (value) && json_integer_value (value) >= least &&
           json_integer_value (value) <= most;
}

static bool
s_are_names (const json_t *value)
{
    size_t count = json_array_size (value);
    if (!count || count > MAX_NAMES)
        return false;
    for (size_t index = 0; index < count; index++) {
        const char *text = json_string_value (json_array_get (value, index));
        if (!text || !schema_is_id (text))
            return false;
        for (size_t other = 0; other < index; other++)
            if (strcmp (json_string_value (json_array_get (value, other)), text) == 0)
                return false;
    }
    return true;
}

static bool
s_is_hash (const char *text)
{
    return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

bool
procedure_argument_fits (const procedure_argument_t *self, const json_t *value)
{
    int64_t number;
    int year;
    const char *text = json_string_value (value);
    switch (self->type) {
    case ARGUMENT_COUNT:
        return s_is_between (value, 1, 999);
    case ARGUMENT_NUMBER:
        return s_is_between (value, 0, MAX_NUMBER);
    case ARGUMENT_FLAG:
        return json_is_boolean (value);
    case ARGUMENT_NAMES:
        return s_are_names (value);
    case ARGUMENT_TEXT:
        return text && *text;
    case ARGUMENT_NAME:
        return text && schema_is_id (text);
    case ARGUMENT_MOMENT:
        return text && event_time_parse (text, &number);
    case ARGUMENT_DATE:
        return text && event_date_is_valid (text);
    case ARGUMENT_CHOICE:
        return text && list_has (self->values, text);
    case ARGUMENT_HASH:
        return text && s_is_hash (text);
    case ARGUMENT_CASE:
        return text && case_number_read (text, NULL, &year, &number);
    }
    return false;
}

const char *
procedure_argument_form (const procedure_argument_t *self)
{
    static const char *const FORMS[] = {
        [ARGUMENT_TEXT] = "must be a text that is not empty",
        [ARGUMENT_NAME] = "must be a name of 1 to 128 bytes without control characters",
        [ARGUMENT_NAMES] = "must be a list of 1 to 20 different names",
        [ARGUMENT_COUNT] = "must be a whole number, 1 to 999",
        [ARGUMENT_NUMBER] = "must be a whole number that is not negative",
        [ARGUMENT_MOMENT] = "must be a moment in RFC 3339 with zone",
        [ARGUMENT_DATE] = "must be a date that exists, as 2026-11-23",
        [ARGUMENT_CHOICE] = "is none of the values that the procedure lists",
        [ARGUMENT_FLAG] = "must be true or false",
        [ARGUMENT_HASH] = "must be a sha-256 in 64 lower-case hexadecimal digits",
        [ARGUMENT_CASE] = "must be the number of a case, with its check digit",
    };
    return FORMS[self->type];
}

const char *
procedure_arguments_wrong (const procedure_t *self, const json_t *arguments, const char *const *needs,
                           const char *const *accepts, const char **why)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *) arguments, name, value) {
        const procedure_argument_t *argument = procedure_argument (self, name);
        if (!argument || (!list_has (needs, name) && !list_has (accepts, name))) {
            *why = "is not known here";
            return name;
        }
        if (!procedure_argument_fits (argument, value)) {
            *why = procedure_argument_form (argument);
            return name;
        }
    }
    for (; *needs; needs++)
        if (!json_object_get (arguments, *needs)) {
            *why = "is needed";
            return *needs;
        }
    return NULL;
}
