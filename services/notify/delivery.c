//  delivery - the lane that sends: claims what is due, hands it to the channel, writes down what came of it

#include "services/notify/delivery.h"
#include "common/log.h"
#include "common/metrics.h"
#include "services/notify/mail_message.h"
#include <sodium.h>

#define LEASE_S      60
#define LONGEST_NAP  1000
#define NO_MORE_WORK (-1)

static_assert (LEASE_S * 1000 >= SMTP_LONGEST_MS + 10000,
               "a mail must have its outcome before the lease is over");

enum { RESULTS, CLAIM, NEAREST };
static const db_statement_t STATEMENTS[] = {
    //  `attempts` is the fence: the result of a lease that was lost changes nothing, unless it is
    //  "delivered",
    //  which is true whoever says it. In the order of the ids, like the claim, so that replicas do not
    //  deadlock.
    [RESULTS] = { "delivery_results",
                  "UPDATE delivery d SET state = r.state, outcome = r.words, "
                  "next_try_at = CASE WHEN r.state = 'queued' "
                  "THEN clock_timestamp () + make_interval (secs => r.delay_ms / 1000.0) END, "
                  "delivered_at = CASE WHEN r.state = 'delivered' THEN clock_now () END "
                  "FROM (SELECT d.delivery_id, u.attempts, u.state, u.delay_ms, u.words "
                  "FROM unnest ($1::bigint[], $2::int[], $3::text[], $4::int[], $5::text[]) "
                  "AS u (id, attempts, state, delay_ms, words) JOIN delivery d ON d.delivery_id = u.id "
                  "ORDER BY d.delivery_id FOR UPDATE OF d) AS r "
                  "WHERE d.delivery_id = r.delivery_id AND d.state IN ('queued', 'sending') "
                  "AND (d.attempts = r.attempts OR r.state = 'delivered')" },
    //  One attempt more, with a lease; or the end of it: withdrawn meanwhile, or tried often enough without
    //  ever
    //  hearing what came of it
    [CLAIM] = { "delivery_claim",
                "WITH due AS (SELECT delivery_id, next_try_at FROM delivery WHERE next_try_at <= "
                "clock_timestamp () "
                "ORDER BY next_try_at LIMIT $1::int FOR UPDATE SKIP LOCKED), "
                "judged AS (SELECT due.delivery_id, due.next_try_at, n.number, n.urgent, n.created_at, "
                "CASE WHEN n.withdrawn THEN 'withdrawn' WHEN d.attempts >= $2::int THEN 'dead' ELSE "
                "'sending' END "
                "AS state FROM due JOIN delivery d USING (delivery_id) JOIN notice n USING (notice_key)) "
                "UPDATE delivery d SET state = j.state, attempts = d.attempts + (j.state = 'sending')::int, "
                "next_try_at = CASE WHEN j.state = 'sending' "
                "THEN clock_timestamp () + make_interval (secs => $3::int) END, "
                "outcome = CASE WHEN j.state = 'dead' THEN coalesce (d.outcome, 'outcome unknown') ELSE "
                "d.outcome END "
                "FROM judged j WHERE d.delivery_id = j.delivery_id "
                "RETURNING d.delivery_id, d.state, d.attempts, d.notice_key, d.recipient, d.address, "
                "d.subject, "
                "d.text, j.urgent, j.created_at, "
                "(extract (epoch FROM clock_timestamp () - j.next_try_at) * 1000)::bigint" },
    [NEAREST] = { "delivery_nearest",
                  "SELECT (extract (epoch FROM min (next_try_at) - clock_timestamp ()) * 1000)::bigint "
                  "FROM delivery WHERE next_try_at IS NOT NULL" },
};
static const db_table_t TABLE = { STATEMENTS, sizeof STATEMENTS / sizeof *STATEMENTS };

//  One delivery that was claimed: first on its way, then with its result
typedef struct {
    int64_t id;
    int attempts;
    char *address, *message; //  until it is handed to the channel; message NULL: the address is none
    outcome_t outcome;
    char words[256];
} job_t;

