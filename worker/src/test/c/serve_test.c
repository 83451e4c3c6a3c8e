/* The frozen zygote: its protocol, its limits, its understudy, and the death of its supervisor. */
#include "zygote.h"

#include <fcntl.h>
#include <sys/resource.h>

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

static int is_userfaultfd(int fd) { /* of the first children, by which they see what they touch */
    char path[64], target[64] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return readlink(path, target, sizeof target - 1) > 0 && !strcmp(target, "anon_inode:[userfaultfd]");
}

static void no_descriptor_leaks(int control) {
    for (int fd = 3; fd < 100; fd++) CHECK(fd == control || fcntl(fd, F_GETFD) < 0 || is_userfaultfd(fd));
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

/* A frozen process like the zygote, which goes on when that is killed, and makes children and understudies of its own. */
static void understudy(void) {
    child_extra = no_descriptor_leaks;
    struct zygote z = start_zygote(LAZY);
    struct zygote second = make_understudy(z);
    CHECK(kill(z.pid, SIGKILL) == 0);
    CHECK(wait_for(z.pid) == 1000 + SIGKILL);
    struct zygote third = make_understudy(second);
    end(second);
    for (int i = 0; i < 3; i++) {
        int pid, control = fork_child(third, &pid);
        CHECK(ask(control, '?') == 1);
        CHECK(ask(control, 'r') == ALL);
        close(control);
        CHECK(wait_for(pid) == 60);
    }
    CHECK(threads_of(third.pid) == 1);
    end(third);
    close(z.control);
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
        {"understudy", understudy},
    };
    return run_cases(argc, argv, cases, sizeof cases / sizeof *cases);
}
