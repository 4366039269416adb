//  ladder_test - the ladders that are shipped load; every mistake in one is named with its place

#include "services/watchdog/ladder.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
//
#include <cmocka.h>

static void
test_the_shipped_ladders_load_and_name_their_clocks (void **state)
{
    (void) state;
    char error[400] = "";
    ladders_t *ladders = ladders_load ("deploy/ladders", error, sizeof error);
    assert_string_equal (error, "");
    static const struct {
        const char *ladder, *clock, *zh;
        size_t rungs;
    } SHIPPED[] = { { "first_contact", "first_contact", "首次联系", 10 },
                    { "handling", "handling", "办理", 12 },
                    { "acceptance", "acceptance", "受理", 5 },
                    { "decision", "decision", "批示", 5 },
                    { "gate", "review", "审核", 6 },
                    { "gate", "signature", "签发", 6 } };
    for (size_t index = 0; index < ladders_count (ladders); index++) { //  every ladder records the breach
        size_t breaches = 0;
        for (size_t rung = 0; rung < ladder_count (ladders_at (ladders, index)); rung++)
            breaches += ladder_rung (ladders_at (ladders, index), rung)->when.base == WHEN_BREACH;
        assert_int_equal (breaches, 1);
    }
    for (size_t index = 0; index < sizeof SHIPPED / sizeof *SHIPPED; index++) {
        const ladder_t *ladder = ladders_find (ladders, SHIPPED[index].ladder);
        assert_non_null (ladder);
        assert_int_equal (ladder_count (ladder), SHIPPED[index].rungs);
        assert_string_equal (ladder_title (ladder, SHIPPED[index].clock, "zh"), SHIPPED[index].zh);
        //  … and these end with a rung that never tires
        assert_int_equal (ladder_rung (ladder, ladder_count (ladder) - 1)->when.every, 5);
    }
    assert_string_equal (ladder_title (ladders_find (ladders, "gate"), "unheard_of", "en"), "unheard_of");
    assert_null (ladders_find (ladders, "nothing"));
    ladders_destroy (&ladders);
    ladders_destroy (&ladders);
}

static void
test_words_of_time_are_read_or_refused (void **state)
{
    (void) state;
    static const struct {
        const char *text;
        when_t when;
    } GOOD[] = {
        { "delivery", { WHEN_DELIVERY, 0, 0, 0 } }, { "breach", { WHEN_BREACH, 0, 0, 0 } },
        { "D+3 08:30", { WHEN_START, 3, 510, 0 } }, { "H-5 08:30", { WHEN_END, -5, 510, 0 } },
        { "H+0 23:59", { WHEN_END, 0, 1439, 0 } },  { "N/2 00:00", { WHEN_HALF, 0, 0, 0 } },
        { "R+1 17:00", { WHEN_RUNG, 1, 1020, 0 } }, { "H+11 08:30 every 5", { WHEN_END, 11, 510, 5 } },
    };
    for (size_t index = 0; index < sizeof GOOD / sizeof *GOOD; index++) {
        when_t when;
        if (!when_parse (GOOD[index].text, &when))
            fail_msg ("%s was refused", GOOD[index].text);
        assert_memory_equal (&when, &GOOD[index].when, sizeof when);
    }
    static const char *const BAD[] = { "",
                                       "D",
                                       "D+",
                                       "D+3",
                                       "D3 08:30",
                                       "D+3 8:30",
                                       "D+3 24:00",
                                       "D+3 08:60",
                                       "D+3  08:30",
                                       "d+3 08:30",
                                       "X+3 08:30",
                                       "N/3 08:30",
                                       "D+3 08:30 ",
                                       "D+3 08:30 every",
                                       "D+3 08:30 every 0",
                                       "D+3 08:30 every 5 ",
                                       "D+99999 08:30",
                                       "D+-3 08:30",
                                       "deliver",
                                       "breach 08:30",
                                       "D+2000 08:30" };
    for (size_t index = 0; index < sizeof BAD / sizeof *BAD; index++) {
        when_t when;
        if (when_parse (BAD[index], &when))
            fail_msg ("%s was taken", BAD[index]);
    }
}

