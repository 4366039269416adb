//  replay - what one run of `dubanctl replay` is made of
#pragma once
#include "services/dubanctl/door.h"
#include "services/dubanctl/rows.h"

typedef struct {
    const char *title, *text, *time, *id, *area; //  names of columns or members
} replay_map_t;

typedef struct {
    door_t *door;
    rows_t *rows;
    replay_map_t map;
    const char *kind, *person;
    char prefix[64]; //  of event ids: stable for a file's name
    long rate, limit;
    int64_t last_case; //  the last case before the run; -1: not known, the receipt's time tells
    //  what happened
    long read, sent, taken, known, cut, unreadable;
    json_t *problems; //  slug → count
    bool at_end;
    int64_t started_ms, heard_ms, shown_ms, started_at;
    double seconds;
} replay_t;

//  Until the file ends and everything is answered; PARTLY if something was not taken in
exit_t replay_run (replay_t *self);
