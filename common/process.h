//  process - what a service asks of the kernel and the C library before it does anything else
#pragma once

//  Blocks SIGTERM and SIGINT, before any thread exists, so that all inherit it; they arrive as bytes on the file
//  descriptor that is returned (struct signalfd_siginfo). Memory, which holds keys, is closed to debuggers and core
//  files, and is kept rather than given back after each batch.
int process_prepare (void);
