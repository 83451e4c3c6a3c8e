package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ControlConfig;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.net.InheritedSockets;
import dev.forkd.supervisor.observe.LogText;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again and has the supervisor change to it; a file with an error changes nothing. Files and names of hosts may
 * take their time: they are read on a thread of their own, one reload after the other, and the loop goes on meanwhile.
 */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
    private static final int THREAD_LEAVES_AFTER_SECONDS = 10;

    private final EventLoop loop;
    private final Supervisor supervisor;
    private final Optional<Path> file;
    private final Reader reader;
    private final Consumer<ControlConfig> changed;
    private final ReloadTally tally;
    private final Executor reading = new ThreadPoolExecutor(
            0,
            1,
            THREAD_LEAVES_AFTER_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("forkd-reload").daemon().factory());

    /** Makes a configuration of a file. */
    @FunctionalInterface
    interface Reader {
        ForkdConfig read(Path file) throws ConfigException;
    }

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
        this(loop, supervisor, file, ConfigReader::read, tally, changed);
    }

    /** @param reader called on a thread other than the loop's */
    Reloader(
            EventLoop loop,
            Supervisor supervisor,
            Optional<Path> file,
            Reader reader,
            ReloadTally tally,
            Consumer<ControlConfig> changed) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.file = file;
        this.reader = reader;
        this.tally = tally;
        this.changed = changed;
    }

    /** The configuration file, if there is one. */
    Optional<Path> file() {
        return file;
    }

    /** Any thread; the outcome comes on the loop. */
    void reload(Reload.Outcome outcome) {
        if (file.isPresent()) {
            reading.execute(() -> read(file.get(), outcome));
        } else {
            loop.post(() -> change(supervisor.config(), outcome));
        }
    }

    private void read(Path from, Reload.Outcome outcome) {
        try {
            ForkdConfig next = reader.read(from);
            loop.post(() -> change(next, outcome));
        } catch (ConfigException e) {
            loop.post(() -> fail(outcome, e.getMessage()));
        } catch (RuntimeException | Error e) {
            loop.post(() -> broke(outcome, e));
        }
    }

    private void change(ForkdConfig next, Reload.Outcome outcome) {
        try {
            List<Supervisor.Opened> sockets = SocketOpener.open(next, alreadyOpen(), InheritedSockets.none());
            supervisor.reload(next, sockets, new Told(outcome, next.control()));
        } catch (ConfigException e) {
            fail(outcome, e.getMessage());
        } catch (RuntimeException e) {
            broke(outcome, e);
        }
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

    private void broke(Reload.Outcome outcome, Throwable bug) {
        tally.failed++;
        LOG.error("event=reload-failed reason=\"internal error, a bug of forkd's\"", bug);
        outcome.failed("internal error, a bug of forkd's: " + bug);
    }

    /** What is not to be opened: the listeners in use, and what a reload under way has opened for them. */
    private Set<String> alreadyOpen() {
        Set<String> open = new HashSet<>();
        for (Service service : supervisor.services()) {
            service.listening().forEach(url -> open.add(SocketOpener.key(service.name(), url)));
        }
        supervisor
                .opened()
                .forEach(opened -> open.add(
                        SocketOpener.key(opened.service(), opened.configured().text())));
        return open;
    }
}
