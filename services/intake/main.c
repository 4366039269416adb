//  intake - the door: who may speak, what was said, what is said back
//
//      door ─request─▶ lane "door" ─COMMIT─▶ receipt, parcel to routing
//      parcels from routing and notify ─▶ lane "mail" ─▶ feed ─▶ read by cursor at the door

#include "common/log.h"
#include "services/intake/door.h"
#include "services/intake/mail.h"
#include "services/intake/store.h"
#include "services/intake/watch.h"

#define MAX_REQUESTS 4000 //  in memory, taken and not yet durable
#define LANES        3    //  while one waits for the disk the others work

typedef struct {
    service_t *service;
    identity_t *identity;
    feed_t *feed;
    door_t *door;
    watch_t *watch;
    lane_t *requests[LANES], *mail;
} intake_t;

//  --------------------------------------------------------------------------
//  The lane "door"

static void
s_load (void *arg, batch_t *batch)
{
    (void) arg;
    store_submissions (batch);
}

static void
s_decide (void *arg, batch_t *batch)
{
    (void) arg;
    for (size_t index = 0; index < batch_count (batch); index++) {
        request_t *request = batch_item (batch, index)->request;
        if (!request->added)
            continue;
        request->message.size = request->message_open; //  an earlier attempt may have completed it
        intake_complete (&request->message,
                         &(recorded_t){ .case_no = request->case_no,
                                        .number = request->admission.opens ? request->number : NULL,
                                        .occurred_at = request->occurred_at,
                                        .recorded_at = request->recorded_at });
        batch_post_text (batch, "routing", request->message.data, request->message.size);
    }
    store_reporters (batch);
    store_find_earlier (batch);
}

static void
s_answer (intake_t *self, const item_t *item)
{
    const request_t *request = item->request;
    problem_t *problem = NULL;
    if (item->poisoned)
        problem = problem_new (PROBLEM_UNSTORABLE, "the database cannot hold a value of this event");
    else if (!request->found)
        problem = problem_new (PROBLEM_UNKNOWN_CASE, "no case has this number");
    else if (!request->same)
        problem = problem_new (PROBLEM_ID_REUSED, "this source has sent this id with other content");
    if (problem)
        door_problem (self->door, &request->route, request->event_id, &problem);
    else
        door_receipt (self->door, request);
}

static void
s_done (void *arg, batch_t *batch)
{
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        request_t *request = item->request;
        s_answer (arg, item);
        request_destroy (&request);
    }
}

static const lane_ops_t REQUEST_OPS = { s_load, s_decide, s_done, NULL };

//  --------------------------------------------------------------------------
//  Wiring

static void
s_on_request (void *arg, request_t *request)
{
    //  To the lane with less to do: an idle one starts at once, else the next batch gathers
    intake_t *self = arg;
    size_t least = 0;
    for (size_t lane = 1; lane < LANES; lane++)
        if (lane_queued (self->requests[lane]) < lane_queued (self->requests[least]))
            least = lane;
    lane_put (self->requests[least], request, request->document_size);
}

//  Said before anything is stored: the sender keeps what it has and asks again
static bool
s_is_busy (void *arg)
{
    intake_t *self = arg;
    size_t queued = 0;
    for (size_t lane = 0; lane < LANES; lane++) {
        if (!lane_is_up (self->requests[lane]))
            return true;
        queued += lane_queued (self->requests[lane]);
    }
    return queued >= MAX_REQUESTS || mailbox_backlog (service_mailbox (self->service), "routing") >=
                                         (size_t) config_number ("DUBAN_BACKLOG_BOUND");
}

static void
s_on_page (void *arg, const route_t *route, char *text)
{
    door_answer (((intake_t *) arg)->door, route, text);
}

