package dev.forkd.supervisor.loop;

import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All children of the supervisor, by pid. Each is reaped by its pidfd and waitid(2), exactly once. Orphans of workers, which become
 * children of the supervisor (PR_SET_CHILD_SUBREAPER), are reaped and counted and nothing else. On the loop's thread.
 */
public final class ChildTable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildTable.class);
    private static final int ORPHANS_PER_TURN = 1000;
    private static final int UNCLAIMED = 256;

    private final EventLoop loop;
    private final Map<Integer, Child> children = new HashMap<>();
    private long orphans;

    /** The last orphans: one may prove to be a worker that ended before its pid was known here. */
    private final Map<Integer, ExitStatus> unclaimed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, ExitStatus> eldest) {
            return size() > UNCLAIMED;
        }
    };

    public ChildTable(EventLoop loop) {
        this.loop = loop;
    }

    /** A child process until it is reaped. */
    public final class Child {
        private final int pid;
        private final Consumer<ExitStatus> exited;
        private Optional<EventLoop.Watch> pidfd = Optional.empty();

        private Child(int pid, Consumer<ExitStatus> exited) {
            this.pid = pid;
            this.exited = exited;
        }

        public int pid() {
            return pid;
        }

        /** pidfd_send_signal(2). A child that has ended is no error. */
        public void signal(int signal) {
            try {
                boolean _ = isOpen() && Processes.signal(pidfd.get().fd(), signal);
            } catch (SyscallException e) {
                LOG.error("event=signal-failed pid={} signal={}", pid, ExitStatus.signalName(signal), e);
            }
        }

        /** Whether it is stopped by a signal (SIGSTOP) now. */
        public boolean stopped() {
            try {
                return isOpen() && Processes.isStopped(pidfd.get().fd());
            } catch (SyscallException e) {
                return false;
            }
        }

        private boolean isOpen() {
            return pidfd.isPresent() && pidfd.get().isOpen();
        }

        private void reap() throws SyscallException {
            EventLoop.Watch watch = pidfd.orElseThrow();
            Optional<ExitStatus> status = Processes.reap(watch.fd());
            if (status.isPresent()) {
                watch.close();
                children.remove(pid);
                exited.accept(status.get());
            }
        }
    }

    /** Watches a child. @param exited called once, after it is reaped */
    public Child adopt(int pid, Consumer<ExitStatus> exited) throws SyscallException {
        Child child = new Child(pid, exited);
        Fd fd;
        try {
            fd = Processes.pidfd(pid);
        } catch (SyscallException e) {
            ExitStatus early = unclaimed.remove(pid);
            if (e.errno() != Errno.ESRCH || early == null) {
                throw e;
            }
            loop.post(() -> exited.accept(early));
            return child;
        }
        child.pidfd = Optional.of(loop.watch(fd, Epoll.IN, events -> child.reap()));
        children.put(pid, child);
        return child;
    }

    /** Reaps ended children that nobody watches. */
    public void reapOrphans() {
        try {
            for (int i = 0; i < ORPHANS_PER_TURN; i++) {
                OptionalInt ended = Processes.peekEnded();
                if (ended.isEmpty()) {
                    return;
                }
                Child known = children.get(ended.getAsInt());
                if (known != null) {
                    known.reap();
                } else {
                    Processes.reap(ended.getAsInt()).ifPresent(this::orphan);
                }
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ECHILD) {
                LOG.error("event=reap-failed", e);
            }
        }
    }

    private void orphan(ExitStatus status) {
        orphans++;
        unclaimed.put(status.pid(), status);
        LOG.debug("event=orphan-reaped pid={} cause=\"{}\"", status.pid(), status.text());
    }

    public int size() {
        return children.size();
    }

    public long orphans() {
        return orphans;
    }
}
