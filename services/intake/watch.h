//  watch - who watches the watchdog: an alarm when none has beaten for 30 s
#pragma once
#include "common/service.h"

typedef struct watch watch_t;
watch_t *watch_new (service_t *service);
void watch_destroy (watch_t **self_p);
