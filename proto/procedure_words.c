//  procedure_words - what the parts of a procedure say in few words

#include "proto/procedure_words.h"
#include <string.h>

static const char *
s_say (const words_t *self, const char *en, const char *zh)
{
    return self->chinese ? zh : en;
}

void
words_name (const words_t *self, const char *name)
{
    fprintf (self->out, "%s%s%s", self->quote, name, self->quote);
}

void
words_list (const words_t *self, const char *const *names)
{
    for (size_t index = 0; names[index]; index++) {
        fputs (index ? ", " : "", self->out);
        words_name (self, names[index]);
    }
    if (!*names)
        fputs ("–", self->out);
}

void
words_conditions (const words_t *self, const procedure_move_t *move)
{
    for (size_t index = 0; index < move->when_count; index++) {
        const procedure_condition_t *condition = &move->when[index];
        fputs (index ? ", " : "", self->out);
        if (!condition->set)
            fputs (s_say (self, "no ", "无 "), self->out);
        words_name (self, condition->field);
        for (size_t at = 0; condition->values && condition->values[at]; at++)
            fprintf (self->out, "%s%s", at ? " / " : " = ", condition->values[at]);
    }
    if (!move->when_count)
        fputs ("–", self->out);
}

//  --- what a move does

//  What begins each thing that it does: "; " but for the first
static void
s_begin (const words_t *self, bool *any, const char *en, const char *zh)
{
    fprintf (self->out, "%s%s ", *any ? "; " : "", s_say (self, en, zh));
    *any = true;
}

static void
s_list_if_any (const words_t *self, bool *any, const char *const *names, const char *const words[2])
{
    if (!*names)
        return;
    s_begin (self, any, words[0], words[1]);
    words_list (self, names);
}

static void
s_marks (const words_t *self, bool *any, const json_t *marks)
{
    const char *name, *between = "";
    json_t *value;
    if (!json_object_size (marks))
        return;
    s_begin (self, any, "marks", "标记");
    json_object_foreach ((json_t *) marks, name, value) {
        fputs (between, self->out);
        words_name (self, name);
        if (json_is_string (value))
            fprintf (self->out, " = %s", json_string_value (value));
        else if (json_is_false (value))
            fputs (" = false", self->out);
        between = ", ";
    }
}

static void
s_one_if_any (const words_t *self, bool *any, const char *name, const char *const words[2])
{
    const char *const names[] = { name, NULL };
    s_list_if_any (self, any, names, words);
}

//  before, number, after; each in both languages
static void
s_with_number (const words_t *self, int number, const char *const before[2], const char *const after[2])
{
    fprintf (self->out, "%s%d%s", s_say (self, before[0], before[1]), number,
             s_say (self, after[0], after[1]));
}

//  What needs more than a verb and names
static void
s_particular_effects (const words_t *self, bool *any, const procedure_move_t *move)
{
    if (move->extends.clock) {
        s_one_if_any (self, any, move->extends.clock, (const char *const[]){ "extends", "延长" });
        fprintf (self->out, " + ");
        words_name (self, move->extends.by);
        if (move->extends.times)
            s_with_number (self, move->extends.times, (const char *const[]){ " (at most ", "(至多 " },
                           (const char *const[]){ "×)", " 次)" });
    }
    if (move->advances.field) {
        s_one_if_any (self, any, move->advances.field, (const char *const[]){ "moves on", "顺延" });
        fprintf (self->out, " + %d %s", move->advances.by, move->advances.unit);
    }
    if (move->opens.procedure) {
        s_begin (self, any, "opens", "另立事项");
        words_name (self, move->opens.procedure);
        fputc ('/', self->out);
        words_name (self, move->opens.kind ? move->opens.kind : "-");
    }
    if (move->clears_unit)
        s_begin (self, any, "takes the unit away", "收回主办机构");
    if (move->answers)
        s_begin (self, any, "answers the ladder", "答复督办");
}

void
words_effects (const words_t *self, const procedure_move_t *move)
{
    bool any = false;
    const struct {
        const char *const *names;
        const char *words[2];
    } LISTS[] = { { move->sets, { "sets", "记入" } },
                  { move->clears, { "clears", "清除" } },
                  { move->restarts, { "restarts", "重新起算" } },
                  { move->tells, { "tells", "告知" } } };
    for (size_t index = 0; index < sizeof LISTS / sizeof *LISTS; index++)
        s_list_if_any (self, &any, LISTS[index].names, LISTS[index].words);
    s_marks (self, &any, move->marks);
    s_one_if_any (self, &any, move->collects, (const char *const[]){ "collects", "汇集" });
    s_one_if_any (self, &any, move->merges, (const char *const[]){ "merges it into", "并入" });
    s_one_if_any (self, &any, move->at, (const char *const[]){ "happened at", "发生于" });
    s_particular_effects (self, &any, move);
    if (!any)
        fputs ("–", self->out);
}

