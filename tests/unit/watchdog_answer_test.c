//  watchdog_answer_test - what a ladder asked lapses, or is answered, whatever order things are told in

#include "tests/unit/watchdog_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
//
#include <cmocka.h>

#define DAY_US 86400000000LL

static int
s_setup (void **state)
{
    *state = stage_new ();
    return 0;
}

static int
s_teardown (void **state)
{
    stage_t *stage = *state;
    stage_destroy (&stage);
    return 0;
}

//  Delivered on Monday the 2nd, due on the 9th; D8 on Thursday the 12th, its answer on the 13th at 17:00, H+6 on the 17th
static deadline_t *
s_contact (stage_t *self, const char *until)
{
    deadline_t *clock = stage_clock (self, "first_contact", "first_contact", "2026-11-02 10:00", 5);
    assert_null (stage_restart (self, clock, clock->anchor));
    stage_run (self, clock, stage_moment (self, until));
    return clock;
}

//  When a rung is due next, or was due when it fired; "never" if neither
static const char *
s_when (const stage_t *self, const deadline_t *clock, const char *rung)
{
    static char text[20];
    strcpy (text, "never");
    for (size_t index = 0; index < self->count; index++)
        if (!strcmp (self->shots[index].rung, rung))
            stage_text (self, self->shots[index].due_at, text);
    const ladder_t *ladder = ladders_find (self->ladders, clock->ladder);
    if (clock->next_rung >= 0 && clock->next_rung < (int) ladder_count (ladder) &&
        !strcmp (ladder_rung (ladder, (size_t) clock->next_rung)->name, rung))
        stage_text (self, clock->next_rung_at, text);
    return text;
}

static int
s_times (const stage_t *self, const char *rung)
{
    int times = 0;
    for (size_t index = 0; index < self->count; index++)
        times += !strcmp (self->shots[index].rung, rung);
    return times;
}

//  --------------------------------------------------------------------------
//  What answers

static void
test_an_answer_counts_if_its_command_is_named_and_the_question_was_open (void **state)
{
    stage_t *self = *state;
    static const struct {
        const char *command, *at;
        moment_t more; //  microseconds
        const char *chief_at;
    } CASES[] = { { "instruct", "2026-11-12 08:30", 0,
                    "2026-11-17 08:30" }, //  at the very moment it is asked
                  { "instruct", "2026-11-12 10:00", 0, "2026-11-17 08:30" },
                  { "instruct", "2026-11-13 17:00", 0, "2026-11-17 08:30" },  //  at the last moment
                  { "instruct", "2026-11-13 17:00", 1, "2026-11-13 17:00" },  //  too late
                  { "instruct", "2026-11-12 08:30", -1, "2026-11-13 17:00" }, //  before it was asked
                  { "explain", "2026-11-12 10:00", 0, "2026-11-13 17:00" },   //  answers D6, not D8
                  { "sign_for", "2026-11-12 10:00", 0, "2026-11-13 17:00" } };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        moment_t at = stage_moment (self, CASES[index].at) + CASES[index].more;
        deadline_t *clock = s_contact (self, "2026-11-12 08:00");
        stage_run (self, clock, at - 1);
        stage_answer (self, CASES[index].command, at);
        stage_restart (self, clock, at);
        assert_false (watchdog_is_stale (clock, &self->world));
        stage_run (self, clock, stage_moment (self, "2026-11-20 00:00"));
        assert_string_equal (s_when (self, clock, "D11"), CASES[index].chief_at);
        assert_int_equal (s_times (self, "D11"), 1);
        assert_false (watchdog_is_stale (clock, &self->world));
        stage_clear (self);
        deadline_destroy (&clock);
    }
}

static void
test_who_has_signed_is_not_phoned (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-02 11:00");
    assert_string_equal (s_when (self, clock, "D0-phone"), "2026-11-03 17:00");
    stage_answer (self, "sign_for", stage_moment (self, "2026-11-02 11:00"));
    stage_restart (self, clock, stage_moment (self, "2026-11-02 11:00"));
    stage_run (self, clock, stage_moment (self, "2026-11-09 23:00"));
    assert_string_equal (stage_list (self), "D0 2026-11-02 10:00\nD3 2026-11-05 08:30\nD5 2026-11-09 08:30\n"
                                            "D5-phone 2026-11-09 11:30\n"); //  D5 asked anew
    deadline_destroy (&clock);
}

static void
test_the_same_answer_again_changes_nothing (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-12 09:00");
    for (int times = 0; times < 3; times++) {
        stage_answer (self, "instruct", stage_moment (self, "2026-11-12 09:00"));
        stage_restart (self, clock, stage_moment (self, "2026-11-12 09:00"));
        assert_string_equal (s_when (self, clock, "D11"), "2026-11-17 08:30");
    }
    assert_int_equal (s_times (self, "D8"), 1);
    deadline_destroy (&clock);
}

