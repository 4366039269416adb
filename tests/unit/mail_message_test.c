//  mail_message_test - any words become a message that any reader takes apart again, and no header is ever
//  foreign

#include "services/notify/mail_message.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static mail_message_t
s_message (const char *subject, const char *text)
{
    return (mail_message_t){ .key = "12/opened/1",
                             .recipient = "wang",
                             .from = "duban@jimo.example",
                             .from_name = "即墨区应急管理局",
                             .to = "wang@jimo.example",
                             .subject = subject,
                             .text = text,
                             .moment = 1795710600000000,
                             .tz_minutes = 480 };
}

//  --- a reader of its own: unfolds headers, decodes words and body

static char *
s_header (const char *message, const char *name)
{
    char start[64];
    snprintf (start, sizeof start, "\r\n%s: ", name);
    const char *at = strncmp (message, start + 2, strlen (start) - 2) ? strstr (message, start) : message - 2;
    const char *end = strstr (message, "\r\n\r\n");
    if (!at || at > end)
        return NULL;
    at += strlen (start);
    char *value = calloc (1, strlen (at) + 1);
    for (char *put = value; *at && !(at[0] == '\r' && at[2] != ' '); at++)
        if (*at != '\r' && *at != '\n')
            *put++ = *at;
    return value;
}

static void
s_decode (const char *base64, size_t size, char *put)
{
    size_t used = 0;
    assert_int_equal (sodium_base642bin ((unsigned char *) put, size + 1, base64, size, "\r\n", &used, NULL,
                                         sodium_base64_VARIANT_ORIGINAL),
                      0);
    put[used] = 0;
}

static bool
s_is_utf8 (const char *text)
{
    for (const unsigned char *at = (const unsigned char *) text; *at;) {
        int more = *at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : *at >= 0xC0 ? 1 : 0;
        if (*at >= 0x80 && *at < 0xC0)
            return false;
        for (at++; more--; at++)
            if ((*at & 0xC0) != 0x80)
                return false;
    }
    return true;
}

//  Encoded words of a header, joined; the space between two of them does not count (RFC 2047, 6.2)
static char *
s_decode_words (const char *value)
{
    char *text = calloc (1, strlen (value) + 1);
    for (const char *at = value; *at;) {
        assert_memory_equal (at, "=?utf-8?B?", 10);
        const char *end = strstr (at + 10, "?=");
        assert_non_null (end);
        assert_true (end + 2 - at <= 75);
        char part[100];
        s_decode (at + 10, (size_t) (end - at - 10), part);
        assert_true (s_is_utf8 (part)); //  no character is cut in two
        strcat (text, part);
        at = end + 2;
        if (*at == ' ')
            at++;
    }
    return text;
}

static const char *const EXPECTED[] = {
    "Date",       "From",           "To",           "Message-ID",   "Subject",
    "Importance", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"
};

//  Only our own headers, all ASCII, lines within 76 characters and ended by CRLF
static void
s_check_form (const char *message)
{
    bool body = false;
    for (const char *line = message; *line;) {
        const char *end = strstr (line, "\r\n");
        assert_non_null (end);
        assert_true (end - line <= 76);
        for (const char *at = line; at < end; at++)
            assert_true (*at >= ' ' && *at < 127);
        if (end == line)
            body = true;
        if (!body && *line != ' ') {
            size_t known = 0, size = strcspn (line, ":");
            for (size_t index = 0; index < sizeof EXPECTED / sizeof *EXPECTED; index++)
                known += strlen (EXPECTED[index]) == size && !strncmp (EXPECTED[index], line, size);
            assert_int_equal (known, 1);
        }
        line = end + 2;
    }
    assert_true (body);
}

//  What a reader sees of subject and text
static void
s_check_content (const char *message, const char *subject, const char *text)
{
    char *value = s_header (message, "Subject");
    char *seen = s_decode_words (value);
    assert_string_equal (seen, subject);
    const char *body = strstr (message, "\r\n\r\n") + 4;
    char *decoded = malloc (strlen (body) + 1), *put = decoded;
    s_decode (body, strlen (body), decoded);
    for (const char *at = decoded; *at; at++) //  line ends travel as CRLF
        if (*at != '\r')
            *put++ = *at;
    *put = 0;
    assert_memory_equal (decoded, text, strlen (text));
    assert_string_equal (decoded + strlen (text), "\n");
    free (decoded);
    free (seen);
    free (value);
}