static void
test_a_rung_may_be_due_when_an_answer_lapses (void **state)
{
    (void) state;
    static const struct {
        const char *text, *lapse;
        when_t when;
    } GOOD[] = { { "H-1 08:30", NULL, { WHEN_END, -1, 510, 0 } },
                 { "H+11 08:30 every 5", NULL, { WHEN_END, 11, 510, 5 } },
                 { "lapse D8", "D8", { WHEN_LAPSE, 0, 0, 0 } },
                 { "H+6 08:30 or lapse H+3", "H+3", { WHEN_END, 6, 510, 0 } },
                 { "breach or lapse D5", "D5", { WHEN_BREACH, 0, 0, 0 } } };
    for (size_t index = 0; index < sizeof GOOD / sizeof *GOOD; index++) {
        when_t when;
        const char *lapse;
        if (!when_parse_rung (GOOD[index].text, &when, &lapse))
            fail_msg ("%s was refused", GOOD[index].text);
        assert_memory_equal (&when, &GOOD[index].when, sizeof when);
        assert_int_equal (lapse != NULL, GOOD[index].lapse != NULL);
        if (lapse)
            assert_string_equal (lapse, GOOD[index].lapse);
    }
    static const char *const BAD[] = {
        "lapse",
        "R+1 17:00",
        "R+1 17:00 or lapse D8",
        "H+6 or lapse D8",
        "H+6 08:30 every 5 or lapse D8",
        " or lapse D8",
        "H+6 08:30  or lapse D8",
        "H+6 08:30 or lapse D8 or lapse D5 or a text that is too long for it"
    };
    for (size_t index = 0; index < sizeof BAD / sizeof *BAD; index++) {
        when_t when;
        const char *lapse;
        if (when_parse_rung (BAD[index], &when, &lapse) && !strchr (lapse, ' '))
            fail_msg ("%s was taken", BAD[index]);
    }
}

#define RUNG "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\"}"
#define ASKS(with)                                                                                              \
    "{\"name\":\"q\",\"when\":\"delivery\",\"level\":\"red\",\"answer\":{\"what\":{\"zh\":\"a\",\"en\":\"b\"}," \
    "\"by\":\"R+0 17:00\"" with "}}"
#define LAPSE(when) "{\"name\":\"b\",\"when\":\"" when "\",\"level\":\"red\"}"
#define LADDER                                                                                               \
    "{\"ladder\":\"x\",\"about\":\"y\",\"clocks\":{\"c\":{\"zh\":\"一\",\"en\":\"one\"}},\"rungs\":[%s]}"

static void
s_expect_error (const char *text, const char *expected)
{
    char error[400] = "";
    ladder_t *ladder = ladder_parse ("x.json", text, strlen (text), error, sizeof error);
    if (ladder)
        fail_msg ("taken: %s", text);
    if (strncmp (error, expected, strlen (expected)))
        fail_msg ("%s\n  instead of %s\n  for %s", error, expected, text);
}

