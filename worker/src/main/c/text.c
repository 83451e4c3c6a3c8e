/* Messages, paths and directory listings without libc state (R1): static buffers, raw system calls. */
#include "internal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char error_text[512];
static char report_text[256];

EXPORT const char *forkd_error(void) {
    return error_text;
}

EXPORT const char *forkd_report(void) {
    return report_text;
}

static char *put(char *at, const char *end, const char *text) {
    while (*text && at < end - 1) *at++ = *text++;
    *at = 0;
    return at;
}

static char *put_number(char *at, const char *end, long number) {
    char digits[24];
    char *p = digits + sizeof digits - 1;
    *p = 0;
    do *--p = '0' + number % 10;
    while (number /= 10);
    return put(at, end, p);
}

int fail(int error, const char *what, long number, const char *detail, const char *advice) {
    const char *end = error_text + sizeof error_text;
    char *at = put(error_text, end, what);
    if (number >= 0) at = put_number(put(at, end, " "), end, number);
    if (*detail) at = put(put(at, end, " "), end, detail);
    if (*advice) put(put(at, end, "; "), end, advice);
    return -error;
}

void report_clear(void) {
    report_text[0] = 0;
}

void report_add(long number, const char *what) {
    const char *end = report_text + sizeof report_text;
    char *at = report_text + strlen(report_text);
    if (at != report_text) at = put(at, end, " ");
    put_number(put(put(at, end, what), end, "="), end, number);
}

void path_of(char *out, const char *before, long number, const char *after) {
    const char *end = out + 64;
    put(put_number(put(out, end, before), end, number), end, after);
}

unsigned long parse_number(const char **p, int base) {
    unsigned long v = 0;
    for (;; (*p)++) {
        int c = **p, digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
        if (digit >= base) return v;
        v = v * base + digit;
    }
}

_Noreturn void die(int code, const char *line) {
    sys3(SYS_write, STDERR_FILENO, line, strlen(line));
    for (;;) sys1(SYS_exit_group, code);
}

/* The kernel's struct linux_dirent64. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

static int number_of(const char *name) { /* -1: not a number */
    int v = 0;
    const char *p = name;
    while (*p >= '0' && *p <= '9') v = v * 10 + *p++ - '0';
    return p == name || *p ? -1 : v;
}

int for_each_number_in(const char *directory, int (*visit)(int number, int directory_fd)) {
    static long buffer[4096]; /* long: entries are aligned to 8 bytes */
    int fd = (int)sys4(SYS_openat, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) return fail(-fd, "cannot list", -1, directory, "the fork engine needs /proc and a free descriptor");
    int result = 0;
    long bytes = 0;
    while (result >= 0 && (bytes = sys3(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes && result >= 0;) {
            struct directory_entry *entry = (struct directory_entry *)((char *)buffer + at);
            int number = number_of(entry->name);
            if (number >= 0) result = visit(number, fd);
            at += entry->length;
        }
    }
    if (result >= 0 && bytes < 0) result = fail((int)-bytes, "cannot list", -1, directory, "");
    sys1(SYS_close, fd);
    return result < 0 ? result : 0;
}

int for_each_line(const char *path, int (*visit)(const char *line)) {
    static char buffer[65536];
    int fd = (int)sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return fail(-fd, "cannot read", -1, path, "the fork engine needs /proc and a free descriptor");
    int result = 0;
    long have = 0, bytes = 0;
    while (result >= 0 && (bytes = sys3(SYS_read, fd, buffer + have, sizeof buffer - 1 - have)) > 0) {
        buffer[have += bytes] = 0;
        char *line = buffer;
        for (char *end; result >= 0 && (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            result = visit(line);
        }
        have -= line - buffer;
        memmove(buffer, line, have);
    }
    if (result >= 0 && bytes < 0) result = fail((int)-bytes, "cannot read", -1, path, "");
    sys1(SYS_close, fd);
    return result < 0 ? result : 0;
}

long read_text(const char *path, char *text, long size) {
    int fd = (int)sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return fd;
    long n = sys3(SYS_read, fd, text, size - 1);
    sys1(SYS_close, fd);
    if (n >= 0) text[n] = 0;
    return n;
}