static void
test_a_message_is_what_it_says (void **state)
{
    (void) state;
    mail_message_t mail = s_message ("【交办】JM-2026-000012-3", "请签收。\n第二行");
    mail.urgent = true;
    char *message = mail_message_text (&mail);
    static const struct {
        const char *name, *value;
    } ROWS[] = {
        { "Date", "Fri, 27 Nov 2026 00:30:00 +0800" },
        { "To", "wang@jimo.example" },
        { "From", "=?utf-8?B?5Y2z5aKo5Yy65bqU5oCl566h55CG5bGA?= <duban@jimo.example>" },
        { "Importance", "high" },
        { "Auto-Submitted", "auto-generated" },
        { "MIME-Version", "1.0" },
        { "Content-Type", "text/plain; charset=utf-8" },
        { "Content-Transfer-Encoding", "base64" },
    };
    s_check_form (message);
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        char *value = s_header (message, ROWS[row].name);
        assert_non_null (value);
        assert_string_equal (value, ROWS[row].value);
        free (value);
    }
    s_check_content (message, mail.subject, mail.text);
    free (message);
}

static void
test_the_message_id_is_the_same_at_every_attempt_and_of_this_delivery_only (void **state)
{
    (void) state;
    mail_message_t mail = s_message ("x", "y");
    char *first = mail_message_text (&mail), *again = mail_message_text (&mail);
    assert_string_equal (first, again);
    char *id = s_header (first, "Message-ID");
    assert_int_equal (strlen (id), 1 + 40 + strlen ("@jimo.example>"));
    static const struct {
        const char *key, *recipient;
    } OTHERS[] = { { "12/opened/1", "li" }, { "12/opened/2", "wang" }, { "12/opened/", "1wang" } };
    for (size_t row = 0; row < sizeof OTHERS / sizeof *OTHERS; row++) {
        mail.key = OTHERS[row].key;
        mail.recipient = OTHERS[row].recipient;
        char *other = mail_message_text (&mail), *other_id = s_header (other, "Message-ID");
        assert_string_not_equal (id, other_id);
        free (other);
        free (other_id);
    }
    free (first);
    free (again);
    free (id);
}

//  Characters of one to four bytes, and everything that could end a header
static void
s_add_random (char *text, size_t *size)
{
    static const char *const PIECES[] = { "\r\n",     "\n",    "\r", "\r\nBcc: x@evil.example",
                                          "\r\n\r\n", ".\r\n", "=?", "?=",
                                          "A",        ":",     "é",  "\xf0\x9f\x94\xa5" };
    char han[4];
    const char *piece = PIECES[rand () % 12];
    if (rand () % 3) {
        unsigned code = 0x4E00 + (unsigned) rand () % 0x5000;
        snprintf (han, sizeof han, "%c%c%c", (char) (0xE0 | code >> 12), (char) (0x80 | (code >> 6 & 0x3F)),
                  (char) (0x80 | (code & 0x3F)));
        piece = han;
    }
    strcpy (text + *size, piece);
    *size += strlen (piece);
}

static void
s_drop_returns (char *text)
{
    char *put = text;
    for (const char *at = text; *at; at++)
        if (*at != '\r')
            *put++ = *at;
    *put = 0;
}

static void
test_random_words_come_back_and_inject_nothing (void **state)
{
    (void) state;
    srand (20261123);
    for (int round = 0; round < 3000; round++) {
        char subject[2000] = "x", text[2000] = "y";
        size_t subject_size = 1, text_size = 1;
        for (int pieces = rand () % 60; pieces; pieces--) {
            s_add_random (subject, &subject_size);
            s_add_random (text, &text_size);
        }
        s_drop_returns (text); //  templates leave none
        mail_message_t mail = s_message (subject, text);
        char *message = mail_message_text (&mail);
        s_check_form (message);
        s_check_content (message, subject, text);
        char *bcc = s_header (message, "Bcc");
        assert_null (bcc);
        free (message);
    }
}

static void
test_an_address_that_could_say_more_is_refused (void **state)
{
    (void) state;
    static const struct {
        const char *address;
        bool good;
    } ROWS[] = {
        { "wang@jimo.example", true },
        { "wang+duban@a-b.example", true },
        { "wang@localhost", true },
        { "", false },
        { "wang", false },
        { "@jimo.example", false },
        { "wang@", false },
        { "wang@a@b", false },
        { "wang@jimo.example\r\nBcc: x@y", false },
        { "wang@jimo.example\n", false },
        { "wang @jimo.example", false },
        { "<wang@jimo.example>", false },
        { "wang@jimo.example,li@jimo.example", false },
        { "wang@jimo.example> SIZE=1", false },
        { "\"wang\"@jimo.example", false },
        { "王@jimo.example", false },
    };
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++) {
        if (mail_address_is_good (ROWS[row].address) != ROWS[row].good)
            fail_msg ("%s", ROWS[row].address);
        mail_message_t mail = s_message ("x", "y");
        mail.to = ROWS[row].address;
        char *message = mail_message_text (&mail);
        assert_int_equal (message != NULL, ROWS[row].good);
        free (message);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_message_is_what_it_says),
        cmocka_unit_test (test_the_message_id_is_the_same_at_every_attempt_and_of_this_delivery_only),
        cmocka_unit_test (test_random_words_come_back_and_inject_nothing),
        cmocka_unit_test (test_an_address_that_could_say_more_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
