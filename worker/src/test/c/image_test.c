/* The memory of a frozen zygote and its children: the image, and the pages of it that a zygote learns to have ready. */
#include "zygote.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/mman.h>
#include <sys/resource.h>

static char *secret, *big;

static void fill_memory(void) {
    big = malloc(8 * MEBIBYTE);
    for (int i = 0; i < 8 * MEBIBYTE; i++) big[i] = (char)(i * 31 / 7);
    secret = mmap(0, 4096 * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(madvise(secret, 4096 * 8, MADV_WIPEONFORK) == 0);
    memset(secret, 'S', 4096 * 8);
}

static long anonymous_kb_of(int pid) {
    char line[256], path[64];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (fgets(line, sizeof line, file)) sscanf(line, "RssAnon: %ld kB", &kb);
    fclose(file);
    return kb;
}

static long anonymous_kb(void) {
    return anonymous_kb_of(getpid());
}

static void look_at_memory(int control) {
    (void)control;
    CHECK(anonymous_kb() < 1024); /* of 8 MiB */
    for (int i = 0; i < 8 * MEBIBYTE; i++) CHECK(big[i] == (char)(i * 31 / 7));
    memset(big, getpid(), MEBIBYTE); /* private to this child */
    CHECK(anonymous_kb() >= 1024);
    CHECK(big[MEBIBYTE] == (char)(MEBIBYTE * 31 / 7));
    CHECK(secret[0] == 0 && secret[4096 * 7] == 0); /* the wipe on fork works on, or random states would be shared */
}

static void image(void) {
    prepare_zygote = fill_memory;
    child_extra = look_at_memory;
    struct zygote z = start_zygote(LAZY);
    for (int i = 0; i < 3; i++) {
        int pid, control = fork_child(z, &pid);
        CHECK(ask(control, 'r') == ALL);
        CHECK(write(control, "x", 1) == 1);
        CHECK(wait_for(pid) == GOOD);
    }
    end(z);
}

static int forbidden_before;

static int forbidden_mappings(void) {
    char line[512];
    int count = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, file)) count += strstr(line, " ---p ") != 0;
    fclose(file);
    return count;
}

static void count_forbidden(void) {
    forbidden_before = forbidden_mappings();
}

static void look_at_guards(int control) {
    (void)control;
    CHECK(forbidden_mappings() <= forbidden_before - SLEEPERS);
    forkd_revive();
    CHECK(forbidden_mappings() == forbidden_before);
}

/* A frozen thread's guard pages cost a mapping each; they are back when the thread is. */
static void guards(void) {
    prepare_zygote = count_forbidden;
    child_extra = look_at_guards;
    struct zygote z = start_zygote(LAZY);
    int pid, control = fork_child(z, &pid);
    CHECK(ask(control, 'r') == ALL);
    CHECK(write(control, "x", 1) == 1);
    CHECK(wait_for(pid) == GOOD);
    end(z);
}

enum { SCATTERED = 64, STRIDE = 8 * 4096 };

static void fill_scattered(void) {
    big = mmap(0, SCATTERED * STRIDE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(madvise(big, SCATTERED * STRIDE, MADV_NOHUGEPAGE) == 0); /* where "always" is set, the first write would get one */
    for (int i = 0; i < SCATTERED; i++) big[i * STRIDE] = 'b'; /* too few for a huge page of the image */
}

/* Tells on its control socket how many page faults it took to read pages that are not neighbours. */
static void read_scattered(int control) {
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < SCATTERED; i++) CHECK(big[i * STRIDE] == 'b');
    getrusage(RUSAGE_SELF, &after);
    int faults = (int)(after.ru_minflt - before.ru_minflt);
    CHECK(write(control, &faults, sizeof faults) == sizeof faults);
    forkd_ready();
    char end;
    CHECK(read(control, &end, 1) == 1);
    forkd_exit(GOOD);
}

