//  pipeline - what the server still owes us on one connection, in order, each with a deadline
//
//      pipeline_expect ─▶ head … tail          callback ◀─ head ◀─ pipeline_receive ◀─ libpq
//
//  Knows how libpq hands out answers: each statement yields its result, then NULL; a sync yields
//  PGRES_PIPELINE_SYNC alone. Every callback is called exactly once: with the answer, or with NULL when the
//  connection has gone (pipeline_abandon).
#pragma once
#include "common/db.h"

typedef struct pipeline pipeline_t;

typedef enum { EXPECT_RESULT, EXPECT_SYNC } expect_t;

//  name is borrowed: the subject of the log lines
pipeline_t *pipeline_new (const char *name);
void pipeline_destroy (pipeline_t **self_p);

//  From now on the answers come from this connection, which becomes non-blocking and pipelined
void pipeline_attach (pipeline_t *self, PGconn *conn);
//  Something was sent: its answer is waited for, at most DB_DEADLINE_MS. fn may be NULL.
void pipeline_expect (pipeline_t *self, expect_t kind, db_result_fn *fn, void *arg);
//  Hands out what libpq holds, without blocking. A callback may abandon the pipeline.
void pipeline_receive (pipeline_t *self);
//  The connection is gone: everybody who waits hears "unknown"
void pipeline_abandon (pipeline_t *self);
//  The oldest answer is overdue at this time of the monotonic clock
bool pipeline_is_late (const pipeline_t *self, int64_t now);
//  A WARNING came since the last sync was answered
bool pipeline_warned (const pipeline_t *self);
