//  directory - who holds which role in which unit: the people of the database, in memory
//
//      directory_begin ─ add units, persons ─ directory_end      directory_holders (role, unit)
//
//  Pure: store.c fills it, inside the transaction that decides with it, so it is never stale.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct directory directory_t;

typedef struct {
    const char *person; //  id
    const char *email;  //  NULL: has none
    const char *language;
    const char *unit; //  or NULL
} person_t;

directory_t *directory_new (void);
void directory_destroy (directory_t **self_p);

//  Forgets everybody; what follows is the state of this version
void directory_begin (directory_t *self, int64_t version);
int64_t directory_version (const directory_t *self); //  0: nothing read yet
void directory_add_unit (directory_t *self, const char *unit, const char *name);
//  Only active persons belong here. The person's roles follow.
void directory_add_person (directory_t *self, const person_t *person, const char *unit);
void directory_add_role (directory_t *self, const char *role, size_t size); //  of the person added last

//  Who stands above a role in the line of command
void directory_add_superior (directory_t *self, const char *role, const char *superior);
const char *directory_superior (const directory_t *self, const char *role); //  NULL: nobody

//  Roles of a unit need one: without it nobody holds them. Other roles are held in the whole bureau.
bool directory_role_is_of_unit (const char *role);
//  The holders of a role in a unit, else (unless it is a role of units) in the whole bureau; NULL after the
//  last
const person_t *directory_holder (const directory_t *self, const char *role, const char *unit, size_t index);
const person_t *directory_person (const directory_t *self, const char *person);
//  The unit's name; what was given if there is no such unit
const char *directory_unit_name (const directory_t *self, const char *unit);
