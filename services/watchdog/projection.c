//  projection - the dates of a clock and the steps of its ladder

#include "services/watchdog/projection.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_US 60000000LL

void
projection_dates (deadline_t *self, const calendar_t *calendar)
{
    term_t term = deadline_term (self);
    term_end_t end = term_end (calendar, &term);
    self->due_date = end.due_date;
    self->breach_at = end.breach_at;
    self->provisional = end.provisional;
    self->suspended = end.suspended;
}

//  --------------------------------------------------------------------------
//  When a rung is due

static day_t
s_first_day (const deadline_t *self, const calendar_t *calendar)
{
    day_t start = calendar_day_of (calendar, self->anchor);
    return self->rule == RULE_B ? calendar_shift (calendar, start, 0) : start;
}

//  So many working days after the first one, on which the term ran: a reminder waits with its term
static day_t
s_running_day (const deadline_t *self, const calendar_t *calendar, int days)
{
    ledger_entry_t pauses[LEDGER_MOST];
    term_t term = { .anchor = self->anchor, .budget = days, .rule = self->rule, .ledger = pauses };
    for (size_t index = 0; index < self->ledger_count; index++)
        if (self->ledger[index].op == LEDGER_SUSPEND || self->ledger[index].op == LEDGER_RESUME)
            pauses[term.ledger_count++] = self->ledger[index];
    if (days <= 0 || !term.ledger_count)
        return calendar_shift (calendar, s_first_day (self, calendar), days);
    return term_end (calendar, &term).due_date;
}

static day_t
s_last_day (const deadline_t *self, const calendar_t *calendar)
{
    return self->due_date != DAY_NONE ? self->due_date : calendar_day_of (calendar, self->breach_at);
}

static day_t
s_half_day (const deadline_t *self, const calendar_t *calendar)
{
    if (!strcmp (self->unit, "working_day"))
        return s_running_day (self, calendar, self->budget / 2);
    if (!strcmp (self->unit, "calendar_day") && !self->ledger_count)
        return calendar_shift (calendar, calendar_day_of (calendar, self->anchor) + self->budget / 2, 0);
    return calendar_day_of (calendar, self->anchor + (self->breach_at - self->anchor) / 2);
}

//  The rung's moment, after so many repetitions. of: the day of the rung, for answers to it.
static moment_t
s_moment (const deadline_t *self, const calendar_t *calendar, const when_t *when, int repetition, day_t of)
{
    day_t day = of;
    int days = when->days;
    switch (when->base) {
    case WHEN_DELIVERY:
        return self->anchor;
    case WHEN_BREACH:
        return self->breach_at;
    case WHEN_DUE_TIME:
        return self->breach_at + when->minutes * MINUTE_US;
    case WHEN_START_TIME:
        return self->anchor + when->minutes * MINUTE_US;
    case WHEN_DUE_DAY: //  whatever day that is
        return calendar_at (calendar, s_last_day (self, calendar) + when->days, when->minutes);
    case WHEN_START:
        day = s_running_day (self, calendar, days);
        days = 0;
        if (day == DAY_NONE)
            return MOMENT_NONE;
        break;
    case WHEN_END:
        day = s_last_day (self, calendar);
        break;
    case WHEN_HALF:
        day = s_half_day (self, calendar);
        break;
    case WHEN_RUNG:
        break;
    case WHEN_LAPSE:
        return MOMENT_NONE;
    }
    if (days || when->base != WHEN_START)
        day = calendar_shift (calendar, day, days);
    if (repetition)
        day = calendar_shift (calendar, day, when->every * repetition);
    return calendar_at (calendar, day, when->minutes);
}

//  A rung is left out if the term is too short or too long for it, or if it would be due before the clock ran
static bool
s_applies (const deadline_t *self, const rung_t *rung, moment_t at)
{
    if (self->budget < rung->least || self->budget > rung->most)
        return false;
    return rung->when.base == WHEN_DELIVERY || rung->when.base == WHEN_BREACH ||
           at > self->anchor; //  nor never
}

static bool
s_is_before (step_t left, step_t right)
{
    return left.at != right.at ? left.at < right.at : left.index < right.index;
}

//  --------------------------------------------------------------------------
//  Steps

const rung_t *
step_rung (const ladder_t *ladder, step_t step)
{
    int last = (int) ladder_count (ladder) - 1;
    return ladder_rung (ladder, (size_t) (step.index < last ? step.index : last));
}

static int
s_repetition (const ladder_t *ladder, int index)
{
    int last = (int) ladder_count (ladder) - 1;
    return index > last ? index - last : 0;
}

