//  template_test - templates are refused with file and place, and never let foreign words do more than be
//  read

#include "services/notify/template.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GOOD_EN "\"en\":{\"subject\":\"{no}\",\"text\":\"Number {no}, because {reason}.\"}"
#define HEAD    "{\"needs\":[\"no\"],\"may_have\":[\"reason\"],"

static template_t *
s_parse (const char *json, char error[300])
{
    *error = 0;
    return template_parse ("deploy/templates/sample.json", json, error, 300);
}

//  A template with this Chinese text, rendered with this number and reason
static char *
s_render (const char *text, const char *number, const char *reason)
{
    char json[2000], error[300];
    snprintf (json, sizeof json, HEAD "\"zh\":{\"subject\":\"{no}\",\"text\":\"%s\"}," GOOD_EN "}", text);
    template_t *template = s_parse (json, error);
    assert_string_equal (error, "");
    assert_non_null (template);
    placeholders_t placeholders = { .values = { NULL } };
    placeholders.values[placeholder_find ("no", 2)] = number;
    placeholders.values[placeholder_find ("reason", 6)] = reason;
    rendered_t rendered = template_render (template, LANGUAGE_ZH, &placeholders);
    template_destroy (&template);
    free (rendered.subject);
    return rendered.text;
}

static void
test_placeholders_are_filled_in (void **state)
{
    (void) state;
    char *text = s_render ("编号{no}。理由:{reason}。{no}", "JM-1", "不属职责");
    assert_string_equal (text, "编号JM-1。理由:不属职责。JM-1");
    free (text);
}

static void
test_a_value_that_is_absent_is_a_dash (void **state)
{
    (void) state;
    char *text = s_render ("编号{no}。理由:{reason}。", "JM-1", NULL);
    assert_string_equal (text, "编号JM-1。理由:—。");
    free (text);
}

static void
test_what_stands_in_brackets_goes_with_its_placeholder (void **state)
{
    (void) state;
    static const struct {
        const char *text, *number, *reason, *says;
    } ROWS[] = {
        { "收悉。[咨询{reason}。]", "JM-1", "0532-1", "收悉。咨询0532-1。" },
        { "收悉。[咨询{reason}。]", "JM-1", NULL, "收悉。" },
        { "[{reason}:]收悉[({no})]。", "JM-1", NULL, "收悉(JM-1)。" },
        { "[{no}/{reason}]收悉", "JM-1", NULL, "收悉" }, //  both or nothing
        { "[{no}/{reason}]收悉", "JM-1", "甲", "JM-1/甲收悉" },
        { "{reason}[{no}]", "[x]", "]{no}[", "]{no}[[x]" }, //  a value is never a bracket
    };
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        char *text = s_render (ROWS[row].text, ROWS[row].number, ROWS[row].reason);
        assert_string_equal (text, ROWS[row].says);
        free (text);
    }
}

static void
test_braces_in_a_value_are_not_placeholders (void **state)
{
    (void) state;
    char *text = s_render ("{no}/{reason}", "{reason}", "{no}");
    assert_string_equal (text, "{reason}/{no}");
    free (text);
}

static void
test_what_cannot_be_seen_is_made_visible (void **state)
{
    (void) state;
    static const struct {
        const char *value, *shown;
    } ROWS[] = {
        { "a\x01"
          "b",
          "a\\u0001b" },
        { "a\x7f", "a\\u007f" },
        { "\xc2\x85x", "\\u0085x" },                 //  next line (C1)
        { "\xe2\x80\xa8x", "\\u2028x" },             //  line separator
        { "\xe2\x80\xaetxt.exe", "\\u202etxt.exe" }, //  right-to-left override
        { "\xe2\x81\xa6x", "\\u2066x" },
        { "\xef\xbb\xbfx", "\\ufeffx" },
        { "即墨\xf0\x9f\x91\x8d", "即墨\xf0\x9f\x91\x8d" },
        { "两\r\n行\r\t列", "两\n行\n\t列" }, //  reason may have lines
    };
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        char *text = s_render ("{reason}", "JM-1", ROWS[row].value);
        assert_string_equal (text, ROWS[row].shown);
        free (text);
        text = s_render ("{no}", ROWS[row].value, NULL);
        assert_null (strpbrk (text, "\r\n\t")); //  a number is one line
        free (text);
    }
}

static void
test_nothing_is_cut (void **state)
{
    (void) state;
    char *value = malloc (60001);
    for (size_t at = 0; at < 60000; at += 3)
        memcpy (value + at, "督", 3);
    value[60000] = 0;
    char *text = s_render ("{reason}。", "JM-1", value);
    assert_int_equal (strlen (text), 60003);
    assert_memory_equal (text, value, 60000);
    free (text);
    free (value);
}

