//  ladder_parts - what the files that read a ladder share
#pragma once
#include "services/watchdog/ladder.h"
#include "services/watchdog/ladder_reader.h"

#define MAX_RUNGS 64

struct ladder {
    json_t *root; //  all texts borrow from it
    const char *name;
    json_t *clocks;
    rung_t rungs[MAX_RUNGS];
    size_t count;
};

//  --- ladder_rung.c
//  Reads the next rung of a ladder; the reader stands at it
void rung_read (reader_t *reader, ladder_t *ladder, json_t *object, bool last);
void rung_free (rung_t *self);
