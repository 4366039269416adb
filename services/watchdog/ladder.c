//  ladder - who is told, and when, before and after a clock runs out

#include "services/watchdog/ladder.h"
#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RUNGS      64
#define MAX_RECIPIENTS 16
#define NAME_MAX_SIZE  40

struct ladder {
    json_t *root; //  all texts borrow from it
    const char *name;
    json_t *clocks;
    rung_t rungs[MAX_RUNGS];
    size_t count;
};

//  Where the reader is, and the first thing that was wrong
typedef struct {
    const char *file;
    char pointer[120];
    char *error;
    size_t error_size;
    bool failed;
} reader_t;

static bool __attribute__ ((format (printf, 3, 4)))
s_wrong (reader_t *self, const char *member, const char *format, ...)
{
    if (self->failed)
        return false;
    self->failed = true;
    char what[200];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (what, sizeof what, format, arguments);
    va_end (arguments);
    const char *colon = *self->pointer || *member ? ": " : ""; //  the whole document has an empty pointer
    snprintf (self->error, self->error_size, "%s: %s%s%s%s%s", self->file, self->pointer, *member ? "/" : "",
              member, colon, what);
    return false;
}

//  --------------------------------------------------------------------------
//  Members

//  Every member must be in the list of allowed ones
static bool
s_only (reader_t *self, json_t *object, const char *const *allowed)
{
    if (!json_is_object (object))
        return s_wrong (self, "", "must be an object");
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value) {
        const char *const *known = allowed;
        while (*known && strcmp (*known, name))
            known++;
        if (!*known)
            return s_wrong (self, name, "is not a member that is known here");
    }
    return true;
}

static const char *
s_text (reader_t *self, json_t *object, const char *name, bool needed)
{
    json_t *value = json_object_get (object, name);
    if (!value && !needed)
        return NULL;
    const char *text = json_string_value (value);
    if (!text || !*text)
        s_wrong (self, name, value ? "must be a text that is not empty" : "is missing");
    return text;
}

