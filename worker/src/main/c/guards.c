/*
 * Guard pages of frozen threads. Below each thread's stack lies a mapping that nobody may touch, so a JVM has some twenty small
 * mappings more than it has areas of memory, each of which a fork copies and an exit takes away. The threads do not run while they
 * are frozen, so their guards are readable and writable until the revival: then a row of stacks is one mapping of the image. The
 * first thing of a revival is to forbid them again.
 *
 * What looks like a guard must be one: memory forbidden for another reason (a heap that grows) might be in use by then. So a guard
 * is private, anonymous and untouched, of the size that HotSpot or the C library gives one, lies below a mapping in which a stopped
 * thread's stack is, and makes up a stack of a round size with it.
 */
#include "internal.h"

#include <sys/mman.h>

enum { PAGE = 4096, HOTSPOT_GUARD = 4 * PAGE, ROUND = 64 << 10, MAX_GUARDS = 256 };
enum { AARCH64_GUARD = 64 << 10 }; /* the C library's there, unless a program asks for another: pages may have that size */

static struct {
    uintptr_t start, end;
} guards[MAX_GUARDS];
static int guard_count;

static int is_stopped_threads_stack(const struct mapping *m) {
    for (int i = 0, n = atomic_load(&slot_count); i < n; i++)
        if (atomic_load(&slots[i].state) == SLOT_STOPPED && (uintptr_t)slots[i].thread >= m->start
            && (uintptr_t)slots[i].thread < m->end)
            return 1;
    return 0;
}

/* HotSpot forbids the end of the stack that the C library gave it; the C library's own guard lies below that. */
int is_guard(const struct mapping *guard, const struct mapping *stack) {
    uintptr_t bytes = guard->end - guard->start, whole = stack->end - guard->start;
    if (!follows(stack, guard) || !is_stopped_threads_stack(stack)) return 0;
    int librarys = bytes == PAGE || bytes == AARCH64_GUARD;
    return (librarys && (whole - bytes) % ROUND == 0) || (bytes == HOTSPOT_GUARD && whole % ROUND == 0);
}

/* It has become part of the image, in which it may be written. */
void open_guard(const struct mapping *guard) {
    guards[guard_count].start = guard->start;
    guards[guard_count++].end = guard->end;
}

int room_for_guards(void) {
    return guard_count < MAX_GUARDS;
}

/* In a child, before there are threads that could overflow. */
void close_guards(void) {
    for (int i = 0; i < guard_count; i++)
        if (sys3(SYS_mprotect, guards[i].start, guards[i].end - guards[i].start, PROT_NONE) < 0)
            die(123, "forkd: cannot protect a thread's stack in the child\n");
    guard_count = 0;
}
