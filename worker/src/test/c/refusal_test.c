/* What the audit and the stop refuse, by name, and that everything goes on afterwards. */
#include "support.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

static int deadline_ms = 200;

static void must_be_refused(int error, const char *named, const int *keep, int keep_count) {
    long pid = forkd_fork(FORKD_QUIESCENT, keep, keep_count, deadline_ms);
    if (pid == 0) _exit(1);
    CHECK(pid == -error);
    CHECK(strstr(forkd_error(), named));
}

static void must_work(int flags, const int *keep, int keep_count) {
    long pid = forkd_fork(flags, keep, keep_count, STOP_MS);
    CHECK(pid >= 0);
    if (pid == 0) _exit(GOOD);
    CHECK(wait_for(pid) == GOOD);
}

/* A pointer of the program's in the thread descriptor may look like the thread id: a pid of 32,513 is 0x7f01. */
static void thread_id_elsewhere(void) {
    intptr_t tid = (intptr_t)syscall(SYS_gettid);
    pthread_key_t low, high;
    CHECK(pthread_key_create(&low, 0) == 0 && pthread_key_create(&high, 0) == 0);
    CHECK(pthread_setspecific(low, (void *)tid) == 0);
    CHECK(pthread_setspecific(high, (void *)(tid << 32)) == 0);
    must_work(FORKD_QUIESCENT, 0, 0);
}

static sem_t let_go;
static _Atomic int deaf_ready;

static void *deaf(void *unused) {
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, 0);
    deaf_ready = 1;
    sem_wait(&let_go);
    return 0;
}

static void thread_that_blocks_signals(void) { /* H3 */
    pthread_t t;
    sem_init(&let_go, 0, 0);
    CHECK(forkd_init() == 0);
    start_sleepers(3);
    CHECK(pthread_create(&t, 0, deaf, 0) == 0);
    while (!deaf_ready) tick();
    must_be_refused(ETIMEDOUT, "did not stop", 0, 0);
    sem_post(&let_go);
    CHECK(pthread_join(t, 0) == 0);
    must_work(FORKD_QUIESCENT, 0, 0);
    wake_sleepers();
}

static _Atomic int spinning, stop_spinning;

static void *spinner(void *unused) {
    prctl(PR_SET_NAME, "spinner");
    spinning = 1;
    while (!stop_spinning) {}
    return unused;
}

static void thread_that_runs(void) { /* H6, H18: refused instead of a hang in some child */
    pthread_t t;
    CHECK(forkd_init() == 0);
    CHECK(pthread_create(&t, 0, spinner, 0) == 0);
    while (!spinning) tick();
    deadline_ms = STOP_MS; /* on a loaded machine it may take long before the spinner is scheduled and can stop */
    must_be_refused(EBUSY, "spinner", 0, 0);
    must_work(0, 0, 0);
    stop_spinning = 1;
    CHECK(pthread_join(t, 0) == 0);
    must_work(FORKD_QUIESCENT, 0, 0);
}

static void shared_mapping(void) { /* H10 */
    CHECK(forkd_init() == 0);
    void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must_be_refused(EPERM, "shared", 0, 0);
    munmap(page, 4096);
    must_work(FORKD_QUIESCENT, 0, 0);
}

static void descriptors(void) { /* H11 */
    int fds[2];
    char text[32];
    CHECK(forkd_init() == 0);
    CHECK(pipe(fds) == 0);
    snprintf(text, sizeof text, "shared: %d pipe:", fds[0]);
    must_be_refused(EBADF, text, 0, 0);
    must_work(FORKD_QUIESCENT, fds, 2);
    close(fds[0]);
    close(fds[1]);
    int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    must_be_refused(EBADF, "open for writing", 0, 0);
    close(file);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    must_be_refused(EBADF, "socket:", 0, 0);
    close(fds[1]); /* a socket without an other end is NIO's marker: inert */
    must_work(FORKD_QUIESCENT, 0, 0);
    int unconnected[] = {socket(AF_INET, SOCK_STREAM, 0), socket(AF_UNIX, SOCK_STREAM, 0)};
    for (int i = 0; i < 2; i++) { /* it hangs up as well, but the children would share the connection that is to come */
        CHECK(unconnected[i] >= 0);
        snprintf(text, sizeof text, "shared: %d socket:", unconnected[i]);
        must_be_refused(EBADF, text, 0, 0);
        close(unconnected[i]);
    }
    must_work(FORKD_QUIESCENT, 0, 0);
}

