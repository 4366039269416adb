//  smtp - a mail server as a channel: a few workers, each a thread with one connection
//
//      smtp_send ──address, message──▶ worker ──▶ mail server
//      on_result ◀──outcome, words──── (smtp_worker)
//
//  Threads, because libcurl waits inside for the answer to DATA, also where it promises not to: a slow server
//  would hold up the loop. A worker has at most one mail in hand; the caller asks smtp_free_slots first. Every
//  mail has its result within SMTP_LONGEST_MS, unless smtp_destroy comes before.
#pragma once
#include "services/notify/smtp_worker.h"

#define SMTP_CONNECTIONS_MAX 16
#define SMTP_DRAIN_MS        6500 //  so that the outcome is stored before a service's 8 s are over

typedef struct smtp smtp_t;

//  words: the server's last, or curl's, fit to be stored. Called from the loop.
typedef void (smtp_result_fn) (void *arg, void *ticket, outcome_t outcome, const char *words);

//  Strings of options are borrowed for the life of the object. Once in a process, for curl's sake.
smtp_t *smtp_new (zloop_t *loop, const smtp_options_t *options, smtp_result_fn *on_result, void *arg);
//  Gives up what is on its way, without a result: takes a second at most
void smtp_destroy (smtp_t **self_p);
size_t smtp_free_slots (const smtp_t *self);
bool smtp_is_idle (const smtp_t *self);
//  What is still on its way after SMTP_DRAIN_MS is given up, with a result
void smtp_drain (smtp_t *self);
//  Takes the message. The ticket comes back with the result.
void smtp_send (smtp_t *self, const char *address, char **message_p, void *ticket);
