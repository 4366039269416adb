//  mail - the lane that takes messages: notices, withdrawals, and word that a feed row is durable
//
//      notice ──▶ notice row ─ deliveries ─ `feed` to intake        withdraw ──▶ withdrawn
//      fed    ──▶ delivered ─ `delivered` to routing
//
//  A notice is claimed by inserting its key: only who inserted it decides, so a repeated notice has one
//  effect.
#pragma once
#include "common/service.h"
#include "services/notify/decide.h"

typedef struct mail mail_t;

//  on_queued: a committed batch left deliveries to be sent. templates are borrowed.
mail_t *mail_new (service_t *service, const templates_t *templates, const office_t *office,
                  void (*on_queued) (void *arg), void *arg);
void mail_destroy (mail_t **self_p);
lane_t *mail_lane (mail_t *self);
