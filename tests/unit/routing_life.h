//  routing_life - random people, and the random things that they say about a case
#pragma once
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
