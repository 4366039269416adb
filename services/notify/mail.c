//  mail - the lane that takes messages: notices, withdrawals, and word that a feed row is durable

#include "services/notify/mail.h"
#include "common/log.h"
#include "common/metrics.h"
#include "services/notify/store.h"

#define ALARM_EVERY_MS 60000 //  the same vacancy is not an alarm for every notice it meets

//  What a committed batch has to say. The lane begins the next batch before it reports the last as done, so
//  there are two.
typedef struct {
    size_t notices, deliveries, queued, unreached, missing, unreadable;
    zlistx_t *alarms; //  what could not be reached, as text
    bool decided;
} tally_t;

struct mail {
    lane_t *lane;
    store_t *store;
    directory_t *directory;
    knowledge_t knowledge;
    void (*on_queued) (void *arg);
    void *arg;
    zhashx_t *asked;   //  "n<key>", "w<key>" of this batch: each goes to the database once
    zhashx_t *fresh;   //  keys that this batch brought, with "withdrawn" or "valid"
    json_t *confirmed; //  `delivered` messages of this batch
    tally_t tally, before;
    zhashx_t *last_alarm; //  subject -> when, in ms
    metric_t *notices, *deliveries, *unreached, *missing, *unreadable;
};

//  --------------------------------------------------------------------------
//  Load: what is new?

static void
s_ask_notice (mail_t *self, item_t *item)
{
    notice_t notice;
    const char *problem;
    if (!notice_read (&notice, item->message, &problem))
        return; //  decide buries it
    char key[256];
    snprintf (key, sizeof key, "n%s", notice.key);
    if (zhashx_insert (self->asked, key, self) == 0)
        store_add_notice (self->store, &notice);
}

static void
s_ask_withdraw (mail_t *self, item_t *item)
{
    const char *key = json_string_value (json_object_get (item->message, "key"));
    if (!key)
        return;
    char *asked = zsys_sprintf ("w%s", key);
    if (zhashx_insert (self->asked, asked, self) == 0)
        store_add_withdrawal (self->store, key);
    freen (asked);
}

static void
s_ask_fed (mail_t *self, item_t *item)
{
    const char *key, *recipient;
    json_int_t at;
    if (json_unpack (item->message, "{s:s, s:s, s:I}", "key", &key, "recipient", &recipient, "at", &at))
        return;
    bool whole = !strncmp (recipient, "source:", 7);
    char *name = zsys_sprintf ("%s%s", whole ? "" : "source:", recipient);
    store_add_fed (self->store, key, name, at);
    freen (name);
}

static void
s_on_new_notices (void *arg, PGresult *result)
{
    static char withdrawn[] = "withdrawn", valid[] = "valid";
    mail_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++)
        zhashx_update (self->fresh, sql_text (result, row, 0), sql_bool (result, row, 1) ? withdrawn : valid);
}

static void
s_on_confirmed (void *arg, PGresult *result)
{
    mail_t *self = arg;
    for (int row = 0; row < PQntuples (result); row++)
        json_array_append_new (self->confirmed,
                               json_pack ("{s:s, s:s, s:I, s:I}", "kind", "delivered", "key",
                                          sql_text (result, row, 0), "case",
                                          (json_int_t) sql_int8 (result, row, 1), "delivered_at",
                                          (json_int_t) sql_moment (result, row, 2)));
}

static void
s_clear_tally (tally_t *self)
{
    zlistx_t *alarms = self->alarms;
    zlistx_purge (alarms);
    *self = (tally_t){ .alarms = alarms };
}

static void
s_forget (mail_t *self)
{
    if (self->tally.decided) { //  either committed, and done comes next, or rolled back
        tally_t before = self->before;
        self->before = self->tally;
        self->tally = before;
    }
    s_clear_tally (&self->tally);
    zhashx_purge (self->asked);
    zhashx_purge (self->fresh);
    json_array_clear (self->confirmed);
    store_reset (self->store);
}