//  What one batch found. The lane begins the next batch before it reports the last as done, so there are two.
typedef struct {
    zlistx_t *claimed; //  job_t, to be sent when it is committed
    size_t dead, withdrawn;
    int64_t nearest_ms; //  until the next is due; NO_MORE_WORK
    bool decided;
} find_t;

struct delivery {
    zloop_t *loop;
    lane_t *lane;
    smtp_t *smtp; //  NULL: no mail server
    smtp_options_t options;
    office_t office;
    bool draining;
    int timer;
    zlistx_t *jobs; //  job_t, all of them, owned: claimed, on their way, with results
    find_t now, before;
    metric_t *sent, *retried, *died, *dropped, *in_flight, *lateness;
};

static void
s_free_job (void **item_p)
{
    job_t *self = *item_p;
    free (self->address);
    free (self->message);
    freen (self);
    *item_p = NULL;
}

static void
s_forget_job (delivery_t *self, job_t *job)
{
    zlistx_delete (self->jobs, zlistx_find (self->jobs, job));
}

//  Jobs still in it were claimed by an attempt that was rolled back
static void
s_forget_find (delivery_t *self, find_t *find)
{
    zlistx_t *claimed = find->claimed;
    for (job_t *job = zlistx_first (claimed); job; job = zlistx_next (claimed))
        s_forget_job (self, job);
    zlistx_purge (claimed);
    *find = (find_t){ .claimed = claimed, .nearest_ms = NO_MORE_WORK };
}

static void
s_begin_find (delivery_t *self)
{
    if (self->now.decided) { //  either committed, and done comes next, or rolled back
        find_t before = self->before;
        self->before = self->now;
        self->now = before;
    }
    s_forget_find (self, &self->now);
}

//  --------------------------------------------------------------------------
//  Load: results in, due deliveries out

static void
s_store_results (delivery_t *self, batch_t *batch)
{
    sql_column_t *columns[] = { sql_column_new (SQL_INT8), sql_column_new (SQL_INT4),
                                sql_column_new (SQL_TEXT), sql_column_new (SQL_INT4),
                                sql_column_new (SQL_TEXT) };
    size_t count = sizeof columns / sizeof *columns;
    for (size_t index = 0; index < batch_count (batch); index++) {
        const job_t *job = batch_item (batch, index)->request;
        if (batch_item (batch, index)->poisoned)
            continue; //  its lease brings it back
        next_t next =
            attempt_decide (job->outcome, job->attempts, (double) randombytes_uniform (1001) / 1000);
        sql_column_int8 (columns[0], job->id);
        sql_column_int4 (columns[1], job->attempts);
        sql_column_text (columns[2], next.state);
        sql_column_int4 (columns[3], next.delay_ms);
        sql_column_text (columns[4], job->words);
        self->now.dead += streq (next.state, "dead");
    }
    sql_params_t *params = sql_params_new ();
    for (size_t column = 0; column < count; column++)
        sql_params_column (params, columns[column]);
    if (sql_column_count (columns[0]))
        batch_query (batch, &STATEMENTS[RESULTS], params, NULL, NULL);
    sql_params_destroy (&params);
    for (size_t column = 0; column < count; column++)
        sql_column_destroy (&columns[column]);
}

static job_t *
s_new_job (delivery_t *self, PGresult *result, int row)
{
    job_t *job = zmalloc (sizeof *job);
    job->id = sql_int8 (result, row, 0);
    job->attempts = sql_int4 (result, row, 2);
    job->address = strdup (sql_text (result, row, 5));
    mail_message_t mail = { .key = sql_text (result, row, 3),
                            .recipient = sql_text (result, row, 4),
                            .from = self->options.from,
                            .from_name = self->office.bureau,
                            .to = job->address,
                            .subject = sql_text (result, row, 6),
                            .text = sql_text (result, row, 7),
                            .urgent = sql_bool (result, row, 8),
                            .moment = sql_moment (result, row, 9),
                            .tz_minutes = self->office.tz_minutes };
    job->message = mail_message_text (&mail);
    zlistx_add_end (self->jobs, job);
    return job;
}

