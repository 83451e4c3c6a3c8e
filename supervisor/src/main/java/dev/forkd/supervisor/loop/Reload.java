package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reload under way: over when each service has answered. A service that cannot change keeps its old configuration. On the loop's
 * thread.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Supervisor supervisor;
    private final ForkdConfig next;
    private final List<Supervisor.Opened> sockets;
    private final Outcome outcome;
    private final List<String> failures = new ArrayList<>();
    private int left;
    private boolean over;

    /** What a reload came to. Exactly one is called. */
    interface Outcome {
        void done(int generation);

        void failed(String reason);
    }

    /** @param sockets new ones, open, taken */
    Reload(Supervisor supervisor, ForkdConfig next, List<Supervisor.Opened> sockets, Outcome outcome) {
        this.supervisor = supervisor;
        this.next = next;
        this.sockets = sockets;
        this.outcome = outcome;
        this.left = next.services().size();
    }

    /** To hear from a service that is to change. */
    Generations.Change change(String service) {
        return new Generations.Change() {
            @Override
            public void done() {
                answered();
            }

            @Override
            public void failed(String reason) {
                failures.add(service + ": " + reason);
                answered();
            }
        };
    }

    /** A service that was not there before. */
    void add(ServiceConfig service) {
        try {
            supervisor.add(service);
        } catch (SyscallException e) {
            failures.add(service.name() + ": " + e.getMessage());
        }
        answered();
    }

    /** Sockets that it has opened and not yet given away. */
    List<Supervisor.Opened> opened() {
        return over ? List.of() : sockets;
    }

    /**
     * Another reload begins: this one fails, unless it is over.
     *
     * @return those of the sockets it has opened that the other configuration wants, the caller's from now on; the rest are closed
     */
    List<Supervisor.Opened> supersede(ForkdConfig other) {
        List<Supervisor.Opened> wanted = new ArrayList<>();
        if (!over) {
            over = true;
            for (Supervisor.Opened opened : sockets) {
                if (other.listensOn(opened.service(), opened.configured().text())) {
                    wanted.add(opened);
                } else {
                    opened.socket().close();
                }
            }
            String reason = "another reload came";
            LOG.error("event=reload-failed reason=\"{}\"", reason);
            outcome.failed(reason);
        }
        return wanted;
    }

    private void answered() {
        if (--left > 0 || over) {
            return;
        }
        over = true;
        if (failures.isEmpty()) {
            outcome.done(supervisor.commit(next, sockets));
        } else {
            sockets.forEach(opened -> opened.socket().close());
            supervisor.abandon(this);
            String reason = String.join("; ", failures);
            LOG.error("event=reload-failed reason=\"{}\"", LogText.quoted(reason));
            outcome.failed(reason + " (these go on with their old configuration)");
        }
        supervisor.reloadOver();
    }
}
