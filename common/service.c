//  service - what every service does alike: start, announce, serve, drain, stop

#include "common/service.h"
#include "common/admin.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/process.h"
#include "common/registry.h"
#include "common/version.h"
#include <sys/signalfd.h>

#define READY_CHECK_MS 50
#define DRAIN_CHECK_MS 20
#define DRAIN_LIMIT_MS 8000 //  Docker kills after 10 s
#define LINGER_MS                                                                                            \
    300 //  idle, and still connected: libzmq's clients drop what they have not read when we hang up
#define WINDOW_BYTES (4 * 1024 * 1024)

static const config_entry_t COMMON[] = {
    { "DUBAN_DB_URL", CONFIG_TEXT, NULL,
      "libpq connection string of this service's database, without password", 0, 0 },
    { "DUBAN_DB_PASSWORD", CONFIG_SECRET, "", "its password (DUBAN_DB_PASSWORD_FILE is usual)", 0, 0 },
    { "DUBAN_BUS_URL", CONFIG_TEXT, "", "database of the registry, if it is another one", 0, 0 },
    { "DUBAN_BIND", CONFIG_TEXT, "tcp://127.0.0.1:*", "where other services reach this replica", 0, 0 },
    { "DUBAN_ADVERTISE", CONFIG_TEXT, "",
      "IP that others connect to; default: of DUBAN_BIND, or towards the database", 0, 0 },
    { "DUBAN_ADMIN", CONFIG_TEXT, "127.0.0.1:0", "IP:port of /livez /readyz /metrics /version; port 0: any",
      0, 0 },
    { "DUBAN_LOG_FORMAT", CONFIG_TEXT, "json", "json or text", 0, 0 },
    { "DUBAN_LOG_LEVEL", CONFIG_TEXT, "info", "debug, info, warn or error", 0, 0 },
    { "DUBAN_TZ_MINUTES", CONFIG_NUMBER, "480", "local time as minutes east of UTC", -840, 840 },
};
#define COMMON_COUNT (sizeof COMMON / sizeof *COMMON)

struct service {
    const service_ops_t *ops;
    void *object; //  the service's own
    zloop_t *loop;
    zap_t *zap;
    mailbox_t *mailbox;
    registry_t *registry;
    admin_t *admin;
    zcert_t *cert; //  made for this run: the registry tells the others its public half
    uuid_t replica_id;
    char *conninfo, *bus_conninfo;
    int port;
    zmq_pollitem_t signal_item;
    int ready_timer;
    bool announced;
    int64_t stop_by; //  0: not stopping
    int64_t idle_since;
};

static metric_t *s_alarms;

void
service_alarm (const char *subject, const char *message)
{
    if (!s_alarms)
        s_alarms = metric_counter ("duban_alarms_total", NULL, "things an operator must look at");
    metric_add (s_alarms, 1);
    log_say (SAY_ERROR, subject, message, "alarm", "true", NULL);
}

//  --------------------------------------------------------------------------
//  Ready

static const char *
s_not_ready (void *arg)
{
    service_t *self = arg;
    if (self->stop_by)
        return "stopping";
    if (!mailbox_is_up (self->mailbox) || !lane_is_up (self->ops->mail (self->object)))
        return "no database: is it running, is the schema migrated?";
    if (!registry_is_up (self->registry))
        return "no bus database";
    if (self->ops->is_ready && !self->ops->is_ready (self->object))
        return "loading";
    return NULL;
}

//  The IP that other replicas can reach: as told, as bound, or our end of the connection to the database
static const char *
s_advertised (service_t *self)
{
    static char host[64];
    if (*config_text ("DUBAN_ADVERTISE"))
        return config_text ("DUBAN_ADVERTISE");
    if (sscanf (config_text ("DUBAN_BIND"), "tcp://%63[0-9.]", host) == 1 && !streq (host, "0.0.0.0"))
        return host;
    return registry_local_address (self->registry);
}

