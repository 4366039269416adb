//  recusal - who may neither act on a case nor hear of it

#include "services/routing/recusal.h"
#include <assert.h>
#include <string.h>

static bool
s_has (const case_t *file, const char *field, const char *name)
{
    size_t index;
    json_t *one;
    json_array_foreach (json_object_get (file->fields, field), index, one)
        if (name && json_is_string (one) && !strcmp (json_string_value (one), name))
            return true;
    return false;
}

bool
recusal_has_unit (const case_t *file, const char *unit)
{
    return s_has (file, "accused_units", unit);
}

bool
recusal_is_accused (const case_t *file, const char *person, const char *unit)
{
    return s_has (file, "accused", person) || s_has (file, "accused_units", unit);
}

bool
recusal_stands_aside (const case_t *file, const char *person)
{
    return s_has (file, "recused", person);
}

json_t *
recusal_not_to (const case_t *file)
{
    static const char *const PERSONS[] = { "accused", "recused" };
    json_t *persons = json_array (), *units = json_array ();
    for (size_t index = 0; index < sizeof PERSONS / sizeof *PERSONS; index++)
        json_array_extend (persons, json_object_get (file->fields, PERSONS[index]));
    json_array_extend (units, json_object_get (file->fields, "accused_units"));
    bool nobody = !json_array_size (persons) && !json_array_size (units);
    json_t *both = json_pack ("{so so}", "persons", persons, "units", units);
    assert (both);
    if (nobody) {
        json_decref (both);
        return NULL;
    }
    return both;
}
