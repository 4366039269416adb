//  procedure_print - a procedure as tables in Markdown
//
//  Generated, so that what is written about a procedure cannot say anything else than its file; a test compares.

#include "proto/procedure_words.h"
#include "proto/shelf.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void
s_states (const words_t *to, const procedure_t *self)
{
    fputs ("| state | 状态 | | clocks that run |\n|---|---|---|---|\n", to->out);
    for (size_t index = 0; index < self->state_count; index++) {
        const procedure_state_t *state = &self->states[index];
        bool any = false;
        fprintf (to->out, "| `%s` | %s | %s | ", state->name, state->title_zh, state->title_en);
        for (size_t at = 0; at < self->clock_count; at++)
            if (procedure_clock_runs (&self->clocks[at], state->name)) {
                fprintf (to->out, "%s`%s`%s", any ? ", " : "", self->clocks[at].name,
                         procedure_clock_is_paused (&self->clocks[at], state->name) ? " (stands still)" : "");
                any = true;
            }
        fputs (any ? " |\n" : state->end ? "– (end) |\n" : "– |\n", to->out);
    }
}

static void
s_cell (const words_t *to)
{
    fputs (" | ", to->out);
}

static void
s_moves (const words_t *to, const procedure_t *self)
{
    fputs (
        "\n| command | 操作 | from → to | by | needs | may have | if | and |\n|---|---|---|---|---|---|---|---|\n",
        to->out);
    for (size_t index = 0; index < self->move_count; index++) {
        const procedure_move_t *move = &self->moves[index];
        fprintf (to->out, "| `%s` | %s | ", move->command, move->title_zh);
        words_list (to, move->from);
        fprintf (to->out, " → %s%s%s | ", move->to ? "`" : "", move->to ? move->to : "stays",
                 move->to ? "`" : "");
        words_list (to, move->roles);
        s_cell (to);
        words_list (to, move->needs);
        s_cell (to);
        words_list (to, move->accepts);
        s_cell (to);
        words_conditions (to, move);
        s_cell (to);
        words_effects (to, move);
        fputs (" |\n", to->out);
    }
}

static void
s_arguments (const words_t *to, const procedure_t *self)
{
    if (*self->opening_needs || *self->opening_accepts) {
        fputs ("\nA submission needs ", to->out);
        words_list (to, self->opening_needs);
        fputs ("; it may have ", to->out);
        words_list (to, self->opening_accepts);
        fputs (".\n", to->out);
    }
    fputs ("\n| argument | 参数 | | type |\n|---|---|---|---|\n", to->out);
    for (size_t index = 0; index < self->argument_count; index++) {
        const procedure_argument_t *argument = &self->arguments[index];
        fprintf (to->out, "| `%s` | %s | %s | ", argument->name, argument->title_zh, argument->title_en);
        words_type (to, argument);
        fputs (" |\n", to->out);
    }
}

static void
s_clocks (const words_t *to, const procedure_t *self)
{
    fputs ("\n| clock | 时限 | | runs in | term | ladder |\n|---|---|---|---|---|---|\n", to->out);
    for (size_t index = 0; index < self->clock_count; index++) {
        const procedure_clock_t *clock = &self->clocks[index];
        fprintf (to->out, "| `%s` | %s | %s | ", clock->name, clock->title_zh, clock->title_en);
        words_list (to, clock->states);
        s_cell (to);
        words_term (to, clock);
        fprintf (to->out, " | `%s` |\n", clock->ladder);
    }
}

static void
s_notices (const words_t *to, const procedure_t *self)
{
    fputs ("\n| on | notice | to |\n|---|---|---|\n", to->out);
    for (size_t index = 0; index < self->notice_count; index++) {
        const procedure_notice_t *notice = &self->notices[index];
        fprintf (to->out, "| `%s` | `%s`%s%s | ", notice->on, notice->template,
                 notice->confirm ? ", delivery is waited for" : "", notice->urgent ? ", urgent" : "");
        words_list (to, notice->to);
        fputs (" |\n", to->out);
    }
}

