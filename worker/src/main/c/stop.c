/* Stopping every other thread inside our signal handler, and letting them go. */
#include "internal.h"

#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct slot slots[MAX_THREADS];
_Atomic int slot_count;
int stop_signal;

static _Atomic int pending;   /* signalled threads that have neither stopped nor gone */
static _Atomic int release;   /* a counter: stopped threads wait for it to change */
static _Atomic int stopping;  /* is a stop under way or in force? */
static int self, leader, newly_signalled;
static long long deadline; /* of the try under way */
static const long long STOP_GRACE_NS = 1000000000;

static struct slot *slot_signalled(int tid) {
    int n = atomic_load(&slot_count);
    for (int i = 0; i < n; i++)
        if (atomic_load(&slots[i].tid) == tid && atomic_load(&slots[i].state) == SLOT_SIGNALLED) return &slots[i];
    return 0;
}

/* Runs on the stopped thread's own stack, all signals blocked. */
static void stop_here(siginfo_t *info, ucontext_t *context) {
    int seen = atomic_load(&release);
    if (!atomic_load(&stopping)) return; /* a late signal of a stop that was given up (H3) */
    struct slot *slot = slot_signalled((int)sys0(SYS_gettid));
    if (!slot) return;
    struct stopped_thread me = {.frame = signal_frame(info, context), .context = context, .thread_pointer = thread_pointer()};
    sys2(SYS_prctl, PR_GET_NAME, me.name);
    slot->thread = &me;
    atomic_store(&slot->state, SLOT_STOPPED);
    if (atomic_fetch_sub(&pending, 1) == 1) futex_wake_all(&pending);
    while (atomic_load(&release) == seen) futex_wait(&release, seen, 0); /* a forked child never comes back here */
    __asm__ volatile("" : : "r"(&me) : "memory");
}

/* One signal (and SIGCONT), four meanings. With a value it asks for rest. Else told apart by state: an unrevived child revives, now
   or when the machine has room for its threads; a freshly revived one gives its first thread the old signal mask back; any other
   process is being stopped. */
static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)signal;
    int saved_errno = errno;
    if (asks_for_rest(info)) {
        rest(context);
        return;
    }
    if (unrevived() && !put_off_revival()) forkd_revive();
    restore_callers_mask(context);
    stop_here(info, context);
    errno = saved_errno;
}

int stop_signal_is_ours(void) {
    struct sigaction now;
    return sigaction(stop_signal, 0, &now) == 0 && now.sa_sigaction == on_signal;
}

int install_stop_signal(void) {
    int number = SIGRTMIN + 8; /* not SIGRTMAX-2, which NIO uses to interrupt blocked threads (H1) */
    struct sigaction ours = {.sa_sigaction = on_signal, .sa_flags = SA_RESTART | SA_SIGINFO | SA_ONSTACK}, old;
    sigfillset(&ours.sa_mask);
    if (sigaction(number, 0, &old)) return fail(errno, "cannot look at signal", number, "", "");
    if (old.sa_handler != SIG_DFL) return fail(EADDRINUSE, "signal is in use:", number, "", "forkd needs it for itself");
    if (sigaction(number, &ours, 0)) return fail(errno, "cannot take signal", number, "", "");
    /* The news of a dead parent; the handler of a program that wants it itself revives as well, by waking a thread. */
    if (!sigaction(SIGCONT, 0, &old) && old.sa_handler == SIG_DFL) sigaction(SIGCONT, &ours, 0);
    stop_signal = number;
    return 0;
}

static int is_zombie(int tid) { /* a leader that left by pthread_exit (H21), or a thread that has just ended */
    char path[64], text[256];
    path_of(path, "/proc/self/task/", tid, "/stat");
    long n = read_text(path, text, sizeof text - 2);
    if (n <= 0) return 1;
    text[n + 1] = 0;
    while (n > 0 && text[n - 1] != ')') n--; /* the name, in parentheses, may contain anything */
    return n > 0 && (text[n + 1] == 'Z' || text[n + 1] == 'X');
}

static void mark_gone(struct slot *slot) {
    int want = SLOT_SIGNALLED;
    if (atomic_compare_exchange_strong(&slot->state, &want, SLOT_GONE)) atomic_fetch_sub(&pending, 1);
}