/* From now on this thread's calls of this number fail with EIO. */
static void break_call(unsigned number) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        fprintf(stderr, "skipped: no seccomp filters here\n");
        _exit(0);
    }
}

static void broken_listing(void) { /* an error is not the end of the list: what follows may be what must not be shared */
    CHECK(forkd_init() == 0);
    break_call(SYS_getdents64);
    must_be_refused(EIO, "cannot list /proc/self/", 0, 0);
}

static void broken_read(void) {
    CHECK(forkd_init() == 0);
    break_call(SYS_read);
    must_be_refused(EIO, "cannot read /proc/self/maps", 0, 0);
}

static void private_offsets(void) { /* H9: parent and child read the same file without moving each other */
    char a[4], b[4];
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    CHECK(forkd_init() == 0);
    CHECK(read(file, a, 4) == 4);
    long pid = forkd_fork(FORKD_QUIESCENT, 0, 0, STOP_MS);
    if (pid == 0) {
        CHECK(lseek(file, 0, SEEK_CUR) == 4);
        CHECK(read(file, b, 4) == 4);
        CHECK((fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
        _exit(GOOD);
    }
    CHECK(wait_for(pid) == GOOD);
    CHECK(lseek(file, 0, SEEK_CUR) == 4);
}

static void signal_in_use(void) {
    signal(SIGRTMIN + 8, SIG_IGN);
    CHECK(forkd_init() == -EADDRINUSE);
    CHECK(strstr(forkd_error(), "signal is in use"));
}

static void signal_taken_later(void) { /* H1 */
    CHECK(forkd_init() == 0);
    signal(SIGRTMIN + 8, SIG_DFL);
    must_be_refused(EADDRINUSE, "took our signal", 0, 0);
}

static void process_limit(void) {
    struct rlimit none = {0, 0};
    CHECK(forkd_init() == 0);
    if (getuid() == 0) CHECK(setresuid(65534, 65534, 65534) == 0); /* root has no such limit */
    prctl(PR_SET_DUMPABLE, 1);
    CHECK(setrlimit(RLIMIT_NPROC, &none) == 0);
    CHECK(forkd_fork(FORKD_QUIESCENT, 0, 0, STOP_MS) == -EAGAIN);
    CHECK(strstr(forkd_error(), "limits"));
}

static void descriptor_limit(void) {
    struct rlimit now;
    CHECK(forkd_init() == 0);
    CHECK(getrlimit(RLIMIT_NOFILE, &now) == 0);
    struct rlimit few = {3, now.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    CHECK(forkd_fork(FORKD_QUIESCENT, 0, 0, STOP_MS) == -EMFILE);
    CHECK(setrlimit(RLIMIT_NOFILE, &now) == 0);
    must_work(FORKD_QUIESCENT, 0, 0);
}

static void *fork_without_leader(void *unused) { /* H21 */
    (void)unused;
    while (1) { /* until the leader is a zombie */
        char text[256] = "";
        int stat = open("/proc/self/task/../stat", O_RDONLY);
        CHECK(read(stat, text, sizeof text - 1) > 0);
        close(stat);
        if (strstr(text, ") Z ")) break;
        tick();
    }
    must_work(FORKD_QUIESCENT, 0, 0);
    _exit(0);
}

static void leader_gone(void) {
    pthread_t t;
    CHECK(forkd_init() == 0);
    CHECK(pthread_create(&t, 0, fork_without_leader, 0) == 0);
    pthread_exit(0);
}

int main(int argc, char **argv) {
    static const struct test_case cases[] = {
        {"thread_id_elsewhere", thread_id_elsewhere},
        {"thread_that_blocks_signals", thread_that_blocks_signals},
        {"thread_that_runs", thread_that_runs},
        {"shared_mapping", shared_mapping},
        {"descriptors", descriptors},
        {"broken_listing", broken_listing},
        {"broken_read", broken_read},
        {"private_offsets", private_offsets},
        {"signal_in_use", signal_in_use},
        {"signal_taken_later", signal_taken_later},
        {"process_limit", process_limit},
        {"descriptor_limit", descriptor_limit},
        {"leader_gone", leader_gone},
    };
    return run_cases(argc, argv, cases, sizeof cases / sizeof *cases);
}
