/* Eager forks of a process whose threads do all sorts of things: in the child every thread lives, can be signalled and
   joined, and has kept its TLS, floating point state, signal mask, alternate stack, name, rseq area and robust list. */
#include "support.h"

#include <poll.h>
#include <sched.h>

enum { MAX_WORKERS = 6 };
static int forks = 40;
static int flags, workers;
static _Atomic long beat[MAX_WORKERS];
static _Atomic int quit, kicked[MAX_WORKERS];
static pthread_t threads[MAX_WORKERS];
static int (*job)(int);
static __thread volatile int my_number;
static pthread_mutex_t recursive, robust;

static int spin(int i) {
    (void)i;
    for (volatile int k = 0; k < 2000; k++) {}
    return 0;
}

static int allocate(int i) {
    void *p[16];
    for (int k = 0; k < 16; k++) {
        p[k] = malloc(100 + (k * 5003 + i * 77) % 9000 + (k == 3 ? 40000 : 0));
        memset(p[k], i, 1);
    }
    for (int k = 0; k < 16; k++) free(p[k]);
    return 0;
}

static int sleep_somehow(int i) {
    struct timespec t = {0, 3000000}, until;
    static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
    switch (i % 4) {
    case 0: nanosleep(&t, 0); break;
    case 1: poll(0, 0, 3); break;
    case 2:
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += (until.tv_nsec + t.tv_nsec) / 1000000000;
        until.tv_nsec = (until.tv_nsec + t.tv_nsec) % 1000000000;
        pthread_mutex_lock(&m);
        pthread_cond_timedwait(&c, &m, &until);
        pthread_mutex_unlock(&m);
        break;
    default: spin(0);
    }
    return 0;
}

static int lock_recursive(int i) { /* its owner is a thread id, which the child does not have: H6 */
    usleep(1000 + 500 * i);
    int result = pthread_mutex_lock(&recursive);
    spin(i);
    return result | pthread_mutex_unlock(&recursive);
}

static void *tiny(void *argument) {
    return argument;
}

static int churn(int i) { /* H2 */
    (void)i;
    pthread_t t[4];
    int n = 0;
    for (int k = 0; k < 4; k++) n += pthread_create(&t[n], 0, tiny, (void *)7L) == 0;
    for (int k = 0; k < n; k++) {
        void *result = 0;
        pthread_join(t[k], &result);
        if (result != (void *)7L) return 1;
    }
    return 0;
}

static void *work(void *argument) {
    int i = (int)(long)argument;
    my_number = i;
    while (!quit) {
        volatile double x = i + 0.5;
        CHECK(job(i) == 0);
        CHECK(my_number == i && x == i + 0.5);
        beat[i]++;
    }
    return (void *)(long)(i + 100);
}

static void on_usr1(int signal) {
    (void)signal;
    kicked[my_number]++;
}

static int child(void) {
    alarm(DEADLINE_S);
    forkd_revive(); /* the checks below wait without a call that would do it */
    for (int i = 0; i < workers; i++)
        for (long before = beat[i]; beat[i] == before;) tick();
    for (int i = 0; i < workers; i++) {
        int before = kicked[i];
        CHECK(pthread_kill(threads[i], SIGUSR1) == 0);
        while (kicked[i] == before) tick();
    }
    quit = 1;
    for (int i = 0; i < workers; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0 && result == (void *)(long)(i + 100));
    }
    CHECK(churn(0) == 0);
    return GOOD;
}

static void fork_many(int count, int (*what)(int)) {
    workers = count;
    job = what;
    signal(SIGUSR1, on_usr1);
    CHECK(forkd_init() == 0);
    for (int i = 0; i < workers; i++) CHECK(pthread_create(&threads[i], 0, work, (void *)(long)i) == 0);
    for (int k = 0; k < forks; k++) {
        long pid = forkd_fork(flags, 0, 0, STOP_MS);
        CHECK(pid >= 0);
        if (pid == 0) _exit(child());
        CHECK(wait_for(pid) == GOOD);
    }
    quit = 1;
    for (int i = 0; i < workers; i++) pthread_join(threads[i], 0);
}

static void sleeping(void) { fork_many(6, sleep_somehow); }
static void spinning(void) { fork_many(3, spin); }
static void allocating(void) { fork_many(3, allocate); }
static void churning(void) { fork_many(3, churn); }

static void init_mutex(pthread_mutex_t *mutex, int type, int robustness) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutexattr_setrobust(&attributes, robustness);
    pthread_mutex_init(mutex, &attributes);
}

static void recursive_locks(void) {
    init_mutex(&recursive, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
    flags = FORKD_QUIESCENT;
    fork_many(3, lock_recursive);
}

static void recursive_locks_lazy(void) {
    init_mutex(&recursive, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
    flags = FORKD_QUIESCENT | FORKD_LAZY;
    fork_many(3, lock_recursive);
}

/* ---- H8: what only the thread itself can know ---- */
static _Atomic int go, asleep;
static struct {
    int robust_list, alternate_stack, name, mask, rseq;
} seen;

static int cpu_number_is_right(void) {
    for (int i = 0; i < 80; i++) {
        cpu_set_t set;
        unsigned real;
        CPU_ZERO(&set);
        CPU_SET(i % 2, &set);
        if (sched_setaffinity(0, sizeof set, &set)) continue;
        syscall(SYS_getcpu, &real, 0, 0);
        if (sched_getcpu() != (int)real) return 0;
    }
    return 1;
}

static void *look_around(void *unused) {
    static char stack[65536];
    stack_t ours = {.ss_sp = stack, .ss_size = sizeof stack}, now;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGWINCH);
    pthread_sigmask(SIG_BLOCK, &mask, 0);
    sigaltstack(&ours, 0);
    prctl(PR_SET_NAME, "look-around");
    asleep = 1;
    while (!go) tick();
    void *head = 0;
    size_t length = 0;
    char name[16];
    syscall(SYS_get_robust_list, 0, &head, &length);
    seen.robust_list = head != 0;
    sigaltstack(0, &now);
    seen.alternate_stack = now.ss_sp == stack;
    prctl(PR_GET_NAME, name);
    seen.name = !strcmp(name, "look-around");
    pthread_sigmask(0, 0, &mask);
    seen.mask = sigismember(&mask, SIGWINCH) && !sigismember(&mask, SIGUSR1);
    seen.rseq = cpu_number_is_right();
    pthread_mutex_lock(&robust); /* and dies with it */
    return unused;
}

static void thread_state(void) {
    pthread_t t;
    init_mutex(&robust, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
    CHECK(forkd_init() == 0);
    CHECK(pthread_create(&t, 0, look_around, 0) == 0);
    while (!asleep) tick();
    long pid = forkd_fork(FORKD_QUIESCENT, 0, 0, STOP_MS);
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(DEADLINE_S);
        go = 1;
        pthread_join(t, 0);
        CHECK(seen.robust_list && seen.alternate_stack && seen.name && seen.mask && seen.rseq);
        CHECK(pthread_mutex_lock(&robust) == EOWNERDEAD);
        _exit(GOOD);
    }
    CHECK(wait_for(pid) == GOOD);
}

int main(int argc, char **argv) {
    static const struct test_case cases[] = {
        {"sleeping", sleeping},
        {"spinning", spinning},
        {"allocating", allocating},
        {"churning", churning},
        {"recursive_locks", recursive_locks},
        {"recursive_locks_lazy", recursive_locks_lazy},
        {"thread_state", thread_state},
    };
    if (getenv("FORKS")) forks = atoi(getenv("FORKS"));
    return run_cases(argc, argv, cases, sizeof cases / sizeof *cases);
}
