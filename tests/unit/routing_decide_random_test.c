//  routing_decide_random_test - random people say random things about a case; whatever they say, the case
//  keeps to its procedure and its clocks, versions and messages keep to the case
//
//  SEED=n replays one life of a case.

#include "proto/case_number.h"
#include "proto/event.h"
#include "tests/unit/routing_desk.h"

#define LIVES      2000
#define STEPS      80
#define MAX_CLOCKS 16

static uint64_t s_seed, s_state;

static uint32_t
s_random (uint32_t below)
{
    uint64_t mixed = s_state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return (uint32_t) ((mixed ^ (mixed >> 31)) >> 32) % below;
}

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fail_msg ("%s (replay: SEED=%llu)", #condition, (unsigned long long) s_seed);                    \
    } while (0)

typedef struct {
    const char *source, *actor, *role, *unit;
} person_t;

static const person_t PEOPLE[] = {
    { "app", "supervisor.wang", NULL, NULL },
    { "app", "supervisor.zhou", NULL, NULL },
    { "app", NULL, NULL, NULL },
    { "console", "intake.lin", "intake_officer", NULL },
    { "console", "chief", "chief", NULL },
    { "console", "deputy", "deputy_chief", NULL },
    { "console", "flood.head", "unit_head", "flood" },
    { "console", "flood.su", "handler", "flood" },
    { "console", "fire.head", "unit_head", "fire" },
    { "console", "fire.he", "handler", "fire" },
    { "console", "reviewer", "reviewer", NULL },
    { "console", "signatory", "signatory", "fire" },
    { "console", "caller", "review_officer", NULL },
    { "console", "impostor", "system", NULL },
    { "console", "impostor", "submitter", NULL },
    { "console", "lost", "handler", NULL },
    { "console", "escalation", "escalation_officer", NULL },
    { "console", "inspector", "discipline", NULL },
};
#define PERSON_COUNT (sizeof PEOPLE / sizeof *PEOPLE)

typedef struct {
    bool running;
    int version; //  of the last statement
    json_int_t anchor, budget;
    json_t *ledger;
} clock_state_t;

typedef struct {
    desk_test_t desk;
    case_t *file, *other; //  other: what it may be merged into
    moment_t now;
    clock_state_t clocks[MAX_CLOCKS];
    //  --- before the step
    char state[64], *fields, *unit;
    int version;
    moment_t closed_at;
} life_t;

//  --------------------------------------------------------------------------
//  What is said

#define OTHER_NO 13
static char OTHER_NUMBER[CASE_NUMBER_TEXT];

static json_t *
s_wrong_value (void)
{
    static const char *const TEXTS[] = { "", "\xe7\x81\xab", "2026-02-30T00:00:00Z", "banana" };
    switch (s_random (4)) {
    case 0:
        return json_integer ((json_int_t) s_random (3000) - 1000);
    case 1:
        return json_true ();
    case 2:
        return json_null ();
    default:
        return json_string (TEXTS[s_random (4)]);
    }
}

static json_t *
s_value (const life_t *life, const procedure_argument_t *argument)
{
    static const char *const UNITS[] = { "flood", "fire" };
    char text[32];
    size_t count = 0;
    if (s_random (40) == 0)
        return s_wrong_value ();
    switch (argument->type) {
    case ARGUMENT_COUNT:
    case ARGUMENT_NUMBER:
        return json_integer (1 + s_random (999));
    case ARGUMENT_NAME:
        return json_string (UNITS[s_random (2)]);
    case ARGUMENT_NAMES:
        if (!strcmp (argument->name, "accused"))
            return json_pack ("[s]", s_random (2) ? "signatory" : "flood.su");
        return json_pack (s_random (3) ? "[s]" : "[ss]", "training", "flood");
    case ARGUMENT_HASH:
        return json_string ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    case ARGUMENT_CASE:
        return json_string (s_random (3) ? OTHER_NUMBER : "JM-2026-000012-3");
    case ARGUMENT_FLAG:
        return json_boolean (s_random (2));
    case ARGUMENT_MOMENT:
        event_time_write (life->now + ((moment_t) s_random (100) - 95) * HOUR_US / 50, text);
        return json_string (text);
    case ARGUMENT_CHOICE:
        while (argument->values[count])
            count++;
        return json_string (argument->values[s_random ((uint32_t) count)]);
    default:
        return json_string ("积水");
    }
}

