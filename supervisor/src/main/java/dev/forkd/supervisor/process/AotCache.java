package dev.forkd.supervisor.process;

import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.sys.Fd;
import java.util.Optional;

/**
 * Ahead-of-time caches (JEP 483, 514, 515) for workers of the exec engine: classes loaded and linked and methods profiled in a training
 * run are there from the first millisecond of later ones.
 */
public interface AotCache {

    /** Trains a cache in the background if there is none yet for this JDK, class path and options. @param output borrowed */
    void train(WorkerSetup setup, WorkersConfig workers, Fd output);

    /** The cache, once there is one. */
    Optional<java.nio.file.Path> file(WorkerSetup setup, WorkersConfig workers);

    /** No caches at all. */
    AotCache NONE = new AotCache() {
        @Override
        public void train(WorkerSetup setup, WorkersConfig workers, Fd output) {}

        @Override
        public Optional<java.nio.file.Path> file(WorkerSetup setup, WorkersConfig workers) {
            return Optional.empty();
        }
    };
}