static const char *
s_kind (const item_t *item)
{
    const char *kind = json_string_value (json_object_get (item->message, "kind"));
    return kind ? kind : "";
}

static void
s_load (void *arg, batch_t *batch)
{
    mail_t *self = arg;
    s_forget (self);
    for (size_t index = 0; index < batch_count (batch); index++) {
        item_t *item = batch_item (batch, index);
        const char *kind = s_kind (item);
        if (streq (kind, "notice"))
            s_ask_notice (self, item);
        else if (streq (kind, "withdraw"))
            s_ask_withdraw (self, item);
        else if (streq (kind, "fed"))
            s_ask_fed (self, item);
    }
    store_ask_people (self->store, batch, self->directory);
    store_withdraw (self->store, batch);
    store_notices (self->store, batch, s_on_new_notices, self);
    store_fed (self->store, batch, s_on_confirmed, self);
}

//  --------------------------------------------------------------------------
//  Decide: who is told what?

static void
s_plan (mail_t *self, batch_t *batch, const notice_t *notice, const plan_t *plan)
{
    store_add_delivery (self->store, notice->key, plan);
    self->tally.deliveries++;
    if (streq (plan->state, "queued"))
        self->tally.queued++;
    else if (streq (plan->state, "sending"))
        batch_post (batch, "intake", decision_feed (notice, plan));
}

static void
s_decide_notice (mail_t *self, batch_t *batch, const notice_t *notice)
{
    const char *fresh = zhashx_lookup (self->fresh, notice->key);
    if (!fresh)
        return; //  told before
    decision_t decision = notice_decide (notice, streq (fresh, "withdrawn"), &self->knowledge);
    zhashx_delete (self->fresh, notice->key);
    for (size_t index = 0; index < decision.plan_count; index++)
        s_plan (self, batch, notice, &decision.plans[index]);
    for (size_t index = 0; index < decision.unreached_count; index++) {
        store_add_unreached (self->store, notice->key, decision.unreached[index]);
        if (decision.alarm)
            zlistx_add_end (self->tally.alarms, decision.unreached[index]);
    }
    self->tally.notices++;
    self->tally.unreached += decision.unreached_count;
    self->tally.missing += decision_missing (&decision);
    decision_destroy (&decision);
}

//  Of a kind we know, but not as the contract has it: kept whole, an alarm, the rest goes on
static void
s_bury (mail_t *self, item_t *item, const char *problem)
{
    store_add_dead_letter (self->store, item->src ? item->src : "", problem, item->message);
    self->tally.unreadable++;
}

static void
s_decide_item (mail_t *self, batch_t *batch, item_t *item)
{
    const char *kind = s_kind (item), *problem, *text;
    json_int_t number;
    notice_t notice;
    if (streq (kind, "notice")) {
        if (notice_read (&notice, item->message, &problem))
            s_decide_notice (self, batch, &notice);
        else
            s_bury (self, item, problem);
    } else if (streq (kind, "withdraw")) {
        if (!json_is_string (json_object_get (item->message, "key")))
            s_bury (self, item, "a withdrawal without key");
    } else if (!streq (kind, "fed") || json_unpack (item->message, "{s:s, s:s, s:I}", "key", &text,
                                                    "recipient", &text, "at", &number))
        s_bury (self, item, "a member is missing or of a wrong type");
}

static void
s_decide (void *arg, batch_t *batch)
{
    mail_t *self = arg;
    for (size_t index = 0; index < batch_count (batch); index++)
        s_decide_item (self, batch, batch_item (batch, index));
    size_t index;
    json_t *delivered;
    json_array_foreach (self->confirmed, index, delivered)
        batch_post (batch, "routing", json_incref (delivered));
    store_decided (self->store, batch);
    self->tally.decided = true;
}

//  --------------------------------------------------------------------------
//  Done: say so

