package dev.forkd.supervisor.process;

import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.supervisor.loop.ChildTable;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.supervisor.observe.LogText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches that are trained on first use, one after the other, and kept in files for later supervisors. Whatever goes
 * wrong with them costs time at most.
 */
public final class TrainedAotCaches implements AotCache {
    private static final Logger LOG = LoggerFactory.getLogger(TrainedAotCaches.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Spawner spawner;
    private final ChildTable children;
    private final Messenger messenger;
    private final JvmCommand jvm;
    private final Map<String, String> environment;
    private Optional<AotCacheFiles> files = Optional.empty();
    private boolean looked;
    private final Map<Path, Cache> known = new HashMap<>();
    private final Deque<Cache> untrained = new ArrayDeque<>();
    private Optional<AotTraining> running = Optional.empty();
    private Optional<Runnable> whenEnded = Optional.empty();
    private boolean closed;

    public TrainedAotCaches(
            EventLoop loop,
            Spawner spawner,
            ChildTable children,
            Messenger messenger,
            JvmCommand jvm,
            Map<String, String> environment) {
        this.loop = loop;
        this.spawner = spawner;
        this.children = children;
        this.messenger = messenger;
        this.jvm = jvm;
        this.environment = environment;
    }

    /** The directory, once it is needed. */
    private Optional<AotCacheFiles> files() {
        Optional<Path> directory = looked ? Optional.empty() : AotCacheFiles.directory(environment);
        looked = true;
        if (directory.isPresent()) {
            AotCacheFiles opened = new AotCacheFiles(directory.get());
            try {
                opened.open();
                files = Optional.of(opened);
            } catch (IOException e) {
                LOG.info(
                        "event=no-aot-caches effect=\"workers of the exec engine start slower\" reason=\"{}\"",
                        e.getMessage());
            }
        }
        return files;
    }

    @Override
    public Entry entry(WorkerSetup setup, WorkersConfig workers) {
        Optional<AotCacheFiles> in = ownCache(workers) ? Optional.empty() : files();
        if (in.isEmpty()) {
            return new NoCache();
        }
        try {
            List<String> command = jvm.command(workers, false, Optional.empty());
            Path file = in.get().file(setup, command, jvm.classPath());
            return known.computeIfAbsent(file, f -> new Cache(in.get(), f, setup, workers));
        } catch (IOException e) {
            LOG.info("event=no-aot-cache service={} reason=\"{}\"", setup.service(), e.getMessage());
            return new NoCache();
        }
    }

    /** Whether the operator's options say what is to be done about caches. */
    private static boolean ownCache(WorkersConfig workers) {
        return workers.jvmOptions().stream()
                .anyMatch(option -> option.startsWith("-XX:AOT")
                        || option.startsWith("-XX:SharedArchiveFile")
                        || option.startsWith("-Xshare"));
    }

    private static final class NoCache implements Entry {
        @Override
        public void train() {}

        @Override
        public Optional<Path> file() {
            return Optional.empty();
        }

        @Override
        public void distrust() {}
    }

    private final class Cache implements Entry {
        private final AotCacheFiles in;
        private final Path file;
        private final WorkerSetup setup;
        private final WorkersConfig workers;
        private boolean usable;
        private boolean asked;

        Cache(AotCacheFiles in, Path file, WorkerSetup setup, WorkersConfig workers) {
            this.in = in;
            this.file = file;
            this.setup = setup;
            this.workers = workers;
            this.usable = in.isThere(file);
        }

        @Override
        public void train() {
            if (!usable && !asked) {
                asked = true;
                untrained.addLast(this);
                loop.after(PAUSE, TrainedAotCaches.this::trainNext); // the first workers come first
            }
        }

        private AotTraining begin() throws IOException {
            List<String> options = new ArrayList<>(workers.jvmOptions());
            options.add("-XX:AOTCacheOutput=" + in.unfinished(file));
            options.add("-Dforkd.training=true");
            WorkersConfig trained = workers.withJvmOptions(options);
            long began = System.nanoTime();
            return new AotTraining(
                    loop,
                    spawner,
                    children,
                    messenger,
                    setup,
                    jvm.command(trained, false, Optional.empty()),
                    problem -> trained(problem, began));
        }

        private void trained(Optional<String> problem, long began) {
            running = Optional.empty();
            try {
                if (problem.isPresent()) {
                    throw new IOException(problem.get());
                }
                long size = in.publish(in.unfinished(file), file);
                usable = true;
                LOG.info(
                        "event=aot-cache-trained service={} file={} bytes={} ms={}",
                        setup.service(),
                        file,
                        size,
                        (System.nanoTime() - began) / 1_000_000);
            } catch (IOException e) {
                in.unfinishedFiles(file).forEach(TrainedAotCaches::remove);
                if (!closed) {
                    LOG.warn(
                            "event=aot-cache-failed service={} reason=\"{}\"",
                            setup.service(),
                            LogText.quoted(e.getMessage()));
                }
            }
            trainNext();
            whenEnded.ifPresent(Runnable::run);
        }

        @Override
        public Optional<Path> file() {
            return usable ? Optional.of(file) : Optional.empty();
        }

        @Override
        public void distrust() {
            if (usable) {
                usable = false;
                remove(file);
                LOG.warn(
                        "event=aot-cache-removed service={} file={} reason=\"a worker that used it could not boot\"",
                        setup.service(),
                        file);
            }
        }
    }

    private void trainNext() {
        if (closed || running.isPresent() || untrained.isEmpty()) {
            return;
        }
        Cache next = untrained.removeFirst();
        try {
            running = Optional.of(next.begin());
        } catch (IOException e) {
            LOG.warn("event=aot-cache-failed service={} reason=\"{}\"", next.setup.service(), e.getMessage());
            loop.post(this::trainNext);
        }
    }

    private static void remove(Path file) {
        try {
            boolean _ = Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("event=aot-cache-stays file={}", file, e);
        }
    }

    /** Ends a training that is under way. @param ended called when its processes are gone */
    public void end(Runnable ended) {
        closed = true;
        if (running.isEmpty()) {
            ended.run();
        } else {
            whenEnded = Optional.of(ended);
            running.get().kill("the supervisor stops");
        }
    }
}
