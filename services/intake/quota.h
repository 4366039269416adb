//  quota - a token bucket per source: `rate` messages a second, `burst` at once. Pure: the time comes in.
#pragma once
#include "services/intake/identity.h"

//  Takes one token. 0: go on; else the milliseconds after which to try again.
int quota_take (source_t *source, int64_t now_ms);
