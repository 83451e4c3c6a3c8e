package dev.forkd.handler;

import dev.forkd.ipc.Ipc;
import java.nio.file.Path;
import java.util.Optional;

/** The service and the process that a handler runs in. */
public interface ServerInfo {

    /** Name of the service: NAME in {@code [services.NAME]}. */
    String service();

    /** Stable number of this worker within its service, from 0; -1 in a zygote. */
    int slot();

    /** Which configuration spawned this worker: 1, then one more per reload. */
    int generation();

    /** Process id of this worker. */
    long pid();

    /** How the process came to be: {@code "fork"} or {@code "exec"}. */
    String engine();

    /** How many clients this process serves at once. */
    int concurrency();

    /** The service's {@code root} directory, absolute, if it has one. */
    Optional<Path> root();

    /** The service's own settings: {@code [services.NAME.settings]}, and the keys that a built-in handler adds. */
    Settings settings();

    /** Objects shared by all workers of the service, by name: queues, locks, counters. */
    default Ipc ipc() {
        return Ipc.none();
    }

    /** True once the supervisor asked this worker to finish: no new client will come, and {@code timeouts.graceful} runs. */
    boolean draining();
}
