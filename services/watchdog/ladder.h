//  ladder - who is told, and when, before and after a clock runs out; read from deploy/ladders/*.json
//
//  A rung says when it is due in words that are checked once and never parsed again:
//
//      delivery            the moment the clock starts
//      breach              00:00 of the day after the last one
//      D+3 08:30           three working days after the day it started
//      H-1 08:30           one working day before the last day (H+1: after it)
//      N/2 08:30           half of the term
//      H+11 08:30 every 5  and again every five working days until the clock stops; the last rung only
//      due-30m, due+2h     so long before or after the term ends, by the clock; start+10m: after it began
//      due-180d 08:30      so many calendar days before (or after) the last one
//      lapse D8            when the time in which D8, a rung before it, wanted an answer is over without one
//      H+6 08:30 or lapse D8   whichever comes first; once
//      R+1 17:00           of an answer: one working day after the rung itself
//
//  An error names file and JSON pointer: "handling.json: /rungs/3/when: …".
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    WHEN_DELIVERY,
    WHEN_BREACH,
    WHEN_START,
    WHEN_END,
    WHEN_HALF,
    WHEN_RUNG,
    WHEN_LAPSE,
    WHEN_DUE_TIME,
    WHEN_START_TIME,
    WHEN_DUE_DAY
} when_base_t;

typedef struct {
    when_base_t base;
    int days;    //  working days after (or before) the day of the base; of WHEN_DUE_DAY calendar days
    int minutes; //  local time of that day; of WHEN_…_TIME minutes after (or before) that moment
    int every;   //  > 0: again after so many working days
} when_t;

typedef struct {
    const char *role;  //  NULL: the submitter
    bool of_unit;      //  only holders in the case's unit
    bool of_co_unit;   //  … in its co-units
    const char *clock; //  only for the clock of this name; NULL: for all that use the ladder
} recipient_t;

typedef struct {
    const char *name;
    when_t when;
    int least, most;      //  applies to terms of so many units: [least, most]
    const char *level;    //  info, blue, yellow, red
    const char *template; //  NULL: recorded, nobody is told
    const recipient_t *to;
    size_t to_count;
    const char *channels; //  a hint for notify, "app+sms"
    bool urgent;
    int lapse; //  index of the rung whose answer, when it lapses, makes this one due; -1: none
    bool wants_answer;
    when_t answer_by;
    const char *asked_zh, *asked_en; //  what is wanted
    const char *const *with; //  commands that answer it, NULL-terminated; NULL: the end of the clock only
    const char *with_text;   //  the same, with blanks between
    bool is_awaited;         //  something lapses on it
    const char *dates_c, *dates_h; //  clocks of the case whose last day the text says as {c} and {h}; or NULL
} rung_t;

typedef struct ladder ladder_t;

//  NULL after writing to error what is wrong
ladder_t *ladder_parse (const char *file, const char *bytes, size_t size, char *error, size_t error_size);
void ladder_destroy (ladder_t **self_p);
const char *ladder_name (const ladder_t *self);
size_t ladder_count (const ladder_t *self);
const rung_t *ladder_rung (const ladder_t *self, size_t index);
//  Name of a clock that uses the ladder, in "zh" or "en"; the clock's own name if the ladder does not know it
const char *ladder_title (const ladder_t *self, const char *clock, const char *language);
//  Some rung speaks of another clock's dates
bool ladder_wants_dates (const ladder_t *self);
//  Some rung is due when an answer lapses
bool ladder_lapses (const ladder_t *self);

//  --- all of a folder
typedef struct ladders ladders_t;
ladders_t *ladders_load (const char *folder, char *error, size_t error_size);
ladders_t *ladders_new (void);
//  Takes the ladder; false (and destroys it) if there is one of its name
bool ladders_add (ladders_t *self, ladder_t **ladder_p);
void ladders_destroy (ladders_t **self_p);
const ladder_t *ladders_find (const ladders_t *self, const char *name);
size_t ladders_count (const ladders_t *self);
const ladder_t *ladders_at (const ladders_t *self, size_t index);

//  --- ladder_when.c
//  Reads the words above. False if they are not such.
bool when_parse (const char *text, when_t *when);
//  … of a rung: with lapses, and without R. lapse: the name of the rung that is asked, within text; or NULL
bool when_parse_rung (const char *text, when_t *when, const char **lapse);
