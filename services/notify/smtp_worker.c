//  smtp_worker - a thread that sends one mail at a time over a connection of its own, and waits for the answer
//
//  While curl works it asks s_on_progress, once a second at least: this is where a word on the pipe or the
//  deadline ends a mail. Before a connection is given up, its sockets are shut down: curl would say QUIT and
//  wait two minutes for the answer.

#include "services/notify/smtp_worker.h"
#include <curl/curl.h>

#define WORDS_MAX   200
#define SOCKETS_MAX 4     //  one; while connecting one for each family of addresses
#define KEEP_MS     30000 //  a connection without work; servers keep theirs for some minutes
#define GRACE_MS    2000  //  after SMTP_LIMIT_MS, for what curl's own limit leaves out

typedef struct {
    zsock_t *pipe;
    smtp_options_t options;
    CURL *easy;               //  NULL: no connection
    int sockets[SOCKETS_MAX]; //  open ones; -1: none
    //  The mail in hand
    const char *message;
    size_t size, sent;
    int64_t deadline;
    bool begun;            //  MAIL was sent: replies speak of this mail
    bool refused;          //  and this one was a refusal
    char heard[WORDS_MAX]; //  the server's last line; if it refused, that one
    char error[CURL_ERROR_SIZE];
} worker_t;

//  --------------------------------------------------------------------------
//  What curl asks while it works

static int
s_on_progress (void *arg, curl_off_t wanted, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    (void) wanted, (void) got, (void) to_send, (void) sent;
    worker_t *self = arg;
    //  With a mail in hand there is nothing on the pipe but the word to give it up
    return (zsock_events (self->pipe) & ZMQ_POLLIN) || zclock_mono () > self->deadline;
}

static size_t
s_on_read (char *place, size_t size, size_t count, void *arg)
{
    worker_t *self = arg;
    size_t wanted = size * count, left = self->size - self->sent;
    if (wanted > left)
        wanted = left;
    memcpy (place, self->message + self->sent, wanted);
    self->sent += wanted;
    return wanted;
}

static curl_socket_t
s_on_open (void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void) purpose;
    worker_t *self = arg;
    for (size_t index = 0; index < SOCKETS_MAX; index++)
        if (self->sockets[index] < 0)
            return self->sockets[index] =
                       socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return CURL_SOCKET_BAD;
}

static int
s_on_close (void *arg, curl_socket_t fd)
{
    worker_t *self = arg;
    for (size_t index = 0; index < SOCKETS_MAX; index++)
        if (self->sockets[index] == fd)
            self->sockets[index] = -1;
    return close (fd);
}

static void
s_shut_down (const worker_t *self)
{
    for (size_t index = 0; index < SOCKETS_MAX; index++)
        if (self->sockets[index] >= 0)
            shutdown (self->sockets[index], SHUT_RDWR);
}

//  The dialogue, line by line: ours and the server's. Log-ins pass here too and are not kept.
static int
s_on_dialogue (CURL *easy, curl_infotype type, char *line, size_t size, void *arg)
{
    (void) easy;
    worker_t *self = arg;
    if (type == CURLINFO_HEADER_OUT && size > 5 && !memcmp (line, "MAIL ", 5))
        self->begun = true;
    if (type != CURLINFO_HEADER_IN || self->refused)
        return 0;
    size_t used = size < WORDS_MAX - 1 ? size : WORDS_MAX - 1;
    memcpy (self->heard, line, used);
    self->heard[used] = 0;
    if (self->begun && size > 3 && line[3] == ' ' && (*line == '4' || *line == '5')) {
        self->refused = true;
        s_shut_down (self);
    }
    return 0;
}

//  --------------------------------------------------------------------------
//  Connection

static void
s_set_server (CURL *easy, const smtp_options_t *options)
{
    static const long USE[] = { [STARTTLS_NEVER] = CURLUSESSL_NONE,
                                [STARTTLS_IF_OFFERED] = CURLUSESSL_TRY,
                                [STARTTLS_ALWAYS] = CURLUSESSL_ALL };
    curl_easy_setopt (easy, CURLOPT_URL, options->url);
    curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt (easy, CURLOPT_PROXY, "");
    curl_easy_setopt (easy, CURLOPT_USE_SSL, USE[options->starttls]);
    if (*options->user) {
        curl_easy_setopt (easy, CURLOPT_USERNAME, options->user);
        curl_easy_setopt (easy, CURLOPT_PASSWORD, options->password);
    }
    curl_easy_setopt (easy, CURLOPT_MAIL_FROM, options->from);
    curl_easy_setopt (easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (easy, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L); //  does not wait for a name server
    curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long) SMTP_CONNECT_MS);
    curl_easy_setopt (easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long) SMTP_LIMIT_MS / 1000);
    curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, (long) SMTP_LIMIT_MS);
}

