//  json_quick - ordinary JSON read at once; what is not ordinary is left to jansson
//
//  jansson reads byte by byte through four functions: a third of the work of taking a submission. Nearly every
//  event is an object of plain members, and this reads those into the tree that jansson would make. It never
//  refuses: a real number, a \u escape, a name that comes twice, broken UTF-8, a missing bracket all mean "not
//  ordinary", and jansson has the only say about what is JSON and what is wrong with it.
#pragma once
#include <jansson.h>
#include <stddef.h>

//  What json_loadb (…, JSON_REJECT_DUPLICATES, …) returns for these bytes, caller owns; or NULL: ask it
json_t *json_quick_read (const char *bytes, size_t size);
