package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.core.SupervisorState;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.supervisor.observe.SystemdNotifier;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All services and the supervisor's own life ({@link SupervisorState}): start, reload, stop. On the loop's thread.
 */
public final class Supervisor implements Service.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final int BOOT_FAILURES = 3;
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final int MOST_RETRIES_APART = 120;

    private final EventLoop loop;
    private final Service.Shared shared;
    private final SystemdNotifier systemd;
    private final Instant started = Instant.now();
    private final Services services = new Services();
    private final Background background;
    private boolean backgroundEnded;
    private ForkdConfig config;
    private SupervisorState state = SupervisorState.STARTING;
    private int generation = 1;
    private Optional<Reload> latestReload = Optional.empty();
    private Optional<String> failedStart = Optional.empty();

    /** Work that nobody waits for, until the supervisor is to end. */
    @FunctionalInterface
    interface Background {
        /** Ends it. @param ended to be called, once, when nothing of it is left */
        void end(Runnable ended);
    }

    Supervisor(
            EventLoop loop, Service.Shared shared, SystemdNotifier systemd, ForkdConfig config, Background background) {
        this.loop = loop;
        this.shared = shared;
        this.systemd = systemd;
        this.config = config;
        this.background = background;
    }

    /** Sockets that a configuration asks for, open and not yet in use. */
    record Opened(String service, ListenUrl configured, ListenSocket socket) {}

    /** Begins to serve on the sockets given, which it takes over. */
    void start(List<Opened> sockets) throws SyscallException {
        for (ServiceConfig service : config.services()) {
            add(service);
        }
        for (Opened opened : sockets) {
            services.named(opened.service()).orElseThrow().listen(opened.configured(), opened.socket());
        }
        LOG.info("event=starting pid={} services={} listeners={}", Processes.pid(), services.names(), sockets.size());
    }

    // ---- start ----

    @Override
    public void ready(Service service) {
        if (state == SupervisorState.STARTING && services.current().stream().allMatch(Service::everReady)) {
            state = SupervisorState.RUNNING;
            announce();
        }
    }

    /** The contract with scripts: one line per listener, then one that says that all is up. */
    private void announce() {
        StringBuilder lines = new StringBuilder();
        for (Service service : services.current()) {
            for (ListenUrl url : service.urls()) {
                lines.append("event=ready service=")
                        .append(service.name())
                        .append(" listen=")
                        .append(url.text())
                        .append('\n');
            }
        }
        lines.append("event=started pid=").append(Processes.pid()).append('\n');
        System.out.print(lines);
        System.out.flush();
        systemd.ready(summary());
        LOG.info("event=started pid={} services={}", Processes.pid(), services.names());
    }

    private String summary() {
        return "Serving " + String.join(", ", services.names());
    }

    @Override
    public void bootFailed(Service service, int failures, String reason) {
        LOG.error(
                "event=service-start-failed service={} attempt={} reason=\"{}\"",
                service.name(),
                failures,
                LogText.quoted(reason));
        if (state == SupervisorState.STARTING && failures >= BOOT_FAILURES) {
            failedStart = Optional.of("service " + service.name() + " cannot start: " + reason);
            stop(true);
        } else if (state == SupervisorState.STARTING || state == SupervisorState.RUNNING) {
            loop.after(RETRY.multipliedBy(Math.min(failures, MOST_RETRIES_APART)), service::retry);
        }
    }

    // ---- reload ----

    /**
     * Changes to another configuration. Listeners that are the same in both stay open throughout. A reload that is under way fails.
     *
     * @param sockets new ones, already open; of those that the reload under way has opened, what the configuration wants is used too
     */
    void reload(ForkdConfig next, List<Opened> sockets, Reload.Outcome outcome) {
        if (state != SupervisorState.RUNNING) {
            sockets.forEach(opened -> opened.socket().close());
            outcome.failed(
                    state == SupervisorState.STARTING
                            ? "the supervisor is still starting; forkd status shows which service is not ready"
                            : "the supervisor is " + state);
            return;
        }
        List<Opened> all = new ArrayList<>(sockets);
        latestReload.ifPresent(earlier -> all.addAll(earlier.supersede(next)));
        systemd.reloading();
        Reload reload = new Reload(this, next, all, outcome);
        latestReload = Optional.of(reload);
        for (ServiceConfig service : next.services()) {
            Optional<Service> existing = services.named(service.name());
            if (existing.isPresent()) {
                existing.get().reload(service, reload.change(service.name()));
            } else {
                reload.add(service);
            }
        }
    }

    /** What the reload under way has opened for its end. */
    List<Opened> opened() {
        return latestReload.map(Reload::opened).orElse(List.of());
    }

    /** Begins a service that the configuration does not have yet; it has no listeners. */
    void add(ServiceConfig service) throws SyscallException {
        services.add(new Service(shared, service, this));
    }

    /** Every service works with the configuration. @return the number of the generation */
    int commit(ForkdConfig next, List<Opened> sockets) {
        config = next;
        generation++;
        for (Service service : services.current()) {
            service.listening().stream()
                    .filter(url -> !next.listensOn(service.name(), url))
                    .forEach(service::stopListening);
        }
        drainUnknown();
        for (Opened opened : sockets) {
            try {
                services.named(opened.service()).orElseThrow().listen(opened.configured(), opened.socket());
            } catch (SyscallException e) {
                LOG.error("event=listen-failed listen={}", opened.configured().text(), e);
                opened.socket().close(); // the next reload tries again
            }
        }
        LOG.info("event=reloaded gen={} services={}", generation, services.names());
        return generation;
    }

    /** Some service does not work with the configuration: those that the reload has begun end, unless a later one wants them. */
    void abandon(Reload failed) {
        if (latestReload.equals(Optional.of(failed))) {
            drainUnknown();
        }
    }

    private void drainUnknown() {
        services.current().stream()
                .filter(service -> config.service(service.name()).isEmpty())
                .forEach(services::end);
    }

    /** A reload has come to its end. */
    void reloadOver() {
        if (state == SupervisorState.RUNNING) {
            systemd.ready(summary());
        }
    }

    // ---- stop ----

    /** Stops: gracefully, or at once; asking twice is asking for the latter. */
    void stop(boolean fast) {
        SupervisorState next = state.stop(fast);
        if (next == state) {
            return;
        }
        boolean first = state == SupervisorState.STARTING || state == SupervisorState.RUNNING;
        state = next;
        LOG.info("event=stopping how={}", state == SupervisorState.STOPPING ? "fast" : "graceful");
        if (first) {
            systemd.stopping();
            background.end(() -> {
                backgroundEnded = true;
                checkStopped();
            });
            services.all().forEach(Service::drain);
        }
        if (state == SupervisorState.STOPPING) {
            services.all().forEach(Service::kill);
        }
        checkStopped();
    }

    @Override
    public void emptied(Service service) {
        if (services.forget(service)) {
            service.close();
            LOG.info("event=service-removed service={}", service.name());
        }
        checkStopped();
    }

    private void checkStopped() {
        boolean stopping = state == SupervisorState.DRAINING || state == SupervisorState.STOPPING;
        if (stopping && backgroundEnded && services.all().stream().allMatch(Service::isEmptied)) {
            state = SupervisorState.STOPPED;
            services.all().forEach(Service::close);
            LOG.info("event=stopped");
            loop.stop();
        }
    }

    // ---- for the operator ----

    ForkdConfig config() {
        return config;
    }

    /** Those of the configuration, then those that finish what they have; names may come twice. */
    List<Service> services() {
        return services.all();
    }

    SupervisorState state() {
        return state;
    }

    Instant started() {
        return started;
    }

    int generation() {
        return generation;
    }

    /** Why the start failed, if it did. */
    Optional<String> failedStart() {
        return failedStart;
    }
}
