//  smtp_worker - a thread that sends one mail at a time over a connection of its own, and waits for the answer
//
//      to it:    address, message         one mail; the next only after the outcome of this one
//                SMTP_GIVE_UP             leave the mail in hand, its outcome is unknown
//                $TERM                    the same, and end
//      from it:  outcome (a number), words
//
//  The connection is kept for a while after a mail that went well. Whatever server and network do, an outcome
//  comes within SMTP_LONGEST_MS, and within about a second after SMTP_GIVE_UP or $TERM.
#pragma once
#include "services/notify/decide.h"
#include <czmq.h>

#define SMTP_CONNECT_MS 10000
#define SMTP_LIMIT_MS   40000 //  for a whole mail
#define SMTP_LONGEST_MS 45000 //  the limit and what curl needs to notice; the lease of a delivery is longer
#define SMTP_GIVE_UP    "GIVE UP"

typedef enum { STARTTLS_NEVER, STARTTLS_IF_OFFERED, STARTTLS_ALWAYS } starttls_t;

typedef struct {
    const char *url;  //  smtp://host:port or smtps://host:port
    const char *from; //  the envelope's sender
    const char *user; //  "" : nobody logs in
    const char *password;
    starttls_t starttls; //  with a user and no smtps always ALWAYS: no password goes out in the clear
    size_t connections;
} smtp_options_t;

//  A zactor_fn. Takes options: an smtp_options_t of its own; the strings are borrowed for its life.
void smtp_worker (zsock_t *pipe, void *options);
