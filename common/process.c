//  process - what a service asks of the kernel and the C library before it does anything else

#include "common/process.h"
#include <czmq.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

static int
s_block_signals (void)
{
    sigset_t set;
    sigemptyset (&set);
    sigaddset (&set, SIGTERM);
    sigaddset (&set, SIGINT);
    sigprocmask (SIG_BLOCK, &set, NULL);
    signal (SIGPIPE, SIG_IGN);
    zsys_handler_set (NULL);
    zsys_init ();
    return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

//  A batch's parameters are some 100 KB, again and again: from the heap, not from fresh pages of the kernel each time
static void
s_keep_memory (void)
{
    mallopt (M_MMAP_THRESHOLD, 8 * 1024 * 1024);
    mallopt (M_TRIM_THRESHOLD, 8 * 1024 * 1024);
}

//  The sanitizers want to look at themselves, and at their own leaks
static void
s_protect_memory (void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    prctl (PR_SET_DUMPABLE, 0);
#endif
}

int
process_prepare (void)
{
    int signal_fd = s_block_signals ();
    s_protect_memory ();
    s_keep_memory ();
    return signal_fd;
}
