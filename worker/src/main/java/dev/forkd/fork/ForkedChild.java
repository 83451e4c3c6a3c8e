package dev.forkd.fork;

import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.time.Duration;
import java.util.Optional;

/**
 * A child process made by {@link JvmFork}, as its parent sees it. Holds no descriptor, which the next fork would have to refuse. Safe
 * for several threads; good only in the process that forked.
 */
public final class ForkedChild {
    private final int pid;
    private volatile Optional<ExitStatus> ended = Optional.empty();

    ForkedChild(int pid) {
        this.pid = pid;
    }

    public int pid() {
        return pid;
    }

    /** Waits until the child has ended. */
    public synchronized ExitStatus await() throws SyscallException {
        if (ended.isEmpty()) {
            ended = Optional.of(Processes.await(pid));
        }
        return ended.get();
    }

    /** Waits until the child has ended, but not longer than {@code limit}. */
    public synchronized Optional<ExitStatus> await(Duration limit) throws SyscallException {
        if (ended.isEmpty()) {
            try (Fd pidfd = Processes.pidfd(pid)) {
                boolean _ = Io.await(pidfd.number(), Io.POLLIN, limit);
                ended = Processes.reap(pidfd);
            }
        }
        return ended;
    }

    /** Sends a signal. @return false if the child has ended before */
    public boolean signal(int signal) throws SyscallException {
        // Not synchronized: somebody may be waiting. Until it is reaped the pid is this child's and nobody else's.
        return ended.isEmpty() && Processes.kill(pid, signal);
    }

    @Override
    public String toString() {
        return "child " + pid + ended.map(status -> " (" + status.text() + ")").orElse("");
    }
}
