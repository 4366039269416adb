//  socket - CURVE sockets with every option set before bind or connect, where alone it counts
//
//  Bounded, never blocking, heart-beating; ZAP domain enforced on servers. NULL or -1 with a log line when
//  the world refuses (port in use). Options and reasons: common/README.md.
#pragma once
#include <czmq.h>

//  A ROUTER that only known keys of the domain can talk to; port in *port
zsock_t *socket_server (const char *domain, const char *endpoint, zcert_t *cert, int rcvhwm, int sndhwm,
                        int *port);
//  A DEALER to one server
zsock_t *socket_client (const char *endpoint, zcert_t *cert, const char *server_key);
//  Who sent this message: the user id that ZAP gave the key, from the payload frame (libzmq 4.3.4 has none on
//  the routing-id frame). NULL if there is none: drop the message.
const char *socket_user (zframe_t *payload);
//  True if the routing id is one that libzmq itself makes: 5 bytes, first 0
bool socket_id_is_ours (zframe_t *routing_id);
//  A CURVE key pair from its secret key in Z85; NULL if that is not one
zcert_t *socket_cert (const char *secret_key);
//  Proves that a server refuses an unknown key: connects with a fresh one and waits for the handshake to
//  fail. fn hears true (refused, as it must be) or false within 3 s, on the loop, once. The caller ends it,
//  in fn or before.
typedef struct self_test self_test_t;
self_test_t *self_test_new (zloop_t *loop, const char *endpoint, const char *server_key,
                            void (*fn) (void *arg, bool refused), void *arg);
void self_test_destroy (self_test_t **self_p);
