/*
 * The child, from its first instruction to the moment it has all its threads.
 *
 *   clone ─▶ UNREVIVED ──forkd_revive──▶ REVIVING ─▶ REVIVED
 *
 * An unrevived child runs on the thread that forked. To the other threads that is like not having been scheduled. It
 * becomes whole when its thread is about to wait for another one, or has something to say to one (hooked.c), when our
 * signal arrives (the supervisor asks, or has died), or when the timer of revive_soon or after_broadcast fires.
 */
#include "internal.h"

#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

WRITTEN _Atomic int process_state;

/* Signals that some stopped thread would take must be taken by the one thread an unrevived child has: HotSpot blocks
   SIGQUIT everywhere but in its VM thread, so a thread dump asked for would stay pending for ever. */
WRITTEN static uint64_t callers_mask, unrevived_mask;
WRITTEN static _Atomic int wrong_mask_tid; /* the thread whose mask is to be put right after the revival */

WRITTEN static _Atomic int timer_armed, busy_timer_armed;
WRITTEN static int timer_id, busy_timer_id;
enum { SOON_NS = 5000000, BUSY_NS = 10000000, LONG_NS = 250000000, CLONE_TRIES = 1000, CLONE_PAUSE_NS = 1000000 };
static const long CROWD_NS = 2000000000;

void remember_masks(uint64_t mask) {
    callers_mask = unrevived_mask = mask;
    for (int i = 0, n = atomic_load(&slot_count); i < n; i++) {
        if (atomic_load(&slots[i].state) != SLOT_STOPPED) continue;
        uint64_t blocked;
        memcpy(&blocked, &slots[i].thread->context->uc_sigmask, sizeof blocked);
        unrevived_mask &= blocked;
    }
    unrevived_mask &= ~(1ULL << (stop_signal - 1));
}

/* First code of a revived thread; all signals are blocked until the kernel restores its own mask. It goes on when all
   are there, for it may want to signal one of them. */
static void run_again(struct stopped_thread *thread) {
    while (atomic_load(&process_state) == REVIVING) futex_wait(&process_state, REVIVING, 0);
    register_thread(thread->thread_pointer);
    sys2(SYS_prctl, PR_SET_NAME, thread->name);
    return_from_signal(thread->frame);
}

static void revive_thread(struct stopped_thread *thread) {
    const long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS
                       | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    char *tp = thread->thread_pointer;
    void *stack = (void *)(((uintptr_t)thread - 256) & ~(uintptr_t)63); /* below what must survive: thread and frame */
    for (int tries = 0; tries < CLONE_TRIES; tries++) {
        if (clone_thread(flags, stack, tid_word(tp), exit_word(tp), tp, run_again, thread) >= 0) return;
        nap(CLONE_PAUSE_NS); /* EAGAIN: the pids limit; others may be ending */
    }
    die(123, "forkd: cannot revive a thread in the child (pids limit?)\n");
}

EXPORT int forkd_revive(void) {
    int expected = FORKD_UNREVIVED;
    if (!unrevived() || !atomic_compare_exchange_strong(&process_state, &expected, REVIVING)) return 0;
    uint64_t all = ~0ULL, old;
    /* new threads must start with everything blocked, and a handler that interrupted us would see half a process */
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, KERNEL_SIGSET_SIZE);
    close_guards();
    for (int i = 0, n = atomic_load(&slot_count); i < n; i++)
        if (atomic_load(&slots[i].state) == SLOT_STOPPED) revive_thread(slots[i].thread);
    forget_stop_in_child();
    stop_teaching();
    if (atomic_exchange(&timer_armed, 0)) sys1(SYS_timer_delete, timer_id);
    if (atomic_exchange(&busy_timer_armed, 0)) sys1(SYS_timer_delete, busy_timer_id);
    atomic_store(&process_state, FORKD_REVIVED);
    futex_wake_all(&process_state);
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, &old, 0, KERNEL_SIGSET_SIZE);
    /* We may be inside a signal handler of the program, whose return would bring the wide-open mask back. A signal to
       ourselves is taken after that return, and puts the mask right in its own frame (restore_callers_mask). */
    int self = (int)sys0(SYS_gettid);
    if (atomic_load(&wrong_mask_tid) == self) sys3(SYS_tgkill, sys0(SYS_getpid), self, stop_signal);
    return 1;
}

static int set_timer(int timer, long ns) {
    struct itimerspec once = {.it_value = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000}};
    return (int)sys4(SYS_timer_settime, timer, 0, &once, 0);
}

/* One shot of our signal, to this thread. A POSIX timer is not inherited by children. */
static int signal_after(int clock, long ns, int tid, int *timer) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = stop_signal};
    event._sigev_un._tid = tid;
    long result = sys3(SYS_timer_create, clock, &event, timer);
    return result < 0 ? (int)result : set_timer(*timer, ns);
}

