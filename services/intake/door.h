//  door - the ROUTER that the outside talks to: one CloudEvent in, one CloudEvent out, never silence
//
//      frame ─▶ who (key) ─▶ quota ─▶ parse ─▶ may they? ─▶ submissions lane ─COMMIT─▶ receipt
//                  └──────────┴────────┴──────────┴── problem
//                                        feed.read ─▶ feed ─▶ page
//
//  Nothing is known of a speaker but the key: what the JSON says of its source must agree with it.
#pragma once
#include "services/intake/feed.h"
#include "services/intake/request.h"

typedef struct door door_t;

typedef struct {
    service_t *service;
    identity_t *identity;
    feed_t *feed;
    void (*on_request) (void *arg, request_t *request); //  takes it
    bool (*is_busy) (void *arg); //  a bound is reached: say so before anything is stored
    void *arg;
} door_options_t;

//  NULL after a log line
door_t *door_new (const door_options_t *options);
void door_destroy (door_t **self_p);
bool door_is_ready (const door_t *self); //  has proved that a stranger is refused
void door_close (door_t *self);          //  reads no more; answers still go out
void door_receipt (door_t *self, const request_t *request);
//  Takes the problem
void door_problem (door_t *self, const route_t *route, const char *event_id, problem_t **problem_p);
//  Takes the text
void door_answer (door_t *self, const route_t *route, char *text);
