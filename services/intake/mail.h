//  mail - what other services send to intake: a line of somebody's feed, or a case that another one opens
#pragma once
#include "services/intake/store.h"

extern const lane_ops_t INTAKE_MAIL_OPS; //  its self is unused

//  Pure: the CloudEvent for one message; NULL for a kind that makes no line. Caller frees.
char *mail_event (json_t *message);
