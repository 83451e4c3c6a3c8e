/* Preparing a process, and fork() of a running one. */
#include "internal.h"

#include <sched.h>

WRITTEN static _Atomic int busy; /* R3 */
static _Atomic int initialised;
WRITTEN pid_t first_parent;

EXPORT int forkd_init(void) {
    int result = 0;
    if (atomic_load(&initialised)) return 0;
    if (shadow_stacks_on())
        return fail(ENOSYS, "user shadow stacks are on", -1, "", "start with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off");
    if ((result = find_thread_layout()) < 0) return result;
    if ((result = install_stop_signal()) < 0) return result;
    if ((result = install_hooks()) < 0) return result;
    try_waiters();
    first_parent = (pid_t)sys0(SYS_getppid);
    atomic_store(&initialised, 1);
    return 0;
}

/* Everything before the clone: on success all others are stopped and all our signals blocked. */
int begin_fork(int flags, const int *keep, int keep_count, int timeout_ms, uint64_t *old_mask) {
    int result = forkd_init(), no = 0;
    if (result < 0) return result;
    forkd_revive(); /* an unrevived child forks what it is: a process with all its threads */
    if (!atomic_compare_exchange_strong(&busy, &no, 1)) return -EALREADY; /* forkd_error() belongs to the other caller */
    report_clear();
    if (!stop_signal_is_ours()) {
        atomic_store(&busy, 0);
        return fail(EADDRINUSE, "another library took our signal:", stop_signal, "", "");
    }
    /* objects loaded since the last time have unhooked waits; before the stop, because this takes the loader's lock */
    if ((flags & FORKD_LAZY) && (result = install_hooks()) < 0) {
        atomic_store(&busy, 0);
        return result;
    }
    uint64_t all = ~0ULL;
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, &all, old_mask, KERNEL_SIGSET_SIZE);
    if ((result = stop_others(flags, timeout_ms)) == 0) {
        report_add(atomic_load(&slot_count), "threads");
        if (flags & FORKD_NOAUDIT) audit_skip();
        else if ((result = audit(keep, keep_count)) < 0) release_others();
    }
    if (result < 0) end_fork(*old_mask);
    else remember_masks(*old_mask);
    return result;
}

void end_fork(uint64_t old_mask) {
    atomic_store(&busy, 0);
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, &old_mask, 0, KERNEL_SIGSET_SIZE);
}

/* The child's pid, 0 in the child, or -errno. */
long clone_now(int flags) {
    char *tp = thread_pointer();
    pid_t childs_parent = flags & FORKD_PARENT ? first_parent : (pid_t)sys0(SYS_getpid);
    /* CLEARTID: without it a thread that joins the caller's thread in the child would wait for ever (H7) */
    long pid = clone_process(SIGCHLD | CLONE_CHILD_CLEARTID | (flags & FORKD_PARENT ? CLONE_PARENT : 0), exit_word(tp));
    if (pid != 0) return pid;
    *tid_word(tp) = (int)sys0(SYS_gettid);
    atomic_store(&busy, 0);
    first_parent = childs_parent;
    become_child(flags, childs_parent);
    return 0;
}

EXPORT long forkd_fork(int flags, const int *keep, int keep_count, int timeout_ms) {
    uint64_t old_mask;
    long pid = begin_fork(flags, keep, keep_count, timeout_ms, &old_mask);
    if (pid < 0) return pid;
    pid = clone_now(flags);
    if (pid == 0) {
        leave_fork();
        return 0;
    }
    release_others();
    if (pid < 0) fail((int)-pid, "clone failed, error", -pid, "", "look at the limits of processes (pids) and memory");
    end_fork(old_mask);
    return pid;
}

EXPORT void forkd_ready(void) {
    teach_when_ready();
}

EXPORT void forkd_exit(int code) {
    if (code < 0) return;
    teach_at_end();
    sys1(SYS_exit_group, code);
}
