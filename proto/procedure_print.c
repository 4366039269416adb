//  procedure_print - the picture of a procedure: Graphviz dot, and Markdown for proto/README.md
//
//  Both are generated, so that the picture cannot say anything else than the file; a test compares.

#include "proto/procedure_parts.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
s_print_list (FILE *out, const char *const *names)
{
    for (size_t index = 0; names[index]; index++)
        fprintf (out, "%s`%s`", index ? ", " : "", names[index]);
    if (!*names)
        fputs ("–", out);
}

//  The commands that lead from one state to another, in both languages if wanted; false if there is none
static bool
s_print_commands (FILE *out, const procedure_t *self, const char *from, const char *to)
{
    bool any = false;
    for (size_t index = 0; index < self->move_count; index++) {
        const procedure_move_t *move = &self->moves[index];
        if (!move->to || strcmp (move->to, to) != 0 || !list_has (move->from, from))
            continue;
        if (out)
            fprintf (out, "%s%s %s", any ? ", " : "", move->command, move->title_zh);
        any = true;
    }
    return any;
}

char *
procedure_dot (const procedure_t *self)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream (&text, &size);
    assert (out);
    fprintf (out, "digraph %s {\n    rankdir=LR;\n    node [shape=box, style=rounded];\n", self->name);
    fprintf (out, "    begin [shape=point];\n    begin -> %s;\n", self->initial);
    for (size_t index = 0; index < self->state_count; index++)
        fprintf (out, "    %s [label=\"%s\\n%s\"%s];\n", self->states[index].name,
                 self->states[index].title_zh, self->states[index].title_en,
                 self->states[index].end ? ", peripheries=2" : "");
    for (size_t from = 0; from < self->state_count; from++)
        for (size_t to = 0; to < self->state_count; to++) {
            const char *first = self->states[from].name, *last = self->states[to].name;
            if (!s_print_commands (NULL, self, first, last))
                continue;
            fprintf (out, "    %s -> %s [label=\"", first, last);
            s_print_commands (out, self, first, last);
            fputs ("\"];\n", out);
        }
    fputs ("}\n", out);
    fclose (out);
    return text;
}

static void
s_print_picture (FILE *out, const procedure_t *self)
{
    fprintf (out, "```mermaid\nstateDiagram-v2\n    [*] --> %s\n", self->initial);
    for (size_t index = 0; index < self->state_count; index++)
        fprintf (out, "    %s: %s %s\n", self->states[index].name, self->states[index].title_zh,
                 self->states[index].name);
    for (size_t from = 0; from < self->state_count; from++)
        for (size_t to = 0; to < self->state_count; to++) {
            const char *first = self->states[from].name, *last = self->states[to].name;
            if (!s_print_commands (NULL, self, first, last))
                continue;
            fprintf (out, "    %s --> %s: ", first, last);
            s_print_commands (out, self, first, last);
            fputc ('\n', out);
        }
    for (size_t index = 0; index < self->state_count; index++)
        if (self->states[index].end)
            fprintf (out, "    %s --> [*]\n", self->states[index].name);
    fputs ("```\n\n", out);
}

static void
s_print_states (FILE *out, const procedure_t *self)
{
    fputs ("| state | 状态 | | clocks that run |\n|---|---|---|---|\n", out);
    for (size_t index = 0; index < self->state_count; index++) {
        const procedure_state_t *state = &self->states[index];
        bool any = false;
        fprintf (out, "| `%s` | %s | %s | ", state->name, state->title_zh, state->title_en);
        for (size_t at = 0; at < self->clock_count; at++)
            if (procedure_clock_runs (&self->clocks[at], state->name)) {
                fprintf (out, "%s`%s`", any ? ", " : "", self->clocks[at].name);
                any = true;
            }
        fputs (any ? " |\n" : state->end ? "– (end) |\n" : "– |\n", out);
    }
}

