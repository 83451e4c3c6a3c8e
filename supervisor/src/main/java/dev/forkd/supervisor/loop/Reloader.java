package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ControlConfig;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.net.InheritedSockets;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration again and has the supervisor change to it; a file with an error changes nothing. */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final EventLoop loop;
    private final Supervisor supervisor;
    private final Optional<Path> file;
    private final Consumer<ControlConfig> changed;
    private final ReloadTally tally;

    /**
     * @param file empty where there is none: then a reload renews all workers with the configuration that they have
     * @param tally where reloads are counted
     * @param changed told of the control table once a reload has worked
     */
    Reloader(
            EventLoop loop,
            Supervisor supervisor,
            Optional<Path> file,
            ReloadTally tally,
            Consumer<ControlConfig> changed) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.file = file;
        this.tally = tally;
        this.changed = changed;
    }

    /** The configuration file, if there is one. */
    Optional<Path> file() {
        return file;
    }

    /** Any thread; the outcome comes on the loop. */
    void reload(Reload.Outcome outcome) {
        loop.post(() -> {
            try {
                ForkdConfig next = file.isPresent() ? ConfigReader.read(file.get()) : supervisor.config();
                List<Supervisor.Opened> sockets = SocketOpener.open(next, alreadyOpen(), InheritedSockets.none());
                supervisor.reload(next, sockets, new Told(outcome, next.control()));
            } catch (ConfigException | IOException e) {
                fail(outcome, e.getMessage());
            }
        });
    }

    /** Tells of the change before whoever asked for it hears that it is done. */
    private final class Told implements Reload.Outcome {
        private final Reload.Outcome outcome;
        private final ControlConfig control;

        Told(Reload.Outcome outcome, ControlConfig control) {
            this.outcome = outcome;
            this.control = control;
        }

        @Override
        public void done(int generation) {
            tally.done++;
            changed.accept(control);
            outcome.done(generation);
        }

        @Override
        public void failed(String reason) {
            tally.failed++;
            outcome.failed(reason);
        }
    }

    private void fail(Reload.Outcome outcome, String reason) {
        tally.failed++;
        LOG.error("event=reload-failed reason=\"{}\" effect=\"nothing has changed\"", LogText.quoted(reason));
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
