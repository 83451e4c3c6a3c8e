/*
 * The hooked functions. In a process that is not an unrevived child each costs one load and a jump.
 *
 *   waits    A thread about to wait for another one revives all first, and then really waits.
 *   locks    Taken if they are free; a lock that another thread holds is waited for, see above.
 *   tells    What somebody waits for. A condition signalled: revival soon (an executor has a task). Broadcast: when the
 *            process has used some CPU time (a compiler has a task; HotSpot broadcasts to its own threads only). sem_post:
 *            at once, because HotSpot's handlers of SIGQUIT, SIGTERM and SIGHUP tell their thread by it; revival is made
 *            of system calls alone, so it works in a handler.
 *   reaches  Functions that name a thread by its pthread_t use its kernel id, which is right only after the revival.
 *            dlopen too: a new object's own waits would not be hooked.
 * A thread that waits for another through a descriptor (pipe, eventfd, a selector's wakeup) is not seen here: see
 * docs/fork-engine.md, "What an unrevived child does not do".
 */
#include "internal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

/* One function for each version of the original that hooks.c may meet. */
#define VERSION(v, result, name, parameters, arguments, before)     \
    static result name##_hook##v parameters {                       \
        before return((result(*) parameters)name##_original[v])arguments; \
    }
#define HOOK(result, name, parameters, arguments, before)    \
    static void *name##_original[2];                         \
    VERSION(0, result, name, parameters, arguments, before)  \
    VERSION(1, result, name, parameters, arguments, before)

#define REVIVE_FIRST \
    if (unrevived()) forkd_revive();
#define WAITS(name, parameters, arguments) HOOK(int, name, parameters, arguments, REVIVE_FIRST)

#define TRY_FIRST(try_call)              \
    if (unrevived()) {                   \
        int taken = try_call;            \
        if (taken != EBUSY) return taken; \
        forkd_revive();                  \
    }
#define LOCKS(name, parameters, arguments, try_call) HOOK(int, name, parameters, arguments, TRY_FIRST(try_call))

/* Before the call, because to tell can be to wait: glibc's condition lets those who were told before leave first. */
#define TELLS_VERSION(v, name, type, heard, before, after)          \
    static int name##_hook##v(type *object) {                       \
        int needed = unrevived() && heard(object);                  \
        if (needed) before();                                       \
        int result = ((int (*)(type *))name##_original[v])(object); \
        if (needed) after();                                        \
        return result;                                              \
    }
#define TELLS(name, type, heard, before, after)        \
    static void *name##_original[2];                   \
    TELLS_VERSION(0, name, type, heard, before, after) \
    TELLS_VERSION(1, name, type, heard, before, after)

static void nothing(void) {}

static void revive_at_once(void) {
    forkd_revive();
}

typedef const struct timespec *limit;

static int try_semaphore(sem_t *semaphore) {
    return sem_trywait(semaphore) == 0 ? 0 : EBUSY;
}

WAITS(pthread_cond_wait, (pthread_cond_t *c, pthread_mutex_t *m), (c, m))
WAITS(pthread_cond_timedwait, (pthread_cond_t *c, pthread_mutex_t *m, limit t), (c, m, t))
WAITS(pthread_cond_clockwait, (pthread_cond_t *c, pthread_mutex_t *m, clockid_t k, limit t), (c, m, k, t))
WAITS(pthread_cond_destroy, (pthread_cond_t *c), (c))
WAITS(pthread_join, (pthread_t t, void **r), (t, r))
WAITS(pthread_timedjoin_np, (pthread_t t, void **r, limit l), (t, r, l))
WAITS(pthread_barrier_wait, (pthread_barrier_t *b), (b))
WAITS(sched_yield, (void), ())
WAITS(nanosleep, (limit t, struct timespec *rest), (t, rest))
WAITS(clock_nanosleep, (clockid_t k, int flags, limit t, struct timespec *rest), (k, flags, t, rest))
WAITS(usleep, (useconds_t t), (t))

