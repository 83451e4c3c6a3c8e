/*
 * forkd: fork() of a running multi-threaded process (in practice a HotSpot JVM) in which every thread survives.
 *
 *   stop     Each other thread gets our signal. Its handler notes where the kernel put the signal frame, and waits.
 *   audit    Descriptors and mappings that parent and child would share by accident are refused by name.
 *   clone    The raw clone(2) copies the process: one address space with every stack, TLS block and signal frame.
 *   revive   In the child each stopped thread is made again by clone(CLONE_THREAD|...) with its own TLS, on its own
 *            stack, and goes back through rt_sigreturn on its signal frame, by which the kernel restores every
 *            register, the FPU state, the signal mask and the alternate stack. With FORKD_LAZY this happens when the
 *            child first needs another thread (see hooked.c), so most short-lived children never pay for it.
 *   release  In the parent (unless it stays frozen) the handlers return.
 *
 * Rules that every file here keeps; a change must keep them too:
 *   R1  From the first signal to release or revive nothing allocates, takes a lock, uses stdio or is bound lazily: a
 *       stopped thread may hold any lock, malloc's included. The library is linked with -z now.
 *   R2  Every wait has a deadline; on failure every thread is released, and forkd_error() names the culprit.
 *   R3  One stop at a time. The busy flag is tried before signals are blocked, or two callers would wait for each other.
 *   R4  A stop is complete when a full pass over /proc/self/task, begun with all known threads stopped, finds no new one.
 *   R5  What a revived thread needs lies on its own stack (struct stopped_thread), for slots may be reused before it runs.
 *   R6  Nothing is shared by accident: audit.c refuses it, and descriptors of plain files are opened again in the child.
 * H-numbers in comments are the hazards listed in docs/fork-engine.md.
 *
 * Call this through java.lang.foreign with default options, never Linker.Option.critical: the collector must see the
 * caller in native code while the process is copied.
 */
#ifndef FORKD_H
#define FORKD_H

enum forkd_flags {
    FORKD_PARENT = 1,    /* children belong to our parent (CLONE_PARENT) and are revived when it dies */
    FORKD_QUIESCENT = 2, /* only when every other thread sleeps in a system call (H6, H18): always, in production */
    FORKD_NOAUDIT = 4,   /* tests only */
    FORKD_LAZY = 8,      /* the child starts with the calling thread alone and revives the others on need */
    FORKD_IMAGE = 16,    /* forkd_serve only: turn private pages into mappings of one memory file */
};

/* The value of our signal (sigqueue(3)) that asks an unrevived child whose client idles to give memory back, and not to revive. */
enum { FORKD_REST = 0x52455354 };

enum forkd_process_state {
    FORKD_NOT_A_CHILD = 0, /* nobody forked this process with this library */
    FORKD_UNREVIVED = 1,   /* a child that runs on one thread so far */
    FORKD_REVIVED = 2,     /* a child with all its threads */
};

/* Prepares the process: finds the C library's thread layout, takes the signal SIGRTMIN+8 and installs the hooks.
   Call it early, from any thread; calling it again is harmless. 0, or -errno with forkd_error(). */
int forkd_init(void);

/* fork() with all threads: the child's pid, 0 in the child, or -errno with nothing done. keep lists descriptors that
   parent and child may share. */
long forkd_fork(int flags, const int *keep, int keep_count, int timeout_ms);

/* Freezes this process for good and forks once for every descriptor received on control (SOCK_SEQPACKET).
     in    one byte: how many descriptors; the descriptors (1 to 64) as SCM_RIGHTS
     out   first, once frozen: int32 0. Then one message for each message in: an int32 for each descriptor, pid or -errno
   The byte 255 with one descriptor makes an understudy instead: a frozen process like this one, on that descriptor.
   Returns 0 in each child, where the received descriptor now has the number control; -errno when the freeze is refused,
   and then everything runs on. End of file on control ends the process. */
int forkd_serve(int control, int flags, const int *keep, int keep_count, int timeout_ms);

/* Makes an unrevived child whole: 1 if this call did it, else 0. Async-signal-safe. */
int forkd_revive(void);

/* One of enum forkd_process_state. */
int forkd_state(void);

/* The child has done all that it does before its first client. Does nothing in other processes, so that the call can be warmed. */
void forkd_ready(void);

/* exit_group(code), without shutdown hooks; does nothing when code is negative, so that the call can be warmed (H19). */
void forkd_exit(int code);

/* What forkd_forget_code needs: JNI_GetCreatedJavaVMs, HotSpot's flag WhiteBoxAPI, the class file of WhiteBox. */
struct forkd_white_box {
    int (*get_created_vms)(void **vms, int room, int *count);
    char *flag;
    const void *class_file;
    long class_file_size;
};

/* Makes the Java VM of this process forget its compiled code, so that what is hot is compiled anew; takes a safepoint. Once in
   a process, from a Java thread in native state. 0, or -errno with forkd_error(). */
int forkd_forget_code(const struct forkd_white_box *box);

/* Why the last call failed: what, on which descriptor, mapping or thread, and what to do. */
const char *forkd_error(void);

/* What the last freeze did, for the log: threads, files, mappings, pages. */
const char *forkd_report(void);

#endif
