//  excerpt - the beginning of a submission's text that goes to the assignment rules

#include "proto/excerpt.h"

size_t
excerpt_size (const char *bytes, size_t size)
{
    if (size <= EXCERPT_BYTES)
        return size;
    size = EXCERPT_BYTES;
    while (size && ((unsigned char) bytes[size] & 0xc0) == 0x80)
        size--;
    return size;
}
