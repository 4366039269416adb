//  uuid - UUID version 7 (RFC 9562, section 5.7)

#include "common/uuid.h"
#include <assert.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

uuid_t
uuid_new (void)
{
    static int64_t last_ms;
    static uint16_t counter;
    uuid_t self;
    ssize_t got = getrandom (self.bytes, sizeof self.bytes, 0);
    assert (got == sizeof self.bytes);
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    int64_t ms = (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (ms > last_ms) {
        last_ms = ms;
        counter = (uint16_t) (((self.bytes[6] << 8) | self.bytes[7]) & 0x7ff); //  room to count up
    } else if (++counter > 0xfff) {
        last_ms++; //  more than the counter holds, or the clock went back: borrow from the next millisecond
        counter = 0;
    }
    for (int byte = 0; byte < 6; byte++)
        self.bytes[byte] = (uint8_t) (last_ms >> (40 - 8 * byte));
    self.bytes[6] = (uint8_t) (0x70 | (counter >> 8));
    self.bytes[7] = (uint8_t) counter;
    self.bytes[8] = (uint8_t) (0x80 | (self.bytes[8] & 0x3f));
    return self;
}

void
uuid_text (const uuid_t *self, char text[UUID_TEXT])
{
    char *out = text;
    for (int byte = 0; byte < 16; byte++) {
        if (byte == 4 || byte == 6 || byte == 8 || byte == 10)
            *out++ = '-';
        *out++ = "0123456789abcdef"[self->bytes[byte] >> 4];
        *out++ = "0123456789abcdef"[self->bytes[byte] & 15];
    }
    *out = 0;
}

static int
s_nibble (char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool
uuid_parse (uuid_t *self, const char *text)
{
    if (strlen (text) != UUID_TEXT - 1)
        return false;
    for (int byte = 0; byte < 16; byte++) {
        if (byte == 4 || byte == 6 || byte == 8 || byte == 10)
            if (*text++ != '-')
                return false;
        int high = s_nibble (text[0]), low = s_nibble (text[1]);
        if (high < 0 || low < 0)
            return false;
        self->bytes[byte] = (uint8_t) (high << 4 | low);
        text += 2;
    }
    return true;
}

int
uuid_compare (const uuid_t *left, const uuid_t *right)
{
    return memcmp (left->bytes, right->bytes, sizeof left->bytes);
}

int64_t
uuid_time (const uuid_t *self)
{
    int64_t ms = 0;
    for (int byte = 0; byte < 6; byte++)
        ms = ms << 8 | self->bytes[byte];
    return ms;
}