static int
s_on_ready_check (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    service_t *self = arg;
    if (self->announced || s_not_ready (self))
        return 0;
    const char *host = s_advertised (self);
    if (!host) {
        service_alarm ("service", "set DUBAN_ADVERTISE: no address that others could reach is known");
        return -1;
    }
    char endpoint[96];
    snprintf (endpoint, sizeof endpoint, "tcp://%.60s:%d", host, self->port);
    char admin[96] = "";
    int port = 0;
    sscanf (strrchr (admin_url (self->admin), ':'), ":%d", &port);
    bool wildcard = strstr (admin_url (self->admin), "//0.0.0.0:") != NULL; //  no address for others
    snprintf (admin, sizeof admin, "http://%.60s:%d", host, port);
    registry_announce (self->registry, &self->replica_id, endpoint, zcert_public_txt (self->cert),
                       wildcard ? admin : admin_url (self->admin));
    self->announced = true;
    log_say (SAY_INFO, "service", "ready", "endpoint", endpoint, "admin", admin_url (self->admin), NULL);
    return 0;
}

static void
s_on_replicas (void *arg, const replica_t *replicas, size_t count)
{
    service_t *self = arg;
    zap_entry_t *entries = zmalloc ((count + 1) * sizeof *entries);
    for (size_t index = 0; index < count; index++) {
        memcpy (entries[index].key, replicas[index].public_key, sizeof entries[index].key);
        snprintf (entries[index].user, sizeof entries[index].user, "%s", replicas[index].service);
    }
    zap_allow (self->zap, "internal", true, entries, count);
    freen (entries);
    if (self->announced) //  before that the others cannot know our key, and would turn us away
        mailbox_peers (self->mailbox, replicas, count);
}

static void
s_on_unknown_key (void *arg)
{
    registry_reread (((service_t *) arg)->registry);
}

static void
s_on_floor (void *arg, const uuid_t *oldest)
{
    mailbox_expire (((service_t *) arg)->mailbox, oldest);
}

static void
s_on_oldest (void *arg, const uuid_t *oldest)
{
    service_t *self = arg;
    registry_publish_floor (self->registry, oldest, s_on_floor, self);
}

static void
s_on_parcel (void *arg, parcel_t *parcel)
{
    service_t *self = arg;
    lane_put_parcel (self->ops->mail (self->object), parcel);
}

//  --------------------------------------------------------------------------
//  Stopping

static int
s_on_drain (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    (void) timer;
    service_t *self = arg;
    bool idle = lane_is_idle (self->ops->mail (self->object)) && self->ops->is_idle (self->object);
    int64_t now = zclock_mono ();
    if (!idle || !self->idle_since)
        self->idle_since = idle ? now : 0;
    if ((!idle || now - self->idle_since < LINGER_MS) && now < self->stop_by)
        return 0;
    log_say (idle ? SAY_INFO : SAY_WARN, "service", idle ? "drained" : "gave up waiting; others take over",
             NULL);
    return -1;
}

static int
s_on_signal (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    service_t *self = arg;
    struct signalfd_siginfo info;
    if (read (item->fd, &info, sizeof info) != sizeof info || self->stop_by)
        return 0;
    log_say (SAY_INFO, "service", "asked to stop: finishing what is in hand", NULL);
    self->stop_by = zclock_mono () + DRAIN_LIMIT_MS;
    if (self->ops->drain)
        self->ops->drain (self->object);
    mailbox_drain (self->mailbox);
    registry_retire (self->registry);
    zloop_timer (loop, DRAIN_CHECK_MS, 0, s_on_drain, self);
    return 0;
}

//  --------------------------------------------------------------------------
//  Starting

static char *
s_with_password (const char *url)
{
    const char *password = config_text ("DUBAN_DB_PASSWORD");
    char *quoted = zmalloc (2 * strlen (password) + 1), *out = quoted;
    for (const char *in = password; *in; in++) { //  libpq: \ and ' are escaped inside '…'
        if (*in == '\'' || *in == '\\')
            *out++ = '\\';
        *out++ = *in;
    }
    char *conninfo = *password ? zsys_sprintf ("%s password='%s'", url, quoted) : strdup (url);
    freen (quoted);
    return conninfo;
}

static void
s_set_log_level (void)
{
    static const char *const NAMES[] = { "debug", "info", "warn", "error" };
    for (int level = 0; level < 4; level++)
        if (streq (config_text ("DUBAN_LOG_LEVEL"), NAMES[level]))
            log_level ((log_level_t) level);
}