static void
s_add_arguments (const life_t *life, json_t *arguments, const char *const *names, uint32_t given_of_20)
{
    for (; *names; names++)
        if (s_random (20) < given_of_20)
            json_object_set_new (arguments, *names,
                                 s_value (life, procedure_argument (life->desk.procedure, *names)));
}

//  Anybody, or more often somebody who has one of the roles
static const person_t *
s_person (const life_t *life, const procedure_move_t *move)
{
    const person_t *person = &PEOPLE[s_random (PERSON_COUNT)];
    for (int attempt = s_random (3) ? 20 : 0; attempt; attempt--) {
        for (const char *const *role = move->roles; *role; role++)
            if (person->role && !strcmp (person->role, *role) &&
                (!person->unit || !life->unit || !strcmp (person->unit, life->unit)))
                return person;
        person = &PEOPLE[s_random (PERSON_COUNT)];
    }
    return person;
}

static const procedure_move_t *
s_random_move (const procedure_t *procedure)
{
    return procedure_move_at (procedure, s_random ((uint32_t) procedure_move_count (procedure)));
}

//  Not now; or now, but ends or obstructs a life that is to be a long one
static bool
s_is_unlikely (const life_t *life, const procedure_move_t *move)
{
    const procedure_t *procedure = life->desk.procedure;
    if (procedure_move (procedure, life->state, move->command) != move)
        return s_random (20);
    bool ends =
        move->to && procedure_state (procedure, move->to)->end && strcmp (life->state, "answered") != 0;
    return (ends || !strcmp (move->command, "accuse") || !strcmp (move->command, "recuse")) && s_random (12);
}

static json_t *
s_random_command (const life_t *life)
{
    const procedure_t *procedure = life->desk.procedure;
    const procedure_move_t *move = s_random_move (procedure);
    for (int attempt = 0; attempt < 30 && s_is_unlikely (life, move); attempt++)
        move = s_random_move (procedure);
    const person_t *person = s_person (life, move);
    json_t *arguments = json_object ();
    s_add_arguments (life, arguments, move->needs, 19);
    s_add_arguments (life, arguments, move->accepts, 6);
    if (s_random (30) == 0)
        json_object_set_new (arguments, s_random (2) ? "colour" : "a/b~\xe7\x81\xab", s_wrong_value ());
    json_t *message = desk_command (s_random (50) ? move->command : "opened", person->role, person->unit,
                                    arguments, life->now);
    json_object_set_new (message, "source", json_string (person->source));
    json_object_set_new (message, "actor", person->actor ? json_string (person->actor) : json_null ());
    if (s_random (4) == 0)
        json_object_set_new (message, "expected_version",
                             json_integer (life->version + (int) s_random (6) / 2 - 1));
    return message;
}

static json_t *
s_random_message (const life_t *life)
{
    if (s_random (15) == 0)
        return json_pack ("{ss sI ss ss ss sI sI}", "kind", "rung", "case", (json_int_t) 12, "clock",
                          s_random (2) ? "handling" : "return_window", "rung",
                          s_random (2) ? "D10" : "breach", "level", "red", "due_at", (json_int_t) life->now,
                          "fired_at", (json_int_t) life->now);
    if (s_random (10) == 0)
        return json_pack ("{ss ss sI sI}", "kind", "delivered", "key", "12/answer/9", "case", (json_int_t) 12,
                          "delivered_at", (json_int_t) life->now);
    return s_random_command (life);
}

//  --------------------------------------------------------------------------
//  What must hold

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
