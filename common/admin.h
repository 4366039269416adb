//  admin - /livez /readyz /metrics /version over plain HTTP, for health checks and Prometheus, on the loop
//
//  libmicrohttpd in external-poll mode: its epoll descriptor is one more poller of the loop, so an answer
//  from /livez proves that the loop turns. Not for the outside: bind it to loopback or the internal network.
#pragma once
#include <czmq.h>
#include <stdbool.h>

typedef struct admin admin_t;
//  address "127.0.0.1:0" (0: any free port). not_ready says why not, or NULL when ready. NULL if it cannot
//  bind.
admin_t *admin_new (zloop_t *loop, const char *address, const char *(*not_ready) (void *arg), void *arg);
void admin_destroy (admin_t **self_p);
const char *admin_url (const admin_t *self);
