//  term_ledger - the ledger of a term as it stands in messages and rows

#include "common/term_ledger.h"
#include <string.h>

#define LAST_MOMENT 253402300799999999LL //  the end of year 9999

static const char *const OPS[] = {
    [LEDGER_SUSPEND] = "suspend",
    [LEDGER_RESUME] = "resume",
    [LEDGER_EXTEND] = "extend",
    [LEDGER_FLOOR] = "floor",
};

const char *
ledger_op_text (ledger_op_t op)
{
    return OPS[op];
}

static bool
s_number (const json_t *object, const char *name, json_int_t most, json_int_t *number)
{
    const json_t *value = json_object_get (object, name);
    *number = json_integer_value (value);
    return json_is_integer (value) && *number >= 0 && *number <= most;
}

static bool
s_op (const json_t *object, ledger_op_t *op)
{
    const char *text = json_string_value (json_object_get (object, "op"));
    for (size_t index = 0; text && index < sizeof OPS / sizeof *OPS; index++)
        if (!strcmp (text, OPS[index])) {
            *op = (ledger_op_t) index;
            return true;
        }
    return false;
}

static const char *
s_entry (const json_t *object, unit_t unit, ledger_entry_t *entry)
{
    json_int_t at, budget = 0;
    if (!s_op (object, &entry->op))
        return "op";
    if (!s_number (object, "at", LAST_MOMENT, &at))
        return "at";
    bool has_budget = entry->op == LEDGER_EXTEND || entry->op == LEDGER_FLOOR;
    if (has_budget && !s_number (object, "budget", TERM_MOST, &budget))
        return "budget";
    const char *named = json_string_value (json_object_get (object, "unit"));
    if (named && strcmp (named, unit_text (unit)))
        return "unit";
    entry->at = at;
    entry->budget = (int) budget;
    return NULL;
}

const char *
ledger_from_json (const json_t *list, unit_t unit, ledger_entry_t entries[LEDGER_MOST], size_t *count)
{
    *count = 0;
    if (!list || json_is_null (list))
        return NULL;
    if (!json_is_array (list) || json_array_size (list) > LEDGER_MOST)
        return "ledger";
    for (size_t index = 0; index < json_array_size (list); index++) {
        const char *problem = s_entry (json_array_get (list, index), unit, &entries[index]);
        if (problem)
            return problem;
    }
    *count = json_array_size (list);
    return NULL;
}
