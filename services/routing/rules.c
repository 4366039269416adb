//  rules - which unit a new case is proposed for

#include "services/routing/rules.h"
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rules {
    json_t *list;
};

//  The lists of a `when`, and the members of a submission that each looks at
static const struct {
    const char *list;
    const char *members[3];
    bool inside; //  the word may stand anywhere in the member
} CONDITIONS[] = {
    { "areas", { "area" }, false },
    { "keywords", { "title", "excerpt" }, true },
    { "kinds", { "case_kind" }, false },
    { "sources", { "source" }, false },
};
#define CONDITION_COUNT (sizeof CONDITIONS / sizeof *CONDITIONS)

static bool
s_complain (char *error, size_t error_size, const char *name, size_t index, const char *what)
{
    snprintf (error, error_size, "%s: /%zu: %s", name, index, what);
    return false;
}

static bool
s_is_known_list (const char *word)
{
    for (size_t index = 0; index < CONDITION_COUNT; index++)
        if (!strcmp (CONDITIONS[index].list, word))
            return true;
    return false;
}

static bool
s_are_texts (json_t *list)
{
    size_t index;
    json_t *word;
    if (!json_is_array (list) || !json_array_size (list))
        return false;
    json_array_foreach (list, index, word)
        if (!json_string_length (word))
            return false;
    return true;
}

static bool
s_check_rule (json_t *rule, const char *name, size_t index, bool last, char *error, size_t error_size)
{
    if (!json_string_length (json_object_get (rule, "name")) ||
        !json_string_length (json_object_get (rule, "unit")))
        return s_complain (error, error_size, name, index, "needs a name and a unit");
    json_t *term = json_object_get (rule, "term"), *when = json_object_get (rule, "when"), *list;
    if (term && (!json_is_integer (term) || json_integer_value (term) < 1 || json_integer_value (term) > 999))
        return s_complain (error, error_size, name, index,
                           "/term must be a number of working days, 1 to 999");
    if (!json_is_object (when) || (json_object_size (when) == 0) != last)
        return s_complain (error, error_size, name, index,
                           "/when: the last rule has no condition, every other has one");
    const char *word;
    json_object_foreach (when, word, list) {
        if (!s_is_known_list (word) || !s_are_texts (list))
            return s_complain (error, error_size, name, index,
                               "/when: areas, keywords, kinds, sources: lists of texts");
    }
    return true;
}

rules_t *
rules_parse (const char *name, const char *bytes, size_t size, char *error, size_t error_size)
{
    json_error_t where;
    json_t *list = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &where), *rule;
    size_t index, count = json_array_size (list);
    bool good = count > 0;
    if (!list)
        snprintf (error, error_size, "%s: line %d: %s", name, where.line, where.text);
    else if (!good)
        snprintf (error, error_size, "%s: must be a list of rules, the last without condition", name);
    json_array_foreach (list, index, rule) {
        good = good && s_check_rule (rule, name, index, index + 1 == count, error, error_size);
    }
    rules_t *self = calloc (1, sizeof *self);
    assert (self);
    self->list = list;
    if (!good)
        rules_destroy (&self);
    return self;
}

rules_t *
rules_load (const char *path, char *error, size_t error_size)
{
    FILE *file = fopen (path, "r");
    if (!file) {
        snprintf (error, error_size, "%s: cannot be read", path);
        return NULL;
    }
    char *bytes = NULL;
    size_t room = 0;
    ssize_t size = getdelim (&bytes, &room, '\0', file);
    fclose (file);
    rules_t *self = rules_parse (path, bytes, size < 0 ? 0 : (size_t) size, error, error_size);
    free (bytes);
    return self;
}

void
rules_destroy (rules_t **self_p)
{
    if (!*self_p)
        return;
    json_decref ((*self_p)->list);
    free (*self_p);
    *self_p = NULL;
}

static bool
s_matches (json_t *list, size_t condition, json_t *message)
{
    size_t index;
    json_t *word;
    json_array_foreach (list, index, word)
        for (const char *const *member = CONDITIONS[condition].members; *member; member++) {
            const char *value = json_string_value (json_object_get (message, *member));
            if (!value)
                continue;
            if (CONDITIONS[condition].inside ? strstr (value, json_string_value (word)) != NULL
                                             : !strcmp (value, json_string_value (word)))
                return true;
        }
    return false;
}

static bool
s_fits (json_t *rule, json_t *message)
{
    json_t *when = json_object_get (rule, "when");
    for (size_t condition = 0; condition < CONDITION_COUNT; condition++) {
        json_t *list = json_object_get (when, CONDITIONS[condition].list);
        if (list && !s_matches (list, condition, message))
            return false;
    }
    return true;
}

proposal_t
rules_propose (const rules_t *self, json_t *message)
{
    size_t index = 0;
    while (!s_fits (json_array_get (self->list, index), message))
        index++; //  ends: the last rule fits everything
    json_t *rule = json_array_get (self->list, index);
    return (proposal_t){ json_string_value (json_object_get (rule, "name")),
                         json_string_value (json_object_get (rule, "unit")),
                         (int) json_integer_value (json_object_get (rule, "term")) };
}
