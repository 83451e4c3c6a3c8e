/*
 * An unrevived child whose client idles gives memory back.
 *
 * A third of the pages that a child has copied hold what the image holds: a lock was taken and released, a counter went up and
 * down, the same value was stored again. And what lies below the stack pointer is waste of calls that have returned. Both can go:
 * a page of the image is then the image's again, shared with all siblings, until it is written next.
 *
 * The supervisor asks by our signal with the value FORKD_REST, once per client, when that has been there for seconds: short clients
 * pay nothing, and nobody is woken again and again. It is done only while the one thread there is sleeps in a system call, and in
 * the signal handler with all signals blocked, so nobody sees the moment in which a page is the image's already and not yet its
 * own again. The kernel writes to a thread's own area (rseq) at any time: the pages around the thread pointer are left alone.
 */
#include "internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK = 256, STACK_RESERVE = 2 * PAGE_BYTES };

/* Bit 56: mapped by nobody else. */
static int is_ours_alone(uint64_t entry) {
    return is_written(entry) && entry >> 56 & 1;
}

static int is_threads_own(uintptr_t page) {
    uintptr_t own = (uintptr_t)thread_pointer() & ~(uintptr_t)(PAGE_BYTES - 1);
    return page >= own - PAGE_BYTES && page <= own + PAGE_BYTES;
}

/* If the image has the same. */
static void give_back(char *page) {
    char kept[PAGE_BYTES];
    memcpy(kept, page, PAGE_BYTES);
    if (sys3(SYS_madvise, page, PAGE_BYTES, MADV_DONTNEED) < 0) return;
    if (memcmp(kept, page, PAGE_BYTES)) memcpy(page, kept, PAGE_BYTES);
}

static void give_back_copies(const struct mapping *m, int pagemap) {
    uint64_t entries[CHUNK];
    for (uintptr_t at = m->start; at < m->end; at += sizeof entries / sizeof *entries * PAGE_BYTES) {
        long pages = (long)(m->end - at) / PAGE_BYTES;
        if (pages > CHUNK) pages = CHUNK;
        long bytes = pages * (long)sizeof *entries;
        if (sys4(SYS_pread64, pagemap, entries, bytes, at / PAGE_BYTES * sizeof *entries) != bytes) return;
        for (long i = 0; i < pages; i++)
            if (is_ours_alone(entries[i]) && !is_threads_own(at + i * PAGE_BYTES)) give_back((char *)at + i * PAGE_BYTES);
    }
}

/* What lies below us, and below what we may need for this very call. */
static void give_back_stack(void) {
    char here;
    uintptr_t end = ((uintptr_t)&here - STACK_RESERVE) & ~(uintptr_t)(PAGE_BYTES - 1);
    if (end > callers_stack.start)
        sys3(SYS_madvise, callers_stack.start, end - callers_stack.start, MADV_DONTNEED);
}

int asks_for_rest(const siginfo_t *info) {
    return info->si_code == SI_QUEUE && info->si_value.sival_int == FORKD_REST;
}

void rest(const ucontext_t *context) {
    char here; /* on an alternate stack we would stand on pages of the image */
    if (!unrevived() || !in_callers_stack((uintptr_t)&here) || !slept_in_syscall(context)) return;
    int pagemap = (int)sys4(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
    if (pagemap < 0) return;
    stop_teaching();
    for (int i = 0; i < image.count; i++)
        if (image.offsets[i] >= 0 && image.mappings[i].protection & PROT_WRITE && !image.mappings[i].guard)
            give_back_copies(&image.mappings[i], pagemap);
    sys1(SYS_close, pagemap);
    give_back_stack();
}