//  Any bytes at all: no crash, no control character but line ends, nothing lost of printable ASCII
static void
test_random_bytes_stay_readable (void **state)
{
    (void) state;
    srand (20261123);
    for (int round = 0; round < 5000; round++) {
        char value[40] = { 0 };
        size_t printable = 0, shown = 0;
        for (int at = 0, size = rand () % 39; at < size; at++)
            value[at] = (char) (1 + rand () % 255);
        for (const char *at = value; *at; at++)
            printable += *at == 'A';
        char *text = s_render ("{reason}", "JM-1", value);
        for (const char *at = text; *at; at++) {
            assert_true ((unsigned char) *at >= ' ' || *at == '\n' || *at == '\t');
            assert_true (*at != 0x7f);
            shown += *at == 'A';
        }
        assert_int_equal (shown, printable);
        free (text);
    }
}

static void
test_a_wrong_template_is_refused_with_its_place (void **state)
{
    (void) state;
    static const struct {
        const char *json, *says;
    } ROWS[] = {
        { "{", "sample.json: line 1" },
        { "[]", "must be an object" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"x\"}}", "/en: this language is missing" },
        { HEAD GOOD_EN "}", "/zh: this language is missing" },
        { HEAD "\"zh\":{\"subject\":\"x\"}," GOOD_EN "}", "/zh/text: missing" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"\"}," GOOD_EN "}", "/zh/text: missing or empty" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"{nummer}\"}," GOOD_EN "}",
          "/zh/text: unknown placeholder {nummer}" },
        { HEAD "\"zh\":{\"subject\":\"{title}\",\"text\":\"x\"}," GOOD_EN "}",
          "/zh/subject: {title} is neither in needs nor in may_have" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"{no\"}," GOOD_EN "}", "/zh/text: { without }" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"no}\"}," GOOD_EN "}", "/zh/text: } without {" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"{{no}}\"}," GOOD_EN "}", "/zh/text: { without }" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"a[{no}\"}," GOOD_EN "}", "/zh/text: [ without ]" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"{no}]\"}," GOOD_EN "}", "/zh/text: ] without [" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"a[[{no}]]\"}," GOOD_EN "}", "/zh/text: [ inside [ ]" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"{no}[a]\"}," GOOD_EN "}",
          "/zh/text: [ ] without a placeholder" },
        { HEAD "\"zh\":{\"subject\":\"[{no}]\",\"text\":\"x\"}," GOOD_EN "}",
          "/zh/subject: nothing stands outside of [ ]" },
        { HEAD "\"zh\":{\"subject\":\"x\\ny\",\"text\":\"x\"}," GOOD_EN "}",
          "/zh/subject: a subject is one line" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"x\",\"teaser\":\"x\"}," GOOD_EN "}",
          "/zh/teaser: unknown member" },
        { HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"x\",\"absent\":{\"d\":\"?\"}}," GOOD_EN "}",
          "/zh/absent/d: must be a declared placeholder" },
        { HEAD "\"fr\":{}," GOOD_EN "}", "/fr: unknown member" },
        { "{\"needs\":[\"no\",\"Nummer\"]}", "/needs/1: Nummer is not a name" },
        { "{\"needs\":[\"no\",\"\"]}", "/needs/1:  is not a name" },
        { "{\"needs\":[\"no\"],\"may_have\":[\"no\"]}", "/may_have/0: no is declared twice" },
        { "{\"needs\":\"no\"}", "/needs: must be an array" },
        { "{\"needs\":[],\"needs\":[]}", "line 1" },
    };
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        char error[300];
        assert_null (s_parse (ROWS[row].json, error));
        if (!strstr (error, ROWS[row].says) || !strstr (error, "deploy/templates/sample.json"))
            fail_msg ("row %zu: %s", row, error);
    }
}

static void
test_a_text_that_is_too_long_is_refused (void **state)
{
    (void) state;
    char words[4 * TEMPLATE_TEXT_MAX] = "", json[8 * TEMPLATE_TEXT_MAX], error[300];
    for (int character = 0; character < TEMPLATE_TEXT_MAX; character++)
        strcat (words, "督");
    for (int over = 0; over < 2; over++) {
        snprintf (json, sizeof json,
                  HEAD "\"zh\":{\"subject\":\"x\",\"text\":\"{no}%s{reason}%s\"}," GOOD_EN "}", words,
                  over ? "!" : "");
        template_t *template = s_parse (json, error);
        assert_int_equal (template == NULL, over);
        assert_true (!over || strstr (error, "/zh/text: 301 characters, at most 300"));
        template_destroy (&template);
    }
}