//  A word for keys and tables: letters, digits, _ + -
static const char *
s_word (reader_t *self, json_t *object, const char *name, bool needed)
{
    const char *text = s_text (self, object, name, needed);
    static const char GOOD[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-";
    if (text && (strspn (text, GOOD) != strlen (text) || strlen (text) > NAME_MAX_SIZE))
        s_wrong (self, name, "\"%.40s\" is not a word of letters, digits, _, + and -", text);
    return text;
}

static bool
s_flag (reader_t *self, json_t *object, const char *name)
{
    json_t *value = json_object_get (object, name);
    if (value && !json_is_boolean (value))
        s_wrong (self, name, "must be true or false");
    return json_is_true (value);
}

static bool
s_two_languages (reader_t *self, const char *where, json_t *object)
{
    static const char *const LANGUAGES[] = { "zh", "en", NULL };
    if (!json_is_object (object))
        return s_wrong (self, where, "must have zh and en");
    size_t before = strlen (self->pointer);
    snprintf (self->pointer + before, sizeof self->pointer - before, "/%.60s", where);
    bool good = s_only (self, object, LANGUAGES) && s_text (self, object, "zh", true) &&
                s_text (self, object, "en", true);
    self->pointer[before] = 0;
    return good;
}

//  --------------------------------------------------------------------------
//  Parts of a rung

static void
s_read_when (reader_t *self, json_t *object, rung_t *rung)
{
    const char *text = s_text (self, object, "when", true);
    if (!text)
        return;
    if (!when_parse (text, &rung->when) || rung->when.base == WHEN_RUNG)
        s_wrong (self, "when", "\"%.60s\" is not delivery, breach, D±n, H±n or N/2 with a time hh:mm", text);
}

//  "N>=10" or "N<10"
static void
s_read_condition (reader_t *self, json_t *object, rung_t *rung)
{
    rung->least = 0;
    rung->most = INT_MAX;
    const char *text = s_text (self, object, "if", false);
    if (!text)
        return;
    int number = 0, end = 0;
    if (sscanf (text, "N>=%6d%n", &number, &end) == 1 && !text[end])
        rung->least = number;
    else if (sscanf (text, "N<%6d%n", &number, &end) == 1 && !text[end])
        rung->most = number - 1;
    else
        s_wrong (self, "if", "\"%.60s\" is not N>=number or N<number", text);
}

static void
s_read_level (reader_t *self, json_t *object, rung_t *rung)
{
    static const char *const LEVELS[] = { "info", "blue", "yellow", "red" };
    rung->level = s_text (self, object, "level", true);
    for (size_t index = 0; rung->level && index < sizeof LEVELS / sizeof *LEVELS; index++)
        if (!strcmp (rung->level, LEVELS[index]))
            return;
    s_wrong (self, "level", "must be info, blue, yellow or red");
}

static void
s_read_recipient (reader_t *self, const ladder_t *ladder, json_t *object, recipient_t *recipient)
{
    static const char *const MEMBERS[] = { "role", "of_unit", "of_co_unit", "clock", "submitter", NULL };
    if (!s_only (self, object, MEMBERS))
        return;
    bool submitter = s_flag (self, object, "submitter");
    *recipient = (recipient_t){ .role = s_word (self, object, "role", !submitter),
                                .of_unit = s_flag (self, object, "of_unit"),
                                .of_co_unit = s_flag (self, object, "of_co_unit"),
                                .clock = s_text (self, object, "clock", false) };
    if (submitter && recipient->role)
        s_wrong (self, "role", "the submitter has no role");
    if (recipient->clock && !json_object_get (ladder->clocks, recipient->clock))
        s_wrong (self, "clock", "no clock is called %.40s in /clocks", recipient->clock);
}

static void
s_read_recipients (reader_t *self, const ladder_t *ladder, json_t *object, rung_t *rung)
{
    json_t *to = json_object_get (object, "to");
    size_t count = json_array_size (to);
    rung->template = s_word (self, object, "template", false);
    if (!rung->template && !to)
        return;
    if (!rung->template || !count || count > MAX_RECIPIENTS) {
        s_wrong (self, rung->template ? "to" : "template", "a notice needs a template and 1 to %d recipients",
                 MAX_RECIPIENTS);
        return;
    }
    recipient_t *recipients = calloc (count, sizeof *recipients);
    assert (recipients);
    rung->to = recipients;
    rung->to_count = count;
    size_t before = strlen (self->pointer);
    for (size_t index = 0; index < count; index++) {
        snprintf (self->pointer + before, sizeof self->pointer - before, "/to/%zu", index);
        s_read_recipient (self, ladder, json_array_get (to, index), &recipients[index]);
        self->pointer[before] = 0;
    }
}

//  ["app", "sms"] becomes "app+sms"; kept in the document, like every other text
static void
s_read_channels (reader_t *self, json_t *object, rung_t *rung)
{
    json_t *list = json_object_get (object, "channel"), *one;
    char joined[120] = "";
    size_t index;
    if (list && !json_array_size (list))
        s_wrong (self, "channel", "must be a list of channels");
    json_array_foreach (list, index, one) {
        const char *text = json_string_value (one);
        size_t used = strlen (joined);
        if (!text || !*text || used + strlen (text) + 2 > sizeof joined)
            s_wrong (self, "channel", "must be a list of short texts");
        else
            snprintf (joined + used, sizeof joined - used, "%s%s", used ? "+" : "", text);
    }
    json_t *kept = json_string (joined);
    json_object_set_new (object, "channel", kept);
    rung->channels = json_string_value (kept);
}

static void
s_read_answer (reader_t *self, json_t *object, rung_t *rung)
{
    static const char *const MEMBERS[] = { "what", "by", NULL };
    json_t *answer = json_object_get (object, "answer");
    if (!answer)
        return;
    size_t before = strlen (self->pointer);
    snprintf (self->pointer + before, sizeof self->pointer - before, "/answer");
    if (s_only (self, answer, MEMBERS) && s_two_languages (self, "what", json_object_get (answer, "what"))) {
        const char *by = s_text (self, answer, "by", true);
        rung->wants_answer = true;
        bool good = by && when_parse (by, &rung->answer_by) && !rung->answer_by.every;
        when_base_t base = rung->answer_by.base;
        if (!good || (base != WHEN_START && base != WHEN_END && base != WHEN_RUNG))
            s_wrong (self, "by", "\"%.60s\" is not R+n, D+n or H+n with a time hh:mm", by ? by : "");
    }
    self->pointer[before] = 0;
}

static void
s_read_dates (reader_t *self, json_t *object, rung_t *rung)
{
    static const char *const MEMBERS[] = { "c", "h", NULL };
    json_t *dates = json_object_get (object, "dates");
    if (!dates)
        return;
    size_t before = strlen (self->pointer);
    snprintf (self->pointer + before, sizeof self->pointer - before, "/dates");
    if (s_only (self, dates, MEMBERS)) {
        rung->dates_c = s_text (self, dates, "c", false);
        rung->dates_h = s_text (self, dates, "h", false);
    }
    self->pointer[before] = 0;
}

//  --------------------------------------------------------------------------
//  A ladder

static void
s_read_rung (reader_t *self, ladder_t *ladder, json_t *object, bool last)
{
    static const char *const MEMBERS[] = { "name",    "when",   "if",    "level",  "template", "to",
                                           "channel", "answer", "dates", "urgent", NULL };
    rung_t *rung = &ladder->rungs[ladder->count++];
    if (!s_only (self, object, MEMBERS))
        return;
    rung->name = s_word (self, object, "name", true);
    for (size_t index = 0; rung->name && index + 1 < ladder->count; index++)
        if (!strcmp (ladder->rungs[index].name, rung->name))
            s_wrong (self, "name", "%s is the name of /rungs/%zu too", rung->name, index);
    s_read_when (self, object, rung);
    if (rung->when.every && !last)
        s_wrong (self, "when", "only the last rung may repeat");
    s_read_condition (self, object, rung);
    s_read_level (self, object, rung);
    s_read_recipients (self, ladder, object, rung);
    s_read_channels (self, object, rung);
    s_read_answer (self, object, rung);
    s_read_dates (self, object, rung);
    rung->urgent = s_flag (self, object, "urgent");
}

static void
s_read_clocks (reader_t *self, ladder_t *ladder)
{
    ladder->clocks = json_object_get (ladder->root, "clocks");
    if (!json_object_size (ladder->clocks))
        s_wrong (self, "clocks", "must name the clocks that use the ladder");
    snprintf (self->pointer, sizeof self->pointer, "/clocks");
    const char *name;
    json_t *title;
    json_object_foreach (ladder->clocks, name, title)
        s_two_languages (self, name, title);
    *self->pointer = 0;
}

static void
s_read (reader_t *self, ladder_t *ladder)
{
    static const char *const MEMBERS[] = { "ladder", "about", "clocks", "rungs", NULL };
    if (!s_only (self, ladder->root, MEMBERS))
        return;
    ladder->name = s_word (self, ladder->root, "ladder", true);
    s_text (self, ladder->root, "about", true);
    s_read_clocks (self, ladder);
    json_t *rungs = json_object_get (ladder->root, "rungs");
    size_t count = json_array_size (rungs);
    if (!count || count > MAX_RUNGS)
        s_wrong (self, "rungs", "must be a list of 1 to %d rungs", MAX_RUNGS);
    for (size_t index = 0; index < count && !self->failed; index++) {
        snprintf (self->pointer, sizeof self->pointer, "/rungs/%zu", index);
        s_read_rung (self, ladder, json_array_get (rungs, index), index + 1 == count);
    }
}

ladder_t *
ladder_parse (const char *file, const char *bytes, size_t size, char *error, size_t error_size)
{
    json_error_t fault;
    json_t *root = json_loadb (bytes, size, JSON_REJECT_DUPLICATES, &fault);
    if (!root) {
        snprintf (error, error_size, "%s:%d:%d: %s", file, fault.line, fault.column, fault.text);
        return NULL;
    }
    ladder_t *self = calloc (1, sizeof *self);
    assert (self);
    self->root = root;
    reader_t reader = { .file = file, .error = error, .error_size = error_size };
    s_read (&reader, self);
    if (reader.failed)
        ladder_destroy (&self);
    return self;
}

void
ladder_destroy (ladder_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t index = 0; index < (*self_p)->count; index++)
        free ((void *) (*self_p)->rungs[index].to);
    json_decref ((*self_p)->root);
    free (*self_p);
    *self_p = NULL;
}

const char *
ladder_name (const ladder_t *self)
{
    return self->name;
}

size_t
ladder_count (const ladder_t *self)
{
    return self->count;
}

const rung_t *
ladder_rung (const ladder_t *self, size_t index)
{
    assert (index < self->count);
    return &self->rungs[index];
}

const char *
ladder_title (const ladder_t *self, const char *clock, const char *language)
{
    const char *title = json_string_value (json_object_get (json_object_get (self->clocks, clock), language));
    return title ? title : clock;
}

bool
ladder_wants_dates (const ladder_t *self)
{
    for (size_t index = 0; index < self->count; index++)
        if (self->rungs[index].dates_c || self->rungs[index].dates_h)
            return true;
    return false;
}