/* HotSpot's recursive locks are semaphores */
LOCKS(sem_wait, (sem_t *s), (s), try_semaphore(s))
LOCKS(sem_timedwait, (sem_t *s, limit t), (s, t), try_semaphore(s))
LOCKS(sem_clockwait, (sem_t *s, clockid_t k, limit t), (s, k, t), try_semaphore(s))
LOCKS(pthread_mutex_lock, (pthread_mutex_t *m), (m), pthread_mutex_trylock(m))
LOCKS(pthread_mutex_timedlock, (pthread_mutex_t *m, limit t), (m, t), pthread_mutex_trylock(m))
LOCKS(pthread_rwlock_rdlock, (pthread_rwlock_t *l), (l), pthread_rwlock_tryrdlock(l))
LOCKS(pthread_rwlock_wrlock, (pthread_rwlock_t *l), (l), pthread_rwlock_trywrlock(l))

TELLS(pthread_cond_signal, pthread_cond_t, condition_may_be_heard, revive_soon, nothing)
/* Who was told by a broadcast has not left yet, being asleep; a second broadcast would wait until they have, and has
   nobody to tell. */
static int broadcast(pthread_cond_t *condition, void *original) {
    int needed = unrevived() && condition_may_be_heard(condition);
    if (needed && told_before(condition)) return 0;
    if (needed) before_broadcast();
    int result = ((int (*)(pthread_cond_t *))original)(condition);
    if (needed) after_broadcast();
    return result;
}
static void *pthread_cond_broadcast_original[2];
static int pthread_cond_broadcast_hook0(pthread_cond_t *c) {
    return broadcast(c, pthread_cond_broadcast_original[0]);
}
static int pthread_cond_broadcast_hook1(pthread_cond_t *c) {
    return broadcast(c, pthread_cond_broadcast_original[1]);
}
TELLS(sem_post, sem_t, semaphore_may_be_heard, nothing, revive_at_once)

WAITS(pthread_create, (pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x), (t, a, f, x))
WAITS(pthread_kill, (pthread_t t, int signal), (t, signal))
WAITS(pthread_cancel, (pthread_t t), (t))
WAITS(pthread_getcpuclockid, (pthread_t t, clockid_t *k), (t, k))

/* HotSpot waits for the end of a safepoint by the bare system call. The arguments that a caller did not give are
   whatever the registers and the stack hold, as in the C library's own syscall(). */
#define WAIT_BY_FUTEX \
    if (unrevived() && n == SYS_futex && is_futex_wait((int)b)) forkd_revive();
static int is_futex_wait(int operation) {
    int command = operation & FUTEX_CMD_MASK;
    return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI;
}
HOOK(long, syscall, (long n, long a, long b, long c, long d, long e, long f), (n, a, b, c, d, e, f), WAIT_BY_FUTEX)

HOOK(void *, dlopen, (const char *file, int flags), (file, flags), REVIVE_FIRST)

#define ENTRY(name) {#name, (void *)name, {(void *)name##_hook0, (void *)name##_hook1}, name##_original}
const struct hook hooks[] = {
    ENTRY(pthread_cond_wait),     ENTRY(pthread_cond_timedwait),  ENTRY(pthread_cond_clockwait),
    ENTRY(sem_wait),              ENTRY(sem_timedwait),           ENTRY(sem_clockwait),
    ENTRY(pthread_join),          ENTRY(pthread_timedjoin_np),    ENTRY(pthread_barrier_wait),
    ENTRY(sched_yield),           ENTRY(nanosleep),               ENTRY(clock_nanosleep),
    ENTRY(usleep),                ENTRY(pthread_mutex_lock),      ENTRY(pthread_mutex_timedlock),
    ENTRY(pthread_rwlock_rdlock), ENTRY(pthread_rwlock_wrlock),   ENTRY(pthread_cond_signal),
    ENTRY(pthread_cond_broadcast), ENTRY(sem_post),               ENTRY(pthread_create),
    ENTRY(pthread_kill),          ENTRY(pthread_cancel),          ENTRY(pthread_getcpuclockid),
    ENTRY(pthread_cond_destroy),  ENTRY(dlopen),                ENTRY(syscall),
};
const int hooks_count = sizeof hooks / sizeof hooks[0];