static void
s_on_claimed (void *arg, PGresult *result)
{
    delivery_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++) {
        const char *state = sql_text (result, row, 1);
        if (streq (state, "sending")) {
            zlistx_add_end (self->now.claimed, s_new_job (self, result, row));
            metric_observe (self->lateness, (double) sql_int8 (result, row, 10) / 1000);
        } else if (streq (state, "dead"))
            self->now.dead++;
        else
            self->now.withdrawn++;
    }
}

static void
s_on_nearest (void *arg, PGresult *result)
{
    delivery_t *self = arg;
    int64_t wait = sql_is_null (result, 0, 0) ? NO_MORE_WORK : sql_int8 (result, 0, 0);
    self->now.nearest_ms = wait < NO_MORE_WORK ? 0 : wait;
}

static void
s_load (void *arg, batch_t *batch)
{
    delivery_t *self = arg;
    s_begin_find (self);
    s_store_results (self, batch);
    int limit = batch_limit (batch);
    size_t slots = self->smtp && !self->draining ? smtp_free_slots (self->smtp) : 0;
    size_t promised = zlistx_size (self->before.claimed);
    if (slots <= promised)
        return; //  the next result wakes us
    slots -= promised;
    sql_params_t *params = sql_params_new ();
    sql_params_int4 (params, slots < (size_t) limit ? (int32_t) slots : limit);
    sql_params_int4 (params, ATTEMPTS_MAX);
    sql_params_int4 (params, LEASE_S);
    batch_query (batch, &STATEMENTS[CLAIM], params, s_on_claimed, self);
    batch_query (batch, &STATEMENTS[NEAREST], NULL, s_on_nearest, self);
    sql_params_destroy (&params);
}

static void
s_decide (void *arg, batch_t *batch)
{
    (void) batch; //  attempt_decide has spoken in load: a result depends on nothing that is read
    ((delivery_t *) arg)->now.decided = true;
}

//  --------------------------------------------------------------------------
//  Done: the lease is durable, so it may be sent

static void
s_settle (delivery_t *self, job_t *job, outcome_t outcome, const char *words)
{
    job->outcome = outcome;
    snprintf (job->words, sizeof job->words, "%s", words);
    metric_add (outcome == OUTCOME_DELIVERED ? self->sent : self->retried, 1);
    lane_put (self->lane, job, sizeof *job);
}

static void
s_on_result (void *arg, void *ticket, outcome_t outcome, const char *words)
{
    delivery_t *self = arg;
    job_t *job = ticket;
    if (outcome != OUTCOME_DELIVERED) {
        char subject[48];
        snprintf (subject, sizeof subject, "delivery %lld", (long long) job->id);
        log_say (SAY_WARN, subject, outcome == OUTCOME_REFUSED ? "refused for good" : "did not go out",
                 "attempt", log_number (job->attempts), "words", words, NULL);
    }
    metric_set (self->in_flight, metric_value (self->in_flight) - 1);
    s_settle (self, job, outcome, words);
}

static void
s_send_claimed (delivery_t *self, zlistx_t *claimed)
{
    for (job_t *job = zlistx_first (claimed); job; job = zlistx_first (claimed)) {
        zlistx_detach (claimed, NULL);
        if (job->message) {
            metric_set (self->in_flight, metric_value (self->in_flight) + 1);
            smtp_send (self->smtp, job->address, &job->message, job);
        } else
            s_settle (self, job, OUTCOME_REFUSED, "not an address that mail can be sent to");
    }
}

static int
s_on_nap_over (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    delivery_t *self = arg;
    if (timer == self->timer) {
        self->timer = 0;
        delivery_wake (self);
    }
    return 0;
}

