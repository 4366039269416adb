//  placeholder - the names that may stand in a template, and what they say for one notice

#include "services/notify/placeholder.h"
#include "common/calendar.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *const LANGUAGE_NAMES[LANGUAGE_COUNT] = { "zh", "en" };

//  What stands for content in a notice that may not carry any
static const char *const HIDDEN[LANGUAGE_COUNT] = { "（涉密，不在通知中显示）",
                                                    "(confidential, not shown in notices)" };

enum { CONTENT = 1, LINES = 2 };

static const struct {
    const char *name;
    int flags;
} PLACEHOLDERS[] = {
    { "no", 0 },          //  number of the case
    { "title", CONTENT }, //  what the case is about
    { "state", 0 },       //  where it stands
    { "reason", CONTENT | LINES },
    { "wanted", CONTENT | LINES }, //  what the submitter is asked for
    { "recipient", 0 },            //  the body it was passed on to
    { "document", 0 },             //  document number of the bureau's letter
    { "result", CONTENT },         //  adopted … not verifiable
    { "text", CONTENT | LINES },   //  the answer itself
    { "u", 0 },                    //  the unit
    { "bureau", 0 },
    { "tel", 0 },
    { "d", 0 },    //  the day it happened
    { "clk", 0 },  //  name of the clock
    { "h", 0 },    //  last day of the clock
    { "c", 0 },    //  last day for the first contact
    { "r", 0 },    //  when the reply to this notice is due
    { "q", 0 },    //  what reply is wanted
    { "n", 0 },    //  working days left, or over
    { "k", 0 },    //  reminders so far
    { "days", 0 }, //  of an extension
    { "into", 0 }, //  number of the case that goes on
};
#define KNOWN ((int) (sizeof PLACEHOLDERS / sizeof *PLACEHOLDERS))

//  Names that templates declare beyond these: arguments of procedures. They are content, since nobody here
//  knows better. Filled while templates are read, never afterwards.
static char s_declared[PLACEHOLDER_MAX][PLACEHOLDER_NAME];
static int s_count = (int) (sizeof PLACEHOLDERS / sizeof *PLACEHOLDERS);

static int
s_flags (int index)
{
    return index < KNOWN ? PLACEHOLDERS[index].flags : CONTENT | LINES;
}

//  Words of the contract and what people call them
static const struct {
    const char *word, *says[LANGUAGE_COUNT];
} RESULTS[] = {
    { "adopted", { "采纳", "adopted" } },
    { "partly_adopted", { "部分采纳", "adopted in part" } },
    { "not_adopted", { "未采纳", "not adopted" } },
    { "true", { "属实", "confirmed" } },
    { "partly_true", { "部分属实", "confirmed in part" } },
    { "not_true", { "不属实", "not confirmed" } },
    { "unverifiable", { "无法核实", "could not be verified" } },
};

language_t
language_of (const char *name)
{
    return name && !strcmp (name, "en") ? LANGUAGE_EN : LANGUAGE_ZH;
}

int
placeholder_find (const char *name, size_t size)
{
    for (int index = 0; index < s_count; index++)
        if (strlen (placeholder_name (index)) == size && !memcmp (placeholder_name (index), name, size))
            return index;
    return -1;
}

int
placeholder_declare (const char *name)
{
    size_t size = strlen (name);
    int index = placeholder_find (name, size);
    if (index >= 0)
        return index;
    if (!size || size >= PLACEHOLDER_NAME || s_count == PLACEHOLDER_MAX || *name < 'a' || *name > 'z' ||
        strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") != size)
        return -1;
    memcpy (s_declared[s_count], name, size + 1);
    return s_count++;
}

int
placeholder_count (void)
{
    return s_count;
}

const char *
placeholder_name (int index)
{
    return index < KNOWN ? PLACEHOLDERS[index].name : s_declared[index];
}

bool
placeholder_has_lines (int index)
{
    return s_flags (index) & LINES;
}

//  The argument of this name, or of this name in the language (clk_zh); empty is as good as absent
static const char *
s_argument (placeholders_t *self, int index, json_t *arguments, language_t language)
{
    char name[PLACEHOLDER_NAME + 3];
    snprintf (name, sizeof name, "%.40s_%s", placeholder_name (index), LANGUAGE_NAMES[language]);
    json_t *value = json_object_get (arguments, placeholder_name (index));
    if (!value)
        value = json_object_get (arguments, name);
    if (json_is_integer (value)) {
        snprintf (self->room[index], sizeof self->room[index], "%lld",
                  (long long) json_integer_value (value));
        return self->room[index];
    }
    const char *text = json_string_value (value);
    return text && *text ? text : NULL;
}

//  The local day of the event, for texts that say when without being told
static const char *
s_day (placeholders_t *self, int index, const notice_t *notice, const office_t *office)
{
    const moment_t day_length = 86400LL * 1000000;
    moment_t local = notice->occurred_at + office->tz_minutes * 60000000LL;
    moment_t day = local / day_length - (local % day_length < 0);
    if (day < -700000 || day > 2900000) //  beyond four-digit years
        return NULL;
    day_text ((day_t) day, self->room[index]);
    return self->room[index];
}

static const char *
s_result (const char *word, language_t language)
{
    for (size_t index = 0; word && index < sizeof RESULTS / sizeof *RESULTS; index++)
        if (!strcmp (RESULTS[index].word, word))
            return RESULTS[index].says[language];
    return word;
}

//  What the bureau knows without being told, or says in its own words
static const char *
s_complete (placeholders_t *self, int index, const notice_t *notice, const office_t *office)
{
    const char *name = placeholder_name (index);
    if (!strcmp (name, "no"))
        return notice->number;
    if (!strcmp (name, "bureau"))
        return *office->bureau ? office->bureau : NULL;
    if (!strcmp (name, "tel"))
        return *office->telephone ? office->telephone : NULL;
    if (!strcmp (name, "d"))
        return s_day (self, index, notice, office);
    return NULL;
}

void
placeholders_fill (placeholders_t *self, const notice_t *notice, language_t language, const office_t *office,
                   const directory_t *directory)
{
    assert (self);
    for (int index = 0; index < s_count; index++) {
        const char *name = placeholder_name (index);
        const char *value = s_argument (self, index, notice->arguments, language);
        if (!value)
            value = s_complete (self, index, notice, office);
        else if (notice->secrecy >= SECRECY_CONFIDENTIAL && s_flags (index) & CONTENT)
            value = HIDDEN[language];
        else if (!strcmp (name, "result"))
            value = s_result (value, language);
        else if (!strcmp (name, "u"))
            value = directory_unit_name (directory, value);
        self->values[index] = value;
    }
}

//  Of a secret notice only what its texts may say: routing sends more than that
json_t *
placeholder_arguments (const notice_t *notice)
{
    if (notice->secrecy < SECRECY_CONFIDENTIAL)
        return json_incref (notice->arguments);
    static const char *const ENDINGS[] = { "", "_zh", "_en" };
    json_t *kept = json_object ();
    for (int index = 0; index < s_count; index++)
        for (size_t ending = 0; ending < 3 && !(s_flags (index) & CONTENT); ending++) {
            char name[PLACEHOLDER_NAME + 3];
            snprintf (name, sizeof name, "%.40s%s", placeholder_name (index), ENDINGS[ending]);
            json_t *value = json_object_get (notice->arguments, name);
            if (value)
                json_object_set (kept, name, value);
        }
    return kept;
}
