/*
 * Whether there are so many threads on the machine that nobody should make more for somebody else's sake.
 *
 * A revival makes a dozen. Thousands of children that are told something in the same moment (their supervisor has died) would take
 * every process id there is (pid_max, proc(5)), and nothing could be started until they end. So a child that is only asked to
 * revive waits while three quarters of the ids are taken, serves its client meanwhile, and looks again later (revive.c). One that
 * needs its threads itself revives in any case.
 */
#include "internal.h"

/* The number behind the first `mark` in a file of /proc; -1 if there is none. */
static long number_in(const char *path, char mark) {
    char text[128];
    const char *at = text;
    if (read_text(path, text, sizeof text) <= 0) return -1;
    while (mark && *at && *at != mark) at++;
    if (mark && !*at++) return -1;
    return (long)parse_number(&at, 10);
}

int is_crowded(void) {
    long threads = number_in("/proc/loadavg", '/'); /* "0.01 0.02 0.05 running/all last-pid" */
    long most = number_in("/proc/sys/kernel/pid_max", 0);
    return threads > 0 && most > 0 && threads > most / 4 * 3;
}
