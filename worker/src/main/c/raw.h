/* System calls without the C library: no errno, no cancellation, no lock (R1). All return the kernel's value or -errno. */
#ifndef FORKD_RAW_H
#define FORKD_RAW_H

#include "arch.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#define sys0(n) raw_syscall(n, 0, 0, 0, 0, 0, 0)
#define sys1(n, a) raw_syscall(n, (long)(a), 0, 0, 0, 0, 0)
#define sys2(n, a, b) raw_syscall(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define sys3(n, a, b, c) raw_syscall(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys4(n, a, b, c, d) raw_syscall(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define sys6(n, a, b, c, d, e, f) raw_syscall(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#define KERNEL_SIGSET_SIZE 8 /* bytes of a kernel sigset_t; the C library's is larger and begins with it */

static inline void futex_wait(_Atomic int *word, int expected, long max_ns) {
    struct timespec limit = {0, max_ns};
    sys4(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, max_ns ? &limit : 0);
}

static inline void futex_wake_all(_Atomic int *word) {
    sys3(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1 << 30);
}

static inline long long now_ns(void) {
    struct timespec t;
    sys2(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline void nap(long ns) {
    struct timespec t = {0, ns};
    sys2(SYS_nanosleep, &t, 0);
}

#endif