//  --------------------------------------------------------------------------
//  Order

static void
test_an_answer_that_comes_before_its_clock_counts (void **state)
{
    stage_t *self = *state;
    stage_answer (self, "sign_for", stage_moment (self, "2026-11-02 10:05"));
    deadline_t *clock = stage_clock (self, "first_contact", "first_contact", "2026-11-02 10:00", 5);
    stage_restart (self, clock, stage_moment (self, "2026-11-02 10:06"));
    stage_run (self, clock, stage_moment (self, "2026-11-05 09:00"));
    assert_string_equal (stage_list (self), "D0 2026-11-02 10:00\nD3 2026-11-05 08:30\n");
    deadline_destroy (&clock);
}

static void
test_what_lapsed_is_not_told_again_when_all_is_decided_anew (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-13 18:00");
    assert_int_equal (s_times (self, "D11"), 1);
    for (int version = 2; version < 5; version++) {
        clock->version = version;
        stage_restart (self, clock, stage_moment (self, "2026-11-13 18:00") + version);
        assert_string_equal (s_when (self, clock, "D11"), "2026-11-13 17:00");
    }
    stage_run (self, clock, stage_moment (self, "2026-11-20 00:00")); //  nor at H+6
    stage_restart (self, clock, stage_moment (self, "2026-11-20 00:00"));
    assert_int_equal (s_times (self, "D11"), 1);
    deadline_destroy (&clock);
}

static void
test_an_answer_in_time_that_is_told_after_the_lapse_does_not_tell_the_chief_twice (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-13 17:00");
    assert_int_equal (s_times (self, "D11"), 1);
    stage_answer (self, "instruct", stage_moment (self, "2026-11-13 16:59"));
    stage_restart (self, clock, stage_moment (self, "2026-11-13 17:01"));
    stage_run (self, clock, stage_moment (self, "2026-11-20 00:00"));
    stage_restart (self, clock, stage_moment (self, "2026-11-20 00:00"));
    assert_int_equal (s_times (self, "D11"), 1);
    deadline_destroy (&clock);
}

static void
test_who_was_asked_late_has_as_long_as_the_notice_says (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-11 00:00");
    stage_climb (self, clock,
                 stage_moment (self, "2026-11-13 18:00")); //  nobody looked since: D8 was due on the 12th
    const shot_t *asked = stage_shot (self, "D8", stage_moment (self, "2026-11-12 08:30"));
    assert_non_null (asked);
    assert_int_equal (asked->answer_by, stage_moment (self, "2026-11-16 17:00"));
    assert_string_equal (
        json_string_value (json_object_get (json_object_get (asked->notice, "arguments"), "r")),
        "2026-11-16 17:00");
    assert_string_equal (s_when (self, clock, "D11"), "2026-11-16 17:00");
    clock->version++; //  a promise is kept, whoever looks again
    stage_restart (self, clock, stage_moment (self, "2026-11-14 09:00"));
    assert_string_equal (s_when (self, clock, "D11"), "2026-11-16 17:00");
    stage_answer (self, "instruct", stage_moment (self, "2026-11-16 16:00"));
    stage_restart (self, clock, stage_moment (self, "2026-11-16 16:00"));
    assert_string_equal (s_when (self, clock, "D11"), "2026-11-17 08:30");
    deadline_destroy (&clock);
}

static void
test_what_fired_before_answers_were_kept_lapses_never (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-12 09:00");
    for (size_t index = 0; index < self->count; index++)
        self->shots[index].answer_by = MOMENT_NONE;
    clock->version++;
    stage_restart (self, clock, stage_moment (self, "2026-11-12 09:00"));
    assert_string_equal (s_when (self, clock, "D11"), "2026-11-17 08:30");
    deadline_destroy (&clock);
}

//  --------------------------------------------------------------------------
//  The clock moves on

static void
test_nothing_lapses_once_the_clock_has_stopped (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = s_contact (self, "2026-11-02 12:00");
    clock->running = false;
    clock->stopped_at = stage_moment (self, "2026-11-02 12:00");
    stage_restart (self, clock, stage_moment (self, "2026-11-10 12:00"));
    assert_int_equal (clock->next_rung, -1);
    assert_int_equal (self->count, 1);
    assert_int_equal (clock->questions.count, 0);
    deadline_destroy (&clock);
}

