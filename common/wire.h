//  wire - the frames that replicas exchange over the internal sockets (grammar and meaning: common/README.md)
//
//      sender (DEALER)                       receiver (ROUTER)
//      HELLO replica ───────────────────────▶           every second: greeting and heartbeat in one
//            ◀─────────────────────── CREDIT session window
//      DATA id, alone | body ───────────────▶
//            ◀─────────────────────────── ACK id         after the receiver's COMMIT
//            ◀────────── NACK id, retry after ms         cannot be applied now; 0 = never will be
//            ◀───────────────────────────── DRAIN        send no more, I am stopping
#pragma once
#include "common/uuid.h"
#include <czmq.h>
#include <stdbool.h>
#include <stdint.h>

#define WIRE_VERSION 1

typedef enum { WIRE_HELLO = 1, WIRE_CREDIT, WIRE_DATA, WIRE_ACK, WIRE_NACK, WIRE_DRAIN } wire_kind_t;

typedef struct {
    wire_kind_t kind;
    uuid_t id;        //  HELLO: the replica; DATA, ACK, NACK: the parcel
    uint64_t session; //  CREDIT: made anew by the receiver for each connection
    uint32_t number;  //  CREDIT: window in bytes; NACK: milliseconds; DATA: 1 = alone
} wire_t;

#define WIRE_BYTES 30

void wire_write (const wire_t *self, uint8_t bytes[WIRE_BYTES]);
//  False if the bytes are not a frame of this version
bool wire_read (wire_t *self, const void *bytes, size_t size);
//  Sends [route] header [body]; never blocks. False if the peer cannot take it now.
bool wire_send (zsock_t *socket, const wire_t *header, const void *route, size_t route_size, const void *body,
                size_t body_size);
