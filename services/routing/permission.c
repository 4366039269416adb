//  permission - who may move a case

#include "services/routing/permission.h"
#include <string.h>

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

//  The one who submitted it: the case's source, and the same person where the source names persons
static bool
s_is_submitter (const case_t *file, json_t *message)
{
    const char *source = s_text (message, "source"), *actor = s_text (message, "actor");
    return source && !strcmp (source, file->source) &&
           (!file->submitter || (actor && !strcmp (actor, file->submitter)));
}

static bool
s_has_role (json_t *message, const char *role)
{
    size_t index;
    json_t *held;
    json_array_foreach (json_object_get (message, "roles"), index, held)
        if (!strcmp (json_string_value (held), role))
            return true;
    return false;
}

static bool
s_is_of_the_unit (const case_t *file, json_t *message)
{
    const char *unit = s_text (message, "unit");
    return unit && file->unit && !strcmp (unit, file->unit);
}

//  Some roles count only in the unit that leads the case, some only in one that takes part
static bool
s_is_of_its_unit (const case_t *file, json_t *message, const char *role)
{
    if (procedure_role_is_of_unit (file->procedure, role))
        return s_is_of_the_unit (file, message);
    return !procedure_role_is_of_co_unit (file->procedure, role) ||
           case_lists (file, "co_units", s_text (message, "unit"));
}

bool
permission_allows (const case_t *file, json_t *message, const procedure_move_t *move)
{
    for (const char *const *role = move->roles; *role; role++) {
        if (!strcmp (*role, "submitter")) {
            if (s_is_submitter (file, message))
                return true;
        } else if (strcmp (*role, "system") != 0 &&
                   s_has_role (message, procedure_role_held (file->procedure, *role)) &&
                   s_is_of_its_unit (file, message, *role))
            return true;
    }
    return false;
}

bool
permission_is_of_system (const procedure_move_t *move)
{
    for (const char *const *role = move->roles; *role; role++)
        if (!strcmp (*role, "system"))
            return true;
    return false;
}
