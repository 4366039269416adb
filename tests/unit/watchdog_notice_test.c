//  watchdog_notice_test - what the rungs say, and to whom; and what holds for all clocks, whenever one looks

#include "tests/unit/watchdog_world.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
//
#include <cmocka.h>

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

static json_t *
s_notice (const stage_t *self, const char *rung)
{
    for (size_t index = 0; index < self->count; index++)
        if (!strcmp (self->shots[index].rung, rung))
            return self->shots[index].notice;
    fail_msg ("%s has not fired", rung);
    return NULL;
}

static void
s_expect (json_t *object, const char *name, const char *expected)
{
    json_t *value = json_object_get (object, name);
    char *text =
        value ? json_dumps (value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS) : strdup ("(absent)");
    if (strcmp (text, expected))
        fail_msg ("%s: %s instead of %s", name, text, expected);
    free (text);
}

static void
test_the_assignment_says_both_dates_and_until_when_to_sign (void **state)
{
    stage_t *self = *state;
    self->handling_due = day_from_civil (2026, 12, 14);
    deadline_t *clock = stage_clock (self, "first_contact", "first_contact", "2026-11-23 10:00", 5);
    stage_restart (self, clock, clock->anchor);
    json_t *notice = s_notice (self, "D0"), *arguments = json_object_get (notice, "arguments");
    s_expect (notice, "key", "\"12/first_contact.D0/2026-11-23T02:00:00.000Z\"");
    s_expect (notice, "kind", "\"notice\"");
    s_expect (notice, "template", "\"assignment\"");
    s_expect (notice, "number", "\"JM-2026-000012-3\"");
    s_expect (notice, "confirm", "false");
    s_expect (notice, "trace", "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"");
    s_expect (notice, "to",
              "[{\"role\":\"unit_head\",\"unit\":\"safety\"},{\"role\":\"handler\",\"unit\":\"safety\"}]");
    s_expect (arguments, "c", "\"2026-11-30\"");
    s_expect (arguments, "h", "\"2026-12-14\"");
    s_expect (arguments, "r", "\"2026-11-24 17:00\"");
    s_expect (arguments, "clk_zh", "\"首次联系\"");
    s_expect (arguments, "late_minutes", "(absent)");
    s_expect (arguments, "title", "(absent)");
    deadline_destroy (&clock);
}

static void
test_reminders_and_reports_say_days_and_how_often_it_was_urged (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    stage_restart (self, clock, clock->anchor);
    stage_run (self, clock, stage_moment (self, "2026-12-30 00:00"));
    static const struct {
        const char *rung, *n, *k, *h, *r;
    } EXPECTED[] = { { "H-5", "5", "0", "\"2026-11-23\"", "\"2026-11-17 17:00\"" },
                     { "H-1", "1", "0", "\"2026-11-23\"", "\"2026-11-20 11:30\"" },
                     { "H+1", "1", "0", "\"2026-11-23\"", "\"2026-11-24 17:00\"" },
                     { "H+3", "3", "1", "\"2026-11-23\"", "\"2026-11-27 17:00\"" },
                     { "H+6", "4", "2", "\"2026-11-23\"", "\"2026-11-30 17:00\"" }, //  H+3 was not answered
                     { "weekly.1", "16", "4", "\"2026-11-23\"", "(absent)" },
                     { "weekly.2", "21", "5", "\"2026-11-23\"", "(absent)" },
                     { "weekly.3", "26", "6", "\"2026-11-23\"", "(absent)" } };
    for (size_t index = 0; index < sizeof EXPECTED / sizeof *EXPECTED; index++) {
        json_t *arguments = json_object_get (s_notice (self, EXPECTED[index].rung), "arguments");
        s_expect (arguments, "n", EXPECTED[index].n);
        s_expect (arguments, "k", EXPECTED[index].k);
        s_expect (arguments, "h", EXPECTED[index].h);
        s_expect (arguments, "r", EXPECTED[index].r);
        s_expect (arguments, "u", "\"safety\"");
    }
    s_expect (s_notice (self, "told"), "to",
              "[{\"person\":\"person-7\",\"source\":\"hotline\",\"submitter\":true}]");
    s_expect (s_notice (self, "H+6"), "to", "[{\"role\":\"chief\",\"unit\":null}]");
    deadline_destroy (&clock);
}

static void
test_who_is_to_phone_hears_whom_what_was_asked_and_until_when (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "first_contact", "first_contact", "2026-11-23 10:00", 5);
    stage_restart (self, clock, clock->anchor);
    stage_run (self, clock, stage_moment (self, "2026-11-24 17:00"));
    json_t *notice = s_notice (self, "D0-phone"), *arguments = json_object_get (notice, "arguments");
    s_expect (notice, "template", "\"unanswered\"");
    s_expect (notice, "to", "[{\"role\":\"escalation_officer\",\"unit\":null}]");
    s_expect (arguments, "u", "\"safety\"");
    s_expect (arguments, "r", "\"2026-11-24 17:00\"");
    s_expect (arguments, "q_zh", "\"签收\"");
    s_expect (arguments, "q_en", "\"sign for it\"");
    deadline_destroy (&clock);
}

