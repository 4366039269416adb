//  procedure_read - from the JSON of a procedure to its parts
//
//  The shape has been checked, so every member is there and of its type. Texts are borrowed from the JSON.

#include "proto/procedure_parts.h"
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct block {
    block_t *next;
    max_align_t memory[];
};

static void *
s_allocate (procedure_t *self, size_t size)
{
    block_t *block = calloc (1, sizeof *block + size);
    assert (block);
    block->next = self->blocks;
    self->blocks = block;
    return block->memory;
}

static const char *
s_text (const json_t *object, const char *member)
{
    return json_string_value (json_object_get (object, member));
}

static bool
s_flag (const json_t *object, const char *member)
{
    return json_is_true (json_object_get (object, member));
}

static int
s_number (const json_t *object, const char *member)
{
    return (int) json_integer_value (json_object_get (object, member));
}

//  The names in an array, or the member "name" of its objects; NULL-terminated, empty if the member is absent
static const char *const *
s_names (procedure_t *self, const json_t *object, const char *member)
{
    const json_t *array = json_object_get (object, member);
    const char **names = s_allocate (self, (json_array_size (array) + 1) * sizeof *names);
    for (size_t index = 0; index < json_array_size (array); index++) {
        const json_t *item = json_array_get (array, index);
        names[index] = json_is_object (item) ? s_text (item, "name") : json_string_value (item);
    }
    return names;
}

//  The shape has it as one of these
static unsigned
s_one_of (const char *const *names, unsigned count, const char *name)
{
    unsigned index = 0;
    while (index + 1 < count && strcmp (names[index], name) != 0)
        index++;
    return index;
}

static procedure_argument_type_t
s_argument_type (const char *name)
{
    static const char *const NAMES[] = {
        [ARGUMENT_TEXT] = "text",   [ARGUMENT_NAME] = "name",     [ARGUMENT_NAMES] = "names",
        [ARGUMENT_COUNT] = "count", [ARGUMENT_NUMBER] = "number", [ARGUMENT_MOMENT] = "moment",
        [ARGUMENT_DATE] = "date",   [ARGUMENT_CHOICE] = "choice", [ARGUMENT_FLAG] = "flag",
        [ARGUMENT_HASH] = "hash",   [ARGUMENT_CASE] = "case",
    };
    return s_one_of (NAMES, sizeof NAMES / sizeof *NAMES, name);
}

static procedure_again_t
s_again (const char *name)
{
    static const char *const NAMES[] = {
        [AGAIN_RESTART] = "restart", [AGAIN_KEEP] = "keep", [AGAIN_KEEP_MIN] = "keep_min"
    };
    return name ? s_one_of (NAMES, sizeof NAMES / sizeof *NAMES, name) : AGAIN_RESTART;
}

static void
s_read_kind (procedure_t *self, const json_t *from, size_t index)
{
    self->kinds[index] = (kind_t){ s_text (from, "name"), s_text (from, "zh"), s_text (from, "en") };
}

static void
s_read_role (procedure_t *self, const json_t *from, size_t index)
{
    self->roles[index] =
        (role_t){ s_text (from, "name"),    s_text (from, "zh"),         s_text (from, "en"),
                  s_flag (from, "of_unit"), s_flag (from, "of_co_unit"), s_text (from, "as") };
}

static void
s_read_argument (procedure_t *self, const json_t *from, size_t index)
{
    self->arguments[index] = (procedure_argument_t){
        .name = s_text (from, "name"),
        .title_zh = s_text (from, "zh"),
        .title_en = s_text (from, "en"),
        .type = s_argument_type (s_text (from, "type")),
        .values = json_object_get (from, "values") ? s_names (self, from, "values") : NULL,
        .secret = s_flag (from, "secret"),
    };
}

static void
s_read_state (procedure_t *self, const json_t *from, size_t index)
{
    self->states[index] = (procedure_state_t){ s_text (from, "name"), s_text (from, "zh"),
                                               s_text (from, "en"), s_flag (from, "end") };
}

static const procedure_condition_t *
s_conditions (procedure_t *self, const json_t *array)
{
    procedure_condition_t *conditions = s_allocate (self, (json_array_size (array) + 1) * sizeof *conditions);
    for (size_t index = 0; index < json_array_size (array); index++) {
        const json_t *from = json_array_get (array, index);
        bool valued = json_object_get (from, "values") != NULL;
        conditions[index] = (procedure_condition_t){ .field = s_text (from, "field"),
                                                     .set = valued || s_flag (from, "set"),
                                                     .values = valued ? s_names (self, from, "values") : NULL,
                                                     .title_zh = s_text (from, "zh"),
                                                     .title_en = s_text (from, "en") };
    }
    return conditions;
}

