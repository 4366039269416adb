//  capture - what a function writes to stdout or stderr
#pragma once
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

//  Caller frees
static inline char *
capture (FILE *stream, void (*fn) (void *arg), void *arg)
{
    char *text = calloc (1, 65536);
    FILE *file = tmpfile ();
    assert (text && file);
    fflush (stream);
    int kept = dup (fileno (stream));
    dup2 (fileno (file), fileno (stream));
    fn (arg);
    fflush (stream);
    dup2 (kept, fileno (stream));
    close (kept);
    rewind (file);
    size_t size = fread (text, 1, 65535, file);
    text[size] = 0;
    fclose (file);
    return text;
}
