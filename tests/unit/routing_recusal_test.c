//  routing_recusal_test - who may not act on a case or hear of it; and cases that go on as another one

#include "tests/unit/routing_trial.h"

#define UNTIL   "{\"until\":\"2026-12-31\"}"
#define ACCUSED "{\"until\":\"2026-12-31\",\"accused\":[\"officer.li\"],\"accused_units\":[\"flood\"]}"

static json_t *
s_by (const trial_t *trial, const char *command, const char *actor, const char *role, const char *unit)
{
    json_t *message = desk_command (command, role, unit, json_object (), trial->now);
    json_object_set_new (message, "actor", json_string (actor));
    return message;
}

static void
test_to_the_accused_a_case_answers_as_one_that_never_came (void **state)
{
    (void) state;
    static const struct {
        const char *actor, *unit;
        decided_t decided;
    } CASES[] = { { "officer.li", NULL, DECIDED_WAITS },
                  { "officer.li", "fire", DECIDED_WAITS },
                  { "anybody", "flood", DECIDED_WAITS },
                  { "anybody", "fire", DECIDED_MOVED } };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        trial_t trial;
        trial_open (&trial, ACCUSED, NULL);
        int version = trial.file->version;
        json_t *message = s_by (&trial, "wipe", CASES[index].actor, "officer", CASES[index].unit);
        assert_int_equal (desk_tell (&trial.desk, trial.file, message), CASES[index].decided);
        bool waits = CASES[index].decided == DECIDED_WAITS;
        assert_int_equal (trial.file->version, waits ? version : version + 1);
        if (waits)
            assert_int_equal (json_array_size (trial.desk.posts), 0);
        //  nor does a wrong version, an unknown command or a wrong argument tell that it is there
        message = s_by (&trial, "fly", CASES[index].actor, "officer", CASES[index].unit);
        json_object_set_new (message, "expected_version", json_integer (0));
        assert_int_equal (desk_tell (&trial.desk, trial.file, message),
                          waits ? DECIDED_WAITS : DECIDED_REFUSED);
        trial_close (&trial);
    }
}

static void
test_who_stands_aside_is_told_so (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "aside", "{}");
    trial_must_not (&trial, "wipe", "{}", "forbidden");
    json_t *problem = json_object_get (desk_post (&trial.desk, "refused", NULL), "problem");
    assert_string_equal (desk_text (problem, "detail"), "the person stands aside in this case");
    json_t *message = s_by (&trial, "tell", "another", "officer", NULL);
    assert_int_equal (desk_tell (&trial.desk, trial.file, message), DECIDED_MOVED);
    json_t *not_to = json_object_get (desk_post (&trial.desk, "notice", NULL), "not_to");
    assert_string_equal (json_string_value (json_array_get (json_object_get (not_to, "persons"), 0)),
                         "officer.li");
    trial_close (&trial);
}

static void
test_the_accused_unit_gets_the_case_from_nobody (void **state)
{
    (void) state;
    static const struct {
        const char *arguments, *pointer; //  NULL: is taken
    } CASES[] = { { "{\"unit\":\"flood\"}", "/data/arguments/unit" },
                  { "{\"unit\":\"fire\",\"co_units\":[\"training\",\"flood\"]}", "/data/arguments/co_units" },
                  { "{\"unit\":\"fire\",\"co_units\":[\"training\"]}", NULL } };
    trial_t trial;
    trial_open (&trial, "{\"until\":\"2026-12-31\",\"accused_units\":[\"flood\"]}", NULL);
    assert_null (json_object_get (trial.file->fields, "proposed_unit")); //  the rules would have proposed it
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        if (!CASES[index].pointer) {
            trial_must (&trial, "give", CASES[index].arguments);
            continue;
        }
        trial_must_not (&trial, "give", CASES[index].arguments, "invalid");
        json_t *problem = json_object_get (desk_post (&trial.desk, "refused", NULL), "problem");
        json_t *error = json_array_get (json_object_get (problem, "errors"), 0);
        assert_string_equal (desk_text (error, "pointer"), CASES[index].pointer);
    }
    trial_close (&trial);
}

