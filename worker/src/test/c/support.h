/* What the C tests of the fork library share. Every case runs in a process of its own: "binary case". */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "../../main/c/forkd.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GOOD = 7, DEADLINE_S = 100, STOP_MS = 3000 };

#define CHECK(condition)                                                                                  \
    do {                                                                                                  \
        if (!(condition)) {                                                                               \
            fprintf(stderr, "%s:%d: %s does not hold (errno %d, forkd: %s)\n", __FILE__, __LINE__, #condition, errno, \
                    forkd_error());                                                                       \
            _exit(1);                                                                                     \
        }                                                                                                 \
    } while (0)

struct test_case {
    const char *name;
    void (*run)(void);
};

/* Runs the case named on the command line, or without a name all of them, each in a child. */
int run_cases(int argc, char **argv, const struct test_case *cases, int count);

int threads_of(int pid);                   /* entries of /proc/PID/task */
int await_threads(int pid, int at_least);  /* 1 when there are that many, 0 at the deadline */
int wait_for(int pid);                     /* exit code, or 1000 + signal */
void start_sleepers(int count);            /* threads that wait in pthread_cond_wait until woken */
void await_asleep(void);                   /* until all sleepers really wait */
void tell_sleepers(void);                  /* signals their condition, for no reason */
void broadcast_to_sleepers(void);
void wake_sleepers(void);                  /* and joins them */
void send_descriptors(int socket, const int *fds, int count);
void send_message(int socket, unsigned char byte, const int *fds, int count);
void tick(void);                           /* one scheduling step of a wait with a deadline */

#endif
