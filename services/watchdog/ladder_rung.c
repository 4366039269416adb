//  ladder_rung - reads one rung of a ladder

#include "services/watchdog/ladder_parts.h"
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RECIPIENTS 16
#define MAX_COMMANDS   16

static int
s_find (const ladder_t *ladder, const char *name)
{
    for (size_t index = 0; index < ladder->count; index++)
        if (!strcmp (ladder->rungs[index].name, name))
            return (int) index;
    return -1;
}

//  What lapses must have been asked before, and something must be able to answer it
static void
s_read_lapse (reader_t *self, ladder_t *ladder, const char *name, rung_t *rung)
{
    rung->lapse = s_find (ladder, name);
    rung_t *asks = rung->lapse >= 0 ? &ladder->rungs[rung->lapse] : NULL;
    if (!asks)
        reader_wrong (self, "when", "no rung before this one is called \"%.40s\"", name);
    else if (!asks->wants_answer)
        reader_wrong (self, "when", "%s wants no answer that could lapse", name);
    else if (!asks->with)
        reader_wrong (self, "when", "what answers %s? /rungs/%d/answer has no \"with\"", name, rung->lapse);
    else
        asks->is_awaited = true;
}

static void
s_read_when (reader_t *self, ladder_t *ladder, json_t *object, rung_t *rung)
{
    const char *text = reader_text (self, object, "when", true), *lapse;
    rung->lapse = -1;
    if (!text)
        return;
    if (!when_parse_rung (text, &rung->when, &lapse))
        reader_wrong (self, "when",
                      "\"%.60s\" is not delivery, breach, D±n, H±n or N/2 with a time hh:mm, or lapse RUNG",
                      text);
    else if (lapse)
        s_read_lapse (self, ladder, lapse, rung);
}

//  "N>=10" or "N<10"
static void
s_read_condition (reader_t *self, json_t *object, rung_t *rung)
{
    rung->least = 0;
    rung->most = INT_MAX;
    const char *text = reader_text (self, object, "if", false);
    if (!text)
        return;
    int number = 0, end = 0;
    if (sscanf (text, "N>=%6d%n", &number, &end) == 1 && !text[end])
        rung->least = number;
    else if (sscanf (text, "N<%6d%n", &number, &end) == 1 && !text[end])
        rung->most = number - 1;
    else
        reader_wrong (self, "if", "\"%.60s\" is not N>=number or N<number", text);
}

static void
s_read_level (reader_t *self, json_t *object, rung_t *rung)
{
    static const char *const LEVELS[] = { "info", "blue", "yellow", "red" };
    rung->level = reader_text (self, object, "level", true);
    for (size_t index = 0; rung->level && index < sizeof LEVELS / sizeof *LEVELS; index++)
        if (!strcmp (rung->level, LEVELS[index]))
            return;
    reader_wrong (self, "level", "must be info, blue, yellow or red");
}

//  --------------------------------------------------------------------------
//  Who is told

static void
s_read_recipient (reader_t *self, const ladder_t *ladder, json_t *object, recipient_t *recipient)
{
    static const char *const MEMBERS[] = { "role", "of_unit", "of_co_unit", "clock", "submitter", NULL };
    if (!reader_only (self, object, MEMBERS))
        return;
    bool submitter = reader_flag (self, object, "submitter");
    *recipient = (recipient_t){ .role = reader_word (self, object, "role", !submitter),
                                .of_unit = reader_flag (self, object, "of_unit"),
                                .of_co_unit = reader_flag (self, object, "of_co_unit"),
                                .clock = reader_text (self, object, "clock", false) };
    if (submitter && recipient->role)
        reader_wrong (self, "role", "the submitter has no role");
    if (recipient->clock && !json_object_get (ladder->clocks, recipient->clock))
        reader_wrong (self, "clock", "no clock is called %.40s in /clocks", recipient->clock);
}

static void
s_read_recipients (reader_t *self, const ladder_t *ladder, json_t *object, rung_t *rung)
{
    json_t *to = json_object_get (object, "to");
    size_t count = json_array_size (to);
    rung->template = reader_word (self, object, "template", false);
    if (!rung->template && !to)
        return;
    if (!rung->template || !count || count > MAX_RECIPIENTS) {
        reader_wrong (self, rung->template ? "to" : "template",
                      "a notice needs a template and 1 to %d recipients", MAX_RECIPIENTS);
        return;
    }
    recipient_t *recipients = calloc (count, sizeof *recipients);
    assert (recipients);
    rung->to = recipients;
    rung->to_count = count;
    for (size_t index = 0; index < count; index++) {
        size_t before = reader_enter (self, "/to/%zu", index);
        s_read_recipient (self, ladder, json_array_get (to, index), &recipients[index]);
        reader_leave (self, before);
    }
}