static void
test_who_is_accused_later_leads_no_more_and_takes_part_no_more (void **state)
{
    (void) state;
    trial_t trial;
    trial_open (&trial, UNTIL, NULL);
    trial_must (&trial, "give", "{\"unit\":\"flood\",\"co_units\":[\"fire\",\"training\"]}");
    trial_must (&trial, "tell", "{\"accused_units\":[\"fire\"]}");
    assert_string_equal (trial.file->unit, "flood");
    assert_int_equal (json_array_size (json_object_get (trial.file->fields, "co_units")), 1);
    trial_must (&trial, "tell", "{\"accused_units\":[\"flood\",\"training\"]}");
    assert_null (trial.file->unit);
    assert_null (json_object_get (trial.file->fields, "co_units"));
    json_t *fact = trial_clock (&trial, "opinions_due"),
           *card = json_object_get (trial_clock (&trial, "work"), "card");
    assert_true (json_is_false (json_object_get (fact, "running"))); //  nobody owes it any more
    assert_true (json_is_null (json_object_get (card, "unit")));
    assert_int_equal (json_array_size (json_object_get (json_object_get (card, "not_to"), "units")), 2);
    trial_must_not (&trial, "give", "{}", "invalid"); //  it must name a unit now
    trial_close (&trial);
}

static void
test_a_unit_brought_with_the_submission_is_no_accused_one (void **state)
{
    (void) state;
    for (int accused = 0; accused < 2; accused++) {
        trial_t trial;
        trial_open (&trial,
                    accused ? "{\"until\":\"2026-12-31\",\"unit\":\"fire\",\"accused_units\":[\"fire\"]}"
                            : "{\"until\":\"2026-12-31\",\"unit\":\"fire\"}",
                    NULL);
        assert_int_equal (trial.file->unit == NULL, accused);
        trial_close (&trial);
    }
}

//  --------------------------------------------------------------------------
//  Merging

static void
s_open_both (trial_t *trial, char arguments[100])
{
    char number[CASE_NUMBER_TEXT];
    case_number_write (number, "JM", 2026, TRIAL_OTHER);
    trial_open (trial, UNTIL, NULL);
    trial->other = trial_case (
        trial, UNTIL, "{\"case\":13,\"source\":\"hotline\",\"actor\":null,\"title\":\"the same again\"}");
    case_set (&trial->other->number, number);
    snprintf (arguments, 100, "{\"into\":\"%s\"}", number);
}

static void
test_a_case_does_not_go_on_as_what_it_cannot (void **state)
{
    (void) state;
    enum { GOOD, UNKNOWN, ITSELF, OVER, LESS_SECRET, ACCUSED_THERE, ASIDE_THERE, COUNT };
    static const char *const SAYS[] = { NULL,          "no case of this number", "as itself",   "is over",
                                        "less secret", "no case of this number", "stands aside" };
    for (int why = 0; why < COUNT; why++) {
        trial_t trial;
        char arguments[100], own[CASE_NUMBER_TEXT];
        s_open_both (&trial, arguments);
        case_number_write (own, "JM", 2026, why == ITSELF ? 12 : 999);
        if (why == UNKNOWN || why == ITSELF)
            snprintf (arguments, sizeof arguments, "{\"into\":\"%s\"}", own);
        if (why == OVER)
            case_set (&trial.other->state, "done");
        trial.file->secrecy = why == LESS_SECRET ? 2 : 1;
        if (why == ACCUSED_THERE || why == ASIDE_THERE)
            json_object_set_new (trial.other->fields, why == ASIDE_THERE ? "recused" : "accused",
                                 json_pack ("[s]", "officer.li"));
        if (why == GOOD)
            trial_must (&trial, "merge", arguments);
        else {
            trial_must_not (&trial, "merge", arguments, "not-now");
            json_t *problem = json_object_get (desk_post (&trial.desk, "refused", NULL), "problem");
            if (!strstr (desk_text (problem, "detail"), SAYS[why]))
                fail_msg ("%s", desk_text (problem, "detail"));
        }
        trial_close (&trial);
    }
}

