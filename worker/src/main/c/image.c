/*
 * The memory image: the frozen process's private pages become private mappings of one memory file. Such a mapping has no
 * anonymous pages, so a clone copies no page tables for it, and a child pays only for what it touches: a page read is
 * mapped together with its neighbours, a page written is copied.
 *
 * Most of a short child's CPU time would still go into mapping single pages, and into unmapping them when it exits. So the
 * file is made of huge pages where it is well filled, and a mapping stands in it at an offset that is congruent with its
 * address: the kernel then maps 2 MiB by one entry of the page table, until the child writes there.
 *
 *   address  ──┬────────────── 2 MiB ──────────────┬──        mapping of 5 MiB
 *   file     ──┴────────────── huge  ──────────────┴──        the same distance from a 2 MiB boundary
 *
 * The image is an optimisation: whatever fails leaves that mapping as it was.
 */
#include "internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1; older kernels answer EINVAL */
#endif

enum { PAGE_SHIFT = 12, PAGEMAP_CHUNK = 512, MAX_MAPPINGS = 1024 };
enum { HUGE_BYTES = 2 << 20, MAX_HUGE = 2048, WORTH_ALIGNING = HUGE_BYTES / 4 };

/* A block is made huge when at least so many of its 512 pages are there: the rest is memory that nobody would have used. */
enum { WORTH_COLLAPSING = 256 };

static struct mapping mappings[MAX_MAPPINGS];
static off_t offsets[MAX_MAPPINGS]; /* in the file; -1: the mapping stays as it is */
static int pages_in_block[MAX_HUGE];

struct image image;

static int copy_pages(int file, off_t at, uintptr_t from, long pages) {
    long bytes = pages << PAGE_SHIFT;
    if (sys4(SYS_pwrite64, file, from, bytes, at) != bytes) return 0;
    for (long i = 0; i < pages; i++) {
        off_t block = (at + (i << PAGE_SHIFT)) / HUGE_BYTES;
        if (block < MAX_HUGE) pages_in_block[block]++;
    }
    return 1;
}

/* Number of pages copied, or -1. Pages of an anonymous mapping that are not there are zeros, and stay holes. */
static long copy_mapping(const struct mapping *m, int pagemap, int file, off_t at) {
    static uint64_t entries[PAGEMAP_CHUNK];
    long total = m->guard ? 0 : (m->end - m->start) >> PAGE_SHIFT, copied = 0;
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

/* Neighbours in memory stand side by side in the file too, so that the kernel makes one mapping of those that are alike. A
   row of them is placed as one: where the next huge page could begin if it is large, else right behind what is there. */
static off_t place(int count) {
    off_t end = 0;
    for (int i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && follows(&mappings[next], &mappings[next - 1]);) next++;
        uintptr_t start = mappings[i].start;
        if (mappings[next - 1].end - start >= WORTH_ALIGNING) end += (off_t)((start - (uintptr_t)end) & (HUGE_BYTES - 1));
        for (int k = i; k < next; k++) offsets[k] = end + (off_t)(mappings[k].start - start);
        end = offsets[next - 1] + (off_t)(mappings[next - 1].end - mappings[next - 1].start);
    }
    return end;
}

static void copy_all(int count, int pagemap, int file) {
    long pages = 0;
    for (int i = 0; i < count; i++) {
        long copied = copy_mapping(&mappings[i], pagemap, file, offsets[i]);
        if (copied < 0) offsets[i] = -1; /* what was half copied lies where nothing else will */
        else pages += copied;
    }
    report_add(pages, "image-pages");
}

/* Needs no privilege and no setting of the machine: the call asks for these blocks only (madvise(2)). */
static void make_huge(int file, off_t end) {
    long bytes = (end + HUGE_BYTES - 1) & ~(long)(HUGE_BYTES - 1), huge = 0;
    if (sys2(SYS_ftruncate, file, bytes) < 0) return;
    long space = sys6(SYS_mmap, 0, bytes + HUGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space < 0 && space > -4096) return;
    long view = (space + HUGE_BYTES - 1) & ~(long)(HUGE_BYTES - 1);
    if (sys6(SYS_mmap, view, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == view)
        for (long block = 0; block < bytes / HUGE_BYTES && block < MAX_HUGE; block++)
            if (pages_in_block[block] >= WORTH_COLLAPSING)
                huge += sys3(SYS_madvise, view + block * HUGE_BYTES, HUGE_BYTES, MADV_COLLAPSE) == 0;
    sys2(SYS_munmap, space, bytes + HUGE_BYTES);
    report_add(huge, "image-huge-pages");
}

static void map_all(int count, int file) {
    long mapped = 0;
    for (int i = 0; i < count; i++) {
        const struct mapping *m = &mappings[i];
        if (offsets[i] < 0) continue;
        long got = sys6(SYS_mmap, m->start, m->end - m->start, m->protection, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file,
                        offsets[i]);
        mapped += got == (long)m->start;
        if (got == (long)m->start && m->guard) open_guard(m);
    }
    report_add(mapped, "image-mappings");
}

static void replace_mappings(int pagemap, int file) {
    int count = find_mappings(mappings, MAX_MAPPINGS);
    if (count <= 0) return;
    memset(pages_in_block, 0, sizeof pages_in_block);
    off_t end = place(count);
    if (sys2(SYS_ftruncate, file, end) < 0) return;
    copy_all(count, pagemap, file);
    make_huge(file, end);
    map_all(count, file);
    image = (struct image){count, mappings, offsets};
}

void make_image(void) {
    if (!files_may_grow() || getpagesize() != 1 << PAGE_SHIFT) return;
    int pagemap = (int)sys4(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
    int file = (int)sys2(SYS_memfd_create, "forkd-image", MFD_CLOEXEC);
    if (pagemap >= 0 && file >= 0) replace_mappings(pagemap, file);
    if (pagemap >= 0) sys1(SYS_close, pagemap);
    if (file >= 0) sys1(SYS_close, file);
}
