/*
 * The working set: pages of the image that every child touches become the zygote's own, so that children need not fault for them.
 *
 * A page that a child reads or writes first in a mapping of the image costs it a page fault, with fifteen neighbours that the
 * kernel maps along with it and unmaps again. For a mapping that has pages of its own a clone copies the page table entries of
 * these, at a hundredth of that price. So
 *
 *   teach    some children tell, on memory shared with the zygote, which pages they have touched,
 *   learn    and the zygote then writes to these pages what is there, which makes them its own.
 *
 * Twice: when the first children are ready to serve, since a client may stay for hours, and again when children end. And only when
 * the huge pages that children write to have become small ones does it show which of those a child reads.
 * It is an optimisation: what was learned wrongly costs a page, and whatever fails is left to the page faults.
 */
#include "internal.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { LESSONS = 2, TEACHERS = 8, APPOINTED = 2 * TEACHERS, TERM = 1024 };
enum { MAX_PAGES = 1 << 16, BLOCK_PAGES = (2 << 20) / PAGE_BYTES };

/* A short client touches a few hundred. More than this was taught by a child that means harm, and nothing of it is learned. */
enum { MOST_TO_OWN = 4096 };

/* Numbers of children, by the number of the page in the image. Any child may write here whatever it likes. */
struct lesson {
    _Atomic int children;
    unsigned char touched[MAX_PAGES];
};
static struct lesson *lesson;
static int lessons;
WRITTEN static int appointed; /* children of this lesson, of which APPOINTED in each TERM teach: some may be killed, or stay */
static int watch = -1; /* in a child that teaches: its userfaultfd */

int in_lesson(uintptr_t start) {
    return lesson && start == (uintptr_t)lesson;
}

void begin_lesson(void) {
    long at = sys6(SYS_mmap, 0, sizeof *lesson, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    lesson = at < 0 && at > -4096 ? 0 : (struct lesson *)at;
}

static void end_lesson(void) {
    sys2(SYS_munmap, lesson, sizeof *lesson);
    lesson = 0;
    appointed = 0;
    if (++lessons < LESSONS) begin_lesson();
}

/* Also when a child revives its threads: it is none of the many short ones then, and may want to fork. */
void stop_teaching(void) {
    if (watch >= 0) sys1(SYS_close, watch);
    watch = -1;
}

/* In the zygote, before each clone. */
void appoint(void) {
    appointed++;
}

/* In a child, first thing. A mapping on watch for write protection, of which there is none, is one in which the kernel maps
   the page asked for and no neighbours. */
void begin_teaching(void) {
    if (!lesson || appointed % TERM > APPOINTED || atomic_load(&lesson->children) >= TEACHERS) return;
    watch = (int)sys1(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM};
    int failed = watch < 0 || sys3(SYS_ioctl, watch, UFFDIO_API, &api) < 0;
    for (int i = 0; i < image.count && !failed; i++) {
        const struct mapping *m = &image.mappings[i];
        struct uffdio_register range = {.range = {m->start, m->end - m->start}, .mode = UFFDIO_REGISTER_MODE_WP};
        failed = image.offsets[i] >= 0 && sys3(SYS_ioctl, watch, UFFDIO_REGISTER, &range) < 0;
    }
    if (failed) stop_teaching();
}

static void count(long page) {
    if (page < MAX_PAGES && lesson->touched[page] < TEACHERS) lesson->touched[page]++;
}

/* Where all pages of a block are there, and none was written, they are one huge page. */
static void teach_block(const uint64_t *entries, long pages, long first) {
    long present = 0, written = 0;
    for (long i = 0; i < pages; i++) {
        present += entries[i] >> 63;
        written += is_written(entries[i]);
    }
    if (present == BLOCK_PAGES && !written) return;
    for (long i = 0; i < pages; i++)
        if (entries[i] >> 63) count(first + i);
}

static void teach_mapping(const struct mapping *m, long first, int pagemap) {
    static uint64_t entries[BLOCK_PAGES];
    for (uintptr_t at = m->start, end; at < m->end; at = end) {
        end = (at / (2 << 20) + 1) * (2 << 20);
        if (end > m->end) end = m->end;
        long pages = (end - at) / PAGE_BYTES, bytes = pages * (long)sizeof *entries;
        if (sys4(SYS_pread64, pagemap, entries, bytes, at / PAGE_BYTES * sizeof *entries) != bytes) return;
        teach_block(entries, pages, first + (at - m->start) / PAGE_BYTES);
    }
}

static void teach(void) {
    int pagemap = (int)sys4(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
    if (pagemap < 0) return;
    for (int i = 0; i < image.count; i++)
        if (image.offsets[i] >= 0 && image.mappings[i].protection & PROT_WRITE)
            teach_mapping(&image.mappings[i], image.offsets[i] / PAGE_BYTES, pagemap);
    sys1(SYS_close, pagemap);
    atomic_fetch_add(&lesson->children, 1);
}

void teach_when_ready(void) {
    if (watch < 0 || lessons > 0) return;
    teach();
    stop_teaching();
}

void teach_at_end(void) {
    if (watch >= 0) teach();
}

static int usual(long page) {
    return page < MAX_PAGES && lesson->touched[page] > TEACHERS / 2;
}

/* In the zygote. All its threads are stopped: nobody sees the moment between the read and the write. */
static void make_own(const struct mapping *m, long page) {
    for (uintptr_t at = m->start; at < m->end && page < MAX_PAGES; at += PAGE_BYTES, page++)
        if (usual(page)) __atomic_fetch_or((char *)at, 0, __ATOMIC_RELAXED);
}

void learn(void) {
    if (!lesson || atomic_load(&lesson->children) < TEACHERS) return;
    long pages = 0;
    for (long page = 0; page < MAX_PAGES; page++) pages += usual(page);
    for (int i = 0; i < image.count && pages <= MOST_TO_OWN; i++)
        if (image.offsets[i] >= 0 && image.mappings[i].protection & PROT_WRITE)
            make_own(&image.mappings[i], image.offsets[i] / PAGE_BYTES);
    end_lesson();
}
