//  smtp - a mail server as a channel: libcurl's multi interface on the service's loop, connections kept
//
//  libcurl says QUIT to a server that refused a mail, and to all when it is cleaned up, and waits for the
//  answer: it would block the loop for as long as the server likes. So the sockets are shut down first.

#include "services/notify/smtp.h"
#include <curl/curl.h>

#define WORDS_MAX 200

//  One mail on its way
typedef struct {
    smtp_t *smtp;
    CURL *easy;
    struct curl_slist *recipients;
    char *message;
    size_t size, sent;
    void *ticket;
    int fd;                //  its connection; -1 before there is one
    bool begun;            //  MAIL was sent: replies speak of this mail
    bool refused;          //  and this one was a refusal
    char heard[WORDS_MAX]; //  the server's last line; if it refused, that one
    char error[CURL_ERROR_SIZE];
} mail_t;

//  A socket curl wants watched
typedef struct {
    smtp_t *smtp;
    zmq_pollitem_t item;
} watch_t;

struct smtp {
    zloop_t *loop;
    smtp_options_t options;
    smtp_result_fn *on_result;
    void *arg;
    CURLM *multi;
    zlistx_t *mails;   //  mail_t
    zlistx_t *watches; //  watch_t
    zlistx_t *sockets; //  open ones, as pointers
    int timer;         //  0: none
};

//  --------------------------------------------------------------------------
//  One mail

static void
s_destroy_mail (mail_t **self_p)
{
    mail_t *self = *self_p;
    curl_multi_remove_handle (self->smtp->multi, self->easy);
    curl_easy_cleanup (self->easy);
    curl_slist_free_all (self->recipients);
    free (self->message);
    freen (self);
    *self_p = NULL;
}

static size_t
s_on_read (char *place, size_t size, size_t count, void *arg)
{
    mail_t *self = arg;
    size_t wanted = size * count, left = self->size - self->sent;
    if (wanted > left)
        wanted = left;
    memcpy (place, self->message + self->sent, wanted);
    self->sent += wanted;
    return wanted;
}

//  The dialogue, line by line: ours and the server's. Log-ins pass here too and are not kept.
static int
s_on_dialogue (CURL *easy, curl_infotype type, char *line, size_t size, void *arg)
{
    (void) easy;
    mail_t *self = arg;
    if (type == CURLINFO_HEADER_OUT && size > 5 && !memcmp (line, "MAIL ", 5))
        self->begun = true;
    if (type != CURLINFO_HEADER_IN || self->refused)
        return 0;
    size_t used = size < WORDS_MAX - 1 ? size : WORDS_MAX - 1;
    memcpy (self->heard, line, used);
    self->heard[used] = 0;
    if (self->begun && size > 3 && line[3] == ' ' && (*line == '4' || *line == '5')) {
        self->refused = true;
        shutdown (self->fd, SHUT_RDWR);
    }
    return 0;
}

//  A 5xx that speaks of this mail: its sender, recipient or content. One about the log-in or the connection
//  says nothing about the mail, and it may go out later.
static bool
s_is_refused (const mail_t *self)
{
    static const char *const NOT_THE_MAIL[] = { "530", "534", "535", "538" };
    if (!self->refused || *self->heard != '5')
        return false;
    for (size_t index = 0; index < sizeof NOT_THE_MAIL / sizeof *NOT_THE_MAIL; index++)
        if (!strncmp (self->heard, NOT_THE_MAIL[index], 3))
            return false;
    return true;
}

