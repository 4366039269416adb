//  db - one PostgreSQL connection, pipelined, non-blocking, driven by the service's loop

#include "common/db.h"
#include "common/log.h"
#include "common/pipeline.h"

#define MAX_TABLES     8
#define TICK_MS        250
#define CONNECT_MS     5000
#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS   2000

typedef enum {
    DB_DOWN,       //  waiting for retry_at
    DB_CONNECTING, //  PQconnectPoll
    DB_PREPARING,  //  statements are being prepared
    DB_UP
} db_phase_t;

struct db {
    zloop_t *loop;
    char *name;
    char *conninfo;
    db_table_t tables[MAX_TABLES];
    size_t table_count;
    db_state_fn *on_state;
    void *arg;
    PGconn *conn;
    db_phase_t phase;
    zmq_pollitem_t item; //  what the loop watches; fd -1: nothing
    int timer;
    int64_t retry_at, connect_by;
    int retry_ms;
    pipeline_t *pipeline; //  what was sent and is not answered
    bool unprepared;      //  a statement could not be prepared: try again later, from the start
};

static void s_lost (db_t *self, const char *reason);
static int s_on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg);

//  Watches the connection's socket for events; the loop cannot change a poller, so end and add, only if
//  needed
static void
s_watch (db_t *self, int fd, short events)
{
    if (self->item.fd == fd && self->item.events == events)
        return;
    if (self->item.fd >= 0)
        zloop_poller_end (self->loop, &self->item);
    self->item = (zmq_pollitem_t){ .fd = fd, .events = events };
    if (fd >= 0) {
        zloop_poller (self->loop, &self->item, s_on_socket, self);
        zloop_poller_set_tolerant (self->loop, &self->item);
    }
}

static void
s_flush (db_t *self)
{
    int rc = PQflush (self->conn);
    if (rc < 0)
        s_lost (self, PQerrorMessage (self->conn));
    else
        s_watch (self, PQsocket (self->conn), rc ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN);
}

//  --------------------------------------------------------------------------
//  Connecting

static void
s_on_prepared (void *arg, PGresult *result)
{
    db_t *self = arg;
    if (!result)
        return;
    if (PQresultStatus (result) == PGRES_PIPELINE_SYNC) {
        if (self->unprepared) {
            s_lost (self, "the schema is not what this program needs");
            return;
        }
        self->phase = DB_UP;
        self->retry_ms = RETRY_FIRST_MS;
        log_say (SAY_INFO, self->name, "database is up", NULL);
        self->on_state (self->arg, true);
    } else if (PQresultStatus (result) != PGRES_COMMAND_OK) {
        if (PQresultStatus (result) != PGRES_PIPELINE_ABORTED)
            log_say (SAY_ERROR, self->name, "a statement cannot be prepared: is the schema migrated?", "text",
                     PQresultErrorMessage (result), NULL);
        self->unprepared = true;
    }
}

static void
s_prepare_all (db_t *self)
{
    pipeline_attach (self->pipeline, self->conn);
    self->phase = DB_PREPARING;
    self->unprepared = false;
    for (size_t table = 0; table < self->table_count; table++)
        for (size_t index = 0; index < self->tables[table].count; index++) {
            const db_statement_t *statement = &self->tables[table].statements[index];
            PQsendPrepare (self->conn, statement->name, statement->sql, 0, NULL);
            pipeline_expect (self->pipeline, EXPECT_RESULT, s_on_prepared, self);
        }
    PQpipelineSync (self->conn);
    pipeline_expect (self->pipeline, EXPECT_SYNC, s_on_prepared, self);
    s_flush (self);
}

static void
s_connect_step (db_t *self)
{
    switch (PQconnectPoll (self->conn)) {
    case PGRES_POLLING_READING:
        s_watch (self, PQsocket (self->conn), ZMQ_POLLIN);
        break;
    case PGRES_POLLING_WRITING:
        s_watch (self, PQsocket (self->conn), ZMQ_POLLOUT);
        break;
    case PGRES_POLLING_OK:
        s_prepare_all (self);
        break;
    default:
        s_lost (self, PQerrorMessage (self->conn));
    }
}

static void
s_connect (db_t *self)
{
    self->conn = PQconnectStart (self->conninfo);
    assert (self->conn);
    self->phase = DB_CONNECTING;
    self->connect_by = zclock_mono () + CONNECT_MS; //  connect_timeout is not heeded on this path
    if (PQstatus (self->conn) == CONNECTION_BAD)
        s_lost (self, PQerrorMessage (self->conn));
    else
        s_watch (self, PQsocket (self->conn), ZMQ_POLLOUT);
}

//  The one place where a connection ends. Everybody who waits hears "unknown".
static void
s_lost (db_t *self, const char *reason)
{
    if (!self->conn)
        return;
    bool was_up = self->phase == DB_UP;
    log_say (SAY_WARN, self->name, "database connection lost", "reason", reason, NULL);
    s_watch (self, -1, 0);
    PQfinish (self->conn);
    self->conn = NULL;
    self->phase = DB_DOWN;
    self->retry_at = zclock_mono () + self->retry_ms;
    self->retry_ms = self->retry_ms * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : self->retry_ms * 2;
    pipeline_abandon (self->pipeline);
    if (was_up)
        self->on_state (self->arg, false);
}

