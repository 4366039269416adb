//  feed - reads a source's feed for it, by cursor; a reader may wait for news
//
//  A page is asked of the database at once; if it is empty and the reader wants to wait, the request is
//  parked and asked again when the source's counter has moved (looked at every 200 ms, one question for all).
#pragma once
#include "proto/event.h"
#include "services/intake/request.h"

typedef struct feed feed_t;
typedef void (feed_answer_fn) (void *arg, const route_t *route, char *text); //  takes the text

feed_t *feed_new (service_t *service, feed_answer_fn *answer, void *arg);
void feed_destroy (feed_t **self_p);
bool feed_is_up (const feed_t *self);
//  False: too many readers at once. Else the page (or a problem) will be answered.
bool feed_read (feed_t *self, const route_t *route, const char *source, const event_t *event);
//  Nobody waits any more: everybody who does gets an empty page
void feed_drain (feed_t *self);
bool feed_is_idle (const feed_t *self);
