/* The only code that knows the processor: system calls, the thread pointer, signal frames, clone and sigreturn. */
#ifndef FORKD_ARCH_H
#define FORKD_ARCH_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <ucontext.h>

struct stopped_thread;

#if defined(__x86_64__)
#include "arch_x86_64.h"
#elif defined(__aarch64__)
#include "arch_aarch64.h"
#else
#error "forkd: the fork engine knows x86-64 and aarch64 only"
#endif

#endif
