//  door - a reliable client of the door: a request is kept and sent again, with the same id, until it is
//  answered
//
//      door_send ─▶ kept ─▶ socket ─▶ the door       no answer within 3 s: a fresh socket to the next
//      endpoint on_reply  ◀─ reply or problem ◀──────┘        busy, quota, stopping: again after
//      retry_after_ms
//
//  The door recognises what it has seen by source and id, so that sending again is harmless.
#pragma once
#include "proto/event.h"
#include "services/dubanctl/command.h"
#include <jansson.h>

typedef struct door door_t;

//  Connects with DUBAN_DOOR (endpoints, comma separated), DUBAN_DOOR_PUBLIC, DUBAN_KEY and DUBAN_SOURCE. NULL
//  after saying which setting is wrong: USAGE.
door_t *door_new (void);
void door_destroy (door_t **self_p);
const char *door_source (const door_t *self);

typedef struct {
    event_type_t type;
    const char *id;     //  NULL: a new one
    int64_t time;       //  INT64_MIN: none
    const char *person; //  the person it is sent for, or NULL
    json_t *data;       //  taken
} door_event_t;
//  The event as text: caller frees. NULL if data is not valid UTF-8.
char *door_write (const door_t *self, const door_event_t *event);

//  The reply to a request: the parsed event, borrowed for the call
typedef void (door_reply_fn) (void *arg, const char *id, const json_t *reply);

//  Keeps and sends a request; text is taken
void door_send (door_t *self, const char *id, char *text);
size_t door_waiting (const door_t *self);
//  Sends what is due, hears what came, waits at most so long
void door_turn (door_t *self, long wait_ms, door_reply_fn *fn, void *arg);

//  Sends one event and waits for its reply within --timeout: caller owns. NULL after saying so: UNAVAILABLE.
json_t *door_ask (door_t *self, const door_event_t *event);
//  The same with an event that is written already; text is taken, its id is in it
json_t *door_ask_text (door_t *self, char *text);

//  --- reading replies
bool reply_is (const json_t *reply, event_type_t type);
const char *reply_text (const json_t *reply, const char *member); //  of data; NULL if it is not there
//  Prints a problem object for people or as JSON, and says which exit code it is
exit_t problem_print (const json_t *problem);
