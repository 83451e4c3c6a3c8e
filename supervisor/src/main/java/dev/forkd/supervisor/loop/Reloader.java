package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.net.InheritedSockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration again and has the supervisor change to it; a file with an error changes nothing. */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final EventLoop loop;
    private final Supervisor supervisor;
    private final Optional<Path> file;

    /** @param file empty where there is none: then a reload renews all workers with the configuration that they have */
    Reloader(EventLoop loop, Supervisor supervisor, Optional<Path> file) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.file = file;
    }

    /** Any thread; the outcome comes on the loop. */
    void reload(Supervisor.ReloadOutcome outcome) {
        loop.post(() -> {
            try {
                ForkdConfig next = file.isPresent() ? ConfigReader.read(file.get()) : supervisor.config();
                List<Supervisor.Opened> sockets = SocketOpener.open(next, alreadyOpen(), InheritedSockets.none());
                supervisor.reload(next, sockets, outcome);
            } catch (ConfigException | IOException e) {
                fail(outcome, e.getMessage());
            }
        });
    }

    private void fail(Supervisor.ReloadOutcome outcome, String reason) {
        LOG.error("event=reload-failed reason=\"{}\" effect=\"nothing has changed\"", reason);
        outcome.failed(reason);
    }

    private Set<String> alreadyOpen() throws SyscallException {
        Set<String> open = new HashSet<>();
        for (Service service : supervisor.services()) {
            service.listening().forEach(url -> open.add(SocketOpener.key(service.name(), url)));
        }
        return open;
    }
}
