//  procedure_picture - the picture of a procedure: Graphviz dot, and a Mermaid block for README

#include "proto/procedure_parts.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void
procedure_mermaid (const procedure_t *self, FILE *out)
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
