//  zap - who may connect: our own handler of ZeroMQ's authentication protocol (RFC 27/ZAP)
//
//  One thread for the process, started before the first bind and ended after the last socket is closed:
//  without a handler libzmq lets every CURVE key in. It checks domain, mechanism and key, answers 200 with
//  the user id that was allowed for the key, 400 for a key that is not known in a closed domain, and, in a
//  patient domain, asks for news first and then answers 300 (try again): after 400 libzmq's client never
//  reconnects. czmq's zauth is not used: it always answers 400, ignores the domain and dies on SIGTERM.
#pragma once
#include <czmq.h>

typedef struct zap zap_t;

typedef struct {
    char key[41];  //  Z85
    char user[80]; //  what the socket's owner reads as User-Id
} zap_entry_t;

//  on_unknown is called on the loop when an unknown key knocked at a patient domain. NULL if the handler
//  could not be bound: then nothing may be served.
zap_t *zap_new (zloop_t *loop, void (*on_unknown) (void *arg), void *arg);
void zap_destroy (zap_t **self_p);
//  Replaces the keys of a domain (copied). patient: see above.
void zap_allow (zap_t *self, const char *domain, bool patient, const zap_entry_t *entries, size_t count);
