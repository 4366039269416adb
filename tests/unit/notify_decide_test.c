//  notify_decide_test - who is told, over what, in which words; and what an attempt leads to

#include "services/notify/decide.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOTICE                                                                                               \
    "{\"kind\":\"notice\",\"key\":\"12/opened/"                                                              \
    "1\",\"case\":12,\"number\":\"JM-2026-000012-3\",\"template\":\"%s\","                                   \
    "\"secrecy\":%d,\"urgent\":false,\"confirm\":true,\"to\":%s,\"arguments\":%s,"                           \
    "\"occurred_at\":1795710600000000,\"trace\":null}" //  2026-11-26 16:30 UTC: the 27th in Qingdao

static const struct {
    const char *name, *json;
} TEMPLATES[] = {
    { "plain", "{\"needs\":[\"no\"],\"may_have\":[\"d\",\"tel\",\"clk\",\"u\",\"n\",\"result\"],"
               "\"zh\":{\"subject\":\"事项{no}\",\"text\":\"{no}|{d}|{tel}|{clk}|{u}|{n}|{result}\"},"
               "\"en\":{\"subject\":\"Case {no}\",\"text\":\"{no}|{d}|{tel}|{clk}|{u}|{n}|{result}\"}}" },
    { "telling", "{\"needs\":[\"title\",\"text\",\"reason\",\"wanted\"],\"may_have\":[\"no\"],"
                 "\"zh\":{\"subject\":\"{title}\",\"text\":\"{no}|{title}|{text}|{reason}|{wanted}\"},"
                 "\"en\":{\"subject\":\"{title}\",\"text\":\"{no}|{title}|{text}|{reason}|{wanted}\"}}" },
};

static const struct {
    const char *person, *email, *language, *unit, *role;
} PEOPLE[] = {
    { "wang", "wang@jimo.example", "zh", "fire", "handler" },
    { "li", "li@jimo.example", "en", "fire", "unit_head" },
    { "zhao", "zhao@jimo.example", "zh", "mines", "handler" },
    { "qian", NULL, "zh", "mines", "unit_head" },
    { "sun", "sun@jimo.example", "zh", NULL, "chief" },
    { "zhou", "zhou@jimo.example", "zh", "law", "reviewer" },
    { "wu", "wu@jimo.example", "en", NULL, "reviewer" },
    { "zheng", "zheng@jimo.example", "en", NULL, "submitter-en" },
};

static knowledge_t s_knowledge;

static int
s_set_up (void **state)
{
    (void) state;
    templates_t *templates = templates_new ();
    for (size_t index = 0; index < sizeof TEMPLATES / sizeof *TEMPLATES; index++) {
        char error[300];
        template_t *template =
            template_parse (TEMPLATES[index].name, TEMPLATES[index].json, error, sizeof error);
        if (!template)
            return -1;
        templates_add (templates, &template);
    }
    directory_t *directory = directory_new ();
    directory_begin (directory, 7);
    directory_add_unit (directory, "fire", "消防科");
    for (size_t index = 0; index < sizeof PEOPLE / sizeof *PEOPLE; index++) {
        person_t person = { .person = PEOPLE[index].person,
                            .email = PEOPLE[index].email,
                            .language = PEOPLE[index].language };
        directory_add_person (directory, &person, PEOPLE[index].unit);
        directory_add_role (directory, PEOPLE[index].role, strlen (PEOPLE[index].role));
    }
    directory_add_superior (directory, "handler", "unit_head");
    directory_add_superior (directory, "unit_head", "deputy_chief");
    directory_add_superior (directory, "deputy_chief", "chief");
    directory_add_superior (directory, "chief", "deputy_chief"); //  a circle, by mistake
    s_knowledge =
        (knowledge_t){ .templates = templates,
                       .directory = directory,
                       .office = { .bureau = "即墨区应急管理局", .telephone = "0532-1", .tz_minutes = 480 } };
    return 0;
}