static void
s_print_moves (FILE *out, const procedure_t *self)
{
    fputs ("\n| command | 操作 | from → to | by | needs | may have |\n|---|---|---|---|---|---|\n", out);
    for (size_t index = 0; index < self->move_count; index++) {
        const procedure_move_t *move = &self->moves[index];
        fprintf (out, "| `%s` | %s | ", move->command, move->title_zh);
        s_print_list (out, move->from);
        fprintf (out, " → %s%s%s | ", move->to ? "`" : "", move->to ? move->to : "stays",
                 move->to ? "`" : "");
        s_print_list (out, move->roles);
        fputs (" | ", out);
        s_print_list (out, move->needs);
        fputs (" | ", out);
        s_print_list (out, move->accepts);
        fputs (" |\n", out);
    }
}

static void
s_print_arguments (FILE *out, const procedure_t *self)
{
    static const char *const TYPES[] = {
        [ARGUMENT_TEXT] = "text",           [ARGUMENT_NAME] = "name",
        [ARGUMENT_COUNT] = "integer 1–999", [ARGUMENT_MOMENT] = "time with zone",
        [ARGUMENT_CHOICE] = "one of ",
    };
    fputs ("\n| argument | 参数 | | type |\n|---|---|---|---|\n", out);
    for (size_t index = 0; index < self->argument_count; index++) {
        const procedure_argument_t *argument = &self->arguments[index];
        fprintf (out, "| `%s` | %s | %s | %s", argument->name, argument->title_zh, argument->title_en,
                 TYPES[argument->type]);
        if (argument->values)
            s_print_list (out, argument->values);
        fputs (" |\n", out);
    }
}

static void
s_print_clocks (FILE *out, const procedure_t *self)
{
    fputs ("\n| clock | 时限 | runs in | term | ladder |\n|---|---|---|---|---|\n", out);
    for (size_t index = 0; index < self->clock_count; index++) {
        const procedure_clock_t *clock = &self->clocks[index];
        fprintf (out, "| `%s` | %s | ", clock->name, clock->title_zh);
        s_print_list (out, clock->states);
        if (clock->budget)
            fprintf (out, " | %d %s", clock->budget, clock->unit);
        else
            fprintf (out, " | `%s`, else %d %s", clock->budget_field, clock->budget_default, clock->unit);
        fprintf (out, " | `%s` |\n", clock->ladder);
    }
}

static void
s_print_notices (FILE *out, const procedure_t *self)
{
    fputs ("\n| on | notice | to |\n|---|---|---|\n", out);
    for (size_t index = 0; index < self->notice_count; index++) {
        const procedure_notice_t *notice = &self->notices[index];
        fprintf (out, "| `%s` | `%s`%s%s | ", notice->on, notice->template,
                 notice->confirm ? ", delivery is waited for" : "", notice->urgent ? ", urgent" : "");
        s_print_list (out, notice->to);
        fputs (" |\n", out);
    }
}

static void
s_print_people (FILE *out, const procedure_t *self)
{
    fputs ("\n| role | 角色 | | |\n|---|---|---|---|\n", out);
    for (size_t index = 0; index < self->role_count; index++)
        fprintf (out, "| `%s` | %s | %s | %s |\n", self->roles[index].name, self->roles[index].title_zh,
                 self->roles[index].title_en, self->roles[index].of_unit ? "of the case's unit" : "");
    fputs ("| `submitter` | 提出人 | the source and person that submitted it | built in |\n"
           "| `system` | 系统 | duban itself | built in |\n",
           out);
    fputs ("\n| kind | 类别 | |\n|---|---|---|\n", out);
    for (size_t index = 0; index < self->kind_count; index++)
        fprintf (out, "| `%s` | %s | %s |\n", self->kinds[index].name, self->kinds[index].title_zh,
                 self->kinds[index].title_en);
}

char *
procedure_markdown (const procedure_t *self)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream (&text, &size);
    assert (out);
    fprintf (out, "### `%s` version %d: %s / %s\n\n", self->name, self->version, self->title_zh,
             self->title_en);
    s_print_picture (out, self);
    s_print_states (out, self);
    s_print_moves (out, self);
    s_print_arguments (out, self);
    s_print_clocks (out, self);
    s_print_notices (out, self);
    s_print_people (out, self);
    fclose (out);
    return text;
}