static void
s_people (const words_t *to, const procedure_t *self)
{
    fputs ("\n| role | 角色 | | |\n|---|---|---|---|\n", to->out);
    for (size_t index = 0; index < self->role_count; index++) {
        const role_t *role = &self->roles[index];
        fprintf (to->out, "| `%s` | %s | %s | %s |\n", role->name, role->title_zh, role->title_en,
                 role->of_unit      ? "of the case's unit"
                 : role->of_co_unit ? "of its co-units"
                                    : "");
    }
    fputs ("| `submitter` | 提出人 | the source and person that submitted it | built in |\n"
           "| `system` | 系统 | duban itself | built in |\n",
           to->out);
    fputs ("\n| kind | 类别 | |\n|---|---|---|\n", to->out);
    for (size_t index = 0; index < self->kind_count; index++)
        fprintf (to->out, "| `%s` | %s | %s |\n", self->kinds[index].name, self->kinds[index].title_zh,
                 self->kinds[index].title_en);
}

static void
s_procedure (const words_t *to, const procedure_t *self)
{
    fprintf (to->out, "## `%s` version %d: %s / %s\n\n", self->name, self->version, self->title_zh,
             self->title_en);
    procedure_mermaid (self, to->out);
    s_states (to, self);
    s_moves (to, self);
    s_arguments (to, self);
    s_clocks (to, self);
    s_notices (to, self);
    s_people (to, self);
}

char *
procedure_markdown (const procedure_t *self)
{
    char *text = NULL;
    size_t size = 0;
    words_t to = { open_memstream (&text, &size), "`", false };
    assert (to.out);
    s_procedure (&to, self);
    fclose (to.out);
    return text;
}

//  --------------------------------------------------------------------------
//  All of a folder

static const char HEAD[] =
    "# Procedures 办理程序\n\n"
    "**Generated** from the files of this folder by `make procedures`; a unit test compares. What each member of a "
    "file\nmeans is said in [proto/README.md](../README.md), its shape in "
    "[procedure.json](../schemas/procedure.json).\n\n"
    "`<name>.json` is what new cases get. `former/<name>-<version>.json` are earlier versions, which the cases that "
    "began\nwith them keep: who changes a file raises its version and puts the old one into `former/`. `dubanctl "
    "procedure check FILE`\nsays whether a file is good. 办理程序即数据:修改时提高版本号,旧版本移入 "
    "`former/`,在办事项沿用原版本。\n\n"
    "| procedure | 程序 | | version | before |\n|---|---|---|---|---|\n";

static bool
s_is_newest (const shelf_t *self, const procedure_t *one)
{
    return one == shelf_newest (self, one->name);
}

char *
shelf_markdown (const shelf_t *self)
{
    char *text = NULL;
    size_t size = 0;
    words_t to = { open_memstream (&text, &size), "`", false };
    assert (to.out);
    fputs (HEAD, to.out);
    for (size_t index = 0; index < shelf_count (self); index++) {
        const procedure_t *one = shelf_at (self, index);
        if (!s_is_newest (self, one))
            continue;
        fprintf (to.out, "| [`%s`](%s.json) | %s | %s | %d | ", one->name, one->name, one->title_zh,
                 one->title_en, one->version);
        bool any = false;
        for (size_t before = 0; before < index; before++)
            if (strcmp (shelf_at (self, before)->name, one->name) == 0) {
                int version = shelf_at (self, before)->version;
                fprintf (to.out, "%s[%d](former/%s-%d.json)", any ? ", " : "", version, one->name, version);
                any = true;
            }
        fputs (any ? " |\n" : "– |\n", to.out);
    }
    for (size_t index = 0; index < shelf_count (self); index++)
        if (s_is_newest (self, shelf_at (self, index))) {
            fputc ('\n', to.out);
            s_procedure (&to, shelf_at (self, index));
        }
    fclose (to.out);
    return text;
}