static void
test_a_merge_names_a_case_in_the_right_form (void **state)
{
    (void) state;
    trial_t trial;
    char arguments[100];
    s_open_both (&trial, arguments);
    trial_must_not (&trial, "merge", "{}", "invalid");
    trial_must_not (&trial, "merge", "{\"into\":\"13\"}", "invalid");
    trial_close (&trial);
}

static void
test_both_submitters_are_told_of_what_goes_on_each_once (void **state)
{
    (void) state;
    trial_t trial;
    char arguments[100];
    s_open_both (&trial, arguments);
    trial_must (&trial, "merge", arguments);
    assert_int_equal (trial.desk.logged, 2);
    assert_string_equal (trial.desk.event, "merged"); //  in the other's log
    assert_string_equal (desk_text (json_object_get (trial.desk.canonical, "arguments"), "merged"),
                         trial.file->number);
    assert_string_equal (trial.file->state, "done");
    assert_true (trial.file->closed_at == trial.now && trial.other->changed);
    //  another case of the same source, and one of the other's own submitter: nobody hears twice
    for (int number = 20; number < 23; number++) {
        case_t *merged = trial.file;
        char more[100];
        snprintf (more, sizeof more, "{\"case\":%d,\"source\":\"%s\"%s}", number,
                  number == 22 ? "hotline" : "app", number == 22 ? ",\"actor\":null" : "");
        case_destroy (&merged);
        trial.file = trial_case (&trial, UNTIL, more);
        trial_must (&trial, "merge", arguments);
    }
    case_t *going = trial.file;
    trial.file = trial.other;
    trial_must (&trial, "tell", "{\"grade\":\"a\"}");
    trial.file = going;
    static const char *const KEYS[] = { "13/told/6", "13/told/6+1" }; //  a letter for each
    json_t *post;
    size_t index, letters = 0, heard = 0;
    json_array_foreach (trial.desk.posts, index, post) {
        json_t *notice = json_object_get (post, "message"), *to = json_object_get (notice, "to"), *one;
        size_t at, submitters = 0;
        if (strcmp (desk_text (notice, "kind"), "notice") != 0)
            continue;
        assert_true (letters < 2);
        assert_string_equal (desk_text (notice, "key"), KEYS[letters]);
        json_array_foreach (to, at, one)
            submitters += json_is_true (json_object_get (one, "submitter"));
        assert_int_equal (submitters, 1);
        letters++;
    }
    assert_int_equal (letters, 2); //  hotline itself, and supervisor.wang of app
    json_array_foreach (trial.desk.posts, index, post) {
        json_t *event = json_object_get (post, "message");
        bool is_event = !strcmp (desk_text (event, "kind"), "case_event");
        heard += is_event && !strcmp (desk_text (event, "source"), "app");
        if (is_event && !strcmp (desk_text (event, "source"), "app"))
            assert_int_equal (json_object_size (json_object_get (event, "details")), 0);
    }
    assert_int_equal (heard, 1);
    trial_close (&trial);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_to_the_accused_a_case_answers_as_one_that_never_came),
        cmocka_unit_test (test_who_stands_aside_is_told_so),
        cmocka_unit_test (test_the_accused_unit_gets_the_case_from_nobody),
        cmocka_unit_test (test_who_is_accused_later_leads_no_more_and_takes_part_no_more),
        cmocka_unit_test (test_a_unit_brought_with_the_submission_is_no_accused_one),
        cmocka_unit_test (test_a_case_does_not_go_on_as_what_it_cannot),
        cmocka_unit_test (test_a_merge_names_a_case_in_the_right_form),
        cmocka_unit_test (test_both_submitters_are_told_of_what_goes_on_each_once),
    };
    return cmocka_run_group_tests_name ("recusal and merging", tests, NULL, NULL);
}