static int
s_tear_down (void **state)
{
    (void) state;
    templates_t *templates = (templates_t *) (uintptr_t) s_knowledge.templates;
    directory_t *directory = (directory_t *) (uintptr_t) s_knowledge.directory;
    templates_destroy (&templates);
    directory_destroy (&directory);
    return 0;
}

//  One notice and what was decided
typedef struct {
    json_t *message;
    notice_t notice;
    decision_t decision;
} play_t;

static play_t
s_play (const char *template, int secrecy, const char *to, const char *arguments, bool withdrawn)
{
    char json[2000];
    snprintf (json, sizeof json, NOTICE, template, secrecy, to, arguments);
    play_t play = { .message = json_loads (json, 0, NULL) };
    const char *problem;
    assert_non_null (play.message);
    assert_true (notice_read (&play.notice, play.message, &problem));
    play.decision = notice_decide (&play.notice, withdrawn, &s_knowledge);
    return play;
}

static void
s_end (play_t *self)
{
    decision_destroy (&self->decision);
    json_decref (self->message);
}

//  "wang zhou" of the plans, "role@unit" of the unreached
static void
s_expect (const play_t *play, const char *reached, const char *unreached)
{
    char left[400] = "", right[400] = "";
    for (size_t index = 0; index < play->decision.plan_count; index++)
        snprintf (left + strlen (left), sizeof left - strlen (left), "%s%s", *left ? " " : "",
                  play->decision.plans[index].recipient);
    for (size_t index = 0; index < play->decision.unreached_count; index++)
        snprintf (right + strlen (right), sizeof right - strlen (right), "%s%s", *right ? " " : "",
                  play->decision.unreached[index]);
    assert_string_equal (left, reached);
    assert_string_equal (right, unreached);
}

static void
test_who_must_not_hear_is_skipped_up_the_line_of_command (void **state)
{
    (void) state;
    static const struct {
        const char *to, *not_to, *reached, *unreached;
        bool alarm;
    } ROWS[] = {
        { "[{\"role\":\"handler\",\"unit\":\"fire\"}]", "{\"persons\":[\"wang\"]}", "li", "", false },
        { "[{\"role\":\"handler\",\"unit\":\"fire\"}]", "{\"persons\":[\"wang\",\"li\"]}", "sun", "", false },
        { "[{\"role\":\"unit_head\",\"unit\":\"fire\"}]", "{\"units\":[\"fire\"]}", "sun", "", false },
        { "[{\"role\":\"reviewer\"}]", "{\"persons\":[\"zhou\"]}", "wu", "",
          false }, //  the other one is told
        { "[{\"role\":\"handler\",\"unit\":\"fire\"}]", "{\"persons\":[\"zhao\"],\"units\":[]}", "wang", "",
          false },
        //  everybody is accused: that is an alarm, and the line ends though it turns in a circle
        { "[{\"role\":\"handler\",\"unit\":\"fire\"}]", "{\"persons\":[\"wang\",\"li\",\"sun\"]}", "",
          "handler@fire", true },
    };
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        play_t play = s_play ("plain", 1, ROWS[row].to, "{}", false);
        decision_destroy (&play.decision);
        play.notice.not_to = json_loads (ROWS[row].not_to, 0, NULL);
        play.decision = notice_decide (&play.notice, false, &s_knowledge);
        s_expect (&play, ROWS[row].reached, ROWS[row].unreached);
        assert_int_equal (play.decision.alarm, ROWS[row].alarm);
        json_decref (play.notice.not_to);
        s_end (&play);
    }
}

