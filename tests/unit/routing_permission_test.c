//  routing_permission_test - who may move a case: a table of persons and moves

#include "services/routing/permission.h"
#include "tests/unit/routing_desk.h"

static void
test_roles_units_and_the_submitter_decide (void **state)
{
    (void) state;
    static const struct {
        const char *source, *actor, *role, *unit, *case_unit, *submitter, *state, *command;
        bool allowed;
    } CASES[] = {
        { "console", "li", "intake_officer", NULL, NULL, "wang", "received", "accept", true },
        { "console", "li", "chief", NULL, NULL, "wang", "received", "accept", false },
        { "console", "li", NULL, NULL, NULL, "wang", "received", "accept", false },
        //  a role of a unit counts only for the case's unit
        { "console", "su", "handler", "flood", "flood", "wang", "handling", "draft", true },
        { "console", "su", "handler", "fire", "flood", "wang", "handling", "draft", false },
        { "console", "su", "handler", NULL, "flood", "wang", "handling", "draft", false },
        { "console", "su", "handler", "flood", NULL, "wang", "handling", "draft", false },
        { "console", "su", "handler", "flo", "flood", "wang", "handling", "draft", false },
        //  one that is not of a unit counts everywhere
        { "console", "re", "reviewer", "fire", "flood", "wang", "drafted", "review", true },
        //  the submitter: the same source and person
        { "app", "wang", NULL, NULL, NULL, "wang", "received", "withdraw", true },
        { "app", "zhou", NULL, NULL, NULL, "wang", "received", "withdraw", false },
        { "app", NULL, NULL, NULL, NULL, "wang", "received", "withdraw", false },
        { "console", "wang", NULL, NULL, NULL, "wang", "received", "withdraw", false },
        { "app", NULL, NULL, NULL, NULL, NULL, "received", "withdraw", true },
        { "app", "zhou", NULL, NULL, NULL, NULL, "received", "withdraw", true },
        //  the built-in roles cannot be given to anybody
        { "console", "x", "submitter", NULL, NULL, "wang", "received", "withdraw", false },
        { "console", "x", "system", NULL, NULL, "wang", "signed", "delivered", false },
    };
    desk_test_t desk;
    desk_open (&desk);
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        case_t file = { .procedure = desk.procedure };
        case_set (&file.source, "app");
        case_set (&file.submitter, CASES[index].submitter);
        case_set (&file.unit, CASES[index].case_unit);
        json_t *message =
            json_pack ("{ss ss? s[s*] ss?}", "source", CASES[index].source, "actor", CASES[index].actor,
                       "roles", CASES[index].role, "unit", CASES[index].unit);
        const procedure_move_t *move =
            procedure_move (desk.procedure, CASES[index].state, CASES[index].command);
        assert_non_null (move);
        if (permission_allows (&file, message, move) != CASES[index].allowed)
            fail_msg ("row %zu", index);
        json_decref (message);
        case_set (&file.source, NULL);
        case_set (&file.submitter, NULL);
        case_set (&file.unit, NULL);
    }
    desk_close (&desk);
}

static void
test_any_of_several_roles_is_enough (void **state)
{
    (void) state;
    desk_test_t desk;
    desk_open (&desk);
    case_t file = { .procedure = desk.procedure };
    case_set (&file.source, "app");
    const procedure_move_t *move = procedure_move (desk.procedure, "accepted", "approve");
    json_t *message = json_pack ("{ss sn s[sss] sn}", "source", "console", "actor", "roles", "reviewer",
                                 "duty_officer", "deputy_chief", "unit");
    assert_true (permission_allows (&file, message, move));
    json_array_remove (json_object_get (message, "roles"), 2);
    assert_false (permission_allows (&file, message, move));
    json_decref (message);
    case_set (&file.source, NULL);
    desk_close (&desk);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_roles_units_and_the_submitter_decide),
        cmocka_unit_test (test_any_of_several_roles_is_enough),
    };
    return cmocka_run_group_tests_name ("permission", tests, NULL, NULL);
}