//  Texts of a list with something between them; kept in the document beside the list, like every other text.
//  NULL: there is no list.
static const char *
s_join (reader_t *self, json_t *object, const char *name, char between)
{
    json_t *list = json_object_get (object, name), *one;
    char joined[200] = "", beside[20], glue[] = { between, 0 };
    size_t index;
    if (!list)
        return NULL;
    if (!json_array_size (list))
        reader_wrong (self, name, "must be a list of short texts");
    json_array_foreach (list, index, one) {
        const char *text = json_string_value (one);
        size_t used = strlen (joined);
        if (!text || !*text || strchr (text, between) || used + strlen (text) + 2 > sizeof joined)
            reader_wrong (self, name, "must be a list of short texts");
        else
            snprintf (joined + used, sizeof joined - used, "%s%s", used ? glue : "", text);
    }
    json_t *kept = json_string (joined);
    snprintf (beside, sizeof beside, "%s_text", name);
    json_object_set_new (object, beside, kept);
    return json_string_value (kept);
}

//  --------------------------------------------------------------------------
//  What is asked

//  Commands that answer it
static void
s_read_with (reader_t *self, json_t *answer, rung_t *rung)
{
    json_t *list = json_object_get (answer, "with");
    size_t count = json_array_size (list);
    if (!list)
        return;
    if (!count || count > MAX_COMMANDS) {
        reader_wrong (self, "with", "must be a list of 1 to %d commands", MAX_COMMANDS);
        return;
    }
    const char **with = calloc (count + 1, sizeof *with);
    assert (with);
    rung->with = with;
    for (size_t index = 0; index < count; index++)
        with[index] = json_string_value (json_array_get (list, index));
    rung->with_text = s_join (self, answer, "with", ' ');
}

static void
s_read_by (reader_t *self, json_t *answer, rung_t *rung)
{
    const char *by = reader_text (self, answer, "by", true);
    bool good = by && when_parse (by, &rung->answer_by) && !rung->answer_by.every;
    when_base_t base = rung->answer_by.base;
    if (!good || (base != WHEN_START && base != WHEN_END && base != WHEN_RUNG))
        reader_wrong (self, "by", "\"%.60s\" is not R+n, D+n or H+n with a time hh:mm", by ? by : "");
}

static void
s_read_answer (reader_t *self, json_t *object, rung_t *rung)
{
    static const char *const MEMBERS[] = { "what", "by", "with", NULL };
    json_t *answer = json_object_get (object, "answer"), *what = json_object_get (answer, "what");
    if (!answer)
        return;
    size_t before = reader_enter (self, "/answer");
    if (reader_only (self, answer, MEMBERS) && reader_two_languages (self, "what", what)) {
        rung->wants_answer = true;
        rung->asked_zh = json_string_value (json_object_get (what, "zh"));
        rung->asked_en = json_string_value (json_object_get (what, "en"));
        s_read_by (self, answer, rung);
        s_read_with (self, answer, rung);
    }
    reader_leave (self, before);
}

static void
s_read_dates (reader_t *self, json_t *object, rung_t *rung)
{
    static const char *const MEMBERS[] = { "c", "h", NULL };
    json_t *dates = json_object_get (object, "dates");
    if (!dates)
        return;
    size_t before = reader_enter (self, "/dates");
    if (reader_only (self, dates, MEMBERS)) {
        rung->dates_c = reader_text (self, dates, "c", false);
        rung->dates_h = reader_text (self, dates, "h", false);
    }
    reader_leave (self, before);
}

//  --------------------------------------------------------------------------

void
rung_read (reader_t *self, ladder_t *ladder, json_t *object, bool last)
{
    static const char *const MEMBERS[] = { "name",    "when",   "if",    "level",  "template", "to",
                                           "channel", "answer", "dates", "urgent", NULL };
    rung_t *rung = &ladder->rungs[ladder->count];
    if (!reader_only (self, object, MEMBERS))
        return;
    rung->name = reader_word (self, object, "name", true);
    int same = rung->name ? s_find (ladder, rung->name) : -1;
    if (same >= 0)
        reader_wrong (self, "name", "%s is the name of /rungs/%d too", rung->name, same);
    s_read_when (self, ladder, object, rung);
    if (rung->when.every && !last)
        reader_wrong (self, "when", "only the last rung may repeat");
    s_read_condition (self, object, rung);
    s_read_level (self, object, rung);
    s_read_recipients (self, ladder, object, rung);
    const char *channels = s_join (self, object, "channel", '+');
    rung->channels = channels ? channels : "";
    s_read_answer (self, object, rung);
    s_read_dates (self, object, rung);
    rung->urgent = reader_flag (self, object, "urgent");
    ladder->count++;
}

void
rung_free (rung_t *self)
{
    free ((void *) self->to);
    free ((void *) self->with);
}