/* Children that are ready, or end by forkd_exit, teach the zygote which pages they touch: later ones find them in place. */
static void working_set(void) {
    int probe = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY), reason = errno;
    if (probe >= 0) close(probe);
    prepare_zygote = fill_scattered;
    child_extra = read_scattered;
    struct zygote z = start_zygote(LAZY);
    int first = -1, last = -1;
    for (int i = 0; i < 20; i++) {
        int pid, control = fork_child(z, &pid);
        CHECK(read(control, &last, sizeof last) == sizeof last);
        if (i == 0) first = last;
        CHECK(write(control, "x", 1) == 1);
        CHECK(wait_for(pid) == GOOD);
        close(control);
    }
    end(z);
    if (probe < 0) fprintf(stderr, "working_set: no userfaultfd here (errno %d), nothing is learned\n", reason);
    else CHECK(first >= SCATTERED / 4 && last < SCATTERED / 8);
}

/* Pages of the memory, from one byte to another, that are this process's own copies (pagemap: present, and not the file's). */
static int copied_pages(long from, long to) {
    uint64_t entries[8 * MEBIBYTE / 4096];
    long count = (to - from) / 4096, copied = 0;
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    CHECK(pread(pagemap, entries, count * 8, (uintptr_t)(big + from) / 4096 * 8) == count * 8);
    close(pagemap);
    for (long i = 0; i < count; i++) copied += entries[i] >> 63 && !(entries[i] >> 61 & 1);
    return (int)copied;
}

/* No more: after a quarter of a second of CPU time threads revive, and an emulated processor takes a millisecond a page. */
enum { SAME = MEBIBYTE / 8, ELSE = MEBIBYTE / 16 };

/* Writes what is there to the first part of the memory, and something else to each page of the next; tells, waits, looks. */
static void write_and_wait(int control) {
    volatile char *all = big;
    char c = 'w';
    for (int i = 0; i < SAME; i += 4096) all[i] = all[i];
    for (int i = SAME; i < SAME + ELSE; i += 4096) all[i + 100] = 'n';
    CHECK(copied_pages(0, SAME + ELSE) == (SAME + ELSE) / 4096);
    int deep[20000];
    memset(deep, 'd', sizeof deep);
    __asm__ volatile("" : : "r"(deep) : "memory");
    CHECK(write(control, &c, 1) == 1);
    CHECK(read(control, &c, 1) == 1); /* restarted after our signal */
    CHECK(forkd_state() == FORKD_UNREVIVED);
    CHECK(copied_pages(0, SAME) == 0 && copied_pages(SAME, SAME + ELSE) == ELSE / 4096);
    CHECK(deep[0] == deep[19999] && ((char *)deep)[77] == 'd');
    for (int i = 0; i < 8 * MEBIBYTE; i++) {
        int new = i >= SAME && i < SAME + ELSE && i % 4096 == 100;
        CHECK(big[i] == (new ? 'n' : (char)(i * 31 / 7)));
    }
}

/* Until it sleeps; a signal that comes to it makes it run at once, until it has been handled. */
static void await_sleep(int pid) {
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    while (state != 'S') {
        FILE *file = fopen(path, "r");
        CHECK(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
        fclose(file);
        if (state != 'S') tick();
    }
}

/* A child that is asked to rest while it sleeps keeps what differs from the image, and gives back what does not. */
static void idle(void) {
    prepare_zygote = fill_memory;
    child_extra = write_and_wait;
    struct zygote z = start_zygote(LAZY);
    int pid, control = fork_child(z, &pid);
    char c;
    CHECK(read(control, &c, 1) == 1);
    long before = anonymous_kb_of(pid);
    CHECK(before >= (SAME + ELSE) / 1024);
    union sigval rest = {.sival_int = FORKD_REST};
    await_sleep(pid); /* one that does not sleep yet ignores it */
    CHECK(sigqueue(pid, SIGRTMIN + 8, rest) == 0);
    await_sleep(pid);
    CHECK(anonymous_kb_of(pid) <= before - SAME / 1024 * 3 / 4);
    CHECK(anonymous_kb_of(pid) >= ELSE / 1024);
    CHECK(threads_of(pid) == 1);
    CHECK(write(control, &c, 1) == 1);
    CHECK(ask(control, 'r') == ALL);
    CHECK(write(control, "x", 1) == 1);
    CHECK(wait_for(pid) == GOOD);
    end(z);
}

int main(int argc, char **argv) {
    static const struct test_case cases[] = {
        {"image", image},
        {"guards", guards},
        {"working_set", working_set},
        {"idle", idle},
    };
    return run_cases(argc, argv, cases, sizeof cases / sizeof *cases);
}
