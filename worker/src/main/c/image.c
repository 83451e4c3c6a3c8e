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
 * Each large row of neighbouring mappings has a file of its own. The kernel keeps all mappings of a file in one tree under one
 * lock, which a clone takes for each; whoever wants to know of a page which processes have mapped it (memory reclaim, an access
 * monitor) holds it while it looks at all of them, in ten thousand children. One file was one such lock for everything.
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
enum { HUGE_BYTES = 2 << 20, MAX_HUGE = 2048, WORTH_A_FILE = HUGE_BYTES / 4, MAX_IMAGE_FILES = 32 };

/* A block is made huge when at least so many of its 512 pages are there: the rest is memory that nobody would have used. */
enum { WORTH_COLLAPSING = 256 };

static struct mapping mappings[MAX_MAPPINGS];
static off_t offsets[MAX_MAPPINGS]; /* in the image, that is in all files one behind the other; -1: the mapping stays as it is */
static int pages_in_block[MAX_HUGE];

static struct file {
    int descriptor;
    off_t start, end; /* in the image; the start is that of a huge page */
} files[MAX_IMAGE_FILES];
static int file_count;

struct image image;

static int copy_pages(const struct file *file, off_t at, uintptr_t from, long pages) {
    long bytes = pages << PAGE_SHIFT;
    if (sys4(SYS_pwrite64, file->descriptor, from, bytes, at - file->start) != bytes) return 0;
    for (long i = 0; i < pages; i++) {
        off_t block = (at + (i << PAGE_SHIFT)) / HUGE_BYTES;
        if (block < MAX_HUGE) pages_in_block[block]++;
    }
    return 1;
}

/* Number of pages copied, or -1. Pages of an anonymous mapping that are not there are zeros, and stay holes. */
static long copy_mapping(const struct mapping *m, int pagemap, const struct file *file, off_t at) {
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

static int ends_row(int i, int count) {
    return i + 1 == count || !follows(&mappings[i + 1], &mappings[i]);
}

static struct file *begin_file(off_t end) {
    struct file *file = &files[file_count++];
    file->start = file->end = (end + HUGE_BYTES - 1) & ~(off_t)(HUGE_BYTES - 1);
    return file;
}

/* Neighbours in memory stand side by side in the file too, so that the kernel makes one mapping of those that are alike. A
   row of them is placed as one: in a file of its own, as far from a huge page's start as in memory, or behind other small ones. */
static off_t place_row(struct file *file, int first, int last) {
    uintptr_t start = mappings[first].start;
    off_t begin = file->end + (file == files ? 0 : (off_t)((start - (uintptr_t)file->end) & (HUGE_BYTES - 1)));
    for (int i = first; i <= last; i++) offsets[i] = begin + (off_t)(mappings[i].start - start);
    return file->end = begin + (off_t)(mappings[last].end - start);
}

/* The first file is that of the small rows. */
static void place(int count) {
    off_t end = 0;
    file_count = 0;
    begin_file(end);
    for (int large = 0; large < 2; large++)
        for (int i = 0, first = 0; i < count; i++) {
            if (!ends_row(i, count)) continue;
            if ((mappings[i].end - mappings[first].start >= WORTH_A_FILE) == large) {
                int own = large && file_count < MAX_IMAGE_FILES;
                end = place_row(own ? begin_file(end) : &files[file_count - 1], first, i);
            }
            first = i + 1;
        }
}

static const struct file *file_at(off_t offset) {
    const struct file *file = files;
    while (offset >= file->end) file++;
    return file;
}

static void copy_all(int count, int pagemap) {
    long pages = 0;
    for (int i = 0; i < count; i++) {
        long copied = copy_mapping(&mappings[i], pagemap, file_at(offsets[i]), offsets[i]);
        if (copied < 0) offsets[i] = -1; /* what was half copied lies where nothing else will */
        else pages += copied;
    }
    report_add(pages, "image-pages");
}

/* Needs no privilege and no setting of the machine: the call asks for these blocks only (madvise(2)). How many it made. */
static long make_huge(const struct file *file) {
    long bytes = (file->end - file->start + HUGE_BYTES - 1) & ~(long)(HUGE_BYTES - 1), huge = 0;
    if (sys2(SYS_ftruncate, file->descriptor, bytes) < 0) return 0;
    long space = sys6(SYS_mmap, 0, bytes + HUGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space < 0 && space > -4096) return 0;
    long view = (space + HUGE_BYTES - 1) & ~(long)(HUGE_BYTES - 1), first = file->start / HUGE_BYTES;
    if (sys6(SYS_mmap, view, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file->descriptor, 0) == view)
        for (long block = 0; block < bytes / HUGE_BYTES && first + block < MAX_HUGE; block++)
            if (pages_in_block[first + block] >= WORTH_COLLAPSING)
                huge += sys3(SYS_madvise, view + block * HUGE_BYTES, HUGE_BYTES, MADV_COLLAPSE) == 0;
    sys2(SYS_munmap, space, bytes + HUGE_BYTES);
    return huge;
}

static void map_all(int count) {
    long mapped = 0;
    for (int i = 0; i < count; i++) {
        const struct mapping *m = &mappings[i];
        if (offsets[i] < 0) continue;
        const struct file *file = file_at(offsets[i]);
        long got = sys6(SYS_mmap, m->start, m->end - m->start, m->protection, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
                        file->descriptor, offsets[i] - file->start);
        mapped += got == (long)m->start;
        if (got == (long)m->start && m->guard) open_guard(m);
    }
    report_add(mapped, "image-mappings");
}

/* All or none. */
static int open_files(void) {
    int opened = 1;
    for (struct file *file = files; file < files + file_count; file++) {
        file->descriptor = (int)sys2(SYS_memfd_create, "forkd-image", MFD_CLOEXEC);
        opened &= file->descriptor >= 0 && sys2(SYS_ftruncate, file->descriptor, file->end - file->start) == 0;
    }
    return opened;
}

static void close_files(void) {
    for (const struct file *file = files; file < files + file_count; file++)
        if (file->descriptor >= 0) sys1(SYS_close, file->descriptor);
}

static void replace_mappings(int pagemap) {
    int count = find_mappings(mappings, MAX_MAPPINGS);
    if (count <= 0) return;
    memset(pages_in_block, 0, sizeof pages_in_block);
    place(count);
    if (open_files()) {
        long huge = 0;
        copy_all(count, pagemap);
        for (int i = 0; i < file_count; i++) huge += make_huge(&files[i]);
        report_add(huge, "image-huge-pages");
        map_all(count);
        image = (struct image){count, mappings, offsets};
    }
    close_files();
}

void make_image(void) {
    if (!files_may_grow() || getpagesize() != 1 << PAGE_SHIFT) return;
    int pagemap = (int)sys4(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
    if (pagemap < 0) return;
    replace_mappings(pagemap);
    sys1(SYS_close, pagemap);
}
