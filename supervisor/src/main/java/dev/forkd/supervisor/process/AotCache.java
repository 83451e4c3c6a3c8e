package dev.forkd.supervisor.process;

import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.config.WorkersConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Ahead-of-time caches (JEP 483, 514, 515) for workers of the exec engine: classes loaded and linked and methods profiled in a training
 * run are there from the first millisecond of later ones. On the loop's thread.
 */
public interface AotCache {

    /** The cache for workers like these. */
    Entry entry(WorkerSetup setup, WorkersConfig workers);

    /** One cache, which may not be there yet. */
    interface Entry {
        /** Makes it in the background unless it is there. */
        void train();

        /** The file, once it can be used. */
        Optional<Path> file();

        /** A worker that used it could not boot: it is not used again, and made anew by the next supervisor. */
        void distrust();
    }
}
