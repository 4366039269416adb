//  routing_trial - a case of the procedure that has every member, and short words to move it
#pragma once
#include "proto/case_number.h"
#include "tests/unit/routing_desk.h"

#define TRIAL_OTHER 13 //  a second case, that the first may go on as

typedef struct {
    desk_test_t desk;
    case_t *file, *other;
    moment_t now; //  of the next command; goes on by an hour with each
} trial_t;

static inline case_t *
trial_find (void *arg, int64_t case_no)
{
    trial_t *self = (trial_t *) arg; //  the desk is its first member
    return case_no == TRIAL_OTHER ? self->other : case_no == 12 ? self->file : NULL;
}

//  A submission with arguments (JSON), changed by more (JSON object, or NULL)
static inline json_t *
trial_submission (const char *arguments, const char *more)
{
    json_t *message = desk_submission ("flood in the underpass", 1),
           *changes = json_loads (more ? more : "{}", 0, NULL);
    assert_non_null (changes);
    json_object_set_new (message, "arguments", json_loads (arguments, 0, NULL));
    json_object_update (message, changes);
    json_decref (changes);
    return message;
}

static inline case_t *
trial_case (trial_t *self, const char *arguments, const char *more)
{
    json_t *message = trial_submission (arguments, more);
    case_t *file = decide_open (&self->desk.decider, self->desk.procedure, message);
    json_decref (message);
    return file;
}

static inline void
trial_open (trial_t *self, const char *arguments, const char *more)
{
    desk_open_with (&self->desk, "tests/unit/trial.json");
    self->desk.decider.sink.find = trial_find;
    self->other = NULL;
    self->now = DESK_NOW + HOUR_US;
    self->file = trial_case (self, arguments, more);
}

static inline void
trial_close (trial_t *self)
{
    case_destroy (&self->file);
    case_destroy (&self->other);
    desk_close (&self->desk);
}

//  An officer of no unit gives a command
static inline decided_t
trial_do (trial_t *self, const char *command, const char *arguments)
{
    json_t *given = json_loads (arguments, 0, NULL);
    assert_non_null (given);
    self->now += HOUR_US;
    return desk_tell (&self->desk, self->file, desk_command (command, "officer", NULL, given, self->now));
}

static inline void
trial_must (trial_t *self, const char *command, const char *arguments)
{
    if (trial_do (self, command, arguments) != DECIDED_MOVED)
        fail_msg ("%s %s: %s", command, arguments, desk_problem (&self->desk));
}

static inline void
trial_must_not (trial_t *self, const char *command, const char *arguments, const char *problem)
{
    int version = self->file->version;
    if (trial_do (self, command, arguments) != DECIDED_REFUSED)
        fail_msg ("%s %s was taken", command, arguments);
    assert_string_equal (desk_problem (&self->desk), problem);
    assert_int_equal (self->file->version, version);
}

//  What the watchdog was told of a clock since the last command; NULL: nothing
static inline json_t *
trial_clock (const trial_t *self, const char *name)
{
    size_t index;
    json_t *post;
    json_array_foreach (self->desk.posts, index, post) {
        json_t *fact = json_object_get (post, "message");
        if (!strcmp (desk_text (fact, "kind"), "clock") && !strcmp (desk_text (fact, "name"), name))
            return fact;
    }
    return NULL;
}

//  "suspend resume extend:5" of what was told last
static inline void
trial_ledger_is (const trial_t *self, const char *name, const char *expected)
{
    char said[400] = "";
    size_t index;
    json_t *entry, *fact = trial_clock (self, name);
    if (!fact)
        fail_msg ("nothing was told of %s", name);
    json_array_foreach (json_object_get (fact, "ledger"), index, entry) {
        size_t end = strlen (said);
        json_int_t budget = json_integer_value (json_object_get (entry, "budget"));
        snprintf (said + end, sizeof said - end, index ? " %s" : "%s", desk_text (entry, "op"));
        end = strlen (said);
        if (budget)
            snprintf (said + end, sizeof said - end, ":%d", (int) budget);
    }
    assert_string_equal (said, expected);
}
