//  notify - who is told what, over which channel, once
//
//      routing, watchdog ──▶ mail ──▶ feed (intake)
//                              └─ wakes ─▶ delivery ──▶ smtp

#include "services/notify/delivery.h"
#include "services/notify/mail.h"
#include "services/notify/mail_message.h"

static const config_entry_t CONFIG[] = {
    { "DUBAN_TEMPLATES", CONFIG_PATH, "deploy/templates", "folder of the texts, one JSON file each", 0, 0 },
    { "DUBAN_BUREAU", CONFIG_TEXT, "即墨区应急管理局", "in whose name notices are sent", 0, 0 },
    { "DUBAN_TEL", CONFIG_TEXT, "", "telephone number that notices give", 0, 0 },
    { "DUBAN_SMTP_URL", CONFIG_TEXT, "", "smtp://host:port or smtps://host:port; empty: mails wait", 0, 0 },
    { "DUBAN_SMTP_FROM", CONFIG_TEXT, "duban@localhost", "sender's address", 0, 0 },
    { "DUBAN_SMTP_USER", CONFIG_TEXT, "", "who logs in at the mail server; then TLS is required", 0, 0 },
    { "DUBAN_SMTP_PASSWORD", CONFIG_SECRET, "", "the password", 0, 0 },
    { "DUBAN_SMTP_STARTTLS", CONFIG_TEXT, "offered", "never, offered or always", 0, 0 },
    { "DUBAN_SMTP_CONNECTIONS", CONFIG_NUMBER, "4", "mails on their way at once", 1, SMTP_CONNECTIONS_MAX },
};

static const char *const TARGETS[] = { "intake", "routing", NULL };
static const char *const KINDS[] = { "notice", "withdraw", "fed", NULL };

typedef struct {
    templates_t *templates;
    mail_t *mail;
    delivery_t *delivery;
} notify_t;

static void
s_on_queued (void *arg)
{
    delivery_wake (((notify_t *) arg)->delivery);
}

//  What the table of the configuration cannot check
static bool
s_read_smtp (smtp_options_t *smtp)
{
    static const char *const NAMES[] = { "never", "offered", "always" };
    *smtp = (smtp_options_t){ .url = config_text ("DUBAN_SMTP_URL"),
                              .from = config_text ("DUBAN_SMTP_FROM"),
                              .user = config_text ("DUBAN_SMTP_USER"),
                              .password = config_text ("DUBAN_SMTP_PASSWORD"),
                              .connections = (size_t) config_number ("DUBAN_SMTP_CONNECTIONS") };
    if (*smtp->url && strncmp (smtp->url, "smtp://", 7) && strncmp (smtp->url, "smtps://", 8))
        return config_complain ("DUBAN_SMTP_URL", "must begin with smtp:// or smtps://");
    if (!mail_address_is_good (smtp->from))
        return config_complain ("DUBAN_SMTP_FROM", "must be a mail address");
    for (int index = 0; index < 3; index++)
        if (streq (NAMES[index], config_text ("DUBAN_SMTP_STARTTLS"))) {
            smtp->starttls = (starttls_t) index;
            return true;
        }
    return config_complain ("DUBAN_SMTP_STARTTLS", "must be never, offered or always");
}

static bool
s_is_text (const char *name)
{
    json_t *text = json_string (config_text (name)); //  NULL if it is not UTF-8
    json_decref (text);
    return text || config_complain (name, "is not UTF-8");
}

static void
s_stop (void *arg)
{
    notify_t *self = arg;
    delivery_destroy (&self->delivery);
    mail_destroy (&self->mail);
    templates_destroy (&self->templates);
}

static bool
s_start (void *arg, service_t *service)
{
    char error[400];
    smtp_options_t smtp;
    if (!s_read_smtp (&smtp) || !s_is_text ("DUBAN_BUREAU") || !s_is_text ("DUBAN_TEL"))
        return false;
    notify_t *self = arg;
    self->templates = templates_new ();
    if (!templates_load (self->templates, config_text ("DUBAN_TEMPLATES"), error, sizeof error))
        return config_complain ("DUBAN_TEMPLATES", error);
    office_t office = { .bureau = config_text ("DUBAN_BUREAU"),
                        .telephone = config_text ("DUBAN_TEL"),
                        .tz_minutes = (int) config_number ("DUBAN_TZ_MINUTES") };
    self->delivery = delivery_new (service, &smtp, &office);
    self->mail = mail_new (service, self->templates, &office, s_on_queued, self);
    return true;
}

static lane_t *
s_mail (void *self)
{
    return mail_lane (((notify_t *) self)->mail);
}

static void
s_drain (void *self)
{
    delivery_drain (((notify_t *) self)->delivery);
}

static bool
s_is_idle (void *self)
{
    return delivery_is_idle (((notify_t *) self)->delivery);
}

static const service_ops_t OPS = {
    .name = "notify",
    .about = "Tells people: by e-mail those who have an address, by the feed of its source the "
             "submitter. Each\n"
             "notice once, each delivery retried until it is delivered or dead.",
    .config = CONFIG,
    .config_count = sizeof CONFIG / sizeof *CONFIG,
    .targets = TARGETS,
    .kinds = KINDS,
    .size = sizeof (notify_t),
    .start = s_start,
    .mail = s_mail,
    .drain = s_drain,
    .is_idle = s_is_idle,
    .stop = s_stop,
};

int
main (int argc, char **argv)
{
    return service_main (argc, argv, &OPS);
}
