//  replay - `dubanctl replay FILE`: real submissions through the real door, at a chosen rate
//
//      record ─▶ event with a stable id ─▶ door (≤ WINDOW unanswered) ─▶ receipt: new or known · problem:
//      counted
//
//  The same file gives the same ids and the same bytes, so that an interrupted run is simply started again.
//  What is longer than the contract allows is cut at a code point, and the summary says so.

#include "services/dubanctl/replay.h"
#include "services/dubanctl/query.h"
#include "services/dubanctl/text.h"
#include "services/dubanctl/when.h"
#include <czmq.h>
#include <signal.h>
#include <unistd.h>

#define WINDOW       256
#define TITLE_POINTS 200
#define TEXT_POINTS  20000
#define REPORT_MS    10000
#define BAR_MS       200
#define BAR_COLUMNS  30

static volatile sig_atomic_t s_interrupted;

static void
s_on_interrupt (int number)
{
    (void) number;
    s_interrupted = 1;
}

//  --------------------------------------------------------------------------
//  One record → one event

//  At most so many code points of a text; caller frees
static char *
s_cut (const char *text, size_t points, bool *cut)
{
    size_t size = text_points (text, points);
    *cut |= text[size] != 0;
    char *copy = strndup (text, size);
    assert (copy);
    return copy;
}

//  Takes so many bytes off the end, and what is left of a code point that this breaks
static void
s_shorten (char *text, size_t bytes)
{
    size_t size = strlen (text);
    size = bytes < size ? size - bytes : 0;
    while (size && ((unsigned char) text[size] & 0xc0) == 0x80)
        size--;
    text[size] = 0;
}

static char *
s_write (replay_t *self, door_event_t *event, const char *title, const char *text)
{
    const char *area = rows_value (self->rows, self->map.area);
    event->data = json_pack ("{s:s, s:s, s:s, s:s, s:b}", "procedure", "suggestion", "kind", self->kind,
                             "title", title, "text", text, "no_secrets", true);
    if (event->data && area && *area)
        json_object_set_new (event->data, "area", json_string (area));
    return event->data ? door_write (self->door, event) : NULL;
}

//  The event as text, cut until it fits into a frame of the door; NULL: not valid UTF-8
static char *
s_event (replay_t *self, const char *id, bool *was_cut)
{
    const char *title = rows_value (self->rows, self->map.title),
               *text = rows_value (self->rows, self->map.text);
    const char *time = rows_value (self->rows, self->map.time);
    door_event_t event = { EVENT_SUBMISSION, id, INT64_MIN, self->person, NULL };
    if (time)
        when_read (time, &event.time); //  a time that nobody can read is left out
    text = text && *text ? text : title ? title : "";
    char *own_title = s_cut (title && *title ? title : text, TITLE_POINTS, was_cut);
    text_flatten (own_title);
    char *own_text = s_cut (text, TEXT_POINTS, was_cut);
    char *bytes = s_write (self, &event, own_title, own_text);
    if (bytes && strlen (bytes) > EVENT_MAX_BYTES) {
        s_shorten (own_text, strlen (bytes) - EVENT_MAX_BYTES);
        *was_cut = true;
        free (bytes);
        bytes = s_write (self, &event, own_title, own_text);
    }
    free (own_title);
    free (own_text);
    return bytes;
}

static void
s_send_record (replay_t *self)
{
    char id[160];
    bool cut = false;
    const char *given = rows_value (self->rows, self->map.id);
    if (given && *given)
        snprintf (id, sizeof id, "%s-%.60s", self->prefix, given);
    else
        snprintf (id, sizeof id, "%s-%ld", self->prefix, self->read);
    char *text = s_event (self, id, &cut);
    if (!text) {
        self->unreadable++;
        return;
    }
    self->cut += cut;
    self->sent++;
    door_send (self->door, id, text);
}

//  --------------------------------------------------------------------------
//  Replies

