//  lane_failure - what a batch that was rolled back does next
//
//  Data that can never be stored (SQLSTATE class 22 or 23) is found by dry runs: the smallest prefix of the
//  batch that fails ends with the culprit. A prefix, because later items may depend on earlier ones.

#include "common/lane_parts.h"
#include "common/log.h"

#define FIRST_BACKOFF_MS 50
#define LAST_BACKOFF_MS  5000

static int
s_on_backoff (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    lane_t *self = arg;
    self->timer = 0;
    lane_attempt (self);
    return 0;
}

static void
s_back_off (lane_t *self)
{
    self->state = LANE_PAUSED;
    self->backoff_ms = self->backoff_ms ? self->backoff_ms * 2 : FIRST_BACKOFF_MS;
    if (self->backoff_ms > LAST_BACKOFF_MS)
        self->backoff_ms = LAST_BACKOFF_MS;
    self->timer = zloop_timer (self->loop, (size_t) self->backoff_ms, 1, s_on_backoff, self);
}

size_t
lane_cut (const lane_t *self)
{
    return self->searching ? (self->good + self->bad) / 2 : self->batch.slot_count;
}

//  The item at the end of the smallest failing prefix: a message goes to the dead letters, a request is
//  answered
static void
s_poison (lane_t *self, size_t index)
{
    slot_t *slot = &self->batch.slots[index];
    self->searching = false;
    if (slot->item.poisoned) { //  left out and still failing: not its fault, and nobody's that we could name
        s_back_off (self);
        return;
    }
    static char reasons[64][6]; //  short-lived: until the batch is answered
    static unsigned next;
    char *reason = reasons[next++ % 64];
    snprintf (reason, sizeof reasons[0], "%s", self->culprit);
    slot->item.poisoned = true;
    slot->item.reason = reason;
    slot->buried = slot->item.message != NULL;
    log_say (SAY_ERROR, self->name, "an item can never be stored", "sqlstate", reason, "from",
             slot->item.src ? slot->item.src : "the door", NULL);
    lane_attempt (self);
}

//  One step of the search: the prefix [0, bad) fails
static void
s_search (lane_t *self)
{
    if (self->bad - self->good <= 1)
        s_poison (self, self->bad - 1);
    else
        lane_attempt (self); //  a dry run of the middle
}

void
lane_dry_run_worked (lane_t *self)
{
    self->good = lane_cut (self);
    s_search (self);
}

void
lane_failed (lane_t *self)
{
    metric_add (self->failures, 1);
    bool unstorable = !strncmp (self->failure, "22", 2) || !strncmp (self->failure, "23", 2);
    if (!unstorable) { //  deadlock, time-out, disk full, missing right: again, later
        s_back_off (self);
        return;
    }
    if (!self->batch.slot_count) {
        if (self->ops->failed)
            self->ops->failed (self->self, self->failure, self->limit);
        bool found = self->limit == 1;
        self->limit = found ? 1 : self->limit / 2;
        if (found)
            s_back_off (self); //  until the culprit is put aside
        else
            lane_attempt (self); //  at once: one bad row must not hold up the others
        return;
    }
    memcpy (self->culprit, self->failure, sizeof self->culprit);
    if (self->searching)
        self->bad = lane_cut (self);
    else {
        self->searching = true;
        self->good = 0;
        self->bad = self->batch.slot_count;
    }
    s_search (self);
}
