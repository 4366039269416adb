//  feed - reads a source's feed for it, by cursor

#include "services/intake/feed.h"
#include "common/log.h"

#define MAX_READERS 256
#define LOOK_MS     200
#define PAGE_BYTES  (192 * 1024)

enum { PAGE, COUNTERS };
static const db_statement_t STATEMENTS[] = {
    [PAGE] = { "feed_page", "SELECT seq, event FROM feed WHERE source = $1::text AND seq > $2::bigint "
                            "ORDER BY seq LIMIT $3::int" },
    [COUNTERS] = { "feed_counters",
                   "SELECT source, last_seq FROM feed_counter WHERE source = ANY ($1::text[])" },
};
static const db_table_t TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

typedef struct {
    feed_t *feed;
    route_t route;
    char event_id[132];
    char source[48];
    int64_t after;
    int limit;
    int64_t wait_until; //  0: does not wait
    bool parked;
} reader_t;

struct feed {
    service_t *service;
    db_t *db;
    int timer;
    zlistx_t *readers; //  reader_t
    bool looking, draining;
    feed_answer_fn *answer;
    void *arg;
};

//  --------------------------------------------------------------------------
//  Answers

static void
s_finish (reader_t *reader)
{
    feed_t *self = reader->feed;
    void *handle = zlistx_find (self->readers, reader);
    if (handle)
        zlistx_detach (self->readers, handle);
    freen (reader);
}

//  The stored event with its place in the feed: "sequence" is CloudEvents' extension for it
static json_t *
s_line (const PGresult *result, int row)
{
    size_t size;
    const char *bytes = sql_bytes (result, row, 1, &size);
    json_t *event = json_loadb (bytes, size, 0, NULL);
    char sequence[24];
    snprintf (sequence, sizeof sequence, "%lld", (long long) sql_int8 (result, row, 0));
    if (event)
        json_object_set_new (event, "sequence", json_string (sequence));
    return event;
}

static void
s_answer_page (reader_t *reader, const PGresult *result)
{
    json_t *events = json_array ();
    int rows = result ? PQntuples (result) : 0, row = 0;
    int64_t next = reader->after;
    size_t bytes = 0;
    for (; row < rows; row++) {
        size_t size = (size_t) PQgetlength (result, row, 1);
        if (row && bytes + size > PAGE_BYTES)
            break;
        bytes += size;
        next = sql_int8 (result, row, 0);
        json_array_append_new (events, s_line (result, row));
    }
    json_t *data = json_pack ("{so sI sb}", "events", events, "next", (json_int_t) next, "more",
                              row < rows || rows == reader->limit);
    reader->feed->answer (
        reader->feed->arg, &reader->route,
        event_write (EVENT_FEED_PAGE, "duban", "", zclock_time () * 1000, reader->event_id, NULL, data));
    json_decref (data);
    s_finish (reader);
}

static void
s_answer_busy (reader_t *reader)
{
    problem_t *problem = problem_new (PROBLEM_BUSY, NULL);
    problem_retry_after (problem, 500);
    json_t *data = problem_json (problem);
    reader->feed->answer (
        reader->feed->arg, &reader->route,
        event_write (EVENT_PROBLEM, "duban", "", zclock_time () * 1000, reader->event_id, NULL, data));
    json_decref (data);
    problem_destroy (&problem);
    s_finish (reader);
}

//  --------------------------------------------------------------------------
//  Questions

static void
s_on_page (void *arg, PGresult *result)
{
    reader_t *reader = arg;
    bool good = result && PQresultStatus (result) == PGRES_TUPLES_OK;
    bool waits = reader->wait_until > zclock_mono () && !reader->feed->draining;
    if (!good)
        s_answer_busy (reader);
    else if (PQntuples (result) == 0 && waits)
        reader->parked = true;
    else
        s_answer_page (reader, result);
}

static void
s_ask (reader_t *reader)
{
    reader->parked = false;
    sql_params_t *params = sql_params_new ();
    sql_params_text (params, reader->source);
    sql_params_int8 (params, reader->after);
    sql_params_int4 (params, reader->limit);
    db_query (reader->feed->db, &STATEMENTS[PAGE], params, s_on_page, reader);
    db_sync (reader->feed->db, NULL, NULL);
    sql_params_destroy (&params);
}

