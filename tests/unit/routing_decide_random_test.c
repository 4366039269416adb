//  routing_decide_random_test - random people say random things about a case; whatever they say, the case
//  keeps to its procedure and its clocks, versions and messages keep to the case
//
//  SEED=n replays one life of a case.

#include "proto/schema.h"
#include "tests/unit/routing_life.h"

//  --------------------------------------------------------------------------
//  What must hold

//  What is said to others fits its schema
static void
s_check_posts (const life_t *life)
{
    static const char *const KINDS[] = { "answer", "case_event", "clock", "notice", "refused" };
    static schema_t *schemas[sizeof KINDS / sizeof *KINDS];
    size_t index, kind;
    json_t *post;
    json_array_foreach (life->desk.posts, index, post) {
        json_t *message = json_object_get (post, "message");
        for (kind = 0; strcmp (KINDS[kind], desk_text (message, "kind")) != 0;)
            CHECK (++kind < sizeof KINDS / sizeof *KINDS);
        char path[100], error[400] = "";
        snprintf (path, sizeof path, "proto/schemas/internal/%s.json", KINDS[kind]);
        schemas[kind] = schemas[kind] ? schemas[kind] : schema_load (path, error, sizeof error);
        CHECK (schemas[kind]);
        problem_t *problem = problem_new (PROBLEM_INVALID, NULL);
        if (!schema_check (schemas[kind], message, "", problem)) {
            json_dumpf (problem_json (problem), stderr, 0);
            json_dumpf (message, stderr, 0);
            fail_msg ("%s does not fit its schema (replay: SEED=%llu)", KINDS[kind],
                      (unsigned long long) s_seed);
        }
        problem_destroy (&problem);
    }
}

//  Names in a field of the case as it was before the step
static bool
s_had (const life_t *life, const char *field, const char *name)
{
    json_t *fields = json_loads (life->fields, 0, NULL), *one;
    size_t index;
    bool found = false;
    json_array_foreach (json_object_get (fields, field), index, one)
        found |= name && !strcmp (json_string_value (one), name);
    json_decref (fields);
    return found;
}

static bool
s_was_accused (const life_t *life, json_t *message)
{
    return s_had (life, "accused", desk_text (message, "actor")) ||
           s_had (life, "accused_units", desk_text (message, "unit"));
}

//  By the procedure's words alone, without the code that decides
static bool
s_may (const life_t *life, json_t *message, const procedure_move_t *move)
{
    const char *role = json_string_value (json_array_get (json_object_get (message, "roles"), 0));
    const char *unit = desk_text (message, "unit"), *actor = desk_text (message, "actor");
    bool submitter =
        !strcmp (desk_text (message, "source"), "app") && actor && !strcmp (actor, "supervisor.wang");
    if (s_was_accused (life, message) || s_had (life, "recused", actor))
        return false;
    for (const char *const *allowed = move->roles; *allowed; allowed++) {
        const char *held = procedure_role_held (life->desk.procedure, *allowed);
        if (!strcmp (*allowed, "submitter") && submitter)
            return true;
        if (!role || strcmp (held, role) != 0 || !strcmp (role, "submitter") || !strcmp (role, "system"))
            continue;
        if (procedure_role_is_of_co_unit (life->desk.procedure, *allowed) ? s_had (life, "co_units", unit)
            : procedure_role_is_of_unit (life->desk.procedure, *allowed)
                ? unit && life->unit && !strcmp (unit, life->unit)
                : true)
            return true;
    }
    return false;
}

//  Is the ledger well formed: times in order, and does a term stand still exactly where it should?
static bool
s_stands_still (json_t *ledger)
{
    size_t index;
    json_t *entry;
    bool stands = false;
    json_array_foreach (ledger, index, entry) {
        const char *op = desk_text (entry, "op");
        CHECK (strcmp (op, "suspend") != 0 || !stands);
        CHECK (strcmp (op, "resume") != 0 || stands);
        stands = !strcmp (op, "suspend") || (stands && strcmp (op, "resume") != 0);
        bool counted = !strcmp (op, "extend") || !strcmp (op, "floor");
        CHECK (counted == (json_integer_value (json_object_get (entry, "budget")) > 0));
    }
    return stands;
}

//  Within one term the ledger only grows
static bool
s_has_grown (json_t *before, json_t *after)
{
    bool grown = json_array_size (before) <= json_array_size (after);
    for (size_t index = 0; grown && index < json_array_size (before); index++)
        grown = json_equal (json_array_get (before, index), json_array_get (after, index));
    return grown;
}

