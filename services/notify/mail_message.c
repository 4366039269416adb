//  mail_message - one e-mail as RFC 5322 wants it: every header our own, every foreign byte encoded
//
//  RFC 5322 (message), RFC 2047 (words in headers), RFC 2045 (base64 body), RFC 3834 (automatic messages).

#include "services/notify/mail_message.h"
#include "common/calendar.h"
#include "services/notify/wording.h"
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_MAX 254
#define WORD_BYTES  39 //  of text: 52 characters of base64, 12 around, "Subject: "; RFC 2047 allows 76 a line
#define BODY_BYTES  57 //  of text: 76 characters of base64
#define ID_BYTES    20

bool
mail_address_is_good (const char *address)
{
    const char *at = strchr (address, '@');
    if (!at || at == address || !at[1] || strchr (at + 1, '@') || strlen (address) > ADDRESS_MAX)
        return false;
    for (const char *place = address; *place; place++)
        if (*place <= ' ' || *place >= 127 || strchr ("<>()[]\\,;:\"", *place))
            return false;
    return true;
}

static void
s_add_base64 (wording_t *self, const char *data, size_t size)
{
    char encoded[sodium_base64_ENCODED_LEN (BODY_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    assert (size <= BODY_BYTES);
    sodium_bin2base64 (encoded, sizeof encoded, (const unsigned char *) data, size,
                       sodium_base64_VARIANT_ORIGINAL);
    wording_add_text (self, encoded);
}

//  How much of the text goes into one encoded word: whole characters only
static size_t
s_word_size (const char *text)
{
    size_t size = strlen (text);
    if (size <= WORD_BYTES)
        return size;
    size = WORD_BYTES;
    while (size > 1 && ((unsigned char) text[size] & 0xC0) == 0x80)
        size--;
    return size;
}

//  Encoded words, one a line. Always encoded, so nothing in the text can be taken for a header.
static void
s_add_words (wording_t *self, const char *text)
{
    const char *between = "";
    while (*text) {
        size_t size = s_word_size (text);
        wording_add_text (self, between);
        wording_add_text (self, "=?utf-8?B?");
        s_add_base64 (self, text, size);
        wording_add_text (self, "?=");
        text += size;
        between = "\r\n ";
    }
}

static void
s_add_header (wording_t *self, const char *name, const char *value)
{
    wording_add_text (self, name);
    wording_add_text (self, ": ");
    wording_add_text (self, value);
    wording_add_text (self, "\r\n");
}

static void
s_add_id (wording_t *self, const mail_message_t *message)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * ID_BYTES + 1];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init (&state);
    crypto_hash_sha256_update (&state, (const unsigned char *) message->key, strlen (message->key) + 1);
    crypto_hash_sha256_update (&state, (const unsigned char *) message->recipient,
                               strlen (message->recipient));
    crypto_hash_sha256_final (&state, hash);
    sodium_bin2hex (hex, sizeof hex, hash, ID_BYTES);
    wording_add_text (self, "Message-ID: <");
    wording_add_text (self, hex);
    wording_add_text (self, strchr (message->from, '@'));
    wording_add_text (self, ">\r\n");
}

//  Fri, 27 Nov 2026 08:30:00 +0800
static void
s_add_date (wording_t *self, const mail_message_t *message)
{
    static const char *const DAYS[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const MONTHS[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t seconds = message->moment / 1000000 - (message->moment % 1000000 < 0) + message->tz_minutes * 60;
    day_t day = (day_t) (seconds / 86400 - (seconds % 86400 < 0));
    int second = (int) (seconds - (int64_t) day * 86400), year, month, day_of_month;
    day_to_civil (day, &year, &month, &day_of_month);
    int offset = abs (message->tz_minutes);
    char text[64];
    snprintf (text, sizeof text, "%s, %d %s %04d %02d:%02d:%02d %c%02d%02d", DAYS[day_weekday (day)],
              day_of_month, MONTHS[month - 1], year, second / 3600, second / 60 % 60, second % 60,
              message->tz_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
    s_add_header (self, "Date", text);
}

//  Lines of base64 over the text with CRLF line ends
static void
s_add_body (wording_t *self, const char *text)
{
    wording_t canonical = { 0 };
    wording_add (&canonical, "", 0);
    for (const char *place = text; *place; place++)
        wording_add (&canonical, *place == '\n' ? "\r\n" : place, *place == '\n' ? 2 : 1);
    wording_add (&canonical, "\r\n", 2);
    for (size_t at = 0; at < canonical.size; at += BODY_BYTES) {
        size_t left = canonical.size - at;
        s_add_base64 (self, canonical.data + at, left < BODY_BYTES ? left : BODY_BYTES);
        wording_add_text (self, "\r\n");
    }
    wording_reset (&canonical);
}

char *
mail_message_text (const mail_message_t *self)
{
    if (!mail_address_is_good (self->from) || !mail_address_is_good (self->to))
        return NULL;
    wording_t wording = { 0 };
    s_add_date (&wording, self);
    wording_add_text (&wording, "From: ");
    if (*self->from_name) {
        s_add_words (&wording, self->from_name);
        wording_add_text (&wording, "\r\n ");
    }
    wording_add_text (&wording, "<");
    wording_add_text (&wording, self->from);
    wording_add_text (&wording, ">\r\n");
    s_add_header (&wording, "To", self->to);
    s_add_id (&wording, self);
    wording_add_text (&wording, "Subject: ");
    s_add_words (&wording, self->subject);
    wording_add_text (&wording, "\r\n");
    if (self->urgent)
        s_add_header (&wording, "Importance", "high");
    s_add_header (&wording, "Auto-Submitted", "auto-generated");
    s_add_header (&wording, "MIME-Version", "1.0");
    s_add_header (&wording, "Content-Type", "text/plain; charset=utf-8");
    s_add_header (&wording, "Content-Transfer-Encoding", "base64");
    wording_add_text (&wording, "\r\n");
    s_add_body (&wording, self->text);
    return wording.data;
}