static void
test_an_extension_asks_anew_and_the_old_answer_is_none (void **state)
{
    stage_t *self = *state;
    deadline_t *clock =
        stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15); //  due on the 23rd
    stage_restart (self, clock, clock->anchor);
    stage_run (self, clock, stage_moment (self, "2026-11-20 09:00"));
    stage_answer (self, "ask_extension", stage_moment (self, "2026-11-20 09:30"));
    stage_restart (self, clock, stage_moment (self, "2026-11-20 09:30"));
    stage_run (self, clock, stage_moment (self, "2026-11-20 12:00"));
    assert_int_equal (s_times (self, "H-1-phone"), 0);
    clock->version++;
    clock->budget = 20; //  due on the 30th
    stage_restart (self, clock, stage_moment (self, "2026-11-20 13:00"));
    stage_run (self, clock, stage_moment (self, "2026-11-27 12:00"));
    assert_int_equal (s_times (self, "H-1"), 2);
    assert_string_equal (s_when (self, clock, "H-1-phone"), "2026-11-27 11:30");
    deadline_destroy (&clock);
}

//  --------------------------------------------------------------------------
//  Messages and rows

static void
test_an_answer_that_is_none_is_refused_with_the_name_of_the_member (void **state)
{
    (void) state;
    static const struct {
        const char *text, *problem;
    } CASES[] = {
        { "{'case':12,'version':3,'command':'note','at':1}", NULL },
        { "{'case':12,'version':3,'command':'note','at':1,'trace':null,'more':1}", NULL },
        { "{'case':'12','version':3,'command':'note','at':1}", "case" },
        { "{'case':-1,'version':3,'command':'note','at':1}", "case" },
        { "{'case':12,'version':3000000000,'command':'note','at':1}", "version" },
        { "{'case':12,'version':3,'command':'note'}", "at" },
        { "{'case':12,'version':3,'command':'note','at':1e30}", "at" },
        { "{'case':12,'version':3,'command':'','at':1}", "command" },
        { "{'case':12,'version':3,'command':7,'at':1}", "command" },
        { "{'case':12,'version':3,'command':'"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','at':1}",
          "command" }
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char text[300];
        size_t size = strlen (CASES[index].text);
        for (size_t at = 0; at <= size; at++)
            text[at] = CASES[index].text[at] == '\'' ? '"' : CASES[index].text[at];
        json_t *message = json_loads (text, 0, NULL);
        answer_t answer;
        const char *problem;
        bool good = answer_from_message (message, &answer, &problem);
        assert_int_equal (good, !CASES[index].problem);
        if (!good)
            assert_string_equal (problem, CASES[index].problem);
        else
            assert_string_equal (answer.command, "note");
        json_decref (message);
    }
}

static void
test_questions_come_back_from_their_row_and_what_is_none_is_left_out (void **state)
{
    (void) state;
    questions_t here = { 0 }, there = { 0 };
    const question_t ONE = { "D8", 1, 2, MOMENT_NONE }, TWO = { "D0", -5, MOMENT_NONE, 7 };
    questions_put (&here, &ONE);
    questions_put (&here, &TWO);
    questions_put (&here, &ONE);
    assert_int_equal (here.count, 2);
    char *text = questions_text (&here);
    questions_read (&there, text, strlen (text));
    assert_int_equal (there.count, 2);
    const question_t *found = questions_find (&there, "D8", 1);
    assert_true (found && found->by == 2 && found->answered_at == MOMENT_NONE);
    found = questions_find (&there, "D0", -5);
    assert_true (found && found->by == MOMENT_NONE && found->answered_at == 7);
    assert_null (questions_find (&there, "D8", 2));
    for (size_t size = 0; size < strlen (text); size++) { //  a row that was cut off
        questions_reset (&there);
        questions_read (&there, text, size);
        assert_int_equal (there.count, 0);
    }
    static const char WRONG[] =
        "[7,{},{\"rung\":\"D8\"},{\"rung\":8,\"at\":1},{\"rung\":\"D8\",\"at\":\"1\"}]";
    questions_read (&there, WRONG, strlen (WRONG));
    assert_int_equal (there.count, 0);
    free (text);
    questions_reset (&here);
    questions_reset (&there);
}

//  --------------------------------------------------------------------------
//  Whenever one looks, whatever is answered, in whatever order it is told

static uint64_t s_seed = 1742026;

static uint32_t
s_random (uint32_t below)
{
    s_seed ^= s_seed << 13;
    s_seed ^= s_seed >> 7;
    s_seed ^= s_seed << 17;
    return (uint32_t) (s_seed >> 33) % below;
}

typedef struct {
    moment_t at, told_at;
    const char *command;
} story_t;

#define STORIES 12

//  By the time that the answer to this rung ran out: had one been told that counts?
static bool
s_was_answered (const story_t *stories, const rung_t *rung, const shot_t *asked)
{
    for (size_t index = 0; index < STORIES; index++) {
        const story_t *one = &stories[index];
        if (one->at < asked->due_at || one->at > asked->answer_by || one->told_at > asked->answer_by)
            continue;
        for (const char *const *with = rung->with; *with; with++)
            if (!strcmp (*with, one->command))
                return true;
    }
    return false;
}

