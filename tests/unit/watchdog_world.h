//  watchdog_world - a world for the watchdog's decisions: the shipped calendar and ladders, a memory of what
//  fired, and of what was answered
#pragma once
#include "services/watchdog/answers.h"
#include "services/watchdog/decide.h"
#include "tests/unit/calendar_facts.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FIRED 4000

typedef struct {
    char rung[STEP_NAME];
    moment_t due_at, fired_at, answer_by;
    json_t *notice;
} shot_t;

typedef struct {
    calendar_t *calendar;
    ladders_t *ladders;
    day_t handling_due; //  what another clock of the case says
    shot_t shots[MAX_FIRED];
    size_t count;
    answers_t *answers;
    world_t world;
} stage_t;

static inline const calendar_t *
stage_calendar (void *arg, const char *name)
{
    return strcmp (name, "cn") ? NULL : ((stage_t *) arg)->calendar;
}

static inline const shot_t *
stage_shot (const stage_t *self, const char *rung, moment_t due_at)
{
    for (size_t index = 0; index < self->count; index++)
        if (self->shots[index].due_at == due_at && !strcmp (self->shots[index].rung, rung))
            return &self->shots[index];
    return NULL;
}

static inline bool
stage_has_fired (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at)
{
    (void) deadline;
    return stage_shot (arg, rung, due_at) != NULL;
}

static inline moment_t
stage_promised (void *arg, const deadline_t *deadline, const char *rung, moment_t due_at)
{
    (void) deadline;
    const shot_t *shot = stage_shot (arg, rung, due_at);
    return shot ? shot->answer_by : MOMENT_NONE;
}

static inline moment_t
stage_answered (void *arg, int64_t case_no, const rung_t *rung, const question_t *question)
{
    return answers_first (((stage_t *) arg)->answers, case_no, rung, question);
}

static inline day_t
stage_due_date (void *arg, int64_t case_no, const char *clock)
{
    (void) case_no;
    return strcmp (clock, "handling") ? DAY_NONE : ((stage_t *) arg)->handling_due;
}

static inline stage_t *
stage_new (void)
{
    char error[400];
    stage_t *self = calloc (1, sizeof *self);
    self->calendar = calendar_of_china ();
    self->ladders = ladders_load ("deploy/ladders", error, sizeof error);
    assert (self->ladders);
    self->handling_due = DAY_NONE;
    self->answers = answers_new ();
    self->world = (world_t){ .ladders = self->ladders,
                             .calendar = stage_calendar,
                             .has_fired = stage_has_fired,
                             .promised = stage_promised,
                             .answered = stage_answered,
                             .due_date = stage_due_date,
                             .arg = self };
    return self;
}

static inline void
stage_clear (stage_t *self)
{
    for (size_t index = 0; index < self->count; index++)
        json_decref (self->shots[index].notice);
    self->count = 0;
    answers_reset (self->answers);
}

static inline void
stage_destroy (stage_t **self_p)
{
    stage_clear (*self_p);
    answers_destroy (&(*self_p)->answers);
    calendar_destroy (&(*self_p)->calendar);
    ladders_destroy (&(*self_p)->ladders);
    free (*self_p);
    *self_p = NULL;
}

//  "2026-11-23 08:30" local
static inline moment_t
stage_moment (const stage_t *self, const char *text)
{
    char date[11] = "";
    day_t day = 0;
    memcpy (date, text, 10);
    bool good = day_parse (date, &day);
    assert (good);
    return calendar_at (self->calendar, day, atoi (text + 11) * 60 + atoi (text + 14));
}

static inline void
stage_text (const stage_t *self, moment_t moment, char text[20])
{
    day_t day = calendar_day_of (self->calendar, moment);
    char date[11];
    day_text (day, date);
    unsigned minutes = (unsigned) ((moment - calendar_start_of (self->calendar, day)) / 60000000) % 1440;
    snprintf (text, 20, "%s %02u:%02u", date, minutes / 60, minutes % 60);
}

