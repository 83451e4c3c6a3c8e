/* A zygote to test, and its children: what the tests of forkd_serve share. */
#ifndef ZYGOTE_H
#define ZYGOTE_H

#include "support.h"

enum { SLEEPERS = 4, ALL = SLEEPERS + 1, MEBIBYTE = 1 << 20 };
enum { LAZY = FORKD_PARENT | FORKD_QUIESCENT | FORKD_LAZY | FORKD_IMAGE };

struct zygote {
    int pid, control;
};

extern void (*prepare_zygote)(void);       /* runs in it before it freezes */
extern void (*child_extra)(int control);   /* runs first in each child */

struct zygote start_zygote(int flags);
int fork_child(struct zygote z, int *pid); /* our end of the child's control socket */
struct zygote make_understudy(struct zygote z);
int ask(int control, char question);       /* how many threads the child has; 'r': once it has revived */
void end(struct zygote z);

#endif
