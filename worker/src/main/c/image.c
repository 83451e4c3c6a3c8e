/*
 * The memory image: the frozen process's private pages become private mappings of one memory file. Such a mapping has no
 * anonymous pages, so a clone copies no page tables for it, and a child pays only for what it touches: a page read is
 * mapped together with its neighbours, a page written is copied.
 *
 * Left as they are: the stack we run on and this library's data (both change while we copy), [stack] (its pages must stay
 * anonymous, or ps sees no arguments), [vdso] and friends, and mappings with promises attached that a file mapping would
 * not keep: wiped on fork (a library's random state!), not copied, locked, growing, huge.
 * The image is an optimisation: whatever fails leaves that mapping as it was.
 */
#include "internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE_SHIFT = 12, MAX_MAPPINGS = 1024, PAGEMAP_CHUNK = 512, WORTH_KB = 16 };

struct mapping {
    uintptr_t start, end;
    int protection;
    int of_file; /* copied whole: pages that are not present are not zeros */
};
static struct mapping candidates[MAX_MAPPINGS], next;
static int candidate_count, next_suits;
static long next_anonymous_kb;

static unsigned long number(const char **p, int base) {
    unsigned long v = 0;
    for (;; (*p)++) {
        int c = **p, digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
        if (digit >= base) return v;
        v = v * base + digit;
    }
}

static const char *after_blanks(const char *p) {
    while (*p == ' ') p++;
    return p;
}

/* "start-end rwxp offset device inode  path" */
static void begin_mapping(const char *p) {
    char here;
    next.start = number(&p, 16);
    next.end = (p++, number(&p, 16));
    const char *permissions = ++p;
    p = strchr(permissions, ' ') + 1;      /* offset */
    p = strchr(p, ' ') + 1;                /* device */
    p = strchr(p, ' ') + 1;                /* inode */
    next.of_file = number(&p, 10) != 0;
    const char *name = after_blanks(p);
    next.protection = PROT_READ | (permissions[1] == 'w' ? PROT_WRITE : 0) | (permissions[2] == 'x' ? PROT_EXEC : 0);
    int special = name[0] == '[' && (name[1] == 'v' || name[1] == 's');
    int in_use = ((uintptr_t)&here >= next.start && (uintptr_t)&here < next.end) || in_our_data(next.start, next.end);
    next_suits = permissions[0] == 'r' && permissions[3] == 'p' && !special && !in_use;
    next_anonymous_kb = 0;
}

/* "VmFlags: rd wr mr mw me ac sd", the last line of each mapping */
static void end_mapping(const char *flags) {
    static const char promises[] = "wf dc ht lo gd io pf um uw dp ";
    for (const char *p = after_blanks(flags); *p; p = after_blanks(p + 2)) {
        char flag[4] = {p[0], p[1], ' ', 0};
        if (strstr(promises, flag)) next_suits = 0;
    }
    if (next_suits && next_anonymous_kb >= WORTH_KB && candidate_count < MAX_MAPPINGS) candidates[candidate_count++] = next;
}

static int read_smaps_line(const char *line) {
    const char *p = line;
    if (!strncmp(line, "VmFlags:", 8)) end_mapping(line + 8);
    else if (!strncmp(line, "Anonymous:", 10)) p = after_blanks(line + 10), next_anonymous_kb += number(&p, 10);
    else if (!strncmp(line, "Swap:", 5)) p = after_blanks(line + 5), next_anonymous_kb += number(&p, 10);
    else if (number(&p, 16), *p == '-') begin_mapping(line);
    return 0;
}

static int copy_pages(int file, off_t at, uintptr_t from, long pages) {
    long bytes = pages << PAGE_SHIFT;
    return sys4(SYS_pwrite64, file, from, bytes, at) == bytes;
}

/* Number of pages copied, or -1. Pages of an anonymous mapping that are not there are zeros, and stay holes. */
static long copy_mapping(const struct mapping *m, int pagemap, int file, off_t at) {
    static uint64_t entries[PAGEMAP_CHUNK];
    long total = (m->end - m->start) >> PAGE_SHIFT, copied = 0;
    for (long i = 0; i < total; i += PAGEMAP_CHUNK) {
        long chunk = total - i < PAGEMAP_CHUNK ? total - i : PAGEMAP_CHUNK;
        long want = chunk * (long)sizeof *entries;
        if (sys4(SYS_pread64, pagemap, entries, want, ((m->start >> PAGE_SHIFT) + i) * sizeof *entries) != want) return -1;
        for (long j = 0, end; j < chunk; j = end + 1) {
            end = j;
            while (end < chunk && (m->of_file || entries[end] >> 62)) end++; /* bit 63 present, bit 62 swapped */
            if (end == j) continue;
            long offset = (i + j) << PAGE_SHIFT;
            if (!copy_pages(file, at + offset, m->start + offset, end - j)) return -1;
            copied += end - j;
        }
    }
    return copied;
}

static int files_may_grow(void) { /* else the kernel would send SIGXFSZ */
    struct rlimit limit;
    return sys4(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

static void replace_candidates(int pagemap, int file) {
    off_t end = 0;
    long mappings = 0, pages = 0;
    for (int i = 0; i < candidate_count; i++) {
        const struct mapping *m = &candidates[i];
        size_t bytes = m->end - m->start;
        if (sys2(SYS_ftruncate, file, end + (off_t)bytes) < 0) break;
        off_t at = end;
        end += bytes; /* also after a failure: what was half copied must not show through the holes of the next */
        long copied = copy_mapping(m, pagemap, file, at);
        if (copied < 0) continue;
        long got = sys6(SYS_mmap, m->start, bytes, m->protection, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file, at);
        if (got != (long)m->start) continue;
        mappings++;
        pages += copied;
    }
    report_add(mappings, "image-mappings");
    report_add(pages, "image-pages");
}

void make_image(void) {
    candidate_count = 0;
    if (!files_may_grow() || getpagesize() != 1 << PAGE_SHIFT) return;
    if (for_each_line("/proc/self/smaps", read_smaps_line) < 0) return;
    int pagemap = (int)sys4(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
    int file = (int)sys2(SYS_memfd_create, "forkd-image", MFD_CLOEXEC);
    if (pagemap >= 0 && file >= 0) replace_candidates(pagemap, file);
    if (pagemap >= 0) sys1(SYS_close, pagemap);
    if (file >= 0) sys1(SYS_close, file);
}
