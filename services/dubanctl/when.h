//  when - moments as people type them
#pragma once
#include <stdbool.h>
#include <stdint.h>

//  "2026-11-23" (09:00 local), "2026-11-23 14:30[:00]" (local), RFC 3339, or "now"; microseconds since 1970
//  UTC
bool when_read (const char *text, int64_t *moment);
