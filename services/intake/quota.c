//  quota - a token bucket per source

#include "services/intake/quota.h"

int
quota_take (source_t *source, int64_t now_ms)
{
    if (source->filled_at == 0)
        source->filled_at = now_ms;
    source->tokens += (double) (now_ms - source->filled_at) * (double) source->rate / 1000.0;
    source->filled_at = now_ms;
    if (source->tokens > (double) source->burst)
        source->tokens = (double) source->burst;
    if (source->tokens >= 1.0) {
        source->tokens -= 1.0;
        return 0;
    }
    int wait = (int) ((1.0 - source->tokens) * 1000.0 / (double) source->rate) + 1;
    return wait;
}