static void
s_check_clock_fact (life_t *life, json_t *fact)
{
    const char *name = desk_text (fact, "name");
    size_t index = 0;
    while (strcmp (procedure_clock_at (life->desk.procedure, index)->name, name) != 0)
        index++;
    const procedure_clock_t *said = procedure_clock_at (life->desk.procedure, index);
    clock_state_t *clock = &life->clocks[index];
    bool running = json_is_true (json_object_get (fact, "running"));
    int version = (int) json_integer_value (json_object_get (fact, "version"));
    json_int_t anchor = json_integer_value (json_object_get (fact, "anchor"));
    json_int_t budget = json_integer_value (json_object_get (fact, "budget"));
    json_t *ledger = json_object_get (fact, "ledger");
    CHECK (version > clock->version && version == life->file->version);
    CHECK (running || clock->running);
    CHECK (budget > 0 && json_is_object (json_object_get (fact, "card")));
    CHECK (json_is_null (json_object_get (fact, "stopped_at")) == running);
    CHECK (s_stands_still (ledger) == (running && procedure_clock_is_paused (said, life->file->state)));
    if (!running)
        CHECK (anchor == clock->anchor && budget == clock->budget);
    if (anchor == clock->anchor && clock->ledger && said->again != AGAIN_RESTART)
        CHECK (json_array_size (ledger) == 0 || s_has_grown (clock->ledger, ledger));
    if (said->again == AGAIN_KEEP_MIN && clock->version) //  a return or a transfer never resets it
        CHECK (anchor == clock->anchor || !life->unit || !procedure_clock_runs (said, life->state));
    json_decref (clock->ledger);
    *clock = (clock_state_t){ running, version, anchor, budget, json_deep_copy (ledger) };
}

static bool
s_should_run (const life_t *life, const procedure_clock_t *clock)
{
    return procedure_clock_runs (clock, life->file->state) &&
           (!clock->if_field || case_field (life->file, clock->if_field)) &&
           (!clock->unless_field || !case_field (life->file, clock->unless_field));
}

static void
s_check_clocks (life_t *life)
{
    json_t *post, *records = json_object_get (life->file->fields, "clocks");
    size_t index, running = 0;
    json_array_foreach (life->desk.posts, index, post)
        if (!strcmp (desk_text (json_object_get (post, "message"), "kind"), "clock"))
            s_check_clock_fact (life, json_object_get (post, "message"));
    for (index = 0; index < procedure_clock_count (life->desk.procedure); index++) {
        const procedure_clock_t *clock = procedure_clock_at (life->desk.procedure, index);
        json_t *record = json_object_get (records, clock->name);
        CHECK (life->clocks[index].running == s_should_run (life, clock));
        CHECK (life->clocks[index].running == (record && !json_object_get (record, "stopped_at")));
        if (life->clocks[index].running) //  what the watchdog was told last is what the case keeps
            CHECK (json_equal (life->clocks[index].ledger, json_object_get (record, "ledger")));
        running += life->clocks[index].running;
    }
    bool end = procedure_state (life->desk.procedure, life->file->state)->end;
    CHECK (!end || !running);
    CHECK (end == (life->file->closed_at != MOMENT_NONE));
}

static void
s_check_nothing_changed (const life_t *life)
{
    char *fields = json_dumps (life->file->fields, JSON_SORT_KEYS);
    CHECK (!strcmp (fields, life->fields));
    CHECK (!strcmp (life->state, life->file->state));
    CHECK (life->version == life->file->version && life->closed_at == life->file->closed_at);
    CHECK (!life->unit == !life->file->unit && (!life->unit || !strcmp (life->unit, life->file->unit)));
    CHECK (life->desk.logged == 0);
    free (fields);
}

static void
s_check_move (const life_t *life, json_t *message)
{
    const char *kind = desk_text (message, "kind");
    bool rung = !strcmp (kind, "rung"), delivered = !strcmp (kind, "delivered");
    CHECK (life->file->version == life->version + 1);
    if (rung) {
        CHECK (life->desk.logged == 1 && life->desk.version == life->version + 1);
        CHECK (!strcmp (life->state, life->file->state));
        return;
    }
    const char *command = delivered ? "delivered" : desk_text (message, "command");
    const procedure_move_t *move = procedure_move (life->desk.procedure, life->state, command);
    CHECK (move != NULL);
    CHECK (life->desk.logged == (move->merges ? 2 : 1));
    CHECK (move->merges || life->desk.version == life->version + 1);
    int answers;
    desk_post (&life->desk, "answer", &answers);
    CHECK (answers == (int) move->answers);
    CHECK (!strcmp (life->file->state, move->to ? move->to : life->state));
    CHECK (delivered || s_may (life, message, move));
    int events;
    json_t *event = desk_post (&life->desk, "case_event", &events);
    CHECK (events >= 1 && events <= (move->merges ? 5 : 3));
    CHECK (json_integer_value (json_object_get (event, "version")) == life->file->version);
    CHECK (!strcmp (desk_text (event, "source"), "app") && !strcmp (desk_text (event, "event"), command));
}