//  Words from the network, as they may stand in a table and a log: ASCII, bounded
static void
s_clean (char *words)
{
    for (char *at = words; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = at[1] ? '?' : ' ';
    for (size_t size = strlen (words); size && words[size - 1] <= ' '; size--)
        words[size - 1] = 0;
    while (*words && words[strlen (words) - 1] == '?')
        words[strlen (words) - 1] = 0;
}

static void
s_finish (mail_t *mail, CURLcode code)
{
    smtp_t *self = mail->smtp;
    outcome_t outcome = code == CURLE_OK      ? OUTCOME_DELIVERED
                        : s_is_refused (mail) ? OUTCOME_REFUSED
                                              : OUTCOME_RETRY;
    char words[WORDS_MAX];
    const char *said = code == CURLE_OK || mail->refused ? mail->heard : mail->error;
    snprintf (words, sizeof words, "%.*s", WORDS_MAX - 1, *said ? said : curl_easy_strerror (code));
    s_clean (words);
    void *ticket = mail->ticket;
    void *handle = zlistx_find (self->mails, mail);
    zlistx_detach (self->mails, handle);
    s_destroy_mail (&mail);
    self->on_result (self->arg, ticket, outcome, words);
}

static void
s_collect (smtp_t *self)
{
    int left;
    for (CURLMsg *message = curl_multi_info_read (self->multi, &left); message;
         message = curl_multi_info_read (self->multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *mail = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &mail);
        s_finish ((mail_t *) (void *) mail, code);
    }
}

//  --------------------------------------------------------------------------
//  curl on the loop

static int
s_on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void) loop;
    watch_t *watch = arg;
    smtp_t *self = watch->smtp; //  the watch may be gone after the next call
    int events = 0, running;
    if (item->revents & ZMQ_POLLIN)
        events |= CURL_CSELECT_IN;
    if (item->revents & ZMQ_POLLOUT)
        events |= CURL_CSELECT_OUT;
    if (item->revents & ZMQ_POLLERR)
        events |= CURL_CSELECT_ERR;
    curl_multi_socket_action (self->multi, item->fd, events, &running);
    s_collect (self);
    return 0;
}

static curl_socket_t
s_on_open (void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void) purpose;
    smtp_t *self = arg;
    int fd = socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    zlistx_add_end (self->sockets, (void *) (intptr_t) (fd + 1));
    return fd;
}

static int
s_on_close (void *arg, curl_socket_t fd)
{
    smtp_t *self = arg;
    zlistx_delete (self->sockets, zlistx_find (self->sockets, (void *) (intptr_t) (fd + 1)));
    return close (fd);
}

//  zloop cannot change what it watches: end and add
static int
s_on_watch (CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    smtp_t *self = arg;
    watch_t *watch = socket_arg;
    char *mail = NULL;
    curl_easy_getinfo (easy, CURLINFO_PRIVATE, &mail);
    if (mail)
        ((mail_t *) (void *) mail)->fd = what == CURL_POLL_REMOVE ? -1 : fd;
    if (watch)
        zloop_poller_end (self->loop, &watch->item);
    if (what == CURL_POLL_REMOVE) {
        if (watch)
            zlistx_delete (self->watches, zlistx_find (self->watches, watch));
        return 0;
    }
    if (!watch) {
        watch = zmalloc (sizeof *watch);
        watch->smtp = self;
        zlistx_add_end (self->watches, watch);
        curl_multi_assign (self->multi, fd, watch);
    }
    short events =
        (short) ((what & CURL_POLL_IN ? ZMQ_POLLIN : 0) | (what & CURL_POLL_OUT ? ZMQ_POLLOUT : 0));
    watch->item = (zmq_pollitem_t){ .fd = fd, .events = events };
    zloop_poller (self->loop, &watch->item, s_on_socket, watch);
    zloop_poller_set_tolerant (self->loop, &watch->item);
    return 0;
}

static int
s_on_timer (zloop_t *loop, int timer, void *arg)
{
    (void) loop;
    smtp_t *self = arg;
    int running;
    if (timer != self->timer)
        return 0; //  ended in this pass
    self->timer = 0;
    curl_multi_socket_action (self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    s_collect (self);
    return 0;
}

static int
s_on_wait (CURLM *multi, long wait_ms, void *arg)
{
    (void) multi;
    smtp_t *self = arg;
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    self->timer = 0;
    if (wait_ms >= 0)
        self->timer = zloop_timer (self->loop, wait_ms ? (size_t) wait_ms : 1, 1, s_on_timer, self);
    return 0;
}

//  --------------------------------------------------------------------------
//  Public

static void
s_free_watch (void **item_p)
{
    freen (*item_p);
}

smtp_t *
smtp_new (zloop_t *loop, const smtp_options_t *options, smtp_result_fn *on_result, void *arg)
{
    smtp_t *self = zmalloc (sizeof *self);
    *self = (smtp_t){ .loop = loop, .options = *options, .on_result = on_result, .arg = arg };
    if (*options->user)
        self->options.starttls = STARTTLS_ALWAYS;
    self->mails = zlistx_new ();
    self->watches = zlistx_new ();
    self->sockets = zlistx_new ();
    zlistx_set_destructor (self->watches, s_free_watch);
    curl_global_init (CURL_GLOBAL_DEFAULT);
    self->multi = curl_multi_init ();
    assert (self->multi);
    curl_multi_setopt (self->multi, CURLMOPT_SOCKETFUNCTION, s_on_watch);
    curl_multi_setopt (self->multi, CURLMOPT_SOCKETDATA, self);
    curl_multi_setopt (self->multi, CURLMOPT_TIMERFUNCTION, s_on_wait);
    curl_multi_setopt (self->multi, CURLMOPT_TIMERDATA, self);
    curl_multi_setopt (self->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long) options->connections);
    curl_multi_setopt (self->multi, CURLMOPT_MAXCONNECTS, (long) options->connections);
    return self;
}

