//  wire - the frames that replicas exchange over the internal sockets

#include "common/wire.h"
#include <string.h>

void
wire_write (const wire_t *self, uint8_t bytes[WIRE_BYTES])
{
    bytes[0] = WIRE_VERSION;
    bytes[1] = (uint8_t) self->kind;
    memcpy (bytes + 2, self->id.bytes, 16);
    for (int byte = 0; byte < 8; byte++)
        bytes[18 + byte] = (uint8_t) (self->session >> (56 - 8 * byte));
    for (int byte = 0; byte < 4; byte++)
        bytes[26 + byte] = (uint8_t) (self->number >> (24 - 8 * byte));
}

bool
wire_read (wire_t *self, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    if (size != WIRE_BYTES || in[0] != WIRE_VERSION || in[1] < WIRE_HELLO || in[1] > WIRE_DRAIN)
        return false;
    *self = (wire_t){ .kind = (wire_kind_t) in[1] };
    memcpy (self->id.bytes, in + 2, 16);
    for (int byte = 0; byte < 8; byte++)
        self->session = self->session << 8 | in[18 + byte];
    for (int byte = 0; byte < 4; byte++)
        self->number = self->number << 8 | in[26 + byte];
    return true;
}

bool
wire_send (zsock_t *socket, const wire_t *header, const void *route, size_t route_size, const void *body,
           size_t body_size)
{
    uint8_t bytes[WIRE_BYTES];
    wire_write (header, bytes);
    void *handle = zsock_resolve (socket);
    if (route && zmq_send (handle, route, route_size, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return false;
    if (zmq_send (handle, bytes, sizeof bytes, ZMQ_DONTWAIT | (body ? ZMQ_SNDMORE : 0)) < 0)
        return false;
    return !body || zmq_send (handle, body, body_size, ZMQ_DONTWAIT) >= 0;
}
