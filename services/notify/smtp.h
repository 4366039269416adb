//  smtp - a mail server as a channel: libcurl's multi interface on the service's loop, connections kept
//
//      smtp_send ──▶ curl ──socket and timer callbacks──▶ zloop          on_result ◀── outcome, last words
//
//  At most `connections` mails are on their way; the caller asks smtp_free_slots first. Nothing blocks (names
//  are resolved by curl's own thread) and every mail has its result within SMTP_LIMIT_MS.
#pragma once
#include "services/notify/decide.h"
#include <czmq.h>

#define SMTP_CONNECT_MS 10000
#define SMTP_LIMIT_MS   40000 //  well within the lease of a delivery

typedef struct smtp smtp_t;

typedef enum { STARTTLS_NEVER, STARTTLS_IF_OFFERED, STARTTLS_ALWAYS } starttls_t;

typedef struct {
    const char *url;  //  smtp://host:port or smtps://host:port
    const char *from; //  the envelope's sender
    const char *user; //  "" : nobody logs in
    const char *password;
    starttls_t starttls; //  with a user and no smtps always ALWAYS: no password goes out in the clear
    size_t connections;
} smtp_options_t;

//  words: the server's last, or curl's, fit to be stored. Called from the loop.
typedef void (smtp_result_fn) (void *arg, void *ticket, outcome_t outcome, const char *words);

//  Strings of options are borrowed for the life of the object
smtp_t *smtp_new (zloop_t *loop, const smtp_options_t *options, smtp_result_fn *on_result, void *arg);
void smtp_destroy (smtp_t **self_p);
size_t smtp_free_slots (const smtp_t *self);
bool smtp_is_idle (const smtp_t *self);
//  Takes the message. The ticket comes back with the result.
void smtp_send (smtp_t *self, const char *address, char **message_p, void *ticket);