void
smtp_destroy (smtp_t **self_p)
{
    if (!*self_p)
        return;
    smtp_t *self = *self_p;
    for (mail_t *mail = zlistx_first (self->mails); mail; mail = zlistx_next (self->mails))
        s_destroy_mail (&mail);
    zlistx_destroy (&self->mails);
    for (void *place = zlistx_first (self->sockets); place; place = zlistx_next (self->sockets))
        shutdown ((int) (intptr_t) place - 1, SHUT_RDWR);
    curl_multi_cleanup (self->multi); //  still calls s_on_watch
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    zlistx_destroy (&self->watches);
    zlistx_destroy (&self->sockets);
    curl_global_cleanup ();
    freen (self);
    *self_p = NULL;
}

size_t
smtp_free_slots (const smtp_t *self)
{
    size_t used = zlistx_size (self->mails);
    return used < self->options.connections ? self->options.connections - used : 0;
}

bool
smtp_is_idle (const smtp_t *self)
{
    return zlistx_size (self->mails) == 0;
}

static void
s_set_options (mail_t *mail)
{
    static const long USE[] = { [STARTTLS_NEVER] = CURLUSESSL_NONE,
                                [STARTTLS_IF_OFFERED] = CURLUSESSL_TRY,
                                [STARTTLS_ALWAYS] = CURLUSESSL_ALL };
    const smtp_options_t *options = &mail->smtp->options;
    CURL *easy = mail->easy;
    curl_easy_setopt (easy, CURLOPT_URL, options->url);
    curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt (easy, CURLOPT_PROXY, "");
    curl_easy_setopt (easy, CURLOPT_USE_SSL, USE[options->starttls]);
    if (*options->user) {
        curl_easy_setopt (easy, CURLOPT_USERNAME, options->user);
        curl_easy_setopt (easy, CURLOPT_PASSWORD, options->password);
    }
    curl_easy_setopt (easy, CURLOPT_MAIL_FROM, options->from);
    curl_easy_setopt (easy, CURLOPT_MAIL_RCPT, mail->recipients);
    curl_easy_setopt (easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (easy, CURLOPT_READFUNCTION, s_on_read);
    curl_easy_setopt (easy, CURLOPT_READDATA, mail);
    curl_easy_setopt (easy, CURLOPT_VERBOSE, 1L); //  to s_on_dialogue, nowhere else
    curl_easy_setopt (easy, CURLOPT_DEBUGFUNCTION, s_on_dialogue);
    curl_easy_setopt (easy, CURLOPT_DEBUGDATA, mail);
    curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, s_on_open);
    curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, mail->smtp);
    curl_easy_setopt (easy, CURLOPT_CLOSESOCKETFUNCTION, s_on_close);
    curl_easy_setopt (easy, CURLOPT_CLOSESOCKETDATA, mail->smtp);
    curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, mail->error);
    curl_easy_setopt (easy, CURLOPT_PRIVATE, mail);
    curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long) SMTP_CONNECT_MS);
    curl_easy_setopt (easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long) SMTP_LIMIT_MS / 1000);
    curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, (long) SMTP_LIMIT_MS);
}

void
smtp_send (smtp_t *self, const char *address, char **message_p, void *ticket)
{
    assert (smtp_free_slots (self));
    mail_t *mail = zmalloc (sizeof *mail);
    *mail = (mail_t){
        .smtp = self, .message = *message_p, .size = strlen (*message_p), .ticket = ticket, .fd = -1
    };
    *message_p = NULL;
    char envelope[300];
    snprintf (envelope, sizeof envelope, "<%s>", address);
    mail->recipients = curl_slist_append (NULL, envelope);
    mail->easy = curl_easy_init ();
    assert (mail->easy && mail->recipients);
    s_set_options (mail);
    zlistx_add_end (self->mails, mail);
    CURLMcode code = curl_multi_add_handle (self->multi, mail->easy);
    assert (code == CURLM_OK);
}