static void
test_recipients_are_the_holders_of_their_roles (void **state)
{
    (void) state;
    static const struct {
        const char *to, *reached, *unreached;
        bool alarm;
    } ROWS[] = {
        { "[{\"role\":\"handler\",\"unit\":\"fire\"}]", "wang", "", false },
        { "[{\"role\":\"handler\",\"unit\":\"fire\"},{\"role\":\"unit_head\",\"unit\":\"fire\"}]", "wang li",
          "", false },
        { "[{\"role\":\"handler\",\"unit\":\"mines\"}]", "zhao", "", false },
        { "[{\"role\":\"reviewer\",\"unit\":null}]", "zhou wu", "", false },
        { "[{\"role\":\"reviewer\",\"unit\":\"fire\"}]", "zhou wu", "",
          false }, //  a role of the whole bureau
        { "[{\"role\":\"reviewer\"},{\"role\":\"reviewer\"}]", "zhou wu", "", false }, //  told once
        { "[{\"role\":\"handler\",\"unit\":null}]", "", "handler@",
          true }, //  never the handlers of all units
        { "[{\"role\":\"handler\",\"unit\":\"nowhere\"}]", "", "handler@nowhere", true },
        { "[{\"role\":\"signatory\",\"unit\":null}]", "", "signatory", true },
        { "[{\"role\":\"unit_head\",\"unit\":\"mines\"}]", "", "person:qian", true }, //  has no address
        { "[{\"role\":\"chief\"},{\"role\":\"signatory\"}]", "sun", "signatory", true },
        { "[{\"submitter\":true,\"source\":\"app\",\"person\":\"zheng\"}]", "source:app", "", false },
        { "[{\"submitter\":true,\"source\":\"app\",\"person\":null},{\"role\":\"chief\"}]", "source:app sun",
          "", false },
        { "[]", "", "nobody", true },
    };
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        play_t play = s_play ("plain", 0, ROWS[row].to, "{}", false);
        s_expect (&play, ROWS[row].reached, ROWS[row].unreached);
        assert_int_equal (play.decision.alarm, ROWS[row].alarm);
        s_end (&play);
    }
}

static void
test_officers_get_mail_and_the_submitter_gets_the_feed (void **state)
{
    (void) state;
    play_t play =
        s_play ("plain", 0, "[{\"role\":\"chief\"},{\"submitter\":true,\"source\":\"app\"}]", "{}", false);
    const plan_t *mail = &play.decision.plans[0], *feed = &play.decision.plans[1];
    assert_string_equal (mail->channel, "email");
    assert_string_equal (mail->state, "queued");
    assert_string_equal (mail->address, "sun@jimo.example");
    assert_string_equal (feed->channel, "feed");
    assert_string_equal (feed->state, "sending"); //  handed over with the transaction
    s_end (&play);
}

static void
test_everybody_reads_his_own_language (void **state)
{
    (void) state;
    play_t play = s_play (
        "plain", 0, "[{\"role\":\"reviewer\"},{\"submitter\":true,\"source\":\"app\",\"person\":\"zheng\"}]",
        "{\"clk_zh\":\"首次联系\",\"clk_en\":\"first contact\",\"u\":\"fire\",\"n\":2,"
        "\"result\":\"partly_adopted\"}",
        false);
    const plan_t *plans = play.decision.plans;
    assert_string_equal (plans[0].subject, "事项JM-2026-000012-3");
    assert_string_equal (plans[0].text, "JM-2026-000012-3|2026-11-27|0532-1|首次联系|消防科|2|部分采纳");
    assert_string_equal (plans[1].text,
                         "JM-2026-000012-3|2026-11-27|0532-1|first contact|消防科|2|adopted in part");
    assert_string_equal (plans[2].subject, "Case JM-2026-000012-3"); //  zheng reads English
    s_end (&play);
}

