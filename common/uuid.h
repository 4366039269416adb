//  uuid - UUID version 7 (RFC 9562, section 5.7): sorts by time, made without a server
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint8_t bytes[16];
} uuid_t;

#define UUID_TEXT 37 //  with the NUL

//  A new id; ids made by one process ascend even within a millisecond (12-bit counter, method 1 of
//  section 6.2)
uuid_t uuid_new (void);
void uuid_text (const uuid_t *self, char text[UUID_TEXT]);
bool uuid_parse (uuid_t *self, const char *text);
int uuid_compare (const uuid_t *left, const uuid_t *right);
//  The Unix milliseconds in the id
int64_t uuid_time (const uuid_t *self);