static void
s_raise (mail_t *self, const char *wanted)
{
    int64_t now = zclock_mono ();
    int64_t *last = zhashx_lookup (self->last_alarm, wanted);
    if (last && now - *last < ALARM_EVERY_MS)
        return;
    int64_t *moment = zmalloc (sizeof *moment);
    *moment = now;
    if (zhashx_size (self->last_alarm) > 10000)
        zhashx_purge (self->last_alarm);
    zhashx_update (self->last_alarm, wanted, moment);
    service_alarm (wanted, "a notice reaches nobody: no such role, address or template (api.unreached)");
}

static void
s_done (void *arg, batch_t *batch)
{
    (void) batch;
    mail_t *self = arg;
    tally_t *tally = self->tally.decided ? &self->tally : &self->before;
    metric_add (self->notices, (double) tally->notices);
    metric_add (self->deliveries, (double) tally->deliveries);
    metric_add (self->unreached, (double) tally->unreached);
    metric_add (self->missing, (double) tally->missing);
    metric_add (self->unreadable, (double) tally->unreadable);
    for (const char *wanted = zlistx_first (tally->alarms); wanted; wanted = zlistx_next (tally->alarms))
        s_raise (self, wanted);
    if (tally->unreadable)
        service_alarm ("mail", "a message is not what the contract says: see the dead letters");
    if (tally->queued)
        self->on_queued (self->arg);
    s_clear_tally (tally);
}

static const lane_ops_t OPS = { .load = s_load, .decide = s_decide, .done = s_done };

//  --------------------------------------------------------------------------
//  Public

static void
s_free (void **item_p)
{
    free (*item_p);
    *item_p = NULL;
}

static void *
s_duplicate (const void *item)
{
    return strdup (item);
}

static zlistx_t *
s_new_texts (void)
{
    zlistx_t *texts = zlistx_new ();
    zlistx_set_duplicator (texts, s_duplicate);
    zlistx_set_destructor (texts, s_free);
    return texts;
}

mail_t *
mail_new (service_t *service, const templates_t *templates, const office_t *office,
          void (*on_queued) (void *arg), void *arg)
{
    mail_t *self = zmalloc (sizeof *self);
    *self =
        (mail_t){ .store = store_new (), .directory = directory_new (), .on_queued = on_queued, .arg = arg };
    self->knowledge =
        (knowledge_t){ .templates = templates, .directory = self->directory, .office = *office };
    self->asked = zhashx_new ();
    self->fresh = zhashx_new ();
    self->confirmed = json_array ();
    self->last_alarm = zhashx_new ();
    zhashx_set_destructor (self->last_alarm, s_free);
    self->tally.alarms = s_new_texts ();
    self->before.alarms = s_new_texts ();
    self->notices = metric_counter ("duban_notices_total", NULL, "notices taken in, each once");
    self->deliveries = metric_counter ("duban_deliveries_total", NULL, "deliveries planned");
    self->unreached = metric_counter ("duban_unreached_total", NULL, "recipients that could not be resolved");
    self->missing =
        metric_counter ("duban_missing_arguments_total", NULL, "values a template needed and had not");
    self->unreadable = metric_counter ("duban_unreadable_total", NULL, "messages that broke the contract");
    self->lane = service_lane (service, "mail", &STORE_TABLE, 1, &OPS, self);
    return self;
}

void
mail_destroy (mail_t **self_p)
{
    if (!*self_p)
        return;
    mail_t *self = *self_p;
    lane_destroy (&self->lane);
    store_destroy (&self->store);
    directory_destroy (&self->directory);
    zhashx_destroy (&self->asked);
    zhashx_destroy (&self->fresh);
    zhashx_destroy (&self->last_alarm);
    zlistx_destroy (&self->tally.alarms);
    zlistx_destroy (&self->before.alarms);
    json_decref (self->confirmed);
    freen (self);
    *self_p = NULL;
}

lane_t *
mail_lane (mail_t *self)
{
    return self->lane;
}
