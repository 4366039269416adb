//  answers - who has answered what in the cases of a batch, in whatever order it was told
//
//  A question of a rung is answered if one of the commands that it names was recorded in its case while it was open:
//  from the rung's moment until the answer was wanted, both included. Nothing else counts, so neither order nor
//  repetition of the messages matters.
#pragma once
#include "services/watchdog/ladder.h"
#include "services/watchdog/question.h"

#define ANSWER_COMMAND 64

typedef struct {
    int64_t case_no;
    int version; //  of the case; one answer each
    char command[ANSWER_COMMAND];
    moment_t at; //  when it was recorded
} answer_t;

//  From a message of kind "answer". False: problem names the member that is wrong.
bool answer_from_message (json_t *message, answer_t *self, const char **problem);

typedef struct answers answers_t;

answers_t *answers_new (void);
void answers_destroy (answers_t **self_p);
void answers_reset (answers_t *self);
//  told: by a message of this batch, not read from the table
void answers_add (answers_t *self, const answer_t *answer, bool told);
const answer_t *answers_told (const answers_t *self, size_t *count);
bool answers_has_told (const answers_t *self, int64_t case_no);
//  When a question of this rung was answered; MOMENT_NONE: it was not
moment_t answers_first (const answers_t *self, int64_t case_no, const rung_t *rung,
                        const question_t *question);
