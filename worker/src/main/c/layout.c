/* What must be known of the C library's thread descriptor: where the thread id and the robust list lie in it. */
#include "internal.h"

#include <pthread.h>
#include <sys/prctl.h>

extern const ptrdiff_t __rseq_offset __attribute__((weak)); /* glibc 2.35 and later */
extern const unsigned __rseq_size __attribute__((weak));

static ptrdiff_t tid_offset, robust_offset; /* from the thread pointer; robust 0: not registered (musl, qemu-user) */
static int *global_exit_word;               /* musl: the kernel clears a global lock at thread exit, not the tid */

enum { DESCRIPTOR_BYTES = 2048, ROBUST_HEAD_BYTES = 24, RSEQ_BYTES = 32 };

int find_thread_layout(void) {
    char *tp = thread_pointer();
    char *descriptor = (char *)pthread_self();
    int tid = (int)sys0(SYS_gettid), hits = 0;
    for (ptrdiff_t at = 0; at < DESCRIPTOR_BYTES; at += sizeof(int))
        if (*(int *)(descriptor + at) == tid && hits++ == 0) tid_offset = descriptor + at - tp;
    if (hits != 1) /* a new glibc may look different: refuse rather than guess */
        return fail(ENOSYS, "thread id found in the thread descriptor, times:", hits, "", "this C library is not known to forkd");
    void *head = 0;
    size_t length = 0;
    if (sys3(SYS_get_robust_list, 0, &head, &length) == 0 && head && length == ROBUST_HEAD_BYTES)
        robust_offset = (char *)head - tp;
    int *word = 0;
    if (sys2(SYS_prctl, PR_GET_TID_ADDRESS, &word) == 0 && word && word != (int *)(tp + tid_offset)) global_exit_word = word;
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
