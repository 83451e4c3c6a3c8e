package dev.forkd.supervisor.process;

import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of AOT caches: {@code $FORKD_CACHE}, systemd's {@code $CACHE_DIRECTORY}, {@code $XDG_CACHE_HOME/forkd} or
 * {@code ~/.cache/forkd}; an empty {@code $FORKD_CACHE} means none. A file's name holds a digest of all that the
 * cache depends on, so one that is found fits. It must belong to us alone: a cache is code.
 */
final class AotCacheFiles {
    private static final Duration UNUSED = Duration.ofDays(14);

    /** Names that {@link #unfinishedFiles} gives, with the pid of the supervisor whose training run writes there. */
    private static final Pattern UNFINISHED = Pattern.compile(".*\\.aot\\.(\\d{1,9})\\.tmp(\\.config)?");

    private final Path directory;

    AotCacheFiles(Path directory) {
        this.directory = directory;
    }

    /** Empty if caches are not wanted. */
    static Optional<Path> directory(Map<String, String> environment) {
        String own = environment.get("FORKD_CACHE");
        if (own != null) {
            return own.isEmpty() ? Optional.empty() : Optional.of(Path.of(own).toAbsolutePath());
        }
        if (environment.containsKey("CACHE_DIRECTORY")) {
            return Optional.of(Path.of(environment.get("CACHE_DIRECTORY").split(":", 2)[0]));
        }
        String home = environment.getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        return Optional.of(Path.of(home, "forkd"));
    }

    /** Makes the directory. @throws IOException if it cannot be used, or others could write to it */
    void open() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
        boolean ours = Files.getAttribute(directory, "unix:uid").equals(Processes.uid());
        if (!ours
                || mode.contains(PosixFilePermission.GROUP_WRITE)
                || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(directory + " is not ours alone (mode " + PosixFilePermissions.toString(mode)
                    + "): chown and chmod 700 it, or name another with FORKD_CACHE");
        }
        if (!Files.isWritable(directory)) {
            throw new IOException(directory + " cannot be written to");
        }
        removeAbandoned();
    }

    /** Removes what training runs have left whose supervisors were killed. */
    private void removeAbandoned() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                Matcher unfinished = UNFINISHED.matcher(file.getFileName().toString());
                if (unfinished.matches()
                        && Processes.startTicks(Integer.parseInt(unfinished.group(1)))
                                .isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Where the cache for these workers is, or will be. @param command theirs, without a cache @param jars of their class path */
    Path file(WorkerSetup setup, List<String> command, List<String> jars) throws IOException {
        MessageDigest digest = sha256();
        add(digest, Runtime.version().toString(), System.getProperty("java.vm.version"), System.getProperty("os.arch"));
        add(digest, identity(Path.of(System.getProperty("java.home"), "lib", "modules")));
        add(digest, command.toArray(String[]::new));
        add(digest, setup.handler(), setup.threads(), "" + setup.concurrency());
        for (String jar : jars) {
            add(digest, identity(Path.of(jar)));
        }
        for (String jar : setup.classpath()) {
            add(digest, identity(Path.of(jar)));
        }
        String name = setup.handler().replaceAll("[^A-Za-z0-9.]", "-");
        return directory.resolve(name + "-" + HexFormat.of().formatHex(digest.digest(), 0, 12) + ".aot");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has it", e);
        }
    }

    private static void add(MessageDigest digest, String... words) {
        for (String word : words) {
            digest.update(word.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
    }

    private static String identity(Path file) throws IOException {
        return file + " " + Files.size(file) + " "
                + Files.getLastModifiedTime(file).toMillis();
    }

    /** Whether it is there; one that is counts as used now. */
    boolean isThere(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return false;
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A name for a training run to write to. */
    Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + "." + Processes.pid() + ".tmp");
    }

    /** All that a training run may have left: the JVM writes a second file beside the cache. */
    List<Path> unfinishedFiles(Path file) {
        Path unfinished = unfinished(file);
        return List.of(unfinished, unfinished.resolveSibling(unfinished.getFileName() + ".config"));
    }

    /** Puts a finished cache in its place, at once and whole, and removes what nobody has used for two weeks. @return its size in bytes */
    long publish(Path unfinished, Path file) throws IOException {
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        Instant old = Instant.now().minus(UNUSED);
        try (Stream<Path> all = Files.list(directory)) {
            for (Path other : all.toList()) {
                if (Files.getLastModifiedTime(other).toInstant().isBefore(old)) {
                    Files.delete(other);
                }
            }
        }
        return Files.size(file);
    }
}
