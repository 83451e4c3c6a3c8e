package dev.forkd.supervisor.observe;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that lines are appended to by a thread of its own, so that who writes never waits for the disk. Lines are made on that thread
 * too. When the disk is too slow for 64k lines, or full, lines are dropped and counted, which the log says; nothing ever ends the file but
 * {@link #close}.
 */
final class LineFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
    private static final int QUEUED = 64 * 1024;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /** An empty entry makes the thread look at {@link #reopenAs} and {@link #closing}. */
    private final BlockingQueue<Optional<Supplier<String>>> queue = new ArrayBlockingQueue<>(QUEUED);

    private final AtomicLong dropped = new AtomicLong();
    private final AtomicReference<Path> reopenAs = new AtomicReference<>();
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
    private final Thread thread;
    private volatile boolean closing;

    // The thread's own.
    private Path path;
    private OutputStream file;
    private int batchLines;
    private long lost;
    private boolean failing;

    private LineFile(Path path, OutputStream file, String threadName) {
        this.path = path;
        this.file = file;
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
    }

    /** @throws IOException if the file cannot be opened for appending */
    static LineFile append(Path path, String threadName) throws IOException {
        LineFile lines = new LineFile(path, new FileOutputStream(path.toFile(), true), threadName);
        lines.thread.start();
        return lines;
    }

    /** Queues a line; {@code line} is called on the file's thread. */
    void write(Supplier<String> line) {
        if (!queue.offer(Optional.of(line))) {
            dropped.incrementAndGet();
        }
    }

    /** Goes on in the file that has this name now: after logrotate has renamed the old one, or under another name. */
    void reopen(Path as) {
        reopenAs.set(as);
        boolean _ = queue.offer(Optional.empty()); // a full queue: once all of it is written
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                Optional<Supplier<String>> line = queue.poll();
                if (line == null) {
                    flush();
                    if (reopenAs.get() != null
                            && queue.isEmpty()) { // in this order: what was queued before belongs to the old file
                        reopenIfAsked();
                    }
                    line = queue.take();
                }
                line.ifPresentOrElse(this::add, this::reopenIfAsked);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        flush();
        close(file);
    }

    private void add(Supplier<String> line) {
        try {
            batch.writeBytes((line.get() + "\n").getBytes(StandardCharsets.UTF_8));
            batchLines++;
        } catch (RuntimeException e) {
            LOG.error("event=line-failed file={} effect=\"one line is missing\"", path, e);
        }
        if (batch.size() >= BATCH_BYTES) {
            flush();
        }
    }

    private void flush() {
        if (batchLines > 0) {
            try {
                if (failing) {
                    file.write('\n'); // what a full disk cut off in the middle
                }
                batch.writeTo(file);
                failing = false;
            } catch (IOException e) {
                lost += batchLines;
                if (!failing) {
                    failing = true;
                    LOG.error(
                            "event=lines-failing file={} reason=\"{}\" effect=\"lines are lost until it can be written\"",
                            path,
                            e.getMessage());
                }
            }
            batch.reset();
            batchLines = 0;
        }
        lost += dropped.getAndSet(0);
        if (lost > 0 && !failing) {
            LOG.warn("event=lines-dropped file={} lines={} reason=\"the disk was too slow or full\"", path, lost);
            lost = 0;
        }
    }

    private void reopenIfAsked() {
        Path wanted = reopenAs.getAndSet(null);
        if (wanted == null) {
            return;
        }
        flush();
        try {
            OutputStream next = new FileOutputStream(wanted.toFile(), true);
            close(file);
            file = next;
            path = wanted;
            failing = false;
            LOG.debug("event=file-reopened file={}", path);
        } catch (IOException e) {
            LOG.error(
                    "event=reopen-failed file={} reason=\"{}\" effect=\"goes on in the file it had\"",
                    wanted,
                    e.getMessage());
        }
    }

    private void close(OutputStream old) {
        try {
            old.close();
        } catch (IOException e) {
            LOG.error("event=close-failed file={} reason=\"{}\"", path, e.getMessage());
        }
    }

    /** The last line has come: what is queued is written and the file closed, and nobody waits for that. */
    void end() {
        closing = true;
        boolean _ = queue.offer(Optional.empty());
    }

    /** Writes what is queued, then closes; a disk that hangs is waited for for five seconds. */
    @Override
    public void close() {
        end();
        try {
            boolean _ = thread.join(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
