//  question - what a rung asked, until when, and whether it was answered

#include "services/watchdog/question.h"
#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
questions_reset (questions_t *self)
{
    free (self->items);
    *self = (questions_t){ 0 };
}

const question_t *
questions_find (const questions_t *self, const char *rung, moment_t at)
{
    for (size_t index = 0; index < self->count; index++)
        if (self->items[index].at == at && !strcmp (self->items[index].rung, rung))
            return &self->items[index];
    return NULL;
}

void
questions_put (questions_t *self, const question_t *question)
{
    const question_t *known = questions_find (self, question->rung, question->at);
    size_t index = known ? (size_t) (known - self->items) : self->count;
    if (!known) {
        self->items = realloc (self->items, (self->count + 1) * sizeof *self->items);
        assert (self->items);
        self->count++;
    }
    self->items[index] = *question;
}

//  --------------------------------------------------------------------------
//  Text

static moment_t
s_moment (const json_t *object, const char *name)
{
    const json_t *value = json_object_get (object, name);
    return json_is_integer (value) ? json_integer_value (value) : MOMENT_NONE;
}

void
questions_read (questions_t *self, const char *text, size_t size)
{
    json_t *list = size > 2 ? json_loadb (text, size, 0, NULL) : NULL, *one;
    size_t index;
    json_array_foreach (list, index, one) {
        const char *rung = json_string_value (json_object_get (one, "rung"));
        question_t question = { .at = s_moment (one, "at"),
                                .by = s_moment (one, "by"),
                                .answered_at = s_moment (one, "answered_at") };
        if (!rung || strlen (rung) >= sizeof question.rung || question.at == MOMENT_NONE)
            continue;
        snprintf (question.rung, sizeof question.rung, "%s", rung);
        questions_put (self, &question);
    }
    json_decref (list);
}

static void
s_set_moment (json_t *object, const char *name, moment_t moment)
{
    if (moment != MOMENT_NONE)
        json_object_set_new (object, name, json_integer (moment));
}

char *
questions_text (const questions_t *self)
{
    json_t *list = json_array ();
    for (size_t index = 0; index < self->count; index++) {
        const question_t *question = &self->items[index];
        json_t *one = json_pack ("{ss}", "rung", question->rung);
        s_set_moment (one, "at", question->at);
        s_set_moment (one, "by", question->by);
        s_set_moment (one, "answered_at", question->answered_at);
        json_array_append_new (list, one);
    }
    char *text = json_dumps (list, JSON_COMPACT);
    json_decref (list);
    assert (text);
    return text;
}
