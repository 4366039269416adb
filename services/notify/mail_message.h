//  mail_message - one e-mail as RFC 5322 wants it: every header our own, every foreign byte encoded
//
//  The same delivery gives the same bytes at every attempt, Message-ID included: a server or reader that gets
//  it twice can tell.
#pragma once
#include "common/sql.h"

typedef struct {
    const char *key; //  notice_key: with the recipient the idempotency key
    const char *recipient;
    const char *from;      //  an address
    const char *from_name; //  shown with it; may be ""
    const char *to;        //  an address
    const char *subject, *text;
    moment_t moment; //  of the notice
    int tz_minutes;
    bool urgent;
} mail_message_t;

//  Plain ASCII, one @, nothing that could end a command or header
bool mail_address_is_good (const char *address);
//  The message, lines ended by CRLF; caller's. NULL if an address is not good.
char *mail_message_text (const mail_message_t *self);
