/* The frozen zygote: its protocol, its limits, its image, and the death of its supervisor. */
#include "support.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { SLEEPERS = 4, ALL = SLEEPERS + 1, MEBIBYTE = 1 << 20 };
static const int LAZY = FORKD_PARENT | FORKD_QUIESCENT | FORKD_LAZY | FORKD_IMAGE;
static void (*prepare_zygote)(void);
static void (*child_extra)(int control);

struct zygote {
    int pid, control;
};

/* In the children: answer each byte on the control socket with the number of our threads; 'r' asks to revive before,
   'x' ends. */
static void child_loop(int control) {
    if (child_extra) child_extra(control);
    for (char c; read(control, &c, 1) == 1;) {
        if (c == 'x') _exit(GOOD);
        if (c == 'r') forkd_revive();
        char n = threads_of(getpid());
        CHECK(write(control, &n, 1) == 1);
    }
    _exit(forkd_state() == FORKD_REVIVED ? 60 : 61); /* end of file: the supervisor is gone */
}

static struct zygote start_zygote(int flags) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    int pid = fork();
    if (pid == 0) {
        alarm(DEADLINE_S);
        close(pair[0]);
        CHECK(forkd_init() == 0);
        start_sleepers(SLEEPERS);
        if (prepare_zygote) prepare_zygote();
        int result = forkd_serve(pair[1], flags, 0, 0, STOP_MS);
        CHECK(result == 0);
        alarm(DEADLINE_S);
        child_loop(pair[1]);
    }
    close(pair[1]);
    int32_t frozen = 1;
    CHECK(recv(pair[0], &frozen, 4, 0) == 4 && frozen == 0);
    return (struct zygote){pid, pair[0]};
}

/* Forks one child; returns our end of its control socket. */
static int fork_child(struct zygote z, int *pid) {
    int pair[2];
    int32_t answer;
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    send_descriptors(z.control, &pair[1], 1);
    close(pair[1]);
    CHECK(recv(z.control, &answer, 4, 0) == 4);
    CHECK(answer > 0);
    *pid = answer;
    return pair[0];
}

static int ask(int control, char question) {
    char n = 0;
    CHECK(write(control, &question, 1) == 1);
    CHECK(read(control, &n, 1) == 1);
    return n;
}

static void end(struct zygote z) {
    close(z.control);
    CHECK(wait_for(z.pid) == 0);
}

static void children_are_ours_and_alone(void) {
    struct zygote z = start_zygote(LAZY);
    for (int i = 0; i < 20; i++) {
        int pid, control = fork_child(z, &pid);
        CHECK(ask(control, '?') == 1);
        if (i % 2) CHECK(ask(control, 'r') == ALL);
        CHECK(write(control, "x", 1) == 1);
        CHECK(wait_for(pid) == GOOD); /* waitpid works: CLONE_PARENT made it our child */
        close(control);
    }
    end(z);
}

static void eager_children_are_whole(void) {
    struct zygote z = start_zygote(FORKD_PARENT | FORKD_QUIESCENT);
    int pid, control = fork_child(z, &pid);
    CHECK(ask(control, '?') == ALL);
    close(control);
    CHECK(wait_for(pid) == 60);
    end(z);
}

static void no_descriptor_leaks(int control) {
    for (int fd = 3; fd < 100; fd++) CHECK(fd == control || fcntl(fd, F_GETFD) < 0);
}

static void batch(void) {
    enum { N = 64 };
    child_extra = no_descriptor_leaks;
    struct zygote z = start_zygote(LAZY);
    int mine[N], its[N], pair[2];
    int32_t pids[N];
    for (int i = 0; i < N; i++) {
        CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
        mine[i] = pair[0];
        its[i] = pair[1];
    }
    send_descriptors(z.control, its, N);
    for (int i = 0; i < N; i++) close(its[i]);
    CHECK(recv(z.control, pids, sizeof pids, 0) == sizeof pids);
    for (int i = 0; i < N; i++) {
        CHECK(ask(mine[i], '?') == 1); /* each has its own socket under the same number */
        close(mine[i]);
        CHECK(wait_for(pids[i]) == 61);
    }
    end(z);
}

static void allow_few_descriptors(void) {
    struct rlimit few = {8, 8}; /* 0, 1, 2, control: four are left */
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
}

