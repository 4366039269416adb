//  calendars - the calendars of the database in memory, read again whenever one of their rows changed
#pragma once
#include "common/calendar.h"
#include "common/db.h"

typedef struct calendars calendars_t;

extern const db_table_t CALENDARS_TABLE;

//  fn is called after each reading: dates that were computed before may be wrong now. db and standard are
//  borrowed; standard names the calendar of new clocks, which exists even if the database has no fact for it.
calendars_t *calendars_new (int utc_offset_minutes, const char *standard, void (*fn) (void *arg), void *arg);
void calendars_destroy (calendars_t **self_p);
//  Asks for the version; reads all when it moved
void calendars_check (calendars_t *self, db_t *db);
//  Why dates are what they are now: the version of the calendar, and until when it is known
const char *calendars_reason (const calendars_t *self);
bool calendars_are_loaded (const calendars_t *self);
const calendar_t *calendars_find (const calendars_t *self, const char *name);