static void
s_stop (void *arg)
{
    intake_t *self = arg;
    feed_destroy (&self->feed);
    for (size_t lane = 0; lane < LANES; lane++)
        lane_destroy (&self->requests[lane]);
    door_destroy (&self->door);
    lane_destroy (&self->mail);
    watch_destroy (&self->watch);
    identity_destroy (&self->identity);
}

static bool
s_start (void *arg, service_t *service)
{
    intake_t *self = arg;
    self->service = service;
    self->identity = identity_new (service);
    self->feed = feed_new (service, s_on_page, self);
    self->watch = watch_new (service);
    for (size_t lane = 0; lane < LANES; lane++)
        self->requests[lane] = service_lane (service, "door", &INTAKE_TABLE, 1, &REQUEST_OPS, self);
    self->mail = service_lane (service, "mail", &INTAKE_TABLE, 1, &INTAKE_MAIL_OPS, self);
    door_options_t options = { .service = service,
                               .identity = self->identity,
                               .feed = self->feed,
                               .on_request = s_on_request,
                               .is_busy = s_is_busy,
                               .arg = self };
    self->door = door_new (&options);
    return self->door != NULL;
}

static lane_t *
s_mail (void *arg)
{
    return ((intake_t *) arg)->mail;
}

static bool
s_lanes_are (const intake_t *self, bool (*fn) (const lane_t *lane))
{
    for (size_t lane = 0; lane < LANES; lane++)
        if (!fn (self->requests[lane]))
            return false;
    return true;
}

static bool
s_is_ready (void *arg)
{
    intake_t *self = arg;
    return identity_is_ready (self->identity) && door_is_ready (self->door) && feed_is_up (self->feed) &&
           s_lanes_are (self, lane_is_up);
}

static void
s_drain (void *arg)
{
    intake_t *self = arg;
    door_close (self->door);
    feed_drain (self->feed);
}

static bool
s_is_idle (void *arg)
{
    intake_t *self = arg;
    return s_lanes_are (self, lane_is_idle) && feed_is_idle (self->feed);
}

static const config_entry_t CONFIG[] = {
    { "DUBAN_DOOR", CONFIG_TEXT, "tcp://127.0.0.1:5570", "where the outside comes in", 0, 0 },
    { "DUBAN_DOOR_KEY", CONFIG_SECRET, NULL, "secret CURVE key of the door (Z85); the same for all replicas",
      0, 0 },
    { "DUBAN_SCHEMAS", CONFIG_PATH, "proto/schemas", "folder with the JSON Schemas of the contract", 0, 0 },
    { "DUBAN_PROCEDURES", CONFIG_PATH, "proto/procedures", "folder with the procedures (*.json)", 0, 0 },
    { "DUBAN_REGISTERS", CONFIG_PATH, "proto/registers", "folder with the registers (*.json)", 0, 0 },
    { "DUBAN_NUMBER_PREFIX", CONFIG_TEXT, "JM", "first part of every case number", 0, 0 },
    { "DUBAN_BACKLOG_BOUND", CONFIG_NUMBER, "2000", "parcels waiting for routing before the door says busy",
      1, 20000 },
};
static const char *const TARGETS[] = { "routing", "notify", NULL };
static const char *const KINDS[] = { "case_event",       "refused", "register_changed",
                                     "register_refused", "feed",    NULL };

static const service_ops_t OPS = {
    .name = "intake",
    .about = "The door: takes submissions and commands from known keys, acknowledges what is durable, hands "
             "it to\n"
             "routing, and lets every source read back what happened. 受理入口：只认密钥，落库后才回执。",
    .config = CONFIG,
    .config_count = sizeof CONFIG / sizeof *CONFIG,
    .targets = TARGETS,
    .kinds = KINDS,
    .size = sizeof (intake_t),
    .start = s_start,
    .mail = s_mail,
    .is_ready = s_is_ready,
    .drain = s_drain,
    .is_idle = s_is_idle,
    .stop = s_stop,
};

int
main (int argc, char **argv)
{
    return service_main (argc, argv, &OPS);
}
