//  door - the ROUTER that the outside talks to

#include "services/intake/door.h"
#include "common/calendar.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/socket.h"
#include "proto/case_number.h"
#include "services/intake/quota.h"
#include "services/intake/register.h"

#define TURN          64 //  messages read in one turn of the loop, so that the database is not starved
#define SELF_TEST_MS  60000
#define BUSY_RETRY_MS 500
#define WARN_EVERY_MS 60000

struct door {
    door_options_t options;
    zsock_t *socket;
    zcert_t *cert;
    event_contract_t *contract;
    shelf_t *shelf;
    forms_t *forms;
    const char *number_prefix;
    char endpoint[64];      //  of the self-test
    self_test_t *self_test; //  under way, or NULL
    bool proved, open;
    int test_timer;
    metric_t *requests, *receipts, *problems, *strangers, *unsent;
};

//  --------------------------------------------------------------------------
//  Answers

void
door_answer (door_t *self, const route_t *route, char *text)
{
    void *handle = zsock_resolve (self->socket);
    bool sent = zmq_send (handle, route->id, route->id_size, ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0;
    if (sent && route->delimiter)
        sent = zmq_send (handle, "", 0, ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0;
    if (sent)
        sent = zmq_send (handle, text, strlen (text), ZMQ_DONTWAIT) >= 0;
    if (!sent) //  gone, or does not read: it will ask again with the same id
        metric_add (self->unsent, 1);
    free (text);
}

void
door_problem (door_t *self, const route_t *route, const char *event_id, problem_t **problem_p)
{
    json_t *data = problem_json (*problem_p);
    metric_add (self->problems, 1);
    door_answer (self, route,
                 event_write (EVENT_PROBLEM, "duban", "", zclock_time () * 1000, *event_id ? event_id : NULL,
                              NULL, data));
    json_decref (data);
    problem_destroy (problem_p);
}

void
door_receipt (door_t *self, const request_t *request)
{
    char recorded[32];
    json_text_t data = { 0 };
    event_time_write (request->recorded_at, recorded);
    json_text_add (&data, "{");
    if (request->case_no) {
        json_text_member (&data, "case", request->number);
        json_text_member_integer (&data, "case_no", request->case_no);
    } else {
        json_text_member (&data, "register", request->entry_register);
        json_text_member (&data, "key", request->entry_key);
    }
    json_text_member (&data, "recorded_at", recorded);
    json_text_member (&data, "received", "收悉");
    json_text_add (&data, "}");
    event_head_t head = { .type = EVENT_RECEIPT,
                          .source = "duban",
                          .id = "",
                          .time = request->recorded_at,
                          .causationid = request->event_id,
                          .traceparent = request->trace };
    metric_add (self->receipts, 1);
    door_answer (self, &request->route, event_write_around (&head, data.data));
    free (data.data);
}

static void
s_refuse (door_t *self, const route_t *route, const char *event_id, problem_code_t code, const char *detail,
          int retry_ms)
{
    problem_t *problem = problem_new (code, detail);
    if (retry_ms)
        problem_retry_after (problem, retry_ms);
    door_problem (self, route, event_id, &problem);
}

//  --------------------------------------------------------------------------
//  One message

//  Refusals are logged once a minute and source, so that nobody can fill the log
static void
s_log_refusal (speaker_t *speaker, const problem_t *problem)
{
    int64_t now = zclock_mono ();
    if (speaker->source->warned_at && now - speaker->source->warned_at < WARN_EVERY_MS)
        return;
    speaker->source->warned_at = now;
    log_say (SAY_WARN, speaker->source->source, "refused", "problem", problem_slug (problem_code (problem)),
             NULL);
}

static void
s_on_order (door_t *self, const route_t *route, speaker_t *speaker, const event_t *event, zframe_t *frame)
{
    admission_t admission = { 0 };
    const char *actor = intake_actor (speaker, event);
    const person_t *person = actor ? identity_person (self->options.identity, actor) : NULL;
    problem_t *problem = intake_admit (speaker, event, self->number_prefix, person, &admission);
    if (!problem)
        problem = intake_check_procedure (self->shelf, event);
    if (!problem)
        problem = intake_check_register (self->forms, speaker, event, &admission);
    if (problem) {
        s_log_refusal (speaker, problem);
        door_problem (self, route, event->id, &problem);
        return;
    }
    if (self->options.is_busy (self->options.arg)) {
        s_refuse (self, route, event->id, PROBLEM_BUSY, NULL, BUSY_RETRY_MS);
        return;
    }
    intake_digest (event, speaker->source->source, zframe_data (frame), zframe_size (frame), &admission);
    self->options.on_request (self->options.arg, request_new (route, speaker, event, &admission,
                                                              zframe_data (frame), zframe_size (frame)));
}

static void
s_on_read (door_t *self, const route_t *route, speaker_t *speaker, const event_t *event)
{
    if (!streq (event->source_name, speaker->source->source))
        s_refuse (self, route, event->id, PROBLEM_WRONG_SOURCE, "the key belongs to another source", 0);
    else if (!feed_read (self->options.feed, route, speaker->source->source, event))
        s_refuse (self, route, event->id, PROBLEM_BUSY, NULL, BUSY_RETRY_MS);
}

static void
s_on_payload (door_t *self, const route_t *route, speaker_t *speaker, zframe_t *frame)
{
    char event_id[132] = "";
    problem_t *problem = NULL;
    int wait_ms = quota_take (speaker->source, zclock_mono ());
    if (wait_ms) {
        s_refuse (self, route, "", PROBLEM_QUOTA, NULL, wait_ms);
        return;
    }
    event_t *event =
        event_parse (self->contract, zframe_data (frame), zframe_size (frame), &problem, event_id);
    if (!event) {
        s_log_refusal (speaker, problem);
        door_problem (self, route, event_id, &problem);
        return;
    }
    if (event->type == EVENT_FEED_READ)
        s_on_read (self, route, speaker, event);
    else
        s_on_order (self, route, speaker, event, frame);
    event_destroy (&event);
}

//  [route] [empty] payload. A route that is not of libzmq's making would be one that the peer chose: such ids
//  are not bound to keys, so they are not served.
static void
s_on_message (door_t *self, zmsg_t *message)
{
    zframe_t *id = zmsg_first (message), *payload = zmsg_last (message);
    const char *key = socket_user (payload);
    if (!key || zmsg_size (message) < 2 || !socket_id_is_ours (id)) {
        metric_add (self->strangers, 1);
        return;
    }
    metric_add (self->requests, 1);
    route_t route = { .id_size = zframe_size (id) };
    memcpy (route.id, zframe_data (id), route.id_size);
    zmsg_first (message);
    route.delimiter = zmsg_size (message) == 3 && zframe_size (zmsg_next (message)) == 0;
    speaker_t *speaker = identity_speaker (self->options.identity, key);
    if (!speaker)
        s_refuse (self, &route, "", PROBLEM_FORBIDDEN, "this key is not valid any more", 0);
    else if (zmsg_size (message) > (route.delimiter ? 3u : 2u))
        s_refuse (self, &route, "", PROBLEM_NOT_AN_EVENT, "one frame, one event", 0);
    else
        s_on_payload (self, &route, speaker, payload);
}

static int
s_on_socket (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void) loop;
    door_t *self = arg;
    zmsg_t *message;
    for (int turn = 0; turn < TURN && self->open && (message = zmsg_recv (socket)); turn++) {
        s_on_message (self, message);
        zmsg_destroy (&message);
    }
    return 0;
}

//  --------------------------------------------------------------------------
//  Open only when proved: a stranger knocks first

static void
s_on_self_test (void *arg, bool refused)
{
    door_t *self = arg;
    self_test_destroy (&self->self_test);
    if (!refused) {
        service_alarm ("door", "a stranger was not refused: the door is shut");
        door_close (self);
        self->proved = false;
        return;
    }
    if (!self->proved) {
        self->proved = self->open = true;
        zloop_reader (service_loop (self->options.service), self->socket, s_on_socket, self);
        zloop_reader_set_tolerant (service_loop (self->options.service), self->socket);
        log_say (SAY_INFO, "door", "open: an unknown key was refused", "endpoint", self->endpoint, NULL);
    }
}

static int
s_on_test_timer (zloop_t *loop, int timer, void *arg)
{
    (void) timer;
    door_t *self = arg;
    if (!service_is_stopping (self->options.service) && !self->self_test)
        self->self_test =
            self_test_new (loop, self->endpoint, zcert_public_txt (self->cert), s_on_self_test, self);
    return 0;
}

//  What may be said here, and the door's own key
static bool
s_read_contract (door_t *self)
{
    char error[400] = "DUBAN_DOOR_KEY is not a secret key in Z85: make one with dubanctl key new";
    self->cert = socket_cert (config_text ("DUBAN_DOOR_KEY"));
    if (self->cert)
        self->contract = event_contract_new (config_text ("DUBAN_SCHEMAS"), error, sizeof error);
    if (self->contract)
        self->shelf = shelf_new (config_text ("DUBAN_PROCEDURES"), error, sizeof error);
    if (self->shelf)
        self->forms = forms_new (config_text ("DUBAN_REGISTERS"), error, sizeof error);
    if (!self->forms)
        log_say (SAY_ERROR, "door", error, NULL);
    return self->forms != NULL;
}

door_t *
door_new (const door_options_t *options)
{
    door_t *self = zmalloc (sizeof *self);
    *self = (door_t){ .options = *options, .number_prefix = config_text ("DUBAN_NUMBER_PREFIX") };
    if (!s_read_contract (self)) {
        door_destroy (&self);
        return NULL;
    }
    zcert_t *cert = self->cert;
    zap_allow (service_zap (options->service), "door", false, NULL, 0); //  nobody, until the keys are read
    int port = -1;
    self->socket = socket_server ("door", config_text ("DUBAN_DOOR"), cert, 64, 256, &port);
    if (!self->socket) {
        door_destroy (&self);
        return NULL;
    }
    snprintf (self->endpoint, sizeof self->endpoint, "tcp://127.0.0.1:%d", port);
    char host[40];
    if (sscanf (config_text ("DUBAN_DOOR"), "tcp://%39[0-9.]", host) == 1 && !streq (host, "0.0.0.0"))
        snprintf (self->endpoint, sizeof self->endpoint, "tcp://%s:%d", host, port);
    self->requests = metric_counter ("duban_door_requests_total", NULL, "messages from known keys");
    self->receipts =
        metric_counter ("duban_door_receipts_total", NULL, "submissions and commands acknowledged");
    self->problems = metric_counter ("duban_door_problems_total", NULL, "problems answered");
    self->strangers =
        metric_counter ("duban_door_strangers_total", NULL, "messages dropped: no key, or an identity set");
    self->unsent = metric_counter ("duban_door_unsent_total", NULL, "answers that the peer did not take");
    zloop_t *loop = service_loop (options->service);
    s_on_test_timer (loop, 0, self);
    self->test_timer = zloop_timer (loop, SELF_TEST_MS, 0, s_on_test_timer, self);
    return self;
}

bool
door_is_ready (const door_t *self)
{
    return self->proved;
}

void
door_close (door_t *self)
{
    if (self->open)
        zloop_reader_end (service_loop (self->options.service), self->socket);
    self->open = false;
}

void
door_destroy (door_t **self_p)
{
    if (!*self_p)
        return;
    door_t *self = *self_p;
    door_close (self);
    self_test_destroy (&self->self_test);
    if (self->test_timer)
        zloop_timer_end (service_loop (self->options.service), self->test_timer);
    zsock_destroy (&self->socket);
    event_contract_destroy (&self->contract);
    forms_destroy (&self->forms);
    shelf_destroy (&self->shelf);
    zcert_destroy (&self->cert);
    freen (self);
    *self_p = NULL;
}
