#include "support.h"

#include <dirent.h>

int run_cases(int argc, char **argv, const struct test_case *cases, int count) {
    int failed = 0, ran = 0;
    setvbuf(stdout, 0, _IOLBF, 0);
    syscall(SYS_close_range, 3, ~0U, 0); /* the audit rightly refuses what a careless parent left open */
    for (int i = 0; i < count; i++) {
        if (argc > 1 && strcmp(argv[1], cases[i].name)) continue;
        ran++;
        int pid = fork();
        if (pid == 0) {
            alarm(DEADLINE_S);
            cases[i].run();
            _exit(0);
        }
        int code = wait_for(pid);
        printf("%-32s %s\n", cases[i].name, code == 0 ? "ok" : "FAILED");
        failed += code != 0;
    }
    return failed || !ran;
}

int threads_of(int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *directory = opendir(path);
    if (!directory) return 0;
    int n = 0;
    for (struct dirent *e; (e = readdir(directory));) n += e->d_name[0] != '.';
    closedir(directory);
    return n;
}

void tick(void) {
    struct timespec t = {0, 200000};
    syscall(SYS_nanosleep, &t, 0); /* not the hooked function: a test must not revive by looking */
}

int await_threads(int pid, int at_least) {
    for (int i = 0; i < 25000; i++, tick())
        if (threads_of(pid) >= at_least) return 1;
    return 0;
}

int wait_for(int pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int awake, sleeper_count;
static _Atomic int asleep;
static pthread_t sleepers[64];

static void *sleeper(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    asleep++;
    while (!awake) pthread_cond_wait(&wake, &lock);
    pthread_mutex_unlock(&lock);
    return 0;
}

void start_sleepers(int count) {
    for (int i = 0; i < count; i++) CHECK(pthread_create(&sleepers[i], 0, sleeper, 0) == 0);
    sleeper_count = count;
    await_asleep();
}

void await_asleep(void) {
    while (asleep < sleeper_count) tick();
}

void tell_sleepers(void) {
    pthread_cond_signal(&wake);
}

void broadcast_to_sleepers(void) {
    pthread_cond_broadcast(&wake);
}

void wake_sleepers(void) {
    pthread_mutex_lock(&lock);
    awake = 1;
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < sleeper_count; i++) CHECK(pthread_join(sleepers[i], 0) == 0);
}

void send_descriptors(int socket, const int *fds, int count) {
    send_message(socket, (unsigned char)count, fds, count);
}

void send_message(int socket, unsigned char byte, const int *fds, int count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(64 * sizeof(int))];
    } ancillary;
    memset(&ancillary, 0, sizeof ancillary);
    struct iovec iov = {&byte, 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ancillary,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    ancillary.header.cmsg_level = SOL_SOCKET;
    ancillary.header.cmsg_type = SCM_RIGHTS;
    ancillary.header.cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(&ancillary.header), fds, count * sizeof(int));
    CHECK(sendmsg(socket, &message, MSG_NOSIGNAL) == 1);
}
