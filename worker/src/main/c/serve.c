/* The frozen zygote: one stop, one audit, one image, then children by the batch. Nothing else runs in it any more. */
#include "internal.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { UNDERSTUDY = 255 }; /* in place of the number of descriptors, see forkd.h */

struct batch {
    int understudy;
    int wanted; /* what the sender says it sent */
    int count;  /* what arrived: less when our descriptor table was full */
    int fds[MAX_BATCH];
    int32_t pids[MAX_BATCH];
};

/* Waits for the next message. 0 at the end of file or when the socket is broken, which both mean: no supervisor. */
static int receive(int control, struct batch *batch) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(MAX_BATCH * sizeof(int))];
    } ancillary;
    unsigned char wanted = 0;
    struct iovec iov = {&wanted, 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary};
    long n;
    do n = sys3(SYS_recvmsg, control, &message, MSG_CMSG_CLOEXEC);
    while (n == -EINTR || n == -EAGAIN);
    if (n <= 0) return 0;
    batch->count = 0;
    if (message.msg_controllen >= sizeof ancillary.header && ancillary.header.cmsg_level == SOL_SOCKET
        && ancillary.header.cmsg_type == SCM_RIGHTS)
        batch->count = (int)((ancillary.header.cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(batch->fds, CMSG_DATA(&ancillary.header), batch->count * sizeof(int));
    batch->understudy = wanted == UNDERSTUDY;
    batch->wanted = batch->understudy ? 1 : wanted > MAX_BATCH ? MAX_BATCH : wanted;
    if (batch->wanted < batch->count) batch->wanted = batch->count;
    return 1;
}

/* In child number i of a batch: its descriptor takes the number of the control socket, the later siblings' go. */
static void adopt(int control, const struct batch *batch, int i) {
    const int *fds = batch->fds + i;
    int left = batch->count - i;
    sys3(SYS_dup3, fds[0], control, O_CLOEXEC);
    if (fds[left - 1] - fds[0] == left - 1) sys3(SYS_close_range, fds[0], fds[left - 1], 0);
    else
        for (int k = 0; k < left; k++) sys1(SYS_close, fds[k]);
}

/* 1 in the children, 0 in the zygote. A clone that fails is an answer, not an end: limits heal. */
static int fork_batch(int control, int flags, struct batch *batch) {
    for (int i = 0; i < batch->wanted; i++) {
        if (i >= batch->count) {
            batch->pids[i] = -EMFILE; /* MSG_CTRUNC: the kernel could not install it */
            continue;
        }
        appoint();
        batch->pids[i] = (int32_t)clone_now(flags);
        if (batch->pids[i] == 0) {
            adopt(control, batch, i);
            begin_teaching();
            return 1;
        }
        sys1(SYS_close, batch->fds[i]);
    }
    return 0;
}

/* End of file on control tells most deaths of the supervisor, but not while another process holds its end. */
static void end_with_supervisor(void) {
    sys2(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL); /* children do not inherit it */
    if (sys0(SYS_getppid) != first_parent) sys1(SYS_exit_group, 0);
}

/* Another process in this loop, which nobody told to do anything yet. Not a child in Java's eyes: it has not left the fork, and
   whoever becomes its child finds all as we left it. 1 in the understudy. */
static int fork_understudy(int control, int flags, struct batch *batch) {
    batch->pids[0] = batch->count == 1 ? (int32_t)clone_process(SIGCHLD | (flags & FORKD_PARENT ? CLONE_PARENT : 0), 0) : -EMFILE;
    if (batch->pids[0] == 0) {
        adopt(control, batch, 0);
        if (flags & FORKD_PARENT) end_with_supervisor();
        return 1;
    }
    if (batch->count == 1) sys1(SYS_close, batch->fds[0]);
    return 0;
}

static void answer(int control, const void *words, int count) {
    long n;
    do n = sys6(SYS_sendto, control, words, count * sizeof(int32_t), MSG_NOSIGNAL, 0, 0);
    while (n == -EINTR);
}

EXPORT int forkd_serve(int control, int flags, const int *keep, int keep_count, int timeout_ms) {
    uint64_t old_mask;
    static int kept[MAX_FILES];
    if (control < 0) return fail(EBADF, "no control socket", -1, "", "");
    if (keep_count < 0 || keep_count >= MAX_FILES) return fail(E2BIG, "more kept descriptors than", MAX_FILES - 1, "", "");
    memcpy(kept, keep, keep_count * sizeof *kept);
    kept[keep_count] = control;
    int result = begin_fork(flags, kept, keep_count + 1, timeout_ms, &old_mask);
    if (result < 0) return result;
    if (flags & FORKD_IMAGE) {
        make_image();
        begin_lesson();
    }
    if (flags & FORKD_PARENT) end_with_supervisor();
    const int32_t frozen = 0;
    answer(control, &frozen, 1);
    WRITTEN static struct batch batch;
    while (receive(control, &batch)) {
        learn();
        if (batch.understudy) {
            if (fork_understudy(control, flags, &batch)) continue;
        } else if (fork_batch(control, flags, &batch)) {
            leave_fork();
            return 0;
        }
        answer(control, batch.pids, batch.wanted);
    }
    for (;;) sys1(SYS_exit_group, 0);
}