static void
s_set_callbacks (worker_t *self)
{
    curl_easy_setopt (self->easy, CURLOPT_READFUNCTION, s_on_read);
    curl_easy_setopt (self->easy, CURLOPT_READDATA, self);
    curl_easy_setopt (self->easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt (self->easy, CURLOPT_XFERINFOFUNCTION, s_on_progress);
    curl_easy_setopt (self->easy, CURLOPT_XFERINFODATA, self);
    curl_easy_setopt (self->easy, CURLOPT_VERBOSE, 1L); //  to s_on_dialogue, nowhere else
    curl_easy_setopt (self->easy, CURLOPT_DEBUGFUNCTION, s_on_dialogue);
    curl_easy_setopt (self->easy, CURLOPT_DEBUGDATA, self);
    curl_easy_setopt (self->easy, CURLOPT_OPENSOCKETFUNCTION, s_on_open);
    curl_easy_setopt (self->easy, CURLOPT_OPENSOCKETDATA, self);
    curl_easy_setopt (self->easy, CURLOPT_CLOSESOCKETFUNCTION, s_on_close);
    curl_easy_setopt (self->easy, CURLOPT_CLOSESOCKETDATA, self);
    curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, self->error);
}

static void
s_open (worker_t *self)
{
    if (self->easy)
        return;
    self->easy = curl_easy_init ();
    assert (self->easy);
    s_set_server (self->easy, &self->options);
    s_set_callbacks (self);
}

static void
s_hang_up (worker_t *self)
{
    s_shut_down (self);
    curl_easy_cleanup (self->easy);
    self->easy = NULL;
}

//  --------------------------------------------------------------------------
//  What came of it

//  A 5xx that speaks of this mail: its sender, recipient or content. One about the log-in or the connection
//  says nothing about the mail, and it may go out later.
static bool
s_is_refused (const worker_t *self)
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
s_tell (worker_t *self, CURLcode code)
{
    outcome_t outcome = code == CURLE_OK      ? OUTCOME_DELIVERED
                        : s_is_refused (self) ? OUTCOME_REFUSED
                                              : OUTCOME_RETRY;
    const char *said = code == CURLE_OK || self->refused ? self->heard : self->error;
    if (code == CURLE_ABORTED_BY_CALLBACK && !self->refused)
        said = "given up while it was on its way";
    char words[WORDS_MAX];
    snprintf (words, sizeof words, "%.*s", WORDS_MAX - 1, *said ? said : curl_easy_strerror (code));
    s_clean (words);
    zsock_send (self->pipe, "is", (int) outcome, words);
}

//  --------------------------------------------------------------------------
//  The thread

//  After a failure nobody knows what the server will say next on this connection, perhaps the answer to the
//  mail that was given up: it is not used again.
static void
s_send (worker_t *self, const char *address, const char *message)
{
    self->message = message;
    self->size = strlen (message);
    self->sent = 0;
    self->begun = self->refused = false;
    *self->heard = *self->error = 0;
    self->deadline = zclock_mono () + SMTP_LIMIT_MS + GRACE_MS;
    char envelope[300];
    snprintf (envelope, sizeof envelope, "<%s>", address);
    struct curl_slist *recipients = curl_slist_append (NULL, envelope);
    assert (recipients);
    s_open (self);
    curl_easy_setopt (self->easy, CURLOPT_MAIL_RCPT, recipients);
    CURLcode code = curl_easy_perform (self->easy);
    curl_easy_setopt (self->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all (recipients);
    if (code != CURLE_OK)
        s_hang_up (self);
    self->message = NULL;
    s_tell (self, code);
}

//  Returns false when told to end
static bool
s_on_pipe (worker_t *self)
{
    char *word, *message;
    if (zsock_recv (self->pipe, "ss", &word, &message))
        return false;
    bool goes_on = !streq (word, "$TERM");
    if (message)
        s_send (self, word, message);
    zstr_free (&word);
    zstr_free (&message);
    return goes_on;
}

void
smtp_worker (zsock_t *pipe, void *options)
{
    worker_t *self = zmalloc (sizeof *self);
    *self = (worker_t){ .pipe = pipe, .options = *(smtp_options_t *) options };
    free (options);
    for (size_t index = 0; index < SOCKETS_MAX; index++)
        self->sockets[index] = -1;
    zsock_signal (pipe, 0);
    zmq_pollitem_t item = { zsock_resolve (pipe), 0, ZMQ_POLLIN, 0 };
    for (bool goes_on = true; goes_on;)
        if (zmq_poll (&item, 1, KEEP_MS))
            goes_on = s_on_pipe (self);
        else
            s_hang_up (self);
    s_hang_up (self);
    freen (self);
}