static void
test_an_answer_is_never_wanted_in_the_past (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 15);
    stage_restart (self, clock, stage_moment (self, "2026-11-27 18:00")); //  a Friday evening
    s_expect (json_object_get (s_notice (self, "H+1"), "arguments"), "r", "\"2026-11-30 17:00\"");
    deadline_destroy (&clock);
}

static void
test_a_gate_tells_only_whom_its_clock_waits_for (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "signature", "gate", "2026-11-23 10:00", 1);
    stage_restart (self, clock, clock->anchor);
    s_expect (s_notice (self, "task"), "to", "[{\"role\":\"signatory\",\"unit\":null}]");
    deadline_destroy (&clock);
}

static void
test_a_secret_card_keeps_no_title_and_a_case_without_unit_is_not_told_to_all_units (void **state)
{
    stage_t *self = *state;
    json_t *fact = stage_fact (self, "handling", "handling", "2026-11-02 09:00", 5);
    json_object_set_new (json_object_get (fact, "card"), "secrecy", json_integer (2));
    json_object_set_new (json_object_get (fact, "card"), "unit", json_null ());
    const char *problem;
    deadline_t *clock = deadline_from_fact (fact, "cn", RULE_A, &problem);
    assert_null (strstr (clock->card_text, "title"));
    assert_non_null (json_object_get (json_object_get (fact, "card"), "title")); //  the message is as it was
    stage_restart (self, clock, clock->anchor);
    stage_run (self, clock, stage_moment (self, "2026-11-07 00:00"));
    s_expect (s_notice (self, "H-1"), "to", "[{\"role\":\"escalation_officer\",\"unit\":null}]");
    s_expect (s_notice (self, "H-1"), "secrecy", "2");
    json_decref (fact);
    deadline_destroy (&clock);
}

static void
test_a_card_that_cannot_be_read_still_makes_a_notice (void **state)
{
    stage_t *self = *state;
    deadline_t *clock = stage_clock (self, "handling", "handling", "2026-11-02 09:00", 5);
    json_decref (clock->card);
    clock->card = NULL;
    strcpy (clock->card_text, "{\"num");
    stage_restart (self, clock, clock->anchor);
    stage_run (self, clock, stage_moment (self, "2026-11-07 00:00"));
    s_expect (s_notice (self, "H-1"), "number", "null");
    deadline_destroy (&clock);
}

//  --------------------------------------------------------------------------
//  What holds for all clocks

static uint64_t s_seed = 8812026;

static uint32_t
s_random (uint32_t below)
{
    s_seed ^= s_seed << 13;
    s_seed ^= s_seed >> 7;
    s_seed ^= s_seed << 17;
    return (uint32_t) (s_seed >> 33) % below;
}

