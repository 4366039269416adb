//  pipeline - what the server still owes us on one connection, in order, each with a deadline

#include "common/pipeline.h"
#include "common/log.h"

//  One thing the server owes us an answer to
typedef struct pending {
    struct pending *next;
    expect_t kind;
    int64_t deadline;
    PGresult *result; //  the answer, held until libpq has said NULL after it
    db_result_fn *fn;
    void *arg;
} pending_t;

struct pipeline {
    const char *name;
    PGconn *conn; //  NULL: none, nothing can come
    pending_t *head, **tail;
    bool warned;
    bool busy; //  inside pipeline_receive: no nested reading
};

pipeline_t *
pipeline_new (const char *name)
{
    pipeline_t *self = zmalloc (sizeof *self);
    self->name = name;
    self->tail = &self->head;
    return self;
}

void
pipeline_destroy (pipeline_t **self_p)
{
    if (!*self_p)
        return;
    pipeline_abandon (*self_p);
    freen (*self_p);
}

static void
s_on_notice (void *arg, const PGresult *result)
{
    pipeline_t *self = arg;
    const char *severity = PQresultErrorField (result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
    if (severity && streq (severity, "WARNING"))
        self->warned = true;
    log_say (SAY_WARN, self->name, "database notice", "severity", severity ? severity : "", "text",
             message ? message : "", NULL);
}

void
pipeline_attach (pipeline_t *self, PGconn *conn)
{
    self->conn = conn;
    PQsetnonblocking (conn, 1);
    PQsetNoticeReceiver (conn, s_on_notice, self);
    PQenterPipelineMode (conn);
}

void
pipeline_expect (pipeline_t *self, expect_t kind, db_result_fn *fn, void *arg)
{
    pending_t *pending = zmalloc (sizeof *pending);
    *pending = (pending_t){ .kind = kind, .deadline = zclock_mono () + DB_DEADLINE_MS, .fn = fn, .arg = arg };
    *self->tail = pending;
    self->tail = &pending->next;
}

//  The head of the line is answered
static void
s_answer (pipeline_t *self, PGresult *result)
{
    pending_t *pending = self->head;
    self->head = pending->next;
    if (!self->head)
        self->tail = &self->head;
    if (pending->fn)
        pending->fn (pending->arg, result);
    if (pending->kind == EXPECT_SYNC)
        self->warned = false;
    PQclear (result);
    freen (pending);
}

static void
s_take (pipeline_t *self, PGresult *result)
{
    pending_t *head = self->head;
    if (!result) {
        result = head->result;
        head->result = NULL;
        if (result)
            s_answer (self, result);
    } else if (PQresultStatus (result) == PGRES_PIPELINE_SYNC) {
        assert (head->kind == EXPECT_SYNC);
        s_answer (self, result);
    } else if (head->result || head->kind == EXPECT_SYNC)
        PQclear (result); //  a second result or a FATAL error outside any query
    else
        head->result = result;
}

void
pipeline_receive (pipeline_t *self)
{
    if (self->busy)
        return;
    self->busy = true;
    int silent = 0; //  NULLs in a row: with nothing outstanding libpq says NULL for ever
    while (self->conn && self->head && silent < 3 && !PQisBusy (self->conn)) {
        PGresult *result = PQgetResult (self->conn);
        silent = result ? 0 : silent + 1;
        s_take (self, result);
    }
    self->busy = false;
}

void
pipeline_abandon (pipeline_t *self)
{
    pending_t *pending = self->head;
    self->conn = NULL;
    self->head = NULL;
    self->tail = &self->head;
    self->warned = false;
    while (pending) {
        pending_t *next = pending->next;
        PQclear (pending->result);
        if (pending->fn)
            pending->fn (pending->arg, NULL);
        freen (pending);
        pending = next;
    }
}

bool
pipeline_is_late (const pipeline_t *self, int64_t now)
{
    return self->head && now >= self->head->deadline;
}

bool
pipeline_warned (const pipeline_t *self)
{
    return self->warned;
}
