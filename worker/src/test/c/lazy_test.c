/* Revival on need: an unrevived child has one thread, and gets the others exactly when it needs one of them. */
#include "support.h"

enum { SLEEPERS = 5, ALL = SLEEPERS + 1 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;

static int lazy_fork(void) {
    long pid = forkd_fork(FORKD_QUIESCENT | FORKD_LAZY, 0, 0, STOP_MS);
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(DEADLINE_S);
        CHECK(forkd_state() == FORKD_UNREVIVED);
        CHECK(threads_of(getpid()) == 1);
    }
    return pid;
}

/* pthread_join(3) returns when the thread's id is cleared; its task is listed until the kernel has let go of it. */
static void join_and_see_it_go(pthread_t thread) {
    CHECK(pthread_join(thread, 0) == 0);
    while (threads_of(getpid()) > ALL) tick();
}

static void must_be_whole(void) {
    CHECK(forkd_state() == FORKD_REVIVED);
    CHECK(threads_of(getpid()) == ALL);
    wake_sleepers();
    CHECK(forkd_revive() == 0);
    _exit(GOOD);
}

static void prepare(void) {
    CHECK(forkd_init() == 0);
    CHECK(forkd_state() == FORKD_NOT_A_CHILD);
    sem_init(&semaphore, 0, 0);
    start_sleepers(SLEEPERS);
}

static void stays_alone(void) {
    prepare();
    int pipes[2], pid;
    CHECK(pipe(pipes) == 0);
    CHECK((pid = forkd_fork(FORKD_QUIESCENT | FORKD_LAZY, pipes, 2, STOP_MS)) >= 0);
    if (pid == 0) {
        char c;
        void *p = malloc(100000);
        pthread_mutex_lock(&mutex); /* a free lock is no need */
        pthread_mutex_unlock(&mutex);
        free(p);
        pthread_cond_broadcast(&condition); /* nor a signal that nobody waits for: HotSpot sends one for each class loaded */
        CHECK(read(pipes[0], &c, 1) == 1); /* nor is a wait for the outside world */
        CHECK(threads_of(getpid()) == 1);
        _exit(GOOD);
    }
    CHECK(write(pipes[1], "x", 1) == 1);
    CHECK(wait_for(pid) == GOOD);
}