static deadline_t *
s_random_clock (stage_t *self)
{
    static const char *const UNITS[] = { "working_day", "working_day", "calendar_day", "hour", "minute" };
    static const char *const LADDERS[] = { "first_contact", "handling", "acceptance", "decision", "gate" };
    json_t *fact = stage_fact (self, "handling", LADDERS[s_random (5)], "2026-11-02 09:00",
                               (int) s_random (s_random (4) ? 20 : 90));
    json_object_set_new (fact, "unit", json_string (UNITS[s_random (5)]));
    moment_t anchor = stage_moment (self, "2007-01-01 00:00") + s_random (7000) * 86400000000LL +
                      s_random (86400) * 1000000LL + s_random (1000000);
    json_object_set_new (fact, "anchor", json_integer (anchor));
    const char *problem;
    deadline_t *clock = deadline_from_fact (fact, "cn", s_random (2) ? RULE_A : RULE_B, &problem);
    json_decref (fact);
    return clock;
}

//  Never before its moment; in order; each moment of a rung once
static void
s_check_shots (const stage_t *self, const deadline_t *clock)
{
    for (size_t index = 0; index < self->count; index++) {
        const shot_t *shot = &self->shots[index];
        assert_true (shot->fired_at >= shot->due_at);
        assert_true (shot->due_at >= clock->anchor);
        if (!strcmp (shot->rung, "breach"))
            assert_int_equal (shot->due_at, clock->breach_at);
        if (index) {
            assert_true (shot->due_at >= shot[-1].due_at);
            assert_true (shot->fired_at >= shot[-1].fired_at);
        }
        for (size_t other = 0; other < index; other++)
            assert_true (strcmp (self->shots[other].rung, shot->rung));
    }
}

static void
test_whenever_one_looks_rungs_fire_in_order_once_and_never_early (void **state)
{
    stage_t *self = *state, *exact = stage_new ();
    for (int round = 0; round < 3000; round++) {
        deadline_t *clock = s_random_clock (self);
        stage_restart (self, clock, clock->anchor);
        moment_t end = clock->breach_at + 40 * 86400000000LL, now = clock->anchor;
        while (now < end) { //  looks now and then, as a process does that was away
            assert_false (watchdog_is_stale (clock, &self->world));
            now += s_random (10) ? s_random (86400) * 1000000LL : s_random (20) * 86400000000LL;
            moment_t before = clock->next_rung_at;
            stage_climb (self, clock, now < end ? now : end);
            assert_true (clock->next_rung_at == MOMENT_NONE || clock->next_rung_at >= before);
        }
        stage_climb (self, clock, end);
        s_check_shots (self, clock);
        //  The same clock, looked at exactly in time: the same rungs, but for repetitions that were missed
        stage_restart (exact, clock, clock->anchor);
        stage_run (exact, clock, end);
        s_check_shots (exact, clock);
        for (size_t index = 0; index < exact->count; index++) {
            const shot_t *shot = &exact->shots[index];
            assert_int_equal (shot->fired_at, shot->due_at);
            //  An answer that was asked for late is waited for longer
            bool lapses =
                strstr (shot->rung, "-phone") || !strcmp (shot->rung, "D11") || !strcmp (shot->rung, "H+6");
            if (!strchr (shot->rung, '.') && !lapses)
                assert_true (stage_has_fired (self, clock, shot->rung, shot->due_at));
        }
        assert_int_equal (clock->next_rung_at > end || clock->next_rung_at == MOMENT_NONE, true);
        stage_clear (self);
        stage_clear (exact);
        deadline_destroy (&clock);
    }
    stage_destroy (&exact);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST (test_the_assignment_says_both_dates_and_until_when_to_sign),
        TEST (test_reminders_and_reports_say_days_and_how_often_it_was_urged),
        TEST (test_who_is_to_phone_hears_whom_what_was_asked_and_until_when),
        TEST (test_an_answer_is_never_wanted_in_the_past),
        TEST (test_a_gate_tells_only_whom_its_clock_waits_for),
        TEST (test_a_secret_card_keeps_no_title_and_a_case_without_unit_is_not_told_to_all_units),
        TEST (test_a_card_that_cannot_be_read_still_makes_a_notice),
        TEST (test_whenever_one_looks_rungs_fire_in_order_once_and_never_early),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
