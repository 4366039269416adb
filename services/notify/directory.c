//  directory - who holds which role in which unit: the people of the database, in memory

#include "services/notify/directory.h"
#include <czmq.h>

#define KEY_SIZE 256

typedef struct {
    person_t person; //  what others see of the strings below
    char *id, *email, *language, *unit;
} holder_t;

struct directory {
    int64_t version;
    zhashx_t *units;     //  id -> name
    zhashx_t *persons;   //  id -> holder_t, owns them
    zhashx_t *roles;     //  "role" and "role/unit" -> array of holder_t
    zhashx_t *superiors; //  role -> role
    holder_t *last;
};

typedef struct {
    holder_t **holders;
    size_t count;
} holders_t;

//  Nobody holds these but in a unit: without one they reach nobody
static const char *const UNIT_ROLES[] = { "handler", "unit_head" };

static void
s_destroy_text (void **item_p)
{
    free (*item_p);
    *item_p = NULL;
}

static void
s_destroy_holder (void **item_p)
{
    holder_t *self = *item_p;
    free (self->id);
    free (self->email);
    free (self->language);
    free (self->unit);
    free (self);
    *item_p = NULL;
}

static void
s_destroy_holders (void **item_p)
{
    holders_t *self = *item_p;
    free (self->holders);
    free (self);
    *item_p = NULL;
}

directory_t *
directory_new (void)
{
    directory_t *self = zmalloc (sizeof *self);
    self->units = zhashx_new ();
    self->persons = zhashx_new ();
    self->roles = zhashx_new ();
    self->superiors = zhashx_new ();
    zhashx_set_destructor (self->superiors, s_destroy_text);
    zhashx_set_destructor (self->units, s_destroy_text);
    zhashx_set_destructor (self->persons, s_destroy_holder);
    zhashx_set_destructor (self->roles, s_destroy_holders);
    return self;
}

void
directory_destroy (directory_t **self_p)
{
    if (!*self_p)
        return;
    directory_t *self = *self_p;
    zhashx_destroy (&self->superiors);
    zhashx_destroy (&self->roles);
    zhashx_destroy (&self->persons);
    zhashx_destroy (&self->units);
    freen (self);
    *self_p = NULL;
}

void
directory_begin (directory_t *self, int64_t version)
{
    zhashx_purge (self->superiors);
    zhashx_purge (self->roles);
    zhashx_purge (self->persons);
    zhashx_purge (self->units);
    self->last = NULL;
    self->version = version;
}

int64_t
directory_version (const directory_t *self)
{
    return self->version;
}

void
directory_add_unit (directory_t *self, const char *unit, const char *name)
{
    zhashx_update (self->units, unit, strdup (name));
}

void
directory_add_person (directory_t *self, const person_t *person, const char *unit)
{
    holder_t *holder = zmalloc (sizeof *holder);
    holder->id = strdup (person->person);
    holder->email = person->email && *person->email ? strdup (person->email) : NULL;
    holder->language = strdup (person->language);
    holder->unit = unit && *unit ? strdup (unit) : NULL;
    holder->person = (person_t){ holder->id, holder->email, holder->language, holder->unit };
    zhashx_update (self->persons, holder->id, holder);
    self->last = holder;
}

bool
directory_role_is_of_unit (const char *role)
{
    for (size_t index = 0; index < sizeof UNIT_ROLES / sizeof *UNIT_ROLES; index++)
        if (streq (UNIT_ROLES[index], role))
            return true;
    return false;
}

static void
s_hold (directory_t *self, const char *key)
{
    holders_t *holders = zhashx_lookup (self->roles, key);
    if (!holders) {
        holders = zmalloc (sizeof *holders);
        zhashx_insert (self->roles, key, holders);
    }
    holders->holders = realloc (holders->holders, (holders->count + 1) * sizeof *holders->holders);
    assert (holders->holders);
    holders->holders[holders->count++] = self->last;
}

void
directory_add_role (directory_t *self, const char *role, size_t size)
{
    assert (self->last);
    char key[KEY_SIZE];
    snprintf (key, sizeof key, "%.*s", (int) size, role);
    s_hold (self, key);
    if (self->last->unit) {
        snprintf (key, sizeof key, "%.*s/%s", (int) size, role, self->last->unit);
        s_hold (self, key);
    }
}

void
directory_add_superior (directory_t *self, const char *role, const char *superior)
{
    zhashx_update (self->superiors, role, strdup (superior));
}

const char *
directory_superior (const directory_t *self, const char *role)
{
    return zhashx_lookup (self->superiors, role);
}

const person_t *
directory_holder (const directory_t *self, const char *role, const char *unit, size_t index)
{
    char key[KEY_SIZE];
    snprintf (key, sizeof key, "%s/%s", role, unit ? unit : "");
    const holders_t *holders = zhashx_lookup (self->roles, key);
    if (!holders && !directory_role_is_of_unit (role)) //  nobody in this unit: it is a role of the bureau
        holders = zhashx_lookup (self->roles, role);
    return holders && index < holders->count ? &holders->holders[index]->person : NULL;
}

const person_t *
directory_person (const directory_t *self, const char *person)
{
    const holder_t *holder = zhashx_lookup (self->persons, person);
    return holder ? &holder->person : NULL;
}

const char *
directory_unit_name (const directory_t *self, const char *unit)
{
    const char *name = zhashx_lookup (self->units, unit);
    return name ? name : unit;
}