//  The shipped ones: all there, and right in both languages even if the notice says nothing at all
static void
test_the_shipped_templates_are_good (void **state)
{
    (void) state;
    static const char *const NAMES[] = { "acknowledged",  "accepted",  "refused",      "supplement_wanted",
                                         "passed_on",     "answer",    "withdrawn",    "redo",
                                         "assignment",    "reminder",  "overdue",      "overdue_deputy",
                                         "overdue_chief", "task",      "gate_overdue", "overdue_submitter",
                                         "letter",        "unanswered" };
    if (access ("deploy/templates", R_OK)) {
        skip ();
        return;
    }
    char error[300];
    templates_t *templates = templates_new ();
    if (!templates_load (templates, "deploy/templates", error, sizeof error))
        fail_msg ("%s", error);
    for (size_t index = 0; index < sizeof NAMES / sizeof *NAMES; index++) {
        const template_t *template = templates_find (templates, NAMES[index]);
        assert_non_null (template);
        placeholders_t nothing = { .values = { NULL } };
        for (language_t language = 0; language < LANGUAGE_COUNT; language++) {
            rendered_t rendered = template_render (template, language, &nothing);
            assert_true (*rendered.subject && *rendered.text && rendered.missing);
            assert_null (strpbrk (rendered.text, "{}[]"));
            rendered_destroy (&rendered);
        }
    }
    assert_true (templates_count (templates) >= sizeof NAMES / sizeof *NAMES);
    templates_destroy (&templates);
}

//  A notice with everything but the telephone has no dash, and with it everything
static void
test_the_telephone_is_left_out_where_there_is_none (void **state)
{
    (void) state;
    char error[300];
    static const char *const NAMES[] = { "acknowledged", "accepted", "refused",           "supplement_wanted",
                                         "passed_on",    "answer",   "overdue_submitter", "letter" };
    templates_t *templates = templates_new ();
    if (access ("deploy/templates", R_OK) ||
        !templates_load (templates, "deploy/templates", error, sizeof error)) {
        templates_destroy (&templates);
        skip ();
        return;
    }
    placeholders_t all = { .values = { NULL } };
    for (int index = 0; index < placeholder_count (); index++)
        all.values[index] = strcmp (placeholder_name (index), "tel") ? "x" : NULL;
    for (size_t index = 0; index < sizeof NAMES / sizeof *NAMES; index++)
        for (int round = 0; round < 2 * LANGUAGE_COUNT; round++) {
            all.values[placeholder_find ("tel", 3)] = round % 2 ? "0532-1" : NULL;
            rendered_t rendered =
                template_render (templates_find (templates, NAMES[index]), (language_t) (round / 2), &all);
            assert_null (strstr (rendered.text, "—"));
            assert_int_equal (strstr (rendered.text, "0532-1") != NULL, round % 2);
            assert_true (round % 2 ||
                         (!strstr (rendered.text, "咨询") && !strstr (rendered.text, "Questions")));
            rendered_destroy (&rendered);
        }
    templates_destroy (&templates);
}

static void
test_a_folder_without_templates_is_refused (void **state)
{
    (void) state;
    char folder[] = "/tmp/template_test.XXXXXX", error[300];
    assert_non_null (mkdtemp (folder));
    templates_t *templates = templates_new ();
    assert_false (templates_load (templates, folder, error, sizeof error));
    assert_non_null (strstr (error, "holds no template"));
    assert_false (templates_load (templates, "/nowhere", error, sizeof error));
    assert_non_null (strstr (error, "/nowhere"));
    templates_destroy (&templates);
    rmdir (folder);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_placeholders_are_filled_in),
        cmocka_unit_test (test_a_value_that_is_absent_is_a_dash),
        cmocka_unit_test (test_what_stands_in_brackets_goes_with_its_placeholder),
        cmocka_unit_test (test_the_telephone_is_left_out_where_there_is_none),
        cmocka_unit_test (test_braces_in_a_value_are_not_placeholders),
        cmocka_unit_test (test_what_cannot_be_seen_is_made_visible),
        cmocka_unit_test (test_nothing_is_cut),
        cmocka_unit_test (test_random_bytes_stay_readable),
        cmocka_unit_test (test_a_wrong_template_is_refused_with_its_place),
        cmocka_unit_test (test_a_text_that_is_too_long_is_refused),
        cmocka_unit_test (test_the_shipped_templates_are_good),
        cmocka_unit_test (test_a_folder_without_templates_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