void
step_name (const ladder_t *ladder, step_t step, char name[STEP_NAME])
{
    const rung_t *rung = step_rung (ladder, step);
    if (rung->when.every)
        snprintf (name, STEP_NAME, "%.40s.%d", rung->name, s_repetition (ladder, step.index) + 1);
    else
        snprintf (name, STEP_NAME, "%.40s", rung->name);
}

//  When the answer to a rung lapses. Until the rung has fired, as if it will in time and nobody will answer.
static moment_t
s_lapse (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar, int index)
{
    step_t step = projection_step (self, ladder, calendar, index);
    if (step.index < 0)
        return MOMENT_NONE;
    const rung_t *rung = step_rung (ladder, step);
    const question_t *question = questions_find (&self->questions, rung->name, step.at);
    if (!question)
        return projection_answer (self, calendar, rung, step, step.at);
    return question->answered_at == MOMENT_NONE ? question->by : MOMENT_NONE;
}

step_t
projection_step (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar, int index)
{
    if (index < 0)
        return STEP_FIRST;
    step_t step = { .index = index };
    const rung_t *rung = step_rung (ladder, step);
    int repetition = s_repetition (ladder, index);
    if (repetition && !rung->when.every)
        return STEP_FIRST; //  the ladder was longer once
    step.at = s_moment (self, calendar, &rung->when, repetition, 0);
    moment_t lapse = rung->lapse >= 0 ? s_lapse (self, ladder, calendar, rung->lapse) : MOMENT_NONE;
    if (lapse != MOMENT_NONE && (step.at == MOMENT_NONE || lapse < step.at))
        step.at = lapse;
    return s_applies (self, rung, step.at) ? step : STEP_FIRST;
}

//  The first repetition after a step. The number of working days between gives a near one, a few steps find
//  it.
static step_t
s_next_repetition (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar, step_t after)
{
    int last = (int) ladder_count (ladder) - 1;
    step_t step = projection_step (self, ladder, calendar, last);
    if (step.index < 0 || s_is_before (after, step))
        return step;
    int every = step_rung (ladder, step)->when.every;
    int days = calendar_between (calendar, calendar_day_of (calendar, step.at),
                                 calendar_day_of (calendar, after.at));
    int repetition = days / every > 1 ? days / every - 1 : 0;
    do
        step = projection_step (self, ladder, calendar, last + repetition++);
    while (!s_is_before (after, step));
    return step;
}

step_t
projection_next (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar, step_t after)
{
    step_t found = STEP_FIRST;
    int count = (int) ladder_count (ladder);
    for (int index = 0; index < count; index++) {
        bool repeats = ladder_rung (ladder, (size_t) index)->when.every > 0;
        step_t step = repeats ? s_next_repetition (self, ladder, calendar, after)
                              : projection_step (self, ladder, calendar, index);
        if (step.index >= 0 && s_is_before (after, step) && (found.index < 0 || s_is_before (step, found)))
            found = step;
    }
    return found;
}

step_t
projection_latest (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar, step_t step,
                   moment_t now)
{
    if (step.index < 0 || !step_rung (ladder, step)->when.every)
        return step;
    step_t next = s_next_repetition (self, ladder, calendar, (step_t){ .index = INT32_MAX, .at = now });
    step_t latest = projection_step (self, ladder, calendar, next.index - 1);
    return next.index > step.index && latest.index >= step.index ? latest : step;
}

int
projection_urged (const deadline_t *self, const ladder_t *ladder, const calendar_t *calendar, step_t step)
{
    int repetition = s_repetition (ladder, step.index);
    int urged = repetition > 1 ? repetition - 1 : 0; //  the first is counted below
    for (int index = 0; index < (int) ladder_count (ladder); index++) {
        const rung_t *rung = ladder_rung (ladder, (size_t) index);
        step_t other = projection_step (self, ladder, calendar, index);
        if (other.index >= 0 && s_is_before (other, step) && rung->template && !strcmp (rung->level, "red"))
            urged++;
    }
    return urged;
}

moment_t
projection_answer (const deadline_t *self, const calendar_t *calendar, const rung_t *rung, step_t step,
                   moment_t now)
{
    day_t of = calendar_day_of (calendar, step.at);
    moment_t by = s_moment (self, calendar, &rung->answer_by, 0, of);
    if (by > now)
        return by;
    //  The rung is late, or the start was: the same hour of the first working day that is still to come
    day_t today = calendar_day_of (calendar, now);
    by = calendar_at (calendar, calendar_shift (calendar, today, 0), rung->answer_by.minutes);
    return by > now ? by
                    : calendar_at (calendar, calendar_shift (calendar, today, 1), rung->answer_by.minutes);
}