static void
s_check_unit (const life_t *life)
{
    static const char *const WITH_UNIT[] = { "assigned", "handling", "drafted",
                                             "reviewed", "signed",   "answered" };
    for (size_t index = 0; index < sizeof WITH_UNIT / sizeof *WITH_UNIT; index++)
        CHECK (strcmp (life->file->state, WITH_UNIT[index]) != 0 || life->file->unit);
    CHECK (!case_lists (life->file, "accused_units", life->file->unit));
    json_t *co_units = json_object_get (life->file->fields, "co_units"), *unit;
    size_t at;
    json_array_foreach (co_units, at, unit)
        CHECK (!case_lists (life->file, "accused_units", json_string_value (unit)));
}

//  --------------------------------------------------------------------------

static void
s_remember (life_t *life)
{
    free (life->fields);
    free (life->unit);
    snprintf (life->state, sizeof life->state, "%s", life->file->state);
    life->fields = json_dumps (life->file->fields, JSON_SORT_KEYS);
    life->unit = life->file->unit ? strdup (life->file->unit) : NULL;
    life->version = life->file->version;
    life->closed_at = life->file->closed_at;
}

static void
s_step (life_t *life)
{
    s_remember (life);
    life->now += (moment_t) s_random (48) * HOUR_US / 4;
    json_t *message = s_random_message (life);
    desk_clear (&life->desk);
    decided_t decided = decide_message (&life->desk.decider, life->file, message);
    int refused;
    desk_post (&life->desk, "refused", &refused);
    CHECK (refused == (decided == DECIDED_REFUSED));
    if (decided == DECIDED_MOVED)
        s_check_move (life, message);
    else {
        s_check_nothing_changed (life);
        CHECK ((int) json_array_size (life->desk.posts) == refused);
    }
    if (decided == DECIDED_WAITS && !s_was_accused (life, message))
        CHECK (json_integer_value (json_object_get (message, "expected_version")) > life->version);
    s_check_clocks (life);
    s_check_unit (life);
    if (s_seed % 20 == 1) //  it takes its time
        s_check_posts (life);
    json_decref (message);
}

static bool s_reached[64]; //  states, over all lives

static void
s_live (life_t *life, uint64_t seed)
{
    s_seed = s_state = seed;
    life->now = DESK_NOW;
    memset (life->clocks, 0, sizeof life->clocks);
    life->other = desk_case (&life->desk, "the same flood", 1);
    life->other->case_no = OTHER_NO;
    case_set (&life->other->number, OTHER_NUMBER);
    desk_clear (&life->desk);
    life->file = desk_case (&life->desk, "flood in the underpass", 1);
    CHECK (life->desk.logged == 1 && life->file->version == 1 && life->file->added);
    s_check_clocks (life);
    for (int step = 0; step < STEPS; step++) {
        s_step (life);
        for (size_t index = 0; index < procedure_state_count (life->desk.procedure); index++)
            s_reached[index] |=
                !strcmp (life->file->state, procedure_state_at (life->desk.procedure, index)->name);
    }
    for (size_t index = 0; index < MAX_CLOCKS; index++)
        json_decref (life->clocks[index].ledger);
    case_destroy (&life->file);
    case_destroy (&life->other);
}

static case_t *
s_on_find (void *arg, int64_t case_no)
{
    life_t *life = (life_t *) arg; //  the desk is its first member
    return case_no == OTHER_NO ? life->other : case_no == 12 ? life->file : NULL;
}

static void
test_whatever_is_said_the_case_keeps_to_its_procedure_and_its_clocks_to_the_case (void **state)
{
    (void) state;
    life_t life = { 0 };
    desk_open (&life.desk);
    life.desk.decider.sink.find = s_on_find;
    case_number_write (OTHER_NUMBER, "JM", 2026, OTHER_NO);
    const char *seed = getenv ("SEED");
    if (seed)
        s_live (&life, strtoull (seed, NULL, 10));
    for (uint64_t number = 1; !seed && number <= LIVES; number++)
        s_live (&life, number);
    for (size_t index = 0; !seed && index < procedure_state_count (life.desk.procedure); index++)
        if (!s_reached[index])
            fail_msg ("no life came to %s", procedure_state_at (life.desk.procedure, index)->name);
    free (life.fields);
    free (life.unit);
    desk_close (&life.desk);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_whatever_is_said_the_case_keeps_to_its_procedure_and_its_clocks_to_the_case),
    };
    return cmocka_run_group_tests_name ("routing decides, at random", tests, NULL, NULL);
}