static void
test_a_mistake_in_a_rung_is_named_with_file_and_pointer (void **state)
{
    (void) state;
    static const char *const CASES[][2] = {
        { "", "x.json: /rungs: must be a list" },
        { "7", "x.json: /rungs/0: must be an object" },
        { RUNG "," RUNG, "x.json: /rungs/1/name: a is the name of /rungs/0 too" },
        { "{\"when\":\"breach\",\"level\":\"red\"}", "x.json: /rungs/0/name: is missing" },
        { "{\"name\":\"a b\",\"when\":\"breach\",\"level\":\"red\"}",
          "x.json: /rungs/0/name: \"a b\" is not a word" },
        { "{\"name\":\"a\",\"when\":\"soon\",\"level\":\"red\"}", "x.json: /rungs/0/when: \"soon\" is not" },
        { "{\"name\":\"a\",\"when\":\"R+1 08:30\",\"level\":\"red\"}",
          "x.json: /rungs/0/when: \"R+1 08:30\" is not" },
        { "{\"name\":\"a\",\"when\":\"H+1 08:30 every 5\",\"level\":\"red\"}," RUNG,
          "x.json: /rungs/0/when: only the last rung may repeat" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"pink\"}",
          "x.json: /rungs/0/level: must be info, blue" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"colour\":1}",
          "x.json: /rungs/0/colour: is not a member" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"if\":\"N=3\"}",
          "x.json: /rungs/0/if: \"N=3\" is not" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"template\":\"t\"}",
          "x.json: /rungs/0/to: a notice needs" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"to\":[{\"role\":\"chief\"}]}",
          "x.json: /rungs/0/template: a notice needs" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"template\":\"t\",\"to\":[{\"role\":\"r\","
          "\"clock\":\"z\"}]}",
          "x.json: /rungs/0/to/0/clock: no clock is called z" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"template\":\"t\",\"to\":[{}]}",
          "x.json: /rungs/0/to/0/role: is missing" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"urgent\":\"yes\"}",
          "x.json: /rungs/0/urgent: must be true" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"channel\":\"sms\"}",
          "x.json: /rungs/0/channel: must be" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"answer\":{\"what\":{\"zh\":\"a\",\"en\":"
          "\"b\"}}}",
          "x.json: /rungs/0/answer/by: is missing" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"answer\":{\"what\":{\"zh\":\"a\",\"en\":"
          "\"b\"},\"by\":\"breach\"}}",
          "x.json: /rungs/0/answer/by: \"breach\" is not" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"answer\":{\"what\":{\"zh\":\"a\"},\"by\":"
          "\"R+0 17:00\"}}",
          "x.json: /rungs/0/answer/what/en: is missing" },
        { "{\"name\":\"a\",\"when\":\"breach\",\"level\":\"red\",\"dates\":{\"x\":\"c\"}}",
          "x.json: /rungs/0/dates/x: is not" },
        { ASKS (",\"with\":\"sign_for\""),
          "x.json: /rungs/0/answer/with: must be a list of 1 to 16 commands" },
        { ASKS (",\"with\":[]"), "x.json: /rungs/0/answer/with: must be a list of 1 to 16 commands" },
        { ASKS (",\"with\":[\"a\",7]"), "x.json: /rungs/0/answer/with: must be a list of short texts" },
        { ASKS (",\"with\":[\"a b\"]"), "x.json: /rungs/0/answer/with: must be a list of short texts" },
        { ASKS ("") "," LAPSE ("lapse q"), "x.json: /rungs/1/when: what answers q? /rungs/0/answer has no" },
        { RUNG "," LAPSE ("lapse a"), "x.json: /rungs/1/when: a wants no answer that could lapse" },
        { RUNG "," LAPSE ("H+1 08:30 or lapse c"),
          "x.json: /rungs/1/when: no rung before this one is called \"c\"" },
        { LAPSE ("lapse q") "," ASKS (",\"with\":[\"a\"]"),
          "x.json: /rungs/0/when: no rung before this one is called \"q\"" },
        { LAPSE ("lapse b"), "x.json: /rungs/0/when: no rung before this one is called \"b\"" },
    };
    for (size_t index = 0; index < sizeof CASES / sizeof *CASES; index++) {
        char text[1000];
        snprintf (text, sizeof text, LADDER, CASES[index][0]);
        s_expect_error (text, CASES[index][1]);
    }
}

static void
test_a_mistake_in_a_file_is_named_with_line_or_pointer (void **state)
{
    (void) state;
    s_expect_error ("{\n \"ladder\": \"x\",\n \"ladder\": \"y\"}", "x.json:3:");
    s_expect_error ("{\"ladder\":", "x.json:1:");
    s_expect_error ("[]", "x.json: must be an object");
    s_expect_error ("{}", "x.json: /ladder: is missing");
    s_expect_error ("{\"ladder\":\"x\",\"about\":\"y\",\"rungs\":[" RUNG "]}", "x.json: /clocks: must name");
    s_expect_error ("{\"ladder\":\"x\",\"about\":\"y\",\"clocks\":{\"c\":{\"zh\":\"一\"}},\"rungs\":[" RUNG
                    "]}",
                    "x.json: /clocks/c/en: is missing");
    s_expect_error ("\xff", "x.json:1:");
    char error[400];
    assert_null (ladders_load ("deploy/no-such-folder", error, sizeof error));
    assert_non_null (strstr (error, "deploy/no-such-folder: "));
    assert_null (ladders_load ("deploy/calendar", error, sizeof error));
    assert_non_null (strstr (error, "no ladder"));
}

static void
test_every_prefix_of_a_shipped_ladder_is_refused_or_read_without_harm (void **state)
{
    (void) state;
    static char text[20000];
    FILE *file = fopen ("deploy/ladders/handling.json", "r");
    assert_non_null (file);
    size_t size = fread (text, 1, sizeof text, file);
    fclose (file);
    for (size_t length = 0; length < size - 2; length++) {
        char error[400] = "";
        assert_null (ladder_parse ("x.json", text, length, error, sizeof error));
        assert_true (*error);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_shipped_ladders_load_and_name_their_clocks),
        cmocka_unit_test (test_words_of_time_are_read_or_refused),
        cmocka_unit_test (test_a_rung_may_be_due_when_an_answer_lapses),
        cmocka_unit_test (test_a_mistake_in_a_rung_is_named_with_file_and_pointer),
        cmocka_unit_test (test_a_mistake_in_a_file_is_named_with_line_or_pointer),
        cmocka_unit_test (test_every_prefix_of_a_shipped_ladder_is_refused_or_read_without_harm),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
