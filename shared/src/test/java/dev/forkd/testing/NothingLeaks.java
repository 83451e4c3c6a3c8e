package dev.forkd.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.ipc.DeathWatchBegun;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Asserts that a test leaves this process's descriptors, its children and forkd's part of /dev/shm as it found them. Files that the JVM itself
 * opens when it feels like it (jars, libraries, random devices, its own epoll and pipes of NIO) do not count.
 */
public final class NothingLeaks implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(NothingLeaks.class);

    private record Holdings(Set<String> descriptors, Set<Long> children, Set<String> shm) {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        SocketChannel.open().close(); // NIO keeps one socket of its own from the first channel on
        DeathWatchBegun.now(); // and dev.forkd.ipc one epoll descriptor
        awaitReapers();
        context.getStore(OURS).put("before", holdings());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Holdings before = context.getStore(OURS).get("before", Holdings.class);
        awaitReapers();
        assertEquals(before.toString(), holdings().toString(), "what the test left behind");
    }

    /** The JDK's thread that waits for a process closes its pipes after it has told whoever waits for it. */
    private static void awaitReapers() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (reapers() > 0 && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static long reapers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("process reaper (pid "))
                .count();
    }

    private static Holdings holdings() throws IOException {
        Set<String> descriptors = new TreeSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            open.forEach(fd -> target(fd).ifPresent(target -> descriptors.add(fd.getFileName() + " -> " + target)));
        }
        Set<Long> children = ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .collect(Collectors.toCollection(TreeSet::new));
        return new Holdings(descriptors, children, names(Path.of("/dev/shm")));
    }

    /** What the descriptor is open on, if a test could have opened it; empty also if it is the directory being listed, closed by now. */
    private static Optional<String> target(Path fd) {
        try {
            String target = Files.readSymbolicLink(fd).toString();
            boolean jvm = target.endsWith(".jar")
                    || target.startsWith("/usr/")
                    || target.startsWith("/dev/")
                    || target.startsWith("/proc/")
                    || target.endsWith("/modules");
            return jvm ? Optional.empty() : Optional.of(target);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Path::toString)
                    .filter(name -> name.contains("forkd"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