/* For each entry of /proc/self/task. A GONE slot is used again when a new thread has got the same tid (H2). */
static int signal_thread(int tid, int directory_fd) {
    (void)directory_fd;
    if (tid == self) return 0;
    int n = atomic_load(&slot_count), i = 0;
    while (i < n && atomic_load(&slots[i].tid) != tid) i++;
    if (i < n && (atomic_load(&slots[i].state) != SLOT_GONE || is_zombie(tid))) return 0;
    if (i == MAX_THREADS) return fail(E2BIG, "more threads than", MAX_THREADS, "", "start them after the fork");
    slots[i].thread = 0;
    atomic_store(&slots[i].state, SLOT_SIGNALLED);
    atomic_store(&slots[i].tid, tid);
    if (i == n) atomic_store(&slot_count, n + 1);
    atomic_fetch_add(&pending, 1);
    newly_signalled++;
    for (;;) {
        long result = sys3(SYS_tgkill, leader, tid, stop_signal);
        if (result == 0) return 0;
        if (result == -ESRCH) {
            mark_gone(&slots[i]);
            return 0;
        }
        /* EAGAIN: the queue of real-time signals is full (H27); it empties by itself */
        if (result != -EAGAIN || now_ns() > deadline)
            return fail(EAGAIN, "cannot signal thread", tid, "", "look at RLIMIT_SIGPENDING");
        nap(1000000);
    }
}

/* Waits until every signalled thread has stopped or ended. */
static int await_pending(void) {
    for (int left; (left = atomic_load(&pending)) > 0;) {
        futex_wait(&pending, left, 2000000);
        if (atomic_load(&pending) != left) continue;
        for (int i = 0, n = atomic_load(&slot_count); i < n; i++) {
            if (atomic_load(&slots[i].state) != SLOT_SIGNALLED) continue;
            int tid = atomic_load(&slots[i].tid);
            if (sys3(SYS_tgkill, leader, tid, 0) == -ESRCH || is_zombie(tid)) mark_gone(&slots[i]); /* H2 */
            else if (now_ns() > deadline) /* H3 */
                return fail(ETIMEDOUT, "thread did not stop:", tid, "",
                            "it blocks all signals, is traced, or sits in an uninterruptible call");
        }
    }
    return 0;
}

/* A thread stopped at a random instruction may own a lock under a thread id that the child will not have (H6, H18);
   one that sleeps in a system call holds at most what it would hold while asleep. */
static int check_asleep(void) {
    for (int i = 0, n = atomic_load(&slot_count); i < n; i++)
        if (atomic_load(&slots[i].state) == SLOT_STOPPED && !slept_in_syscall(slots[i].thread->context))
            return fail(EBUSY, "thread was running, not asleep:", atomic_load(&slots[i].tid), slots[i].thread->name,
                        "let timers and pools come to rest before the fork, or start them after it");
    return 0;
}

static int stop_once(int flags) {
    int result;
    atomic_store(&slot_count, 0);
    atomic_store(&pending, 0);
    atomic_store(&stopping, 1);
    do {
        newly_signalled = 0;
        result = for_each_number_in("/proc/self/task", signal_thread);
        if (result == 0) result = await_pending();
    } while (result == 0 && newly_signalled); /* R4 */
    if (result == 0 && (flags & FORKD_QUIESCENT)) result = check_asleep();
    if (result < 0) release_others();
    return result;
}

int stop_others(int flags, int timeout_ms) {
    self = (int)sys0(SYS_gettid);
    leader = (int)sys0(SYS_getpid);
    long long end = now_ns() + timeout_ms * 1000000LL;
    for (long back_off = 200000;; back_off = back_off < 8000000 ? back_off * 2 : back_off) {
        /* the last try may begin late: a running thread shall be called running, not one that would not stop */
        deadline = now_ns() + STOP_GRACE_NS > end ? now_ns() + STOP_GRACE_NS : end;
        int result = stop_once(flags);
        if (result != -EBUSY || now_ns() > end) return result;
        nap(back_off);
    }
}

void release_others(void) {
    atomic_store(&stopping, 0);
    atomic_fetch_add(&release, 1);
    futex_wake_all(&release);
    atomic_store(&slot_count, 0);
}

void forget_stop_in_child(void) {
    atomic_store(&stopping, 0);
    atomic_fetch_add(&release, 1);
    atomic_store(&slot_count, 0);
    atomic_store(&pending, 0);
}