static void
s_read_effects (procedure_t *self, const json_t *from, procedure_move_t *move)
{
    const json_t *extends = json_object_get (from, "extends"), *advances = json_object_get (from, "advances"),
                 *opens = json_object_get (from, "opens");
    move->answers = s_flag (from, "answers");
    move->when = s_conditions (self, json_object_get (from, "when"));
    move->when_count = json_array_size (json_object_get (from, "when"));
    move->marks = json_object_get (from, "marks");
    move->clears = s_names (self, from, "clears");
    move->restarts = s_names (self, from, "restarts");
    move->tells = s_names (self, from, "tells");
    move->collects = s_text (from, "collects");
    move->merges = s_text (from, "merges");
    move->extends.clock = s_text (extends, "clock");
    move->extends.by = s_text (extends, "by");
    move->extends.times = s_number (extends, "times");
    move->advances.field = s_text (advances, "field");
    move->advances.by = s_number (advances, "by");
    move->advances.unit = s_text (advances, "unit");
    move->opens.procedure = s_text (opens, "procedure");
    move->opens.kind = s_text (opens, "kind");
    move->opens.title = s_text (opens, "title");
}

static void
s_read_move (procedure_t *self, const json_t *from, size_t index)
{
    self->moves[index] = (procedure_move_t){
        .command = s_text (from, "command"),
        .from = s_names (self, from, "from"),
        .to = s_text (from, "to"),
        .roles = s_names (self, from, "roles"),
        .needs = s_names (self, from, "needs"),
        .accepts = s_names (self, from, "accepts"),
        .sets = s_names (self, from, "sets"),
        .clears_unit = s_flag (from, "clears_unit"),
        .at = s_text (from, "at"),
        .title_zh = s_text (from, "zh"),
        .title_en = s_text (from, "en"),
    };
    s_read_effects (self, from, &self->moves[index]);
}

static void
s_read_clock (procedure_t *self, const json_t *from, size_t index)
{
    self->clocks[index] = (procedure_clock_t){
        .name = s_text (from, "name"),
        .title_zh = s_text (from, "zh"),
        .title_en = s_text (from, "en"),
        .states = s_names (self, from, "states"),
        .budget = s_number (from, "budget"),
        .budget_field = s_text (from, "budget_field"),
        .budget_default = s_number (from, "budget_default"),
        .unit = s_text (from, "unit"),
        .ladder = s_text (from, "ladder"),
        .until_field = s_text (from, "until_field"),
        .earlier = s_number (from, "earlier"),
        .from_field = s_text (from, "from_field"),
        .paused_in = s_names (self, from, "paused_in"),
        .again = s_again (s_text (from, "again")),
        .at_least = s_number (from, "at_least"),
        .debtor = s_text (from, "debtor"),
        .on_breach = s_text (from, "on_breach"),
        .if_field = s_text (from, "if_field"),
        .unless_field = s_text (from, "unless_field"),
    };
}

static void
s_read_notice (procedure_t *self, const json_t *from, size_t index)
{
    self->notices[index] = (procedure_notice_t){
        .on = s_text (from, "on"),
        .template = s_text (from, "template"),
        .to = s_names (self, from, "to"),
        .confirm = s_flag (from, "confirm"),
        .urgent = s_flag (from, "urgent"),
    };
}

//  Allocates the parts of one member of the file
static void *
s_parts (procedure_t *self, const char *member, size_t size, size_t *count)
{
    *count = json_array_size (json_object_get (self->root, member));
    return s_allocate (self, (*count + 1) * size);
}

static void
s_each (procedure_t *self, const char *member, void (*read) (procedure_t *, const json_t *, size_t))
{
    const json_t *array = json_object_get (self->root, member);
    for (size_t index = 0; index < json_array_size (array); index++)
        read (self, json_array_get (array, index), index);
}

void
procedure_read (procedure_t *self)
{
    self->name = s_text (self->root, "name");
    self->version = s_number (self->root, "version");
    self->initial = s_text (self->root, "initial");
    self->title_zh = s_text (self->root, "zh");
    self->title_en = s_text (self->root, "en");
    self->kinds = s_parts (self, "kinds", sizeof *self->kinds, &self->kind_count);
    self->roles = s_parts (self, "roles", sizeof *self->roles, &self->role_count);
    self->arguments = s_parts (self, "arguments", sizeof *self->arguments, &self->argument_count);
    self->states = s_parts (self, "states", sizeof *self->states, &self->state_count);
    self->moves = s_parts (self, "moves", sizeof *self->moves, &self->move_count);
    self->clocks = s_parts (self, "clocks", sizeof *self->clocks, &self->clock_count);
    self->notices = s_parts (self, "notices", sizeof *self->notices, &self->notice_count);
    const json_t *opening = json_object_get (self->root, "opening");
    self->opening_needs = s_names (self, opening, "needs");
    self->opening_accepts = s_names (self, opening, "accepts");
    s_each (self, "kinds", s_read_kind);
    s_each (self, "roles", s_read_role);
    s_each (self, "arguments", s_read_argument);
    s_each (self, "states", s_read_state);
    s_each (self, "moves", s_read_move);
    s_each (self, "clocks", s_read_clock);
    s_each (self, "notices", s_read_notice);
}

void
procedure_forget (procedure_t *self)
{
    while (self->blocks) {
        block_t *block = self->blocks;
        self->blocks = block->next;
        free (block);
    }
    json_decref (self->root);
}
