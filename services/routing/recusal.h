//  recusal - who may neither act on a case nor hear of it: the accused, and who stands aside
//
//  Three fields of a case have a meaning of their own, whoever sets them: "accused" and "accused_units" (lists
//  of persons and units that the case is about) and "recused" (persons with an interest, by their own
//  declaration or by decision). None of them is assigned, allowed, told or counted on; to the accused a case
//  answers as one that does not exist.
#pragma once
#include "services/routing/case.h"

bool recusal_has_unit (const case_t *file, const char *unit);
//  Who is accused leads no more and takes part no more
void recusal_settle (case_t *file);
//  The person, or the unit it belongs to; either may be NULL
bool recusal_is_accused (const case_t *file, const char *person, const char *unit);
bool recusal_stands_aside (const case_t *file, const char *person);
//  {"persons": […], "units": […]}: for others who tell people; NULL: nobody
json_t *recusal_not_to (const case_t *file);