static bool
s_open (service_t *self, int signal_fd)
{
    self->loop = zloop_new ();
    zloop_set_verbose (self->loop, false);
    self->signal_item = (zmq_pollitem_t){ .fd = signal_fd, .events = ZMQ_POLLIN };
    zloop_poller (self->loop, &self->signal_item, s_on_signal, self);
    self->admin = admin_new (self->loop, config_text ("DUBAN_ADMIN"), s_not_ready, self);
    if (!self->admin)
        return false;
    self->zap = zap_new (self->loop, s_on_unknown_key, self);
    self->conninfo = s_with_password (config_text ("DUBAN_DB_URL"));
    const char *bus = config_text ("DUBAN_BUS_URL");
    self->bus_conninfo = s_with_password (*bus ? bus : config_text ("DUBAN_DB_URL"));
    mailbox_options_t options = { .loop = self->loop,
                                  .service = self->ops->name,
                                  .conninfo = self->conninfo,
                                  .replica_id = self->replica_id,
                                  .targets = self->ops->targets,
                                  .kinds = self->ops->kinds,
                                  .window = WINDOW_BYTES,
                                  .on_parcel = s_on_parcel,
                                  .on_oldest = s_on_oldest,
                                  .arg = self };
    self->mailbox = mailbox_new (&options);
    self->cert = zcert_new ();
    self->port = mailbox_bind (self->mailbox, config_text ("DUBAN_BIND"), self->cert);
    if (self->port < 0)
        return false;
    self->object = zmalloc (self->ops->size);
    if (!self->ops->start (self->object, self))
        return false;
    self->registry = registry_new (self->loop, self->bus_conninfo, s_on_replicas, self);
    self->ready_timer = zloop_timer (self->loop, READY_CHECK_MS, 0, s_on_ready_check, self);
    return true;
}

//  In the reverse order; the ZAP handler goes after the last socket
static void
s_close (service_t *self)
{
    if (self->object)
        self->ops->stop (self->object);
    mailbox_destroy (&self->mailbox);
    registry_destroy (&self->registry);
    zap_destroy (&self->zap);
    admin_destroy (&self->admin);
    zcert_destroy (&self->cert);
    zloop_destroy (&self->loop);
    close (self->signal_item.fd);
    freen (self->object);
    freen (self->conninfo);
    freen (self->bus_conninfo);
    zsys_shutdown ();
}

static void
s_help (const service_ops_t *ops)
{
    printf ("duban %s " DUBAN_VERSION
            "\n\n%s\n\nusage: %s [--help | --version]\n\nenvironment (each X also as X_FILE):\n",
            ops->name, ops->about, ops->name);
    config_help (COMMON, COMMON_COUNT);
    config_help (ops->config, ops->config_count);
    printf ("\nexit codes: 0 stopped as asked; 1 could not start or go on; 2 usage or configuration\n");
}

int
service_main (int argc, char **argv, const service_ops_t *ops)
{
    if (argc > 1) {
        bool help = streq (argv[1], "--help"), version = streq (argv[1], "--version");
        if (help)
            s_help (ops);
        else if (version)
            printf ("%s\n", DUBAN_VERSION);
        else
            fprintf (stderr, "%s: unknown argument %s; see --help\n", ops->name, argv[1]);
        return help || version ? 0 : 2;
    }
    int signal_fd = process_prepare ();
    if (!config_read (COMMON, COMMON_COUNT) || !config_read (ops->config, ops->config_count))
        return 2;
    service_t *self = zmalloc (sizeof *self);
    self->ops = ops;
    self->replica_id = uuid_new ();
    char replica[UUID_TEXT];
    uuid_text (&self->replica_id, replica);
    log_open (ops->name, replica);
    s_set_log_level ();
    bool opened = s_open (self, signal_fd);
    if (opened)
        zloop_start (self->loop);
    bool asked = self->stop_by != 0;
    s_close (self);
    freen (self);
    return opened && asked ? 0 : 1;
}

//  --------------------------------------------------------------------------
//  For the service

zloop_t *
service_loop (service_t *self)
{
    return self->loop;
}

mailbox_t *
service_mailbox (service_t *self)
{
    return self->mailbox;
}

zap_t *
service_zap (service_t *self)
{
    return self->zap;
}

const char *
service_conninfo (service_t *self)
{
    return self->conninfo;
}

const uuid_t *
service_replica_id (service_t *self)
{
    return &self->replica_id;
}

bool
service_is_stopping (const service_t *self)
{
    return self->stop_by != 0;
}

lane_t *
service_lane (service_t *self, const char *name, const db_table_t *tables, size_t table_count,
              const lane_ops_t *ops, void *arg)
{
    return lane_new (self->loop, name, self->conninfo, self->ops->name, self->mailbox, tables, table_count,
                     ops, arg);
}