//  Until the nearest is due, but never long: another replica may have taken in a nearer one and died
static void
s_nap (delivery_t *self, int64_t wait)
{
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    self->timer = 0;
    if (wait == NO_MORE_WORK)
        wait = LONGEST_NAP;
    if (self->smtp && !smtp_free_slots (self->smtp)) //  a result wakes us before
        wait = LONGEST_NAP;
    wait = wait > LONGEST_NAP ? LONGEST_NAP : wait < 5 ? 5 : wait;
    if (self->smtp && !self->draining)
        self->timer = zloop_timer (self->loop, (size_t) wait, 1, s_on_nap_over, self);
}

static void
s_done (void *arg, batch_t *batch)
{
    delivery_t *self = arg;
    for (size_t index = 0; index < batch_count (batch); index++)
        s_forget_job (self, batch_item (batch, index)->request);
    find_t *find = self->now.decided ? &self->now : &self->before;
    metric_add (self->died, (double) find->dead);
    metric_add (self->dropped, (double) find->withdrawn);
    if (find->dead)
        service_alarm ("delivery", "a notice could not be delivered: see the dead deliveries");
    s_send_claimed (self, find->claimed);
    s_nap (self, find->nearest_ms);
    s_forget_find (self, find);
    if (find == &self->now)
        s_forget_find (self, &self->before);
}

static const lane_ops_t OPS = { .load = s_load, .decide = s_decide, .done = s_done };

//  --------------------------------------------------------------------------
//  Public

delivery_t *
delivery_new (service_t *service, const smtp_options_t *smtp, const office_t *office)
{
    delivery_t *self = zmalloc (sizeof *self);
    *self = (delivery_t){ .loop = service_loop (service), .options = *smtp, .office = *office };
    self->now.claimed = zlistx_new ();
    self->before.claimed = zlistx_new ();
    self->jobs = zlistx_new ();
    zlistx_set_destructor (self->jobs, s_free_job);
    if (smtp->url && *smtp->url)
        self->smtp = smtp_new (self->loop, smtp, s_on_result, self);
    else //  what waits is counted by `dubanctl status`: unsent
        log_say (SAY_WARN, "delivery", "no mail server is set: mails wait until there is one", "setting",
                 "DUBAN_SMTP_URL", NULL);
    const char *attempts = "duban_attempts_total", *about = "attempts to deliver, by outcome";
    self->sent = metric_counter (attempts, "outcome=\"delivered\"", about);
    self->retried = metric_counter (attempts, "outcome=\"failed\"", about);
    self->died = metric_counter ("duban_deliveries_dead_total", NULL, "deliveries given up");
    self->dropped =
        metric_counter ("duban_deliveries_withdrawn_total", NULL, "withdrawn before they were sent");
    self->in_flight = metric_gauge ("duban_deliveries_in_flight", NULL, "mails on their way");
    self->lateness = metric_histogram ("duban_delivery_lateness_seconds", NULL, "from due to claimed");
    self->lane = service_lane (service, "send", &TABLE, 1, &OPS, self);
    s_nap (self, NO_MORE_WORK);
    return self;
}

void
delivery_destroy (delivery_t **self_p)
{
    if (!*self_p)
        return;
    delivery_t *self = *self_p;
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    smtp_destroy (&self->smtp);
    lane_destroy (&self->lane);
    zlistx_destroy (&self->now.claimed);
    zlistx_destroy (&self->before.claimed);
    zlistx_destroy (&self->jobs);
    freen (self);
    *self_p = NULL;
}

void
delivery_wake (delivery_t *self)
{
    if (self->smtp && !self->draining)
        lane_wake (self->lane);
}

void
delivery_drain (delivery_t *self)
{
    self->draining = true;
    if (self->smtp)
        smtp_drain (self->smtp);
}

bool
delivery_is_idle (const delivery_t *self)
{
    return lane_is_idle (self->lane) && (!self->smtp || smtp_is_idle (self->smtp));
}
