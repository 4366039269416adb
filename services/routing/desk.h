//  desk - the cases of one batch: loads them, lets decide work on them in order, stores what came of it
#pragma once
#include "common/lane.h"
#include "proto/form.h"
#include "proto/shelf.h"
#include "services/routing/decide.h"

typedef struct desk desk_t;
desk_t *desk_new (const shelf_t *shelf, const rules_t *rules, const forms_t *forms, int utc_offset_minutes);
void desk_destroy (desk_t **self_p);

extern const lane_ops_t DESK_MAIL_OPS;    //  messages of other services; self is a desk
extern const lane_ops_t DESK_WAITING_OPS; //  what waits for its case; self is a desk of its own
