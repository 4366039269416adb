//  answers - who has answered what in the cases of a batch

#include "services/watchdog/answers.h"
#include <czmq.h>
#include <limits.h>

#define LAST_MOMENT 253402300799999999LL //  the end of year 9999

//  Of a case
typedef struct {
    zlistx_t *list; //  of answer_t
    bool told;
} of_case_t;

struct answers {
    zhashx_t *cases; //  "12" ─▶ of_case_t
    answer_t *told;
    size_t count, room;
};

static bool
s_in_range (json_t *message, const char *name, json_int_t least, json_int_t most)
{
    json_t *value = json_object_get (message, name);
    return json_is_integer (value) && json_integer_value (value) >= least &&
           json_integer_value (value) <= most;
}

bool
answer_from_message (json_t *message, answer_t *self, const char **problem)
{
    const char *command = json_string_value (json_object_get (message, "command"));
    *problem = !s_in_range (message, "case", 0, INT64_MAX)                   ? "case"
               : !s_in_range (message, "version", 0, INT_MAX)                ? "version"
               : !s_in_range (message, "at", 0, LAST_MOMENT)                 ? "at"
               : !command || !*command || strlen (command) >= ANSWER_COMMAND ? "command"
                                                                             : NULL;
    if (*problem)
        return false;
    *self = (answer_t){ .case_no = json_integer_value (json_object_get (message, "case")),
                        .version = (int) json_integer_value (json_object_get (message, "version")),
                        .at = json_integer_value (json_object_get (message, "at")) };
    snprintf (self->command, sizeof self->command, "%s", command);
    return true;
}

static void
s_free_answer (void **item)
{
    freen (*item);
}

static void
s_free_case (void **item)
{
    zlistx_destroy (&((of_case_t *) *item)->list);
    freen (*item);
}

answers_t *
answers_new (void)
{
    answers_t *self = zmalloc (sizeof *self);
    self->cases = zhashx_new ();
    zhashx_set_destructor (self->cases, s_free_case);
    return self;
}

void
answers_destroy (answers_t **self_p)
{
    if (!*self_p)
        return;
    zhashx_destroy (&(*self_p)->cases);
    freen ((*self_p)->told);
    freen (*self_p);
    *self_p = NULL;
}

void
answers_reset (answers_t *self)
{
    zhashx_purge (self->cases);
    self->count = 0;
}

static of_case_t *
s_find (const answers_t *self, int64_t case_no, char key[24])
{
    snprintf (key, 24, "%lld", (long long) case_no);
    return zhashx_lookup (self->cases, key);
}

static void
s_tell (answers_t *self, const answer_t *answer)
{
    if (self->count == self->room) {
        self->room = self->room * 2 + 16;
        self->told = realloc (self->told, self->room * sizeof *self->told);
        assert (self->told);
    }
    self->told[self->count++] = *answer;
}

void
answers_add (answers_t *self, const answer_t *answer, bool told)
{
    char key[24];
    of_case_t *of_case = s_find (self, answer->case_no, key);
    if (!of_case) {
        of_case = zmalloc (sizeof *of_case);
        of_case->list = zlistx_new ();
        zlistx_set_destructor (of_case->list, s_free_answer);
        zhashx_insert (self->cases, key, of_case);
    }
    answer_t *copy = zmalloc (sizeof *copy);
    *copy = *answer;
    zlistx_add_end (of_case->list, copy);
    of_case->told |= told;
    if (told)
        s_tell (self, answer);
}

const answer_t *
answers_told (const answers_t *self, size_t *count)
{
    *count = self->count;
    return self->told;
}

bool
answers_has_told (const answers_t *self, int64_t case_no)
{
    char key[24];
    const of_case_t *of_case = s_find (self, case_no, key);
    return of_case && of_case->told;
}

static bool
s_answers (const rung_t *rung, const char *command)
{
    for (const char *const *with = rung->with; with && *with; with++)
        if (streq (*with, command))
            return true;
    return false;
}

moment_t
answers_first (const answers_t *self, int64_t case_no, const rung_t *rung, const question_t *question)
{
    char key[24];
    const of_case_t *of_case = s_find (self, case_no, key);
    zlistx_t *list = of_case ? of_case->list : NULL;
    moment_t first = MOMENT_NONE;
    for (answer_t *one = list ? zlistx_first (list) : NULL; one; one = zlistx_next (list))
        if (one->at >= question->at && one->at <= question->by && s_answers (rung, one->command) &&
            (first == MOMENT_NONE || one->at < first))
            first = one->at;
    return first;
}
