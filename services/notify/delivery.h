//  delivery - the lane that sends: claims what is due, hands it to the channel, writes down what came of it
//
//      queued ──claim, COMMIT──▶ sending ──SMTP──▶ delivered
//        ▲                        │  │ └─ refused for good, or tried often enough ─▶ dead (alarm)
//        └──── later, with jitter ┘  └─ lease over: outcome unknown, tried again with the same Message-ID
//
//  At-least-once, and the Message-ID tells repeats. A withdrawn notice is not sent; what had been on its way
//  when the withdrawal came keeps the state it reached.
#pragma once
#include "common/service.h"
#include "services/notify/placeholder.h"
#include "services/notify/smtp.h"

typedef struct delivery delivery_t;

//  smtp: NULL url or "" means there is no mail server; deliveries then wait. Options are borrowed.
delivery_t *delivery_new (service_t *service, const smtp_options_t *smtp, const office_t *office);
void delivery_destroy (delivery_t **self_p);
//  New deliveries are due
void delivery_wake (delivery_t *self);
//  Claims nothing more
void delivery_drain (delivery_t *self);
bool delivery_is_idle (const delivery_t *self);
