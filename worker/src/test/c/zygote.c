#include "zygote.h"

void (*prepare_zygote)(void);
void (*child_extra)(int control);

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

struct zygote start_zygote(int flags) {
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

/* Sends the zygote the word with a control socket of the new process's; returns our end. */
static int make(struct zygote z, unsigned char word, int *pid) {
    int pair[2];
    int32_t answer;
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    send_message(z.control, word, &pair[1], 1);
    close(pair[1]);
    CHECK(recv(z.control, &answer, 4, 0) == 4);
    CHECK(answer > 0);
    *pid = answer;
    return pair[0];
}

int fork_child(struct zygote z, int *pid) {
    return make(z, 1, pid);
}

struct zygote make_understudy(struct zygote z) {
    struct zygote made;
    made.control = make(z, 255, &made.pid);
    return made;
}

int ask(int control, char question) {
    char n = 0;
    CHECK(write(control, &question, 1) == 1);
    CHECK(read(control, &n, 1) == 1);
    return n;
}

void end(struct zygote z) {
    close(z.control);
    CHECK(wait_for(z.pid) == 0);
}
