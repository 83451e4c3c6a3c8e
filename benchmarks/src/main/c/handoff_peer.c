/*
 * The C peer of scripts/bench-handoff: a parent accepts and passes each connection to one of eight forked processes by SCM_RIGHTS
 * (unix(7)), as forkd does; the process answers with the nanoseconds from accept to the end of recvmsg, and closes.
 *
 *   handoff_peer strict     a process serves one connection and ends, the parent forks another
 *   handoff_peer reuse      a process serves one connection after the other
 *
 * Port 0; where it listens is told in the lines of `forkd serve`. SIGTERM ends it and its children.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SPARES = 8 };

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static int listener;

static void check(int failed, const char *what) {
    if (failed) {
        perror(what);
        exit(1);
    }
}

static long now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void serve(int from_parent, int strict) {
    long accepted;
    union control control;
    struct iovec payload = {&accepted, sizeof accepted};
    struct msghdr message = {.msg_iov = &payload, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    while (recvmsg(from_parent, &message, 0) == sizeof accepted) {
        char answer[32];
        int client, length = snprintf(answer, sizeof answer, "%ld\n", now_ns() - accepted);
        memcpy(&client, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof client);
        check(write(client, answer, length) != length, "write");
        close(client);
        message.msg_controllen = sizeof control;
        if (strict) {
            break;
        }
    }
    _exit(0);
}

static int spawn(int strict) {
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    pid_t pid = fork();
    check(pid < 0, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(listener);
        close(pair[0]);
        serve(pair[1], strict);
    }
    close(pair[1]);
    return pair[0];
}

static void pass(int to_child, int client) {
    long accepted = now_ns();
    union control control = {0};
    struct iovec payload = {&accepted, sizeof accepted};
    struct msghdr message = {.msg_iov = &payload, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof client);
    memcpy(CMSG_DATA(rights), &client, sizeof client);
    check(sendmsg(to_child, &message, MSG_NOSIGNAL) < 0, "sendmsg");
    close(client);
}

int main(int count, char **arguments) {
    int strict = count > 1 && strcmp(arguments[1], "strict") == 0;
    signal(SIGCHLD, SIG_IGN); /* the kernel reaps */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    check(bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    int spares[SPARES];
    for (int i = 0; i < SPARES; i++) {
        spares[i] = spawn(strict);
    }
    printf("event=ready listen=tcp://127.0.0.1:%d\nevent=started\n", ntohs(address.sin_port));
    fflush(stdout);
    for (int next = 0;; next = (next + 1) % SPARES) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        check(client < 0, "accept");
        pass(spares[next], client);
        if (strict) {
            close(spares[next]);
            spares[next] = spawn(strict);
        }
    }
}
