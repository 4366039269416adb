//  supervisor - keeps the services of one machine running, without containers
//
//      supervisor TABLE LOGS PIDFILE
//
//  A line of TABLE: name, number of processes, environment file (KEY=VALUE lines, - for none), command with
//  its arguments. Process N of a name writes to LOGS/<name>.N.log. One that dies is started again, at first
//  after a second, then after two, four … thirty; it has proved itself when it ran for ten. SIGTERM or
//  SIGINT: SIGTERM to all, ten seconds, SIGKILL to what is left, exit 0. The kernel kills the children should
//  the supervisor die.

#include "common/log.h"
#include "services/supervisor/table.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_PROCESSES   64
#define FIRST_WAIT_MS   1000
#define LONGEST_WAIT_MS 30000
#define PROVED_MS       10000
#define STOP_MS         10000
#define TURN_MS         200

static process_t s_processes[MAX_PROCESSES];
static size_t s_count;

static long
s_now_ms (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

//  --------------------------------------------------------------------------
//  In the child: no return

static void
s_set_environment (const char *path)
{
    FILE *file = strcmp (path, "-") ? fopen (path, "re") : NULL;
    char line[4096];
    while (file && fgets (line, sizeof line, file)) {
        line[strcspn (line, "\n")] = 0;
        char *equals = strchr (line, '=');
        if (*line == '#' || !equals)
            continue;
        *equals = 0;
        setenv (line, equals + 1, 1);
    }
    if (file)
        fclose (file);
}

static void
s_become (const process_t *process, const char *logs, pid_t parent)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL); //  killing is harmless: a service keeps nothing in memory that matters
    if (getppid () != parent)
        _exit (1);
    char path[PATH_MAX + 80];
    snprintf (path, sizeof path, "%s/%s.%d.log", logs, process->name, process->number);
    int log = open (path, O_WRONLY | O_APPEND | O_CREAT, 0640), nothing = open ("/dev/null", O_RDONLY);
    dup2 (nothing, STDIN_FILENO);
    dup2 (log, STDOUT_FILENO);
    dup2 (log, STDERR_FILENO);
    s_set_environment (process->environment);
    sigset_t none;
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    execv (process->arguments[0], process->arguments);
    fprintf (stderr, "%s: %s\n", process->arguments[0], strerror (errno));
    _exit (127);
}

//  --------------------------------------------------------------------------

static void
s_start (process_t *process, const char *logs)
{
    pid_t parent = getpid (), pid = fork ();
    if (pid == 0)
        s_become (process, logs, parent);
    process->started_ms = s_now_ms ();
    if (pid < 0) {
        log_say (SAY_ERROR, process->name, "cannot fork", "reason", strerror (errno), NULL);
        process->start_at_ms = process->started_ms + LONGEST_WAIT_MS;
        return;
    }
    process->pid = pid;
    log_say (SAY_INFO, process->name, "started", "number", log_number (process->number), "pid",
             log_number (pid), NULL);
}

//  A child ended: when to start it again
static void
s_ended (process_t *process, int status)
{
    long now = s_now_ms ();
    if (!process->wait_ms || now - process->started_ms >= PROVED_MS)
        process->wait_ms = FIRST_WAIT_MS;
    process->start_at_ms = now + process->wait_ms;
    bool killed = WIFSIGNALED (status);
    log_say (SAY_WARN, process->name, killed ? "was killed" : "ended", "number", log_number (process->number),
             killed ? "signal" : "status", log_number (killed ? WTERMSIG (status) : WEXITSTATUS (status)),
             "again_in_ms", log_number (process->wait_ms), NULL);
    process->wait_ms = process->wait_ms * 2 < LONGEST_WAIT_MS ? process->wait_ms * 2 : LONGEST_WAIT_MS;
    process->pid = 0;
}

static size_t
s_reap (void)
{
    int status;
    for (pid_t pid; (pid = waitpid (-1, &status, WNOHANG)) > 0;)
        for (size_t index = 0; index < s_count; index++)
            if (s_processes[index].pid == pid)
                s_ended (&s_processes[index], status);
    size_t running = 0;
    for (size_t index = 0; index < s_count; index++)
        running += s_processes[index].pid != 0;
    return running;
}

static void
s_signal_all (int number)
{
    for (size_t index = 0; index < s_count; index++)
        if (s_processes[index].pid)
            kill (s_processes[index].pid, number);
}

//  Waits until no child is left, at most so long
static bool
s_all_gone (long limit_ms)
{
    long limit = s_now_ms () + limit_ms;
    while (s_reap () && s_now_ms () < limit)
        nanosleep (&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    return !s_reap ();
}

static void
s_stop (void)
{
    log_say (SAY_INFO, "all", "stopping", NULL);
    s_signal_all (SIGTERM);
    if (s_all_gone (STOP_MS))
        return;
    log_say (SAY_WARN, "all", "did not stop in time: killed", NULL);
    s_signal_all (SIGKILL);
    s_all_gone (STOP_MS);
}

//  False if another supervisor holds it. The lock goes with the process, however it ends.
static bool
s_claim_pidfile (const char *path)
{
    int file = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || flock (file, LOCK_EX | LOCK_NB)) {
        log_say (SAY_ERROR, path, "another supervisor runs, or the file cannot be written", NULL);
        return false;
    }
    char text[16];
    int size = snprintf (text, sizeof text, "%d\n", (int) getpid ());
    return !ftruncate (file, 0) && write (file, text, (size_t) size) == size;
}

int
main (int argc, char **argv)
{
    if (argc != 4) {
        fprintf (stderr, "usage: supervisor TABLE LOGS PIDFILE\n");
        return 2;
    }
    sigset_t signals;
    sigemptyset (&signals);
    sigaddset (&signals, SIGTERM);
    sigaddset (&signals, SIGINT);
    sigaddset (&signals, SIGCHLD);
    sigprocmask (SIG_BLOCK, &signals, NULL);
    setpgid (0, 0); //  a Ctrl-C meant for somebody else does not stop the services
    log_open ("supervisor", "-");
    s_count = table_read (argv[1], s_processes, MAX_PROCESSES);
    if (!s_count || !s_claim_pidfile (argv[3]))
        return 2;
    for (int number = 0; number != SIGTERM && number != SIGINT;) {
        s_reap ();
        for (size_t index = 0; index < s_count; index++)
            if (!s_processes[index].pid && s_now_ms () >= s_processes[index].start_at_ms)
                s_start (&s_processes[index], argv[2]);
        number = sigtimedwait (&signals, NULL, &(struct timespec){ .tv_nsec = TURN_MS * 1000000 });
    }
    s_stop ();
    unlink (argv[3]);
    return 0;
}
