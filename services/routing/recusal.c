//  recusal - who may neither act on a case nor hear of it

#include "services/routing/recusal.h"
#include <assert.h>
#include <string.h>

bool
recusal_has_unit (const case_t *file, const char *unit)
{
    return case_lists (file, "accused_units", unit);
}

static void
s_leave_out (case_t *file, const char *field)
{
    size_t index;
    json_t *unit, *left = json_array ();
    json_array_foreach (json_object_get (file->fields, field), index, unit)
        if (!recusal_has_unit (file, json_string_value (unit)))
            json_array_append (left, unit);
    if (json_array_size (left))
        json_object_set (file->fields, field, left);
    else
        json_object_del (file->fields, field);
    json_decref (left);
}

void
recusal_settle (case_t *file)
{
    if (recusal_has_unit (file, file->unit))
        case_set (&file->unit, NULL);
    if (recusal_has_unit (file, json_string_value (json_object_get (file->fields, "proposed_unit"))))
        json_object_del (file->fields, "proposed_unit");
    s_leave_out (file, "co_units");
    s_leave_out (file, "proposed_co_units");
}

bool
recusal_is_accused (const case_t *file, const char *person, const char *unit)
{
    return case_lists (file, "accused", person) || case_lists (file, "accused_units", unit);
}

bool
recusal_stands_aside (const case_t *file, const char *person)
{
    return case_lists (file, "recused", person);
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
