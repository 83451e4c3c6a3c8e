/* What the files of the library share. Nothing here is exported. */
#ifndef FORKD_INTERNAL_H
#define FORKD_INTERNAL_H

#include "forkd.h"
#include "raw.h"

#include <stdatomic.h>
#include <sys/types.h>

#define EXPORT __attribute__((visibility("default")))

/* For what a child writes in any case, or its zygote before the next one: all of it on one page, for each such page is copied. */
#define WRITTEN __attribute__((section("forkd_written")))

enum { MAX_THREADS = 1024, MAX_FILES = 256, MAX_BATCH = 64 };

/* ---- text.c: messages, paths and directories without libc state ---- */
int fail(int error, const char *what, long number, const char *detail, const char *advice); /* number < 0: none; -error */
void path_of(char *out, const char *before, long number, const char *after);
void report_clear(void);
void report_add(long number, const char *what);
/* Calls visit for each numeric entry of a directory of /proc until it returns a negative value, which is returned, as are errors. */
int for_each_number_in(const char *directory, int (*visit)(int number, int directory_fd));
/* Calls visit for each line of a file until it returns a negative value, which is returned, as are errors. */
int for_each_line(const char *path, int (*visit)(const char *line));
/* The beginning of a short file, with a zero behind it. Its length; 0 or less: it cannot be read. */
long read_text(const char *path, char *text, long size);
unsigned long parse_number(const char **p, int base); /* moves p behind it */
_Noreturn void die(int code, const char *line);

/* ---- stop.c ---- */
struct stopped_thread { /* lives on the stopped thread's own stack (R5) */
    void *frame;
    const ucontext_t *context;
    char *thread_pointer;
    char name[16];
};
enum slot_state { SLOT_SIGNALLED = 1, SLOT_STOPPED, SLOT_GONE };
struct slot {
    _Atomic int tid;
    _Atomic int state;
    struct stopped_thread *thread;
};
extern struct slot slots[MAX_THREADS];
extern _Atomic int slot_count;
extern int stop_signal;
int install_stop_signal(void);
int stop_signal_is_ours(void);
int stop_others(int flags, int timeout_ms); /* 0, or -errno with everyone released */
void release_others(void);
void forget_stop_in_child(void); /* the revived child is nobody's stopped process */

/* ---- audit.c ---- */
int audit(const int *keep, int keep_count);
void audit_skip(void); /* for FORKD_NOAUDIT: nothing to reopen either */
void reopen_files(void); /* in the child */

/* ---- layout.c: what must be known of the C library's struct pthread ---- */
int find_thread_layout(void);
int *tid_word(char *thread_pointer);
int *exit_word(char *thread_pointer); /* what the kernel clears when the thread ends */
void register_thread(char *thread_pointer); /* robust list and rseq, which a clone does not inherit */

/* ---- revive.c ---- */
extern _Atomic int process_state; /* enum forkd_process_state, or REVIVING between two of them */
enum { REVIVING = 3 };
void remember_masks(uint64_t callers_mask); /* before the clone, with all threads stopped */
void become_child(int flags, pid_t supervisor);
void leave_fork(void); /* last step in the child: signals are let in */
void restore_callers_mask(ucontext_t *context);
void revive_soon(void);
int put_off_revival(void);
void before_broadcast(void);
void after_broadcast(void);
int told_before(const void *condition); /* by a broadcast in this child; remembers it */

static inline int unrevived(void) {
    return __builtin_expect(atomic_load_explicit(&process_state, memory_order_relaxed) == FORKD_UNREVIVED, 0);
}

/* ---- hooks.c, hooked.c ---- */
struct hook {
    const char *name;
    void *expected;     /* what an unpatched entry holds: the C library's function, as this library sees it */
    void *functions[2]; /* ours: one for each version of the original that was met */
    void **originals;   /* two pointers, which our functions call */
};
extern const struct hook hooks[];
extern const int hooks_count;
int install_hooks(void);
int in_our_data(uintptr_t start, uintptr_t end); /* does the range overlap this library's writable data? */

/* ---- waiters.c ---- */
void try_waiters(void);
int condition_may_be_heard(void *condition);
int semaphore_may_be_heard(void *semaphore);

/* ---- mappings.c ---- */
struct mapping {
    uintptr_t start, end;
    int protection;
    int of_file; /* copied whole: pages that are not present are not zeros */
    int guard;   /* of a frozen thread's stack, see guards.c: has no pages */
};
int find_mappings(struct mapping *mappings, int most); /* how many, or -1 */
int follows(const struct mapping *next, const struct mapping *before); /* without a gap in memory */

/* ---- guards.c ---- */
int is_guard(const struct mapping *guard, const struct mapping *stack);
int room_for_guards(void);
void open_guard(const struct mapping *guard);
void close_guards(void);

extern struct mapping callers_stack; /* the one we run on: not part of the image */
static inline int in_callers_stack(uintptr_t address) {
    return address >= callers_stack.start && address < callers_stack.end;
}

/* ---- entries of /proc/self/pagemap: bit 63 present, bit 61 the file's own page ---- */
enum { PAGE_BYTES = 4096 };
static inline int is_written(uint64_t entry) {
    return entry >> 63 && !(entry >> 61 & 1);
}

/* ---- image.c ---- */
struct image {
    int count;
    const struct mapping *mappings;
    const off_t *offsets; /* in the file; -1: the mapping is not part of the image */
};
extern struct image image;
void make_image(void);

/* ---- working_set.c ---- */
void begin_lesson(void);   /* in the zygote, when it has its image */
void learn(void);          /* in the zygote, before a batch */
void begin_teaching(void); /* in a child, first thing */
void appoint(void);        /* in the zygote, before a child */
void teach_when_ready(void);
void teach_at_end(void);   /* in a child, last thing */
void stop_teaching(void);
int in_lesson(uintptr_t start); /* is this what zygote and children share? */

/* ---- crowd.c ---- */
int is_crowded(void);

/* ---- rest.c ---- */
int asks_for_rest(const siginfo_t *info);
void rest(const ucontext_t *context); /* of what the signal interrupted */

/* ---- forkd.c ---- */
extern pid_t first_parent; /* the supervisor, seen before anything could have happened to it */
int begin_fork(int flags, const int *keep, int keep_count, int timeout_ms, uint64_t *old_mask);
void end_fork(uint64_t old_mask);
long clone_now(int flags);

#endif
