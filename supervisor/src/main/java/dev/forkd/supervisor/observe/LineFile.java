package dev.forkd.supervisor.observe;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that lines are appended to by a thread of its own, so that who writes never waits for the disk. Lines are made on that thread
 * too. When the disk is too slow for 64k lines, lines are dropped and counted, which the log says.
 */
final class LineFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
    private static final int QUEUED = 64 * 1024;

    /** No line has a line break: this one ends the file. */
    private static final String END = "\n";

    private final Path path;
    private final BlockingQueue<Supplier<String>> queue = new ArrayBlockingQueue<>(QUEUED);
    private final AtomicLong dropped = new AtomicLong();
    private final BufferedWriter writer;
    private final Thread thread;

    private LineFile(Path path, BufferedWriter writer, String threadName) {
        this.path = path;
        this.writer = writer;
        this.thread = Thread.ofPlatform().name(threadName).daemon().start(this::run);
    }

    /** @throws IOException if the file cannot be opened for appending */
    static LineFile append(Path path, String threadName) throws IOException {
        BufferedWriter writer = Files.newBufferedWriter(
                path, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new LineFile(path, writer, threadName);
    }

    /** Queues a line; {@code line} is called on the file's thread. */
    void write(Supplier<String> line) {
        if (!queue.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        try (writer) {
            while (true) {
                Supplier<String> line = queue.poll();
                if (line == null) {
                    writer.flush();
                    line = queue.take();
                }
                String text = line.get();
                if (text.equals(END)) {
                    return;
                }
                append(text);
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    LOG.warn("event=lines-dropped file={} lines={} reason=\"the disk is too slow\"", path, lost);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("event=file-lost file={}", path, e);
        }
    }

    private void append(String line) {
        try {
            writer.write(line);
            writer.newLine();
        } catch (IOException e) {
            LOG.error("event=line-lost file={} reason=\"{}\"", path, e.getMessage());
        }
    }

    /** Writes what is queued, then closes. */
    @Override
    public void close() {
        try {
            queue.put(() -> END);
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
