//  effects - what a move does beside moving

#include "services/routing/effects.h"
#include "common/calendar.h"
#include "proto/case_number.h"
#include "services/routing/card.h"
#include "services/routing/clocks.h"
#include "services/routing/merge.h"
#include "services/routing/recusal.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define TITLE_MOST 200 //  characters

static const char *
s_text (json_t *message, const char *member)
{
    return json_string_value (json_object_get (message, member));
}

//  --------------------------------------------------------------------------
//  Is it possible?

static bool
s_holds (const case_t *file, const procedure_condition_t *condition)
{
    const char *value = case_field (file, condition->field);
    if (!condition->values)
        return condition->set == (value != NULL);
    for (const char *const *one = condition->values; value && *one; one++)
        if (!strcmp (*one, value))
            return true;
    return false;
}

const char *
effects_impossible (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move)
{
    for (size_t index = 0; index < move->when_count; index++)
        if (!s_holds (file, &move->when[index]))
            return move->when[index].title_en;
    const char *problem = clocks_impossible (file, message, move);
    return problem ? problem : merge_impossible (self, file, message, move);
}

//  --------------------------------------------------------------------------
//  On the case

static void
s_set_fields (case_t *file, json_t *arguments, const procedure_move_t *move)
{
    if (move->clears_unit)
        case_set (&file->unit, NULL);
    for (const char *const *name = move->clears; *name; name++)
        json_object_del (file->fields, *name);
    for (const char *const *name = move->sets; *name; name++) {
        json_t *value = json_object_get (arguments, *name);
        if (value && !strcmp (*name, "unit"))
            case_set (&file->unit, json_string_value (value));
        else if (value)
            case_put (file, *name, value);
    }
}

static int
s_secrecy (const char *word)
{
    static const char *const CLASSES[] = { "public", "internal", "confidential", "sealed" };
    for (int index = 0; index < 4; index++)
        if (!strcmp (CLASSES[index], word))
            return index;
    return 3;
}

//  The mark "secrecy" is the case's class; it is only ever raised
static void
s_mark (case_t *file, const procedure_move_t *move)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *) move->marks, name, value) {
        if (strcmp (name, "secrecy") != 0)
            json_object_set (file->fields, name, value);
        else if (s_secrecy (json_string_value (value)) > file->secrecy)
            file->secrecy = s_secrecy (json_string_value (value));
    }
}

//  Who made the move, once: the unit where a co-unit acts, else the person, else the source
static void
s_collect (case_t *file, json_t *message, const procedure_move_t *move)
{
    const char *unit = s_text (message, "unit"), *who = s_text (message, "actor");
    json_t *list = json_object_get (file->fields, move->collects);
    for (const char *const *role = move->roles; unit && *role; role++)
        if (procedure_role_is_of_co_unit (file->procedure, *role))
            who = unit;
    who = who ? who : s_text (message, "source");
    who = who ? who : "system";
    if (!json_is_array (list)) {
        list = json_array ();
        json_object_set_new (file->fields, move->collects, list);
    }
    if (!case_lists (file, move->collects, who))
        json_array_append_new (list, json_string (who));
}

//  A date of the case moves on, day of the month kept as far as the month has it
static void
s_advance (case_t *file, const procedure_move_t *move)
{
    day_t day;
    char text[11];
    const char *now = s_text (file->fields, move->advances.field);
    if (!now || !day_parse (now, &day))
        return;
    int year, month, of_month;
    day_to_civil (day, &year, &month, &of_month);
    if (!strcmp (move->advances.unit, "day"))
        day += move->advances.by;
    else {
        month += move->advances.by * (strcmp (move->advances.unit, "year") ? 1 : 12) - 1;
        year += month / 12;
        month = month % 12 + 1;
        day_t next = day_from_civil (month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
        day = day_from_civil (year, month, 1) + of_month - 1;
        day = day < next ? day : next - 1;
    }
    day_text (day, text);
    if (day_parse (text, &day)) //  else it is beyond the last year
        json_object_set_new (file->fields, move->advances.field, json_string (text));
}

void
effects_apply (case_t *file, json_t *message, const procedure_move_t *move)
{
    s_set_fields (file, json_object_get (message, "arguments"), move);
    if (move->marks)
        s_mark (file, move);
    if (move->collects)
        s_collect (file, message, move);
    if (move->advances.field)
        s_advance (file, move);
    recusal_settle (file);
    if (move->to)
        case_set (&file->state, move->to);
    if (case_is_over (file))
        file->closed_at = json_integer_value (json_object_get (message, "recorded_at"));
}

//  --------------------------------------------------------------------------
//  On others

static void
s_answer (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    json_t *answer =
        json_pack ("{ss sI si ss sO sO?}", "kind", "answer", "case", (json_int_t) file->case_no, "version",
                   file->version, "command", move->command, "at", json_object_get (message, "recorded_at"),
                   "trace", json_object_get (message, "trace"));
    assert (answer);
    self->sink.post (self->sink.arg, "watchdog", answer);
}

//  Bytes of as much of a text as a title may be
static size_t
s_title_size (const char *text)
{
    size_t size = 0;
    for (int characters = 0; text[size]; size++)
        if (((unsigned char) text[size] & 0xc0) != 0x80 && ++characters > TITLE_MOST)
            break;
    return size;
}

//  The door numbers it, and it comes back as a submission; once, by this id
static void
s_open_other (const decider_t *self, const case_t *file, json_t *message, const procedure_move_t *move)
{
    char id[100], text[200];
    json_t *arguments = json_object_get (message, "arguments");
    const char *title = move->opens.title            ? s_text (arguments, move->opens.title)
                        : file->secrecy < CARD_CLEAR ? file->title
                                                     : file->number;
    snprintf (id, sizeof id, "%lld/%d", (long long) file->case_no, file->version);
    snprintf (text, sizeof text, "%s: %s", file->number, move->title_zh);
    json_t *open = json_pack (
        "{ss ss sI ss ss ss% ss si ss ss? so* sI sO ss sO?}", "kind", "open", "id", id, "parent",
        (json_int_t) file->case_no, "procedure", move->opens.procedure, "case_kind", move->opens.kind,
        "title", title, s_title_size (title), "text", text, "secrecy", file->secrecy, "source", file->source,
        "actor", file->submitter, "area", file->area ? json_string (file->area) : NULL, "occurred_at",
        json_integer_value (json_object_get (message, "recorded_at")), "recorded_at",
        json_object_get (message, "recorded_at"), "cause", id, "trace", json_object_get (message, "trace"));
    assert (open);
    self->sink.post (self->sink.arg, "intake", open);
}

void
effects_tell (const decider_t *self, case_t *file, json_t *message, const procedure_move_t *move)
{
    if (move->answers)
        s_answer (self, file, message, move);
    if (move->opens.procedure)
        s_open_other (self, file, message, move);
    if (move->merges)
        merge_go_on (self, file, message, move);
}