static void
test_a_secret_notice_carries_the_number_and_no_content (void **state)
{
    (void) state;
    const char *arguments = "{\"title\":\"SECRET\",\"text\":\"SECRET\",\"reason\":\"SECRET\",\"wanted\":"
                            "\"SECRET\",\"summary\":\"SECRET\",\"n\":2,\"clk_zh\":\"批示\"}";
    const char *to = "[{\"role\":\"chief\"},{\"role\":\"reviewer\"},{\"submitter\":true,\"source\":\"app\"}]";
    for (int secrecy = 0; secrecy <= 3; secrecy++) {
        play_t play = s_play ("telling", secrecy, to, arguments, false);
        for (size_t index = 0; index < play.decision.plan_count; index++) {
            const plan_t *plan = &play.decision.plans[index];
            bool tells = strstr (plan->text, "SECRET") || strstr (plan->subject, "SECRET");
            assert_int_equal (tells, secrecy < 2);
            assert_non_null (strstr (plan->text, "JM-2026-000012-3"));
        }
        json_t *kept = placeholder_arguments (&play.notice);
        assert_int_equal (json_object_size (kept), secrecy < 2 ? 7 : 2);
        json_decref (kept);
        s_end (&play);
    }
}

static void
test_a_notice_after_its_withdrawal_is_born_withdrawn (void **state)
{
    (void) state;
    play_t play = s_play ("plain", 0, "[{\"role\":\"chief\"},{\"role\":\"signatory\"}]", "{}", true);
    assert_int_equal (play.decision.plan_count, 1);
    assert_string_equal (play.decision.plans[0].state, "withdrawn");
    assert_false (play.decision.alarm); //  nobody was to be told any more
    s_end (&play);
}

static void
test_an_unknown_template_reaches_nobody_and_says_so (void **state)
{
    (void) state;
    play_t play = s_play ("of_tomorrow", 0, "[{\"role\":\"chief\"}]", "{}", false);
    s_expect (&play, "", "template:of_tomorrow");
    assert_true (play.decision.alarm);
    s_end (&play);
}

static void
test_needed_values_that_are_missing_are_counted (void **state)
{
    (void) state;
    play_t play =
        s_play ("telling", 0, "[{\"role\":\"reviewer\"}]", "{\"title\":\"x\",\"text\":\"\"}", false);
    assert_int_equal (decision_missing (&play.decision),
                      3); //  an empty text is none; counted once, not per language
    assert_string_equal (play.decision.plans[0].text, "JM-2026-000012-3|x|—|—|—");
    s_end (&play);
}

static void
test_the_feed_message_has_what_the_contract_asks (void **state)
{
    (void) state;
    play_t play =
        s_play ("plain", 0, "[{\"submitter\":true,\"source\":\"app\",\"person\":\"zheng\"}]", "{}", false);
    json_t *feed = decision_feed (&play.notice, &play.decision.plans[0]);
    static const char *const MEMBERS[] = { "kind", "source",  "key",  "case",        "number", "template",
                                           "to",   "subject", "text", "occurred_at", "trace" };
    for (size_t index = 0; index < sizeof MEMBERS / sizeof *MEMBERS; index++)
        assert_non_null (json_object_get (feed, MEMBERS[index]));
    assert_int_equal (json_object_size (feed), sizeof MEMBERS / sizeof *MEMBERS);
    assert_string_equal (json_string_value (json_object_get (feed, "source")), "app");
    assert_string_equal (json_string_value (json_object_get (feed, "to")), "zheng");
    assert_int_equal (json_integer_value (json_object_get (feed, "case")), 12);
    json_decref (feed);
    s_end (&play);
}