static void by_call(void) {
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        CHECK(forkd_revive() == 1);
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

static void by_timed_wait(void) {
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        pthread_mutex_lock(&mutex);
        CHECK(pthread_cond_timedwait(&condition, &mutex, &t) == ETIMEDOUT);
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

static void by_join(void) { /* of a thread that only the revival can make end */
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        wake_sleepers();
        CHECK(forkd_state() == FORKD_REVIVED);
        _exit(GOOD);
    }
    CHECK(wait_for(pid) == GOOD);
}

static void *tiny(void *argument) {
    return argument;
}

static void by_new_thread(void) {
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        pthread_t t;
        CHECK(pthread_create(&t, 0, tiny, 0) == 0);
        join_and_see_it_go(t);
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

/* pthread_cond_signal goes on without waiting: the revival comes by itself a little later. */
static void soon_by_condition_signal(void) {
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        tell_sleepers();
        CHECK(await_threads(getpid(), ALL));
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* glibc's second broadcast waits until all who heard the first have left; in an unrevived child they cannot. A broadcast that takes
   5 ms, as when another process gets the processor in the middle of it, revives. */
static void many_broadcasts(void) {
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        long long begin = now_ns();
        for (int i = 0; i < 10; i++) broadcast_to_sleepers();
        CHECK(threads_of(getpid()) == 1 || now_ns() - begin >= 5000000);
        for (int i = 0; i < 10; i++) tell_sleepers();
        CHECK(await_threads(getpid(), ALL));
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

/* Broadcasts of HotSpot are for compilers: they count when the process computes. */
static void by_broadcast_when_busy(void) {
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        broadcast_to_sleepers();
        while (forkd_state() != FORKD_REVIVED) {}
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

static void on_quit(int signal) {
    (void)signal;
    sem_post(&semaphore); /* as HotSpot's handler does */
}

static int blocked(int signal) {
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, 0, &now);
    return sigismember(&now, signal);
}

/* One thread takes SIGQUIT, all others block it, as in HotSpot. The unrevived child's only thread must take it; after the
   revival its own mask is back. */
static void *takes_quit(void *unused) {
    sigset_t quit;
    sigemptyset(&quit);
    sigaddset(&quit, SIGQUIT);
    pthread_sigmask(SIG_UNBLOCK, &quit, 0);
    atomic_store((_Atomic int *)unused, 1);
    while (sem_wait(&semaphore)) {}
    return 0;
}

static void by_handler(int masks_all) {
    _Atomic int ready = 0;
    pthread_t taker;
    sigset_t quit;
    struct sigaction action = {.sa_handler = on_quit};
    if (masks_all) sigfillset(&action.sa_mask);
    CHECK(sigaction(SIGQUIT, &action, 0) == 0);
    sigemptyset(&quit);
    sigaddset(&quit, SIGQUIT);
    pthread_sigmask(SIG_BLOCK, &quit, 0);
    prepare();
    CHECK(pthread_create(&taker, 0, takes_quit, &ready) == 0);
    while (!ready) tick();
    int pid = forkd_fork(FORKD_QUIESCENT | FORKD_LAZY, 0, 0, STOP_MS);
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(DEADLINE_S);
        while (forkd_state() != FORKD_REVIVED) tick();
        join_and_see_it_go(taker); /* the post has reached it */
        while (!masks_all && !blocked(SIGQUIT)) tick(); /* a handler that lets our signal in: put right a little later */
        CHECK(blocked(SIGQUIT));
        must_be_whole();
    }
    CHECK(kill(pid, SIGQUIT) == 0); /* perhaps before the child has run at all */
    CHECK(wait_for(pid) == GOOD);
    CHECK(blocked(SIGQUIT));
}

static void by_signal_handler(void) { by_handler(1); } /* as HotSpot's */
static void by_open_signal_handler(void) { by_handler(0); }

static void by_our_signal(void) {
    prepare();
    int pid = forkd_fork(FORKD_QUIESCENT | FORKD_LAZY, 0, 0, STOP_MS);
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(DEADLINE_S);
        while (forkd_state() != FORKD_REVIVED) tick();
        must_be_whole();
    }
    CHECK(kill(pid, SIGRTMIN + 8) == 0); /* perhaps before the child has run at all */
    CHECK(wait_for(pid) == GOOD);
}

static void fork_again(void) { /* an unrevived child that forks is whole, and so is its child */
    prepare();
    int pid = lazy_fork();
    if (pid == 0) {
        int grandchild = lazy_fork();
        if (grandchild == 0) {
            CHECK(forkd_revive() == 1);
            must_be_whole();
        }
        CHECK(wait_for(grandchild) == GOOD);
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

static void *holder(void *held) {
    pthread_mutex_lock(&mutex);
    atomic_store((_Atomic int *)held, 1);
    while (sem_wait(&semaphore)) {}
    pthread_mutex_unlock(&mutex);
    return 0;
}

static void by_held_lock(void) { /* a sleeping thread owns a lock, and lets it go only when it runs */
    _Atomic int held = 0;
    pthread_t t;
    prepare();
    CHECK(pthread_create(&t, 0, holder, &held) == 0);
    while (!held) tick();
    int pid = lazy_fork();
    if (pid == 0) {
        CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
        struct timespec past = {0, 0};
        CHECK(pthread_mutex_timedlock(&mutex, &past) == ETIMEDOUT);
        sem_post(&semaphore);
        CHECK(pthread_mutex_lock(&mutex) == 0);
        join_and_see_it_go(t);
        must_be_whole();
    }
    CHECK(wait_for(pid) == GOOD);
}

int main(int argc, char **argv) {
    static const struct test_case cases[] = {
        {"stays_alone", stays_alone},
        {"by_call", by_call},
        {"by_timed_wait", by_timed_wait},
        {"by_join", by_join},
        {"by_new_thread", by_new_thread},
        {"soon_by_condition_signal", soon_by_condition_signal},
        {"many_broadcasts", many_broadcasts},
        {"by_broadcast_when_busy", by_broadcast_when_busy},
        {"by_signal_handler", by_signal_handler},
        {"by_open_signal_handler", by_open_signal_handler},
        {"by_our_signal", by_our_signal},
        {"by_held_lock", by_held_lock},
        {"fork_again", fork_again},
    };
    return run_cases(argc, argv, cases, sizeof cases / sizeof *cases);
}
