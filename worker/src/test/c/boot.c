/*
 * The first process of an emulated machine (scripts/test-aarch64): runs the C tests one after the other, says how each ended, and
 * switches the machine off.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(const char *test) {
    pid_t pid = fork();
    if (pid == 0) {
        execl(test, test, (char *)0);
        _exit(127);
    }
    int status = 0;
    for (pid_t ended = 0; ended != pid;) ended = wait(&status); /* orphans come to us, too */
    printf("boot: %s %d\n", test, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return status != 0;
}

static void mount_at(const char *type, const char *place) {
    mkdir(place, 0755);
    if (mount(type, place, type, 0, 0)) perror(place);
}

int main(void) {
    mount_at("devtmpfs", "/dev");
    mount_at("proc", "/proc");
    mount_at("sysfs", "/sys");
    mount_at("tmpfs", "/tmp");
    setvbuf(stdout, 0, _IOLBF, 0);
    int failed = run("/threads_test") + run("/refusal_test") + run("/serve_test") + run("/lazy_test") + run("/image_test");
    printf("boot: all done, %d failed\n", failed);
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
