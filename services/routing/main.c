//  routing - the case: procedures, who may move it, assignment, approval, the case log
//
//      parcels ─▶ lane "mail" ─▶ desk ─▶ decide ─▶ cases, case_log, facts for watchdog, notify, intake
//      every second ─▶ lane "waiting": what came before its case is tried again, and refused after 30 s; the file of
//      rules is read again if it has changed

#include "common/log.h"
#include "common/service.h"
#include "services/routing/desk.h"
#include "services/routing/register_store.h"
#include "services/routing/store.h"

#define WAITING_MS 1000

typedef struct {
    service_t *service;
    shelf_t *shelf;
    rules_t *rules;
    forms_t *forms;
    desk_t *desk, *waiting_desk;
    lane_t *mail, *waiting;
    int timer;
} routing_t;

//  Rules may change while we run; a file that is wrong changes nothing
static void
s_look_at_rules (routing_t *self)
{
    char error[400];
    rules_look_t look = rules_look (self->rules, error, sizeof error);
    if (look == RULES_NEW)
        log_say (SAY_INFO, "rules", "the rules have changed", "count",
                 log_number ((long long) rules_count (self->rules)), NULL);
    else if (look == RULES_WRONG)
        log_say (SAY_ERROR, "rules", "the rules stay as they were", "why", error, NULL);
}

static int
s_on_timer (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    routing_t *self = arg;
    if (!service_is_stopping (self->service)) {
        s_look_at_rules (self);
        lane_wake (self->waiting);
    }
    return 0;
}

static void
s_stop (void *arg)
{
    routing_t *self = arg;
    if (self->timer)
        zloop_timer_end (service_loop (self->service), self->timer);
    lane_destroy (&self->mail);
    lane_destroy (&self->waiting);
    desk_destroy (&self->desk);
    desk_destroy (&self->waiting_desk);
    rules_destroy (&self->rules);
    forms_destroy (&self->forms);
    shelf_destroy (&self->shelf);
}

static bool
s_start (void *arg, service_t *service)
{
    char error[400];
    routing_t *self = arg;
    self->service = service;
    self->shelf = shelf_new (config_text ("DUBAN_PROCEDURES"), error, sizeof error);
    if (!self->shelf)
        return config_complain ("DUBAN_PROCEDURES", error);
    self->rules = rules_load (config_text ("DUBAN_RULES"), error, sizeof error);
    if (!self->rules)
        return config_complain ("DUBAN_RULES", error);
    self->forms = forms_new (config_text ("DUBAN_REGISTERS"), error, sizeof error);
    if (!self->forms)
        return config_complain ("DUBAN_REGISTERS", error);
    int offset = (int) config_number ("DUBAN_TZ_MINUTES");
    self->desk = desk_new (self->shelf, self->rules, self->forms, offset);
    self->waiting_desk = desk_new (self->shelf, self->rules, self->forms, offset);
    const db_table_t tables[] = { ROUTING_TABLE, REGISTER_TABLE };
    self->mail = service_lane (service, "mail", tables, 2, &DESK_MAIL_OPS, self->desk);
    self->waiting =
        service_lane (service, "waiting", &ROUTING_TABLE, 1, &DESK_WAITING_OPS, self->waiting_desk);
    self->timer = zloop_timer (service_loop (service), WAITING_MS, 0, s_on_timer, self);
    return true;
}

static lane_t *
s_mail (void *arg)
{
    return ((routing_t *) arg)->mail;
}

static bool
s_is_idle (void *arg)
{
    return lane_is_idle (((routing_t *) arg)->waiting);
}

static const config_entry_t CONFIG[] = {
    { "DUBAN_PROCEDURES", CONFIG_PATH, "proto/procedures", "folder with the procedures (*.json)", 0, 0 },
    { "DUBAN_REGISTERS", CONFIG_PATH, "proto/registers", "folder with the registers (*.json)", 0, 0 },
    { "DUBAN_RULES", CONFIG_PATH, "deploy/rules.json", "which unit a new case is proposed for", 0, 0 },
};
static const char *const TARGETS[] = { "intake", "watchdog", "notify", NULL };
static const char *const KINDS[] = { "submission", "command", "register", "rung", "delivered", NULL };

static const service_ops_t OPS = {
    .name = "routing",
    .about = "The case: procedures, who may move it, assignment, the chief's approval, the case log.\n"
             "事项流转：按办理程序受理、批示、交办、答复，每一步留痕。",
    .config = CONFIG,
    .config_count = sizeof CONFIG / sizeof *CONFIG,
    .targets = TARGETS,
    .kinds = KINDS,
    .size = sizeof (routing_t),
    .start = s_start,
    .mail = s_mail,
    .is_idle = s_is_idle,
    .stop = s_stop,
};

int
main (int argc, char **argv)
{
    return service_main (argc, argv, &OPS);
}
