//  question - what a rung asked, until when, and whether it was answered: kept in the row of its clock
//
//  Only of rungs on whose answer something lapses. The lane of facts finds the answers and writes them here; the lane
//  that fires reads the row and nothing else. As text: [{"rung": "D8", "at": …, "by": …, "answered_at": …}], times in
//  microseconds since 1970 UTC.
#pragma once
#include "common/sql.h"

#define QUESTION_RUNG 41 //  a rung's name and its NUL

typedef struct {
    char rung[QUESTION_RUNG];
    moment_t at;          //  when the rung was due: what was said before is no answer to it
    moment_t by;          //  until when; MOMENT_NONE: nobody was promised anything, nothing can lapse
    moment_t answered_at; //  MOMENT_NONE: not, or not in time
} question_t;

typedef struct {
    question_t *items;
    size_t count;
} questions_t;

void questions_reset (questions_t *self);
//  Replaces the one of the same rung and moment
void questions_put (questions_t *self, const question_t *question);
//  NULL: the rung has not fired for this moment
const question_t *questions_find (const questions_t *self, const char *rung, moment_t at);
//  What is not a question in the text is left out
void questions_read (questions_t *self, const char *text, size_t size);
char *questions_text (const questions_t *self); //  the caller frees it