//  --------------------------------------------------------------------------
//  The loop

static int
s_on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void) loop;
    (void) item;
    db_t *self = arg;
    if (!self->conn)
        return 0;
    if (self->phase == DB_CONNECTING) {
        s_connect_step (self);
        return 0;
    }
    if (!PQconsumeInput (self->conn)) {
        s_lost (self, PQerrorMessage (self->conn));
        return 0;
    }
    pipeline_receive (self->pipeline);
    if (self->conn && PQstatus (self->conn) == CONNECTION_BAD)
        s_lost (self, PQerrorMessage (self->conn));
    if (self->conn)
        s_flush (self);
    return 0;
}

static int
s_on_tick (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    db_t *self = arg;
    int64_t now = zclock_mono ();
    if (self->phase == DB_DOWN && now >= self->retry_at)
        s_connect (self);
    else if (self->phase == DB_CONNECTING && now >= self->connect_by)
        s_lost (self, "no answer while connecting");
    else if (pipeline_is_late (self->pipeline, now))
        s_lost (self, "no answer within the deadline");
    return 0;
}

//  --------------------------------------------------------------------------
//  Public

db_t *
db_new (zloop_t *loop, const char *name, const char *conninfo, const char *schema, const db_table_t *tables,
        size_t table_count, db_state_fn *on_state, void *arg)
{
    assert (table_count <= MAX_TABLES);
    db_t *self = zmalloc (sizeof *self);
    *self = (db_t){ .loop = loop, .table_count = table_count, .on_state = on_state, .arg = arg };
    self->name = zsys_sprintf ("database %s", name);
    //  The server-side limits are the second line: the first is our own deadline. Every statement is written
    //  for an index and planned once: a plan made while a table was still empty would otherwise read it whole
    //  ever after.
    self->conninfo = zsys_sprintf (
        "%s client_encoding=UTF8 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 "
        "tcp_user_timeout=8000 "
        "application_name='duban %s' options='-c search_path=%s -c statement_timeout=5s -c lock_timeout=2s "
        "-c idle_in_transaction_session_timeout=5s -c timezone=UTC -c plan_cache_mode=force_generic_plan "
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off "
        "-c max_parallel_workers_per_gather=0'",
        conninfo, name, schema);
    memcpy (self->tables, tables, table_count * sizeof *tables);
    self->item.fd = -1;
    self->pipeline = pipeline_new (self->name);
    self->retry_ms = RETRY_FIRST_MS;
    self->timer = zloop_timer (loop, TICK_MS, 0, s_on_tick, self);
    s_connect (self);
    return self;
}

void
db_destroy (db_t **self_p)
{
    if (!*self_p)
        return;
    db_t *self = *self_p;
    zloop_timer_end (self->loop, self->timer);
    s_watch (self, -1, 0);
    pipeline_destroy (&self->pipeline);
    PQfinish (self->conn);
    freen (self->name);
    freen (self->conninfo);
    freen (self);
    *self_p = NULL;
}

bool
db_is_up (const db_t *self)
{
    return self->phase == DB_UP;
}

void
db_query (db_t *self, const db_statement_t *statement, const sql_params_t *params, db_result_fn *fn,
          void *arg)
{
    assert (self->phase == DB_UP);
    const char *const *values = NULL;
    const int *lengths = NULL, *formats = NULL;
    int count = params ? sql_params_arrays (params, &values, &lengths, &formats) : 0;
    if (!PQsendQueryPrepared (self->conn, statement->name, count, values, lengths, formats, 1))
        log_say (SAY_ERROR, self->name, "cannot send", "statement", statement->name, "text",
                 PQerrorMessage (self->conn), NULL); //  the deadline finds it
    pipeline_expect (self->pipeline, EXPECT_RESULT, fn, arg);
}

void
db_flush (db_t *self)
{
    assert (self->phase == DB_UP);
    PQsendFlushRequest (self->conn);
    s_flush (self);
}

void
db_sync (db_t *self, db_result_fn *fn, void *arg)
{
    assert (self->phase == DB_UP);
    PQpipelineSync (self->conn);
    pipeline_expect (self->pipeline, EXPECT_SYNC, fn, arg);
    s_flush (self);
}

bool
db_warned (const db_t *self)
{
    return pipeline_warned (self->pipeline);
}

const char *
db_local_address (db_t *self)
{
    static char text[64];
    struct sockaddr_storage address = { 0 };
    socklen_t size = sizeof address;
    if (!self->conn || getsockname (PQsocket (self->conn), (struct sockaddr *) &address, &size) ||
        address.ss_family != AF_INET)
        return NULL;
    const struct sockaddr_in *in = (const struct sockaddr_in *) &address;
    return inet_ntop (AF_INET, &in->sin_addr, text, sizeof text);
}
