/* What must be known of the C library's thread descriptor: where the thread id and the robust list lie in it. */
#include "internal.h"

#include <pthread.h>
#include <sys/prctl.h>

extern const ptrdiff_t __rseq_offset __attribute__((weak)); /* glibc 2.35 and later */
extern const unsigned __rseq_size __attribute__((weak));

static ptrdiff_t tid_offset, robust_offset; /* from the thread pointer; robust 0: not registered (musl, qemu-user) */
static int *global_exit_word;               /* musl: the kernel clears a global lock at thread exit, not the tid */

enum { DESCRIPTOR_BYTES = 2048, ROBUST_HEAD_BYTES = 24, RSEQ_BYTES = 32 };

/* Where the kernel clears the thread id at the end of the calling thread; 0 where it does not tell (CONFIG_CHECKPOINT_RESTORE). */
static int *told_exit_word(void) {
    int *word = 0;
    return sys2(SYS_prctl, PR_GET_TID_ADDRESS, &word) == 0 ? word : 0;
}

/* The thread id's distance from the thread pointer. glibc has the thread id itself cleared, so the kernel knows.
   Else it is looked for, and must be there once: any number in the descriptor may be equal to it, the upper half of an
   address (0x7f01 and the like) to one in thousands of processes. */
static ptrdiff_t find_tid(char *tp, char *descriptor, int tid, const int *exit_word, int *hits) {
    ptrdiff_t told = (char *)exit_word - descriptor, found = 0;
    *hits = 1;
    if (told >= 0 && told < DESCRIPTOR_BYTES && *exit_word == tid) return (char *)exit_word - tp;
    *hits = 0;
    for (ptrdiff_t at = 0; at < DESCRIPTOR_BYTES; at += sizeof(int))
        if (*(int *)(descriptor + at) == tid && (*hits)++ == 0) found = descriptor + at - tp;
    return found;
}

int find_thread_layout(void) {
    char *tp = thread_pointer();
    int *word = told_exit_word(), hits;
    tid_offset = find_tid(tp, (char *)pthread_self(), (int)sys0(SYS_gettid), word, &hits);
    if (hits != 1) /* a new glibc may look different: refuse rather than guess */
        return fail(ENOSYS, "thread id found in the thread descriptor, times:", hits, "", "this C library is not known to forkd");
    void *head = 0;
    size_t length = 0;
    if (sys3(SYS_get_robust_list, 0, &head, &length) == 0 && head && length == ROBUST_HEAD_BYTES)
        robust_offset = (char *)head - tp;
    if (word && word != (int *)(tp + tid_offset)) global_exit_word = word;
    return 0;
}

int *tid_word(char *tp) {
    return (int *)(tp + tid_offset);
}

int *exit_word(char *tp) {
    return global_exit_word ? global_exit_word : tid_word(tp);
}

void register_thread(char *tp) { /* H8 */
    if (robust_offset) sys2(SYS_set_robust_list, tp + robust_offset, ROBUST_HEAD_BYTES);
    if (&__rseq_size && __rseq_size) sys4(SYS_rseq, tp + __rseq_offset, RSEQ_BYTES, 0, RSEQ_SIGNATURE);
}