static void
test_a_message_that_is_no_notice_is_refused (void **state)
{
    (void) state;
    static const char *const MEMBERS[] = { "key",    "case", "number",    "template",   "secrecy",
                                           "urgent", "to",   "arguments", "occurred_at" };
    static const struct {
        const char *member, *value;
    } WRONG[] = {
        { "key", "\"\"" },
        { "key", "7" },
        { "case", "\"12\"" },
        { "secrecy", "4" },
        { "secrecy", "-1" },
        { "secrecy", "true" },
        { "urgent", "1" },
        { "to", "{}" },
        { "to", "[7]" },
        { "to", "[{}]" },
        { "to", "[{\"role\":\"\"}]" },
        { "to", "[{\"role\":7}]" },
        { "to", "[{\"submitter\":true}]" },
        { "to", "[{\"submitter\":true,\"source\":\"\"}]" },
        { "arguments", "[]" },
        { "occurred_at", "\"now\"" },
    };
    char json[1000];
    snprintf (json, sizeof json, NOTICE, "plain", 0, "[]", "{}");
    notice_t notice;
    const char *problem;
    for (size_t index = 0; index < sizeof MEMBERS / sizeof *MEMBERS; index++) {
        json_t *message = json_loads (json, 0, NULL);
        json_object_del (message, MEMBERS[index]);
        assert_false (notice_read (&notice, message, &problem));
        assert_non_null (problem);
        json_decref (message);
    }
    for (size_t index = 0; index < sizeof WRONG / sizeof *WRONG; index++) {
        json_t *message = json_loads (json, 0, NULL);
        json_object_set_new (message, WRONG[index].member,
                             json_loads (WRONG[index].value, JSON_DECODE_ANY, NULL));
        if (notice_read (&notice, message, &problem))
            fail_msg ("%s: %s was taken", WRONG[index].member, WRONG[index].value);
        json_decref (message);
    }
}

static void
test_attempts_lead_to_an_end (void **state)
{
    (void) state;
    assert_string_equal (attempt_decide (OUTCOME_DELIVERED, 1, 0).state, "delivered");
    assert_string_equal (attempt_decide (OUTCOME_DELIVERED, ATTEMPTS_MAX, 0).state, "delivered");
    assert_string_equal (attempt_decide (OUTCOME_REFUSED, 1, 0).state, "dead");
    assert_string_equal (attempt_decide (OUTCOME_RETRY, 1, 0).state, "queued");
    assert_string_equal (attempt_decide (OUTCOME_RETRY, ATTEMPTS_MAX - 1, 0).state, "queued");
    assert_string_equal (attempt_decide (OUTCOME_RETRY, ATTEMPTS_MAX, 0).state, "dead");
}

static void
test_the_wait_grows_and_is_spread (void **state)
{
    (void) state;
    int before = 0;
    for (int attempts = 1; attempts < ATTEMPTS_MAX; attempts++) {
        int least = attempt_decide (OUTCOME_RETRY, attempts, 0).delay_ms;
        int most = attempt_decide (OUTCOME_RETRY, attempts, 1).delay_ms;
        assert_in_range (least, RETRY_FIRST_MS, RETRY_LAST_MS);
        assert_in_range (most, RETRY_FIRST_MS, RETRY_LAST_MS);
        assert_true (least < most);
        assert_true (least >= before);
        before = least;
    }
    assert_true (before > RETRY_LAST_MS / 2);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_recipients_are_the_holders_of_their_roles),
        cmocka_unit_test (test_who_must_not_hear_is_skipped_up_the_line_of_command),
        cmocka_unit_test (test_officers_get_mail_and_the_submitter_gets_the_feed),
        cmocka_unit_test (test_everybody_reads_his_own_language),
        cmocka_unit_test (test_a_secret_notice_carries_the_number_and_no_content),
        cmocka_unit_test (test_a_notice_after_its_withdrawal_is_born_withdrawn),
        cmocka_unit_test (test_an_unknown_template_reaches_nobody_and_says_so),
        cmocka_unit_test (test_needed_values_that_are_missing_are_counted),
        cmocka_unit_test (test_the_feed_message_has_what_the_contract_asks),
        cmocka_unit_test (test_a_message_that_is_no_notice_is_refused),
        cmocka_unit_test (test_attempts_lead_to_an_end),
        cmocka_unit_test (test_the_wait_grows_and_is_spread),
    };
    return cmocka_run_group_tests (tests, s_set_up, s_tear_down);
}
