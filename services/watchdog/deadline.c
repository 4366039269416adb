//  deadline - one clock as the watchdog keeps it

#include "services/watchdog/deadline.h"
#include "common/term_ledger.h"
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BUDGET  10000000
#define LAST_MOMENT 253402300799999999LL //  the end of year 9999
#define MAX_WORD    60
#define MAX_EARLIER 1000

//  A short text of the message, or NULL
static const char *
s_word (json_t *message, const char *name)
{
    const char *text = json_string_value (json_object_get (message, name));
    return text && *text && strlen (text) <= MAX_WORD ? text : NULL;
}

static bool
s_in_range (json_t *message, const char *name, json_int_t least, json_int_t most)
{
    json_t *value = json_object_get (message, name);
    return json_is_integer (value) && json_integer_value (value) >= least &&
           json_integer_value (value) <= most;
}

//  The unit, and what belongs to it: the ledger counts in it, until needs a date
static const char *
s_term_problem (json_t *message)
{
    ledger_entry_t entries[LEDGER_MOST];
    size_t count;
    unit_t unit;
    const char *text = s_word (message, "unit");
    if (!text || !unit_parse (text, &unit))
        return "unit";
    if (unit == UNIT_UNTIL && !s_in_range (message, "due_at", 1, LAST_MOMENT))
        return "due_at";
    if (json_object_get (message, "earlier") && !s_in_range (message, "earlier", 0, MAX_EARLIER))
        return "earlier";
    return ledger_from_json (json_object_get (message, "ledger"), unit, entries, &count) ? "ledger" : NULL;
}

static const char *
s_problem (json_t *message)
{
    static const struct {
        const char *name;
        json_int_t least, most;
    } NUMBERS[] = { { "case", 0, INT64_MAX },
                    { "version", 0, INT_MAX },
                    { "anchor", 0, LAST_MOMENT },
                    { "budget", 0, MAX_BUDGET } };
    for (size_t index = 0; index < sizeof NUMBERS / sizeof *NUMBERS; index++)
        if (!s_in_range (message, NUMBERS[index].name, NUMBERS[index].least, NUMBERS[index].most))
            return NUMBERS[index].name;
    if (!s_word (message, "name"))
        return "name";
    if (!s_word (message, "ladder"))
        return "ladder";
    if (!json_is_boolean (json_object_get (message, "running")))
        return "running";
    json_t *stopped_at = json_object_get (message, "stopped_at");
    if (stopped_at && !json_is_null (stopped_at) && !s_in_range (message, "stopped_at", 0, LAST_MOMENT))
        return "stopped_at";
    if (!json_is_string (json_object_get (json_object_get (message, "card"), "number")))
        return "card";
    return s_term_problem (message);
}

//  What the notices need, and the trace that they continue
static json_t *
s_card (json_t *message)
{
    json_t *card = json_copy (json_object_get (message, "card"));
    if (json_integer_value (json_object_get (card, "secrecy")) >= DEADLINE_SECRET)
        json_object_del (card, "title");
    json_t *trace = json_object_get (message, "trace");
    if (json_is_string (trace))
        json_object_set (card, "trace", trace);
    return card;
}

static char *
s_copy (const char *text)
{
    char *copy = strdup (text);
    assert (copy);
    return copy;
}

bool
deadline_read_ledger (deadline_t *self)
{
    ledger_entry_t entries[LEDGER_MOST];
    unit_t unit;
    free (self->ledger);
    self->ledger = NULL;
    self->ledger_count = 0;
    if (!strcmp (self->ledger_text, "[]"))
        return true;
    json_t *list = json_loads (self->ledger_text, 0, NULL);
    bool good = list && unit_parse (self->unit, &unit) &&
                !ledger_from_json (list, unit, entries, &self->ledger_count);
    json_decref (list);
    if (!good)
        self->ledger_count = 0;
    if (self->ledger_count) {
        self->ledger = malloc (self->ledger_count * sizeof *self->ledger);
        assert (self->ledger);
        memcpy (self->ledger, entries, self->ledger_count * sizeof *self->ledger);
    }
    return good;
}

term_t
deadline_term (const deadline_t *self)
{
    term_t term = { .anchor = self->anchor,
                    .budget = self->budget,
                    .rule = self->rule,
                    .ledger = self->ledger,
                    .ledger_count = self->ledger_count,
                    .due_at = self->due_at,
                    .earlier = self->earlier };
    unit_parse (self->unit, &term.unit); //  it was one when it came in
    return term;
}

//  The ledger of a fact, as text and read
static void
s_take_ledger (deadline_t *self, json_t *message)
{
    json_t *list = json_object_get (message, "ledger");
    self->ledger_text = json_array_size (list) ? json_dumps (list, JSON_COMPACT) : s_copy ("[]");
    assert (self->ledger_text);
    deadline_read_ledger (self);
}

deadline_t *
deadline_from_fact (json_t *message, const char *calendar, calendar_rule_t rule, const char **problem)
{
    *problem = s_problem (message);
    if (*problem)
        return NULL;
    deadline_t *self = calloc (1, sizeof *self);
    assert (self);
    json_t *stopped_at = json_object_get (message, "stopped_at"),
           *due_at = json_object_get (message, "due_at");
    *self = (deadline_t){ .case_no = json_integer_value (json_object_get (message, "case")),
                          .name = s_copy (s_word (message, "name")),
                          .version = (int) json_integer_value (json_object_get (message, "version")),
                          .running = json_is_true (json_object_get (message, "running")),
                          .anchor = json_integer_value (json_object_get (message, "anchor")),
                          .budget = (int) json_integer_value (json_object_get (message, "budget")),
                          .unit = s_copy (s_word (message, "unit")),
                          .ladder = s_copy (s_word (message, "ladder")),
                          .stopped_at =
                              json_is_integer (stopped_at) ? json_integer_value (stopped_at) : MOMENT_NONE,
                          .due_at = json_is_integer (due_at) ? json_integer_value (due_at) : MOMENT_NONE,
                          .earlier = (int) json_integer_value (json_object_get (message, "earlier")),
                          .rule = rule,
                          .calendar = s_copy (calendar),
                          .due_date = DAY_NONE,
                          .next_rung = -1,
                          .next_rung_at = MOMENT_NONE,
                          .card = s_card (message) };
    self->card_text = json_dumps (self->card, JSON_COMPACT);
    assert (self->card_text);
    s_take_ledger (self, message);
    return self;
}

void
deadline_destroy (deadline_t **self_p)
{
    if (!*self_p)
        return;
    deadline_t *self = *self_p;
    free (self->name);
    free (self->unit);
    free (self->ladder);
    free (self->calendar);
    free (self->card_text);
    free (self->ledger_text);
    free (self->ledger);
    json_decref (self->card);
    questions_reset (&self->questions);
    free (self);
    *self_p = NULL;
}

json_t *
deadline_card (deadline_t *self)
{
    if (!self->card) {
        self->card = json_loads (self->card_text, 0, NULL);
        if (!json_is_object (self->card)) {
            json_decref (self->card);
            self->card = json_object ();
        }
    }
    return self->card;
}