static int signal_later(int tid) {
    return signal_after(CLOCK_MONOTONIC, SOON_NS, tid, &timer_id);
}

void restore_callers_mask(ucontext_t *context) {
    int tid = atomic_load(&wrong_mask_tid);
    if (!tid || atomic_load(&process_state) != FORKD_REVIVED || tid != sys0(SYS_gettid)) return;
    uint64_t mask;
    memcpy(&mask, &context->uc_sigmask, sizeof mask);
    int in_handler = mask != unrevived_mask; /* one that lets our signal in: what we put right here ends with it */
    mask |= callers_mask & ~unrevived_mask;  /* not simply callers_mask: the program may have blocked more meanwhile */
    memcpy(&context->uc_sigmask, &mask, sizeof mask);
    if (in_handler && !atomic_exchange(&timer_armed, 1)) signal_later(tid);
    else atomic_store(&wrong_mask_tid, 0);
}

/* For a thread that was told something (a condition signalled) by one that goes on without waiting: an executor with a
   new task. Soon is enough, and most children are gone before. */
void revive_soon(void) {
    if (atomic_exchange(&timer_armed, 1)) return;
    if (signal_later((int)sys0(SYS_gettid)) < 0) forkd_revive();
}

/* For a revival that somebody else has asked for: whether it must wait. Our signal comes again then. */
int put_off_revival(void) {
    if (!is_crowded()) return 0;
    if (atomic_exchange(&timer_armed, 1)) return set_timer(timer_id, CROWD_NS) == 0;
    return signal_after(CLOCK_MONOTONIC, CROWD_NS, (int)sys0(SYS_gettid), &timer_id) == 0;
}

/* For threads that were told something by a broadcast. HotSpot broadcasts to its own threads only: a compiler has a new
   task, say. They matter to a process that computes, and to no other: an idle client stays small for hours although the
   zygote's counters made one of its calls the one too many. So the timer runs on the CPU time of the process. During the
   call itself it runs on the clock, for the call may wait for threads that were told before the fork and have not left. */
WRITTEN static int guarded_only, expected_soon;
WRITTEN static const void *told[8];
WRITTEN static int told_count;

int told_before(const void *condition) {
    for (int i = 0; i < told_count; i++)
        if (told[i] == condition) return 1;
    if (told_count < (int)(sizeof told / sizeof *told)) told[told_count++] = condition;
    return 0;
}

void before_broadcast(void) {
    guarded_only = !atomic_load(&timer_armed);
    revive_soon();
}

void after_broadcast(void) {
    if (!unrevived()) return;
    if (guarded_only && atomic_exchange(&timer_armed, 0)) sys1(SYS_timer_delete, timer_id);
    if (!expected_soon && set_timer(busy_timer_id, BUSY_NS) < 0) forkd_revive();
    expected_soon = 1;
}

/* A child that computes for long gets its threads, whether it asks for them or not: its compilers have work to find. */
static void revive_when_long(int tid) {
    if (signal_after(CLOCK_PROCESS_CPUTIME_ID, LONG_NS, tid, &busy_timer_id) < 0) forkd_revive();
    else atomic_store(&busy_timer_armed, 1);
}

EXPORT int forkd_state(void) {
    int state = atomic_load(&process_state);
    return state == REVIVING ? FORKD_UNREVIVED : state;
}

void become_child(int flags, pid_t supervisor) {
    reopen_files();
    register_thread(thread_pointer()); /* the robust list; rseq of the caller is inherited and stays (EBUSY) */
    atomic_store(&timer_armed, 0);
    atomic_store(&busy_timer_armed, 0);
    told_count = expected_soon = 0;
    atomic_store(&wrong_mask_tid, 0);
    atomic_store(&process_state, FORKD_UNREVIVED);
    int orphan = 0;
    if (flags & FORKD_PARENT) {
        /* Our control thread, still asleep, could not see that the supervisor is gone. Ask first, then look: a death in
           between leaves the signal pending. */
        sys2(SYS_prctl, PR_SET_PDEATHSIG, SIGCONT); /* not our signal, which a process that is stopped would not get */
        orphan = sys0(SYS_getppid) != supervisor;
    }
    if (!(flags & FORKD_LAZY) || orphan) forkd_revive();
}

void leave_fork(void) {
    int lazy = unrevived();
    if (lazy) {
        int tid = (int)sys0(SYS_gettid);
        atomic_store(&wrong_mask_tid, tid);
        revive_when_long(tid);
        lazy = unrevived();
    }
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, lazy ? &unrevived_mask : &callers_mask, 0, KERNEL_SIGSET_SIZE);
}
