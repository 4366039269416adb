//  scan - one bounded pass over foreign JSON before anything is allocated for it
//
//  jansson turns 1 MiB of `[{},{},…]` into 82 MB of heap, and recurses 2048 deep; this pass refuses what is
//  too deep or has too many values, and finds the byte range of one member's value. It does not validate:
//  jansson does. It never reads past size and is linear.
#pragma once
#include <stddef.h>

typedef enum { SCAN_OK, SCAN_TOO_DEEP, SCAN_TOO_MANY, SCAN_BROKEN } scan_result_t;

typedef struct {
    size_t depth, values;
    size_t at, size; //  of the wanted member's value; size 0: not there
} scan_t;

//  outer and inner name the wanted member: its value at /outer/inner of the top object ("data", "reporter").
//  Escaped spellings of the names ("d\u0061ta") count as the same name.
scan_result_t scan_json (const char *bytes, size_t size, size_t max_depth, size_t max_values,
                         const char *outer, const char *inner, scan_t *out);
