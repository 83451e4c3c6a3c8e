/*
 * Which mappings the image takes: private ones whose pages a fork would have to copy tables for (anonymous pages), and
 * files, above all the libraries: the code and constants that every child runs through.
 *
 * A library is five mappings, and a JVM has twenty of them; each mapping costs every fork and every exit about a
 * microsecond. Neighbours of equal protection in memory and in the image become one mapping. So what a library may only
 * read becomes executable too, as it was before linkers knew better: its headers, code and constants are one mapping then.
 * Nothing writable becomes executable.
 *
 * Left as they are: the stack we run on and this library's data (both change while we copy), [stack] (its pages must stay
 * anonymous, or ps sees no arguments), [vdso] and friends, and mappings with promises attached that a file mapping would
 * not keep: wiped on fork (a library's random state!), not copied, locked, growing, huge.
 *
 * Guard pages of frozen threads' stacks are taken with them (guards.c).
 */
#include "internal.h"

#include <string.h>
#include <sys/mman.h>

enum { MOST_FILE_BYTES = 64 << 20 }; /* a file larger than any library is data, and somebody else's memory */

struct mapping callers_stack;
static struct mapping *found, next, forbidden; /* forbidden: the last one that may be a guard */
static int room, count, next_suits;
static long next_anonymous_kb;

static const char *after_blanks(const char *p) {
    while (*p == ' ') p++;
    return p;
}

/* "start-end rwxp offset device inode  path" */
static void begin_mapping(const char *p) {
    char here;
    next.start = parse_number(&p, 16);
    next.end = (p++, parse_number(&p, 16));
    const char *permissions = ++p;
    p = strchr(permissions, ' ') + 1;      /* offset */
    p = strchr(p, ' ') + 1;                /* device */
    p = strchr(p, ' ') + 1;                /* inode */
    next.of_file = parse_number(&p, 10) != 0;
    const char *name = after_blanks(p);
    next.protection = (permissions[0] == 'r' ? PROT_READ : 0) | (permissions[1] == 'w' ? PROT_WRITE : 0)
                      | (permissions[2] == 'x' ? PROT_EXEC : 0);
    int special = name[0] == '[' && (name[1] == 'v' || name[1] == 's');
    int our_stack = (uintptr_t)&here >= next.start && (uintptr_t)&here < next.end;
    if (our_stack) callers_stack = next;
    int in_use = our_stack || in_our_data(next.start, next.end);
    next_suits = permissions[0] == 'r' && permissions[3] == 'p' && !special && !in_use;
    next_anonymous_kb = 0;
}

/* "VmFlags: rd wr mr mw me ac sd", the last line of each mapping */
static void end_mapping(const char *flags) {
    static const char promises[] = "wf dc ht lo gd io pf um uw dp ";
    for (const char *p = after_blanks(flags); *p; p = after_blanks(p + 2)) {
        char flag[4] = {p[0], p[1], ' ', 0};
        if (strstr(promises, flag)) next_suits = 0;
    }
    if (next.of_file ? next.end - next.start > MOST_FILE_BYTES : next_anonymous_kb == 0) next_suits = 0;
    if (next_suits && count + 1 < room && is_guard(&forbidden, &next) && room_for_guards()) {
        found[count] = forbidden;
        found[count++].protection = next.protection;
    }
    if (next_suits && count < room) found[count++] = next;
    if (next.protection == PROT_NONE && !next.of_file && next_anonymous_kb == 0) forbidden = next, forbidden.guard = 1;
}

static int read_smaps_line(const char *line) {
    const char *p = line;
    if (!strncmp(line, "VmFlags:", 8)) end_mapping(line + 8);
    else if (!strncmp(line, "Anonymous:", 10)) p = after_blanks(line + 10), next_anonymous_kb += parse_number(&p, 10);
    else if (!strncmp(line, "Swap:", 5)) p = after_blanks(line + 5), next_anonymous_kb += parse_number(&p, 10);
    else if (parse_number(&p, 16), *p == '-') begin_mapping(line);
    return 0;
}

int follows(const struct mapping *next, const struct mapping *before) {
    return next->start == before->end;
}

/* From the first of a row of neighbours that may not be written: the number of them. */
static int make_row_alike(struct mapping *first, const struct mapping *end) {
    int executable = 0, length = 0;
    for (struct mapping *m = first; m < end && !(m->protection & PROT_WRITE) && (m == first || follows(m, m - 1)); m++) {
        executable |= m->protection & PROT_EXEC;
        length++;
    }
    for (int i = 0; i < length; i++) first[i].protection |= executable;
    return length;
}

int find_mappings(struct mapping *mappings, int most) {
    found = mappings;
    room = most;
    count = 0;
    forbidden = (struct mapping){.guard = 1};
    if (for_each_line("/proc/self/smaps", read_smaps_line) < 0) return -1;
    for (int i = 0; i < count;) {
        int length = make_row_alike(found + i, found + count);
        i += length > 0 ? length : 1;
    }
    return count;
}