static void full_descriptor_table(void) {
    enum { N = 6 };
    prepare_zygote = allow_few_descriptors;
    struct zygote z = start_zygote(LAZY);
    int its[N], pair[2], good = 0;
    int32_t pids[N];
    for (int i = 0; i < N; i++) {
        CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
        its[i] = pair[1]; /* pair[0] stays open: the children wait */
    }
    send_descriptors(z.control, its, N);
    CHECK(recv(z.control, pids, sizeof pids, 0) == sizeof pids);
    for (int i = 0; i < N; i++) {
        CHECK(pids[i] > 0 || pids[i] == -EMFILE);
        if (pids[i] < 0) continue;
        good++;
        kill(pids[i], SIGKILL);
        wait_for(pids[i]);
    }
    CHECK(good == 4);
    int pid;
    fork_child(z, &pid); /* and it goes on */
    kill(pid, SIGKILL);
    wait_for(pid);
    end(z);
}

static void become_limited_user(void) {
    struct rlimit none = {0, 0};
    if (getuid() == 0) CHECK(setresuid(65534, 65534, 65534) == 0);
    prctl(PR_SET_DUMPABLE, 1);
    CHECK(setrlimit(RLIMIT_NPROC, &none) == 0);
}

static void process_limit(void) { /* EAGAIN of clone is an answer; the zygote lives on */
    prepare_zygote = become_limited_user;
    struct zygote z = start_zygote(LAZY);
    int pair[2];
    for (int i = 0; i < 3; i++) {
        int32_t answer = 0;
        CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
        send_descriptors(z.control, &pair[1], 1);
        CHECK(recv(z.control, &answer, 4, 0) == 4);
        CHECK(answer == -EAGAIN);
    }
    end(z);
}

static void refusal_runs_on(void) {
    int pair[2], pipes[2];
    CHECK(forkd_init() == 0);
    start_sleepers(SLEEPERS);
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK(pipe(pipes) == 0);
    int keep[] = {pair[0], pipes[0]};
    CHECK(forkd_serve(pair[1], LAZY, keep, 2, STOP_MS) == -EBADF);
    CHECK(strstr(forkd_error(), "pipe:"));
    wake_sleepers();
}

static int report[2];

static void close_report(void) {
    close(report[0]);
    close(report[1]);
}

/* The supervisor dies, and no end of file tells it, because some descendant still holds its ends of the sockets: unrevived
   children revive all the same, so that their control threads can act, and the zygote ends. */
static void supervisor_dies(void) {
    struct {
        int child, zygote, holder;
    } pids;
    CHECK(pipe(report) == 0);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    prepare_zygote = close_report;
    int supervisor = fork();
    if (supervisor == 0) {
        alarm(DEADLINE_S);
        struct zygote z = start_zygote(LAZY);
        int control = fork_child(z, &pids.child);
        pids.zygote = z.pid;
        if ((pids.holder = fork()) == 0)
            for (;;) pause();
        CHECK(ask(control, '?') == 1);
        CHECK(write(report[1], &pids, sizeof pids) == sizeof pids);
        for (;;) pause();
    }
    CHECK(read(report[0], &pids, sizeof pids) == sizeof pids);
    CHECK(threads_of(pids.child) == 1);
    kill(supervisor, SIGKILL);
    CHECK(wait_for(supervisor) == 1000 + SIGKILL);
    CHECK(await_threads(pids.child, ALL));
    CHECK(wait_for(pids.zygote) == 1000 + SIGKILL);
    kill(pids.child, SIGKILL);
    kill(pids.holder, SIGKILL);
    CHECK(wait_for(pids.child) == 1000 + SIGKILL);
}

static char *secret, *big;

static void fill_memory(void) {
    big = malloc(8 * MEBIBYTE);
    for (int i = 0; i < 8 * MEBIBYTE; i++) big[i] = (char)(i * 31 / 7);
    secret = mmap(0, 4096 * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(madvise(secret, 4096 * 8, MADV_WIPEONFORK) == 0);
    memset(secret, 'S', 4096 * 8);
}

static long anonymous_kb(void) {
    char line[256];
    long kb = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, file)) sscanf(line, "RssAnon: %ld kB", &kb);
    fclose(file);
    return kb;
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

int main(int argc, char **argv) {
    static const struct test_case cases[] = {
        {"children_are_ours_and_alone", children_are_ours_and_alone},
        {"eager_children_are_whole", eager_children_are_whole},
        {"batch", batch},
        {"full_descriptor_table", full_descriptor_table},
        {"process_limit", process_limit},
        {"refusal_runs_on", refusal_runs_on},
        {"supervisor_dies", supervisor_dies},
        {"image", image},
    };
    return run_cases(argc, argv, cases, sizeof cases / sizeof *cases);
}
