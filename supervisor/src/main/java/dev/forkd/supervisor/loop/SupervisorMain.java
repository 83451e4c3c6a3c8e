package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Messenger;
import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ControlConfig;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.control.AdminServer;
import dev.forkd.supervisor.core.PoolPolicy;
import dev.forkd.supervisor.net.InheritedSockets;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.supervisor.observe.MetricsServer;
import dev.forkd.supervisor.observe.SystemdNotifier;
import dev.forkd.supervisor.process.JvmCommand;
import dev.forkd.supervisor.process.Spawner;
import dev.forkd.supervisor.process.TrainedAotCaches;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import dev.forkd.text.AddressText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the supervisor together and runs it to its end. */
public final class SupervisorMain {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisorMain.class);
    private static final int OK = 0;
    private static final int FAILURE = 1;
    private static final Duration ORPHAN_SWEEP = Duration.ofSeconds(1);

    private SupervisorMain() {}

    /**
     * Serves until stopped. Runs the loop on the calling thread.
     *
     * @param reloadFile what a reload reads
     * @return the exit code: 0 stopped, 1 could not serve
     * @throws ConfigException if a socket or log file of the configuration cannot be opened; nothing was started
     */
    public static int run(ForkdConfig config, Optional<Path> reloadFile) throws IOException, ConfigException {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> LOG.error("event=thread-died thread={}", thread.getName(), e));
        try (RecordFiles records = RecordFiles.open(config)) {
            return run(config, reloadFile, records);
        }
    }

    private static int run(ForkdConfig config, Optional<Path> reloadFile, RecordFiles records)
            throws IOException, ConfigException {
        InheritedSockets inherited = InheritedSockets.from(System.getenv());
        List<Supervisor.Opened> sockets = SocketOpener.open(config, Set.of(), inherited);
        if (!inherited.unclaimed().isEmpty()) {
            LOG.warn("event=unclaimed-sockets names={} reason=\"no service has these names\"", inherited.unclaimed());
        }
        ListenSocket admin = adminSocket(config, sockets);
        Thread.currentThread().setName("forkd-loop");
        Processes.threadName("forkd-loop");
        Processes.becomeSubreaper();
        try (EventLoop loop = new EventLoop();
                SystemdNotifier systemd = new SystemdNotifier(System.getenv())) {
            return run(config, reloadFile, sockets, admin, loop, records, systemd);
        } finally {
            admin.close();
        }
    }

    private static int run(
            ForkdConfig config,
            Optional<Path> reloadFile,
            List<Supervisor.Opened> sockets,
            ListenSocket admin,
            EventLoop loop,
            RecordFiles records,
            SystemdNotifier systemd)
            throws SyscallException, ConfigException {
        ChildTable children = new ChildTable(loop);
        Messenger messenger = new Messenger(Codec.MAX_TO_WORKER);
        Spawner spawner = new Spawner();
        JvmCommand jvm = JvmCommand.ofThisInstallation();
        TrainedAotCaches caches = new TrainedAotCaches(loop, spawner, children, messenger, jvm, System.getenv());
        Engines engines = new Engines(loop, spawner, children, messenger, jvm, caches);
        Service.Shared shared = new Service.Shared(
                loop, new Workforce.Surroundings(loop, children, messenger), engines, new ClientIds(), records);
        Supervisor supervisor = new Supervisor(loop, shared, systemd, config, caches::end);
        ReloadTally reloads = new ReloadTally();
        Sampler sampler = new Sampler(loop, supervisor, children, records.deaths(), reloads);
        MetricsServer metrics = new MetricsServer(sampler::take);
        serveMetrics(metrics, config, sockets);
        HealthCheck health = new HealthCheck(loop, supervisor);
        Reloader reloader = new Reloader(loop, supervisor, reloadFile, reloads, control -> {
            records.use(control);
            changeMetrics(metrics, control);
            health.each(control.pingInterval());
        });
        AdminServer adminServer =
                new AdminServer(admin, new Commands(loop, supervisor, children, records.deaths(), reloader));
        SignalDoor.open(loop, order -> obey(order, supervisor, reloader, records));
        adminServer.start();
        supervisor.start(sockets);
        health.each(config.control().pingInterval());
        every(loop, ORPHAN_SWEEP, children::reapOrphans);
        every(loop, Rest.INTERVAL, new Rest(supervisor)::ask);
        systemd.watchdogInterval().ifPresent(interval -> every(loop, interval, systemd::alive));
        try {
            loop.run();
        } finally {
            metrics.close(); // its dispatcher would keep a JVM alive whose loop has died
        }
        children.endAll();
        supervisor.failedStart().ifPresent(reason -> System.err.println("forkd: " + reason));
        return supervisor.failedStart().isPresent() ? FAILURE : OK;
    }

    private static void every(EventLoop loop, Duration interval, Runnable task) {
        loop.after(interval, () -> {
            task.run();
            every(loop, interval, task);
        });
    }

    private static ListenSocket adminSocket(ForkdConfig config, List<Supervisor.Opened> opened) throws ConfigException {
        try {
            return AdminSocket.open(config);
        } catch (ConfigException e) {
            opened.forEach(o -> o.socket().close());
            throw e;
        }
    }

    private static void serveMetrics(MetricsServer metrics, ForkdConfig config, List<Supervisor.Opened> opened)
            throws ConfigException {
        try {
            metrics.use(config.control().metrics());
        } catch (IOException e) {
            opened.forEach(o -> o.socket().close());
            throw ConfigException.at(
                    config,
                    List.of("control", "metrics"),
                    "cannot serve metrics at "
                            + AddressText.of(config.control().metrics().orElseThrow()) + ": " + e.getMessage());
        }
    }

    /** After a reload that has worked: an address that cannot be had leaves the metrics where they were. */
    private static void changeMetrics(MetricsServer metrics, ControlConfig control) {
        try {
            metrics.use(control.metrics());
        } catch (IOException e) {
            LOG.error(
                    "event=metrics-failed address={} reason=\"{}\"",
                    AddressText.of(control.metrics().orElseThrow()),
                    e.getMessage());
        }
    }

    private static void obey(SignalDoor.Order order, Supervisor supervisor, Reloader reloader, RecordFiles records) {
        LOG.info("event=signal name={}", order);
        switch (order) {
            case TERM -> supervisor.stop(false);
            case INT -> supervisor.stop(true);
            case HUP -> reloader.reload(LoggedReload.INSTANCE);
            case USR1 -> records.use(supervisor.config().control());
            case TTIN -> changeSpares(supervisor, 1);
            case TTOU -> changeSpares(supervisor, -1);
        }
    }

    private static void changeSpares(Supervisor supervisor, int by) {
        supervisor.services().stream()
                .filter(service -> !service.ending())
                .forEach(service -> changeSpares(service.pool().workforce(), by));
    }

    private static void changeSpares(Workforce workforce, int by) {
        PoolPolicy.Bounds now = workforce.bounds();
        int min = Math.max(0, now.minSpares() + by);
        workforce.scale(new PoolPolicy.Bounds(min, Math.max(min, now.maxSpares() + by), Math.max(1, now.max() + by)));
    }

    /** A reload by signal: nobody waits for the answer, and the log has it already. */
    private enum LoggedReload implements Reload.Outcome {
        INSTANCE;

        @Override
        public void done(int generation) {}

        @Override
        public void failed(String reason) {}
    }
}