//  --- clocks

static const char *
s_unit (const words_t *self, const char *unit)
{
    static const struct {
        const char *unit, *en, *zh;
    } UNITS[] = { { "working_day", "working days", "个工作日" },
                  { "calendar_day", "calendar days", "日" },
                  { "hour", "hours", "小时" },
                  { "minute", "minutes", "分钟" },
                  { "office_hour", "office hours", "工作小时" },
                  { "month", "months", "个月" },
                  { "year", "years", "年" } };
    for (size_t index = 0; index < sizeof UNITS / sizeof *UNITS; index++)
        if (strcmp (UNITS[index].unit, unit) == 0)
            return s_say (self, UNITS[index].en, UNITS[index].zh);
    return unit;
}

static void
s_length (const words_t *self, const procedure_clock_t *clock)
{
    const char *unit = s_unit (self, clock->unit);
    if (clock->until_field) {
        fputs (s_say (self, "until ", "至 "), self->out);
        words_name (self, clock->until_field);
        if (clock->earlier)
            s_with_number (self, clock->earlier, (const char *const[]){ ", ", ",提前 " },
                           (const char *const[]){ " working days earlier", " 个工作日" });
    } else if (clock->budget)
        fprintf (self->out, "%d %s", clock->budget, unit);
    else {
        words_name (self, clock->budget_field);
        fprintf (self->out, "%s%d %s", s_say (self, ", else ", ",默认 "), clock->budget_default, unit);
    }
}

void
words_term (const words_t *self, const procedure_clock_t *clock)
{
    const struct {
        const char *name, *words[2];
    } FIELDS[] = { { clock->from_field, { "from", "起算于" } },
                   { clock->if_field, { "only with", "仅当有" } },
                   { clock->unless_field, { "not with", "除非有" } },
                   { clock->debtor, { "owed by", "责任方" } },
                   { clock->on_breach, { "when it runs out:", "届满时:" } } };
    bool any = true;
    s_length (self, clock);
    s_list_if_any (self, &any, clock->paused_in, (const char *const[]){ "stands still in", "停计于" });
    for (size_t index = 0; index < sizeof FIELDS / sizeof *FIELDS; index++)
        if (FIELDS[index].name)
            s_one_if_any (self, &any, FIELDS[index].name, FIELDS[index].words);
    if (clock->again == AGAIN_KEEP)
        s_begin (self, &any, "goes on when it runs again", "再次进入时连续计算");
    if (clock->again == AGAIN_KEEP_MIN) {
        s_begin (self, &any, "goes on when it runs again, at least", "再次进入时连续计算,至少剩");
        fprintf (self->out, "%d", clock->at_least);
    }
}

//  --- arguments

void
words_type (const words_t *self, const procedure_argument_t *argument)
{
    static const struct {
        const char *en, *zh;
    } TYPES[] = {
        [ARGUMENT_TEXT] = { "text", "文本" },
        [ARGUMENT_NAME] = { "name", "名称" },
        [ARGUMENT_NAMES] = { "1–20 names", "1–20 个名称" },
        [ARGUMENT_COUNT] = { "integer 1–999", "整数 1–999" },
        [ARGUMENT_NUMBER] = { "integer from 0", "非负整数" },
        [ARGUMENT_MOMENT] = { "time with zone", "带时区的时间" },
        [ARGUMENT_DATE] = { "date", "日期" },
        [ARGUMENT_CHOICE] = { "one of ", "之一:" },
        [ARGUMENT_FLAG] = { "true or false", "是或否" },
        [ARGUMENT_HASH] = { "sha-256", "sha-256" },
        [ARGUMENT_CASE] = { "number of a case", "事项编号" },
    };
    fputs (s_say (self, TYPES[argument->type].en, TYPES[argument->type].zh), self->out);
    if (argument->values)
        words_list (self, argument->values);
    if (argument->secret)
        fputs (s_say (self, "; secret", ";不外示"), self->out);
}