//  The next parked reader for whom there is something to do; NULL: none
static reader_t *
s_next_due (feed_t *self, const char *source, int64_t last_seq, int64_t now)
{
    for (reader_t *reader = zlistx_first (self->readers); reader; reader = zlistx_next (self->readers)) {
        bool news = source && streq (reader->source, source) && last_seq > reader->after;
        if (reader->parked && (news || now >= reader->wait_until))
            return reader;
    }
    return NULL;
}

static void
s_on_counters (void *arg, PGresult *result)
{
    feed_t *self = arg;
    self->looking = false;
    if (!result || PQresultStatus (result) != PGRES_TUPLES_OK || !db_is_up (self->db))
        return;
    for (int row = 0; row < PQntuples (result); row++)
        for (reader_t *reader;
             (reader = s_next_due (self, sql_text (result, row, 0), sql_int8 (result, row, 1), 0));)
            s_ask (reader);
}

static int
s_on_look (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    feed_t *self = arg;
    int64_t now = self->draining ? INT64_MAX : zclock_mono ();
    for (reader_t *reader; (reader = s_next_due (self, NULL, 0, now));)
        s_answer_page (reader, NULL); //  waited long enough
    if (self->looking || !db_is_up (self->db) || !zlistx_size (self->readers))
        return 0;
    self->looking = true;
    sql_column_t *sources = sql_column_new (SQL_TEXT);
    for (reader_t *reader = zlistx_first (self->readers); reader; reader = zlistx_next (self->readers))
        if (reader->parked)
            sql_column_text (sources, reader->source);
    sql_params_t *params = sql_params_new ();
    sql_params_column (params, sources);
    sql_column_destroy (&sources);
    db_query (self->db, &STATEMENTS[COUNTERS], params, s_on_counters, self);
    db_sync (self->db, NULL, NULL);
    sql_params_destroy (&params);
    return 0;
}

static void
s_on_database (void *arg, bool up)
{
    (void) up;
    ((feed_t *) arg)->looking = false;
}

//  --------------------------------------------------------------------------
//  Public

feed_t *
feed_new (service_t *service, feed_answer_fn *answer, void *arg)
{
    feed_t *self = zmalloc (sizeof *self);
    *self = (feed_t){ .service = service, .answer = answer, .arg = arg };
    self->readers = zlistx_new ();
    self->db = db_new (service_loop (service), "feed", service_conninfo (service), "intake", &TABLE, 1,
                       s_on_database, self);
    self->timer = zloop_timer (service_loop (service), LOOK_MS, 0, s_on_look, self);
    return self;
}

void
feed_destroy (feed_t **self_p)
{
    if (!*self_p)
        return;
    feed_t *self = *self_p;
    zloop_timer_end (service_loop (self->service), self->timer);
    db_destroy (&self->db); //  answers "busy" to whoever is being read for
    for (reader_t *reader; (reader = zlistx_detach (self->readers, NULL));)
        freen (reader);
    zlistx_destroy (&self->readers);
    freen (self);
    *self_p = NULL;
}

bool
feed_is_up (const feed_t *self)
{
    return db_is_up (self->db);
}

bool
feed_read (feed_t *self, const route_t *route, const char *source, const event_t *event)
{
    if (zlistx_size (self->readers) >= MAX_READERS || !db_is_up (self->db) || self->draining)
        return false;
    json_int_t wait_ms = json_integer_value (json_object_get (event->data, "wait_ms"));
    json_t *limit = json_object_get (event->data, "limit");
    reader_t *reader = zmalloc (sizeof *reader);
    *reader = (reader_t){ .feed = self,
                          .route = *route,
                          .after = json_integer_value (json_object_get (event->data, "after")),
                          .limit = limit ? (int) json_integer_value (limit) : 100,
                          .wait_until = wait_ms ? zclock_mono () + wait_ms : 0 };
    snprintf (reader->event_id, sizeof reader->event_id, "%s", event->id);
    snprintf (reader->source, sizeof reader->source, "%s", source);
    zlistx_add_end (self->readers, reader);
    s_ask (reader);
    return true;
}

void
feed_drain (feed_t *self)
{
    self->draining = true;
    s_on_look (NULL, 0, self);
}

bool
feed_is_idle (const feed_t *self)
{
    return zlistx_size (self->readers) == 0;
}