static const shot_t *
s_only_shot (const stage_t *self, const char *rung)
{
    const shot_t *found = NULL;
    for (size_t index = 0; index < self->count; index++)
        if (!strcmp (self->shots[index].rung, rung)) {
            assert_null (found); //  each rung once
            found = &self->shots[index];
        }
    return found;
}

static void
s_check (const stage_t *self, const ladder_t *ladder, const story_t *stories, moment_t end)
{
    for (size_t index = 0; index < ladder_count (ladder); index++) {
        const rung_t *rung = ladder_rung (ladder, index);
        if (rung->lapse < 0)
            continue;
        const rung_t *asks = ladder_rung (ladder, (size_t) rung->lapse);
        const shot_t *asked = s_only_shot (self, asks->name), *shot = s_only_shot (self, rung->name);
        bool lapsed = asked && asked->answer_by <= end && !s_was_answered (stories, asks, asked);
        if (shot && shot->due_at != (asked ? asked->answer_by : 0))
            assert_int_not_equal (rung->when.base, WHEN_LAPSE); //  it came at its own time
        else if (shot)
            assert_true (lapsed);
        if (lapsed) {
            assert_non_null (shot);
            assert_true (shot->due_at <= asked->answer_by);
        }
    }
}

static void
test_an_answer_lapses_exactly_if_none_was_told_in_time (void **state)
{
    stage_t *self = *state;
    static const char *const COMMANDS[] = { "sign_for", "explain", "instruct", "note", "attempt" };
    static const char *const LADDERS[] = { "first_contact", "handling" };
    for (int round = 0; round < 3000; round++) {
        const char *name = LADDERS[s_random (2)];
        deadline_t *clock = stage_clock (self, name, name, "2026-11-02 09:00", 1 + (int) s_random (20));
        clock->anchor =
            stage_moment (self, "2024-01-01 00:00") + s_random (700) * DAY_US + s_random (86400) * 1000000LL;
        story_t stories[STORIES];
        moment_t end = clock->anchor + 45 * DAY_US, now = clock->anchor;
        for (size_t index = 0; index < STORIES; index++) {
            moment_t at = clock->anchor + s_random (45 * 86400) * 1000000LL;
            moment_t late = s_random (3) ? 0 : s_random (3 * 86400) * 1000000LL;
            stories[index] = (story_t){ at, at + late, COMMANDS[s_random (5)] };
        }
        bool told[STORIES] = { 0 };
        stage_restart (self, clock, now);
        bool lazy = s_random (2);
        while (now < end) { //  what comes first: the next step, somebody's answer, or a fact
            const story_t *next = NULL;
            for (size_t index = 0; index < STORIES; index++)
                if (!told[index] && (!next || stories[index].told_at < next->told_at))
                    next = &stories[index];
            moment_t look = clock->next_rung_at == MOMENT_NONE ? end : clock->next_rung_at;
            look += lazy ? s_random (86400) * 1000000LL : 0;
            if (next && next->told_at < look) {
                now = next->told_at > now ? next->told_at : now;
                told[next - stories] = true;
                stage_answer (self, next->command, next->at);
                clock->version++;
                stage_restart (self, clock, now);
            } else {
                now = look > now ? look : now + 1;
                stage_climb (self, clock, now < end ? now : end);
            }
            assert_false (watchdog_is_stale (clock, &self->world));
        }
        if (!lazy)
            s_check (self, ladders_find (self->ladders, name), stories, end);
        else
            for (size_t index = 0; index < self->count; index++)
                s_only_shot (self, self->shots[index].rung);
        stage_clear (self);
        deadline_destroy (&clock);
    }
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST (test_an_answer_counts_if_its_command_is_named_and_the_question_was_open),
        TEST (test_who_has_signed_is_not_phoned),
        TEST (test_the_same_answer_again_changes_nothing),
        TEST (test_an_answer_that_comes_before_its_clock_counts),
        TEST (test_what_lapsed_is_not_told_again_when_all_is_decided_anew),
        TEST (test_an_answer_in_time_that_is_told_after_the_lapse_does_not_tell_the_chief_twice),
        TEST (test_who_was_asked_late_has_as_long_as_the_notice_says),
        TEST (test_what_fired_before_answers_were_kept_lapses_never),
        TEST (test_nothing_lapses_once_the_clock_has_stopped),
        TEST (test_an_extension_asks_anew_and_the_old_answer_is_none),
        TEST (test_an_answer_that_is_none_is_refused_with_the_name_of_the_member),
        TEST (test_questions_come_back_from_their_row_and_what_is_none_is_left_out),
        TEST (test_an_answer_lapses_exactly_if_none_was_told_in_time),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