//  Keeps what fired
static inline void
stage_keep (stage_t *self, firings_t *firings)
{
    for (size_t index = 0; index < firings->count && self->count < MAX_FIRED; index++) {
        firing_t *firing = &firings->items[index];
        shot_t *shot = &self->shots[self->count++];
        memcpy (shot->rung, firing->rung, sizeof shot->rung);
        shot->due_at = firing->due_at;
        shot->answer_by = firing->answer_by;
        shot->fired_at = json_integer_value (json_object_get (firing->message, "fired_at"));
        shot->notice = firing->notice;
        firing->notice = NULL;
    }
    firings_reset (firings);
}

static inline const char *
stage_restart (stage_t *self, deadline_t *clock, moment_t now)
{
    firings_t firings = { 0 };
    self->world.now = now;
    watchdog_project (clock, &self->world);
    const char *problem = watchdog_restart (clock, &self->world, &firings);
    stage_keep (self, &firings);
    return problem;
}

//  As the row keeps it
static inline void
stage_store_questions (deadline_t *clock)
{
    char *text = questions_text (&clock->questions);
    questions_reset (&clock->questions);
    questions_read (&clock->questions, text, strlen (text));
    free (text);
}

//  What the due lane does at a moment: nothing before the clock's next step. It knows the row and nothing else.
static inline void
stage_climb (stage_t *self, deadline_t *clock, moment_t now)
{
    firings_t firings = { 0 };
    if (clock->next_rung_at == MOMENT_NONE || clock->next_rung_at > now)
        return;
    self->world.now = now;
    world_t world = self->world;
    world.has_fired = NULL;
    world.promised = NULL;
    world.answered = NULL;
    stage_store_questions (clock);
    watchdog_climb (clock, &world, &firings);
    stage_keep (self, &firings);
}

//  Climbs exactly when something is due, until a moment
static inline void
stage_run (stage_t *self, deadline_t *clock, moment_t until)
{
    while (clock->next_rung_at != MOMENT_NONE && clock->next_rung_at <= until)
        stage_climb (self, clock, clock->next_rung_at);
}

static inline json_t *
stage_fact (const stage_t *self, const char *clock, const char *ladder, const char *anchor, int budget)
{
    json_t *fact = json_pack ("{ss sI ss si sb sI si ss ss sn s{ss ss ss si ss ss ss} ss}", "kind", "clock",
                              "case", (json_int_t) 12, "name", clock, "version", 1, "running", 1, "anchor",
                              (json_int_t) stage_moment (self, anchor), "budget", budget, "unit",
                              "working_day", "ladder", ladder, "stopped_at", "card", "number",
                              "JM-2026-000012-3", "title", "消防通道被占", "unit", "safety", "secrecy", 0,
                              "source", "hotline", "submitter", "person-7", "procedure", "suggestion",
                              "trace", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assert (fact);
    return fact;
}

static inline deadline_t *
stage_clock (const stage_t *self, const char *clock, const char *ladder, const char *anchor, int budget)
{
    const char *problem;
    json_t *fact = stage_fact (self, clock, ladder, anchor, budget);
    deadline_t *deadline = deadline_from_fact (fact, "cn", RULE_A, &problem);
    assert (deadline);
    json_decref (fact);
    return deadline;
}

//  Somebody gives the command, and the case's clock looks again when it is told
static inline void
stage_answer (stage_t *self, const char *command, moment_t at)
{
    answer_t answer = { .case_no = 12, .at = at };
    snprintf (answer.command, sizeof answer.command, "%s", command);
    answers_add (self->answers, &answer, true);
}

//  "rung date time" a line, in the order in which they fired
static inline const char *
stage_list (const stage_t *self)
{
    static char list[8000];
    *list = 0;
    for (size_t index = 0; index < self->count && strlen (list) + 100 < sizeof list; index++) {
        char at[20];
        stage_text (self, self->shots[index].due_at, at);
        sprintf (list + strlen (list), "%s %s\n", self->shots[index].rung, at);
    }
    return list;
}
