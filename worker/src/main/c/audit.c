/* R6: what parent and child would share without meaning to is refused by name, or made private. Runs with all stopped. */
#include "internal.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PATH = 232 };
struct plain_file {
    char path[MAX_PATH]; /* empty if it is longer */
    dev_t device;
    ino_t inode;
    int fd;
    int open_flags;
    int dup_flags;
    off_t position; /* taken now: the parent moves it as soon as it runs again (H9) */
};
static struct plain_file plain_files[MAX_FILES];
static int plain_file_count;
static const int *kept;
static int kept_count;

static int starts_with(const char *text, const char *start) {
    return !strncmp(text, start, strlen(start));
}

static int is_kept(int fd) {
    for (int i = 0; i < kept_count; i++)
        if (kept[i] == fd) return 1;
    return 0;
}

static int is_stateless(const char *target) {
    return !strcmp(target, "/dev/null") || !strcmp(target, "/dev/zero") || !strcmp(target, "/dev/random")
           || !strcmp(target, "/dev/urandom");
}

/* NIO keeps one end of a socket pair whose other end is closed, to dup over descriptors it closes: nothing can pass. A socket that
   was never connected hangs up too, but has no peer, and may get one yet. */
static int is_dead_socket(int fd, const char *target) {
    struct pollfd poll = {.fd = fd};
    struct timespec zero = {0, 0};
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return starts_with(target, "socket:") && sys3(SYS_getpeername, fd, &peer, &size) == 0 && peer.ss_family == AF_UNIX
           && raw_syscall(SYS_ppoll, (long)&poll, 1, (long)&zero, 0, KERNEL_SIGSET_SIZE, 0) == 1 && (poll.revents & POLLHUP);
}

static int is_plain(int fd, const char *target, struct stat *st) {
    return target[0] == '/' && !starts_with(target, "/memfd:") && sys2(SYS_fstat, fd, st) == 0
           && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
}

static int note_plain_file(int fd, long flags, const char *path, const char *target, const struct stat *st) {
    if (plain_file_count == MAX_FILES)
        return fail(E2BIG, "more open files than", MAX_FILES, "", "close those the children do not need");
    int again = (int)sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (again < 0) return fail(EACCES, "file cannot be opened again:", fd, target, "close it before the fork");
    sys1(SYS_close, again);
    struct plain_file *file = &plain_files[plain_file_count++];
    *file = (struct plain_file){
        .device = st->st_dev,
        .inode = st->st_ino,
        .fd = fd,
        .open_flags = (int)flags,
        .dup_flags = sys2(SYS_fcntl, fd, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0,
        .position = sys3(SYS_lseek, fd, 0, SEEK_CUR),
    };
    if (strlen(target) < MAX_PATH) strcpy(file->path, target);
    return 0;
}

static int audit_descriptor(int fd, int directory_fd) {
    char path[64], target[MAX_PATH + 1];
    struct stat st;
    if (fd == directory_fd || fd <= STDERR_FILENO || is_kept(fd)) return 0;
    path_of(path, "/proc/self/fd/", fd, "");
    long n = sys4(SYS_readlinkat, AT_FDCWD, path, target, sizeof target - 1);
    if (n < 0) return 0; /* closed: nobody is left running who could open it again */
    target[n] = 0;
    if (is_stateless(target) || is_dead_socket(fd, target)) return 0;
    if (starts_with(target, "/memfd:java_heap"))
        return fail(EBADF, "the heap is shared memory:", fd, target, "this is ZGC; use Serial, Parallel or G1");
    if (!is_plain(fd, target, &st)) /* H11, H12 */
        return fail(EBADF, "descriptor must not be shared:", fd, target, "close it before the fork, or open it in the child");
    long flags = sys2(SYS_fcntl, fd, F_GETFL);
    if ((flags & O_ACCMODE) == O_RDONLY) return note_plain_file(fd, flags, path, target, &st);
    if (flags & O_APPEND) return 0; /* a log: whole lines from all children land one after another (H28) */
    return fail(EBADF, "file is open for writing:", fd, target, "close it before the fork, or open it for appending");
}

/* One line of /proc/self/maps: "start-end rwxs offset device inode  path". */
static int audit_mapping(const char *line) {
    const char *permissions = strchr(line, ' '), *start = line;
    if (!permissions) return 0;
    const char *path = strchr(line, '/');
    int memory_file = path && starts_with(path, "/memfd:");
    int shared = permissions[4] == 's' && (permissions[2] == 'w' || memory_file) && !in_lesson(parse_number(&start, 16));
    if (!shared && !strstr(line, "anon_hugepage")) return 0;
    return fail(EPERM, "shared or huge-page mapping:", -1, path ? path : line, /* H10, H25 */
                "no ZGC, no perf data (-XX:-UsePerfData), map shared memory in the child");
}

int audit(const int *keep, int keep_count) {
    kept = keep;
    kept_count = keep_count;
    plain_file_count = 0;
    int result = for_each_number_in("/proc/self/fd", audit_descriptor);
    if (result == 0) result = for_each_line("/proc/self/maps", audit_mapping);
    if (result == 0) report_add(plain_file_count, "files");
    return result;
}

void audit_skip(void) {
    plain_file_count = 0;
}

/* By its name where that still is this file: a third of the time that the way through /proc takes. */
static int open_again(const struct plain_file *file) {
    struct stat st;
    int flags = file->open_flags | O_CLOEXEC;
    if (file->path[0]) {
        int fd = (int)sys4(SYS_openat, AT_FDCWD, file->path, flags | O_NONBLOCK, 0); /* it may be a pipe by now */
        if (fd >= 0 && sys2(SYS_fstat, fd, &st) == 0 && st.st_dev == file->device && st.st_ino == file->inode) return fd;
        if (fd >= 0) sys1(SYS_close, fd);
    }
    char path[64];
    path_of(path, "/proc/self/fd/", file->fd, "");
    return (int)sys4(SYS_openat, AT_FDCWD, path, flags, 0);
}

/* In the child: an open file of its own for each descriptor of a plain file, at the position the parent had (H9). */
void reopen_files(void) {
    for (int i = 0; i < plain_file_count; i++) {
        const struct plain_file *file = &plain_files[i];
        int fd = open_again(file);
        if (fd < 0 || sys3(SYS_dup3, fd, file->fd, file->dup_flags) < 0) die(122, "forkd: cannot reopen a file in the child\n");
        if (file->position > 0) sys3(SYS_lseek, file->fd, file->position, SEEK_SET);
        sys1(SYS_close, fd);
    }
}