static void
s_count_problem (replay_t *self, const json_t *reply)
{
    const char *type = reply_text (reply, "type"), *slug = type ? strrchr (type, ':') : NULL;
    slug = slug ? slug + 1 : "?";
    json_int_t count = json_integer_value (json_object_get (self->problems, slug));
    json_object_set_new (self->problems, slug, json_integer (count + 1));
}

static void
s_on_reply (void *arg, const char *id, const json_t *reply)
{
    replay_t *self = arg;
    (void) id;
    self->heard_ms = zclock_mono ();
    if (!reply_is (reply, EVENT_RECEIPT)) {
        s_count_problem (self, reply);
        return;
    }
    json_int_t case_no = json_integer_value (json_object_get (json_object_get (reply, "data"), "case_no"));
    int64_t recorded = 0;
    const char *recorded_at = reply_text (reply, "recorded_at");
    if (recorded_at)
        event_time_parse (recorded_at, &recorded);
    bool known = self->last_case >= 0 ? case_no <= self->last_case : recorded < self->started_at;
    *(known ? &self->known : &self->taken) += 1;
}

//  --------------------------------------------------------------------------
//  Pace and progress

static double
s_seconds (const replay_t *self)
{
    return (double) (zclock_mono () - self->started_ms) / 1000;
}

static bool
s_may_send (const replay_t *self)
{
    return !self->at_end && !s_interrupted && door_waiting (self->door) < WINDOW &&
           (double) self->sent <= s_seconds (self) * (double) self->rate;
}

static void
s_read_and_send (replay_t *self)
{
    while (s_may_send (self)) {
        rows_next_t next = self->read < self->limit ? rows_next (self->rows) : ROWS_END;
        if (next == ROWS_END) {
            self->at_end = true;
            return;
        }
        self->read++;
        if (next == ROWS_BROKEN)
            self->unreadable++;
        else
            s_send_record (self);
    }
}

static void
s_show_progress (replay_t *self, bool last)
{
    int64_t now = zclock_mono ();
    bool terminal = isatty (STDERR_FILENO);
    if (!last && now - self->shown_ms < (terminal ? BAR_MS : REPORT_MS))
        return;
    self->shown_ms = now;
    long answered = self->sent - (long) door_waiting (self->door);
    double seconds = s_seconds (self), rate = seconds > 0 ? (double) answered / seconds : 0;
    if (!terminal) {
        if (!last)
            remark (words ("%ld sent, %ld answered, %.0f/s", "已发送 %ld,已应答 %ld,%.0f/秒"), self->sent,
                    answered, rate);
        return;
    }
    double part = self->limit < LONG_MAX ? (double) self->read / (double) self->limit : 0;
    part = last && self->at_end ? 1 : part > rows_fraction (self->rows) ? part : rows_fraction (self->rows);
    part = part > 1 ? 1 : part;
    int full = (int) (part * BAR_COLUMNS);
    fprintf (stderr, "\r[%.*s%*s] %3.0f %%  %ld  %.0f/s \033[K%s", full, "##############################",
             BAR_COLUMNS - full, "", part * 100, answered, rate, last ? "\n" : "");
}

exit_t
replay_run (replay_t *self)
{
    struct sigaction action = { .sa_handler = s_on_interrupt };
    sigaction (SIGINT, &action, NULL);
    self->started_ms = self->heard_ms = self->shown_ms = zclock_mono ();
    self->started_at = moment_now ();
    while (!self->at_end || door_waiting (self->door)) {
        s_read_and_send (self);
        if (!door_waiting (self->door))
            self->heard_ms = zclock_mono ();
        door_turn (self->door, door_waiting (self->door) < WINDOW && !self->at_end ? 5 : 50, s_on_reply,
                   self);
        s_show_progress (self, false);
        if (zclock_mono () - self->heard_ms > option_timeout_ms ||
            (s_interrupted && !door_waiting (self->door)))
            break;
    }
    s_show_progress (self, true);
    self->seconds = s_seconds (self);
    if (s_interrupted)
        return INTERRUPTED;
    if (door_waiting (self->door) || !self->at_end)
        return UNAVAILABLE;
    return json_object_size (self->problems) || self->unreadable ? PARTLY : DONE;
}
