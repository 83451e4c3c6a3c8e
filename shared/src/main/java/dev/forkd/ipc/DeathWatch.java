package dev.forkd.ipc;

import dev.forkd.sys.Epoll;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs what a process has to do when another dies, at once: one thread sleeps in epoll(7) on the pidfds of those whom somebody here
 * waits for. It begins with the first wait that lasts and is kept: from then on this process has a thread and an epoll descriptor
 * more. Safe for all threads.
 */
final class DeathWatch {
    private static final int EVENTS = 64;
    private static final int FOREVER = -1;

    /** Of this process; one that was begun before a fork belongs to the parent. */
    private static DeathWatch running;

    private final int ownPid = Processes.pid();
    private final Epoll epoll = new Epoll(EVENTS);
    private final Map<Long, Watched> watched = new HashMap<>();

    /** A process, its pidfd, and what is to be done when it dies. */
    private record Watched(Fd pidfd, List<Watch> watches) {}

    /** What one wait has asked for. Once it is closed the action does not run, and is not running. */
    final class Watch implements AutoCloseable {
        private final long who;
        private final Runnable action;

        private Watch(long who, Runnable action) {
            this.who = who;
            this.action = action;
        }

        @Override
        public void close() {
            forget(this);
        }
    }

    private DeathWatch() throws SyscallException {}

    /** That of this process. @throws SyscallException if there is no descriptor left */
    static synchronized DeathWatch here() throws SyscallException {
        if (running == null || running.ownPid != Processes.pid()) {
            DeathWatch begun = new DeathWatch();
            Thread _ = Thread.ofPlatform().name("forkd-death-watch").daemon().start(begun::run);
            running = begun;
        }
        return running;
    }

    /**
     * Has {@code action} run on the watching thread when the process dies.
     *
     * @param who a long {@link Identity}
     * @return empty if it is dead already
     * @throws SyscallException if it cannot be watched: no descriptor left
     */
    synchronized Optional<Watch> onDeath(long who, Runnable action) throws SyscallException {
        Watched known = watched.get(who);
        if (known == null) {
            Optional<Fd> pidfd = Lookout.open(Identity.ofLong(who));
            if (pidfd.isEmpty()) {
                return Optional.empty();
            }
            try {
                epoll.add(pidfd.get(), Epoll.IN, who);
            } catch (SyscallException e) {
                pidfd.get().close();
                throw e;
            }
            known = new Watched(pidfd.get(), new ArrayList<>());
            watched.put(who, known);
        }
        Watch watch = new Watch(who, action);
        known.watches().add(watch);
        return Optional.of(watch);
    }

    private synchronized void forget(Watch watch) {
        Watched known = watched.get(watch.who);
        if (known != null && known.watches().remove(watch) && known.watches().isEmpty()) {
            drop(watch.who);
        }
    }

    private void drop(long who) {
        Watched known = watched.remove(who);
        if (known != null) {
            try {
                epoll.remove(known.pidfd());
            } catch (SyscallException e) {
                throw new IllegalStateException("a pidfd of ours is not in our epoll", e);
            } finally {
                known.pidfd().close();
            }
        }
    }

    private void run() {
        try {
            while (true) {
                int events = epoll.await(FOREVER);
                for (int i = 0; i < events; i++) {
                    died(epoll.key(i));
                }
            }
        } catch (SyscallException e) {
            throw new IllegalStateException("epoll_wait failed; waits go on in slices", e);
        }
    }

    private synchronized void died(long who) {
        Watched known = watched.get(who);
        drop(who);
        if (known != null) {
            known.watches().forEach(watch -> {
                try {
                    watch.action.run();
                } catch (RuntimeException e) {
                    // Memory that somebody has scribbled over: who waits comes to see it, and tells.
                }
            });
        }
    }
}
