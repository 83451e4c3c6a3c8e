package dev.forkd.supervisor.loop;

import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All children of the supervisor, by pid. Each is reaped by waitid(2) on its own pid or pidfd, exactly once. Orphans of workers, which become
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

    /** A child process until it is reaped; until then its pid is its own and no other process's. */
    public final class Child {
        private final int pid;
        private final Consumer<ExitStatus> exited;
        private boolean reaped;
        private Optional<EventLoop.Watch> pidfd = Optional.empty();

        private Child(int pid, Consumer<ExitStatus> exited) {
            this.pid = pid;
            this.exited = exited;
        }

        public int pid() {
            return pid;
        }

        /** kill(2). A child that has ended is no error. */
        public void signal(int signal) {
            try {
                boolean _ = !reaped && Processes.kill(pid, signal);
            } catch (SyscallException e) {
                LOG.error("event=signal-failed pid={} signal={}", pid, ExitStatus.signalName(signal), e);
            }
        }

        /** sigqueue(3): a signal with a value. A child that has ended is no error. */
        public void signal(int signal, int value) {
            try {
                boolean _ = !reaped && Processes.queue(pid, signal, value);
            } catch (SyscallException e) {
                LOG.error("event=signal-failed pid={} signal={}", pid, ExitStatus.signalName(signal), e);
            }
        }

        /** Whether it is stopped by a signal (SIGSTOP) now. */
        public boolean stopped() {
            try {
                return !reaped && Processes.isStopped(pid);
            } catch (SyscallException e) {
                return false;
            }
        }

        /**
         * Its control socket is closed: it has ended, or is about to. It is reaped now if it can be, which is the rule, for a process
         * closes its descriptors last; else a pidfd tells when.
         */
        public void expectExit() {
            try {
                if (!reaped && !reap() && pidfd.isEmpty()) {
                    pidfd = Optional.of(loop.watch(Processes.pidfd(pid), Epoll.IN, events -> {
                        boolean _ = reap();
                    }));
                }
            } catch (SyscallException e) {
                LOG.error("event=reap-failed pid={}", pid, e);
            }
        }

        private boolean reap() throws SyscallException {
            Optional<ExitStatus> status = Processes.reap(pid);
            if (status.isPresent()) {
                reaped = true;
                pidfd.ifPresent(EventLoop.Watch::closeLast);
                children.remove(pid);
                exited.accept(status.get());
            }
            return status.isPresent();
        }
    }

    /** Takes a child over. @param exited called once, after it is reaped */
    public Child adopt(int pid, Consumer<ExitStatus> exited) throws SyscallException {
        Child child = new Child(pid, exited);
        ExitStatus early = unclaimed.remove(pid);
        if (early != null && !Processes.kill(pid, 0)) {
            child.reaped = true;
            loop.post(() -> exited.accept(early));
        } else {
            children.put(pid, child);
        }
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
                    boolean _ = known.reap(); // something else holds its control socket: a process that it started
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

    /** The end: what is left, such as zygotes that have just been told to leave, is killed and reaped; nobody is told. */
    public void endAll() {
        for (int pid : List.copyOf(children.keySet())) {
            try {
                boolean _ = Processes.kill(pid, Processes.SIGKILL);
                ExitStatus _ = Processes.await(pid);
            } catch (SyscallException e) {
                LOG.error("event=reap-failed pid={}", pid, e);
            }
        }
        children.clear();
        reapOrphans();
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
