package dev.forkd.supervisor.doctor;

import dev.forkd.sys.Limits;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The machine as the doctor sees it: one seam, so that tests can examine machines that they do not have.
 *
 * @param root of the file system that is looked at, {@code /} but in tests
 * @param limits limits of this process by number of the resource (getrlimit(2))
 * @param properties system properties of this JVM
 * @param variables the environment
 */
public record Host(
        Path root, Map<Integer, Limits.Limit> limits, Map<String, String> properties, Map<String, String> variables) {

    /** The machine that this runs on. */
    public static Host here() throws SyscallException {
        Map<Integer, Limits.Limit> limits = new HashMap<>();
        for (int resource : new int[] {Limits.NPROC, Limits.NOFILE, Limits.SIGPENDING}) {
            limits.put(resource, Limits.get(resource));
        }
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return new Host(Path.of("/"), Map.copyOf(limits), Map.copyOf(properties), System.getenv());
    }

    /** The file's text without surrounding white space; empty if there is no such file, or none for us. */
    Optional<String> text(String path) {
        // One read of all of it: a sysctl gives its value to the first read and nothing to a second.
        try (InputStream in = Files.newInputStream(root.resolve(path.substring(1)))) {
            byte[] bytes = new byte[1 << 16];
            return Optional.of(
                    new String(bytes, 0, in.readNBytes(bytes, 0, bytes.length), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A file that holds one number. */
    OptionalLong number(String path) {
        return text(path)
                .filter(t -> t.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /** The smallest value that a control group around this process sets (cgroups(7), version 2); empty if none does. */
    OptionalLong controlGroup(String file) {
        String group = text("/proc/self/cgroup").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("0::"))
                .map(line -> line.substring(3))
                .findFirst()
                .orElse("/");
        return Stream.iterate(Path.of(group), p -> p != null, Path::getParent)
                .map(p -> number("/sys/fs/cgroup" + (p.equals(Path.of("/")) ? "" : p) + "/" + file))
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    /** Where a program is on the PATH. */
    Optional<Path> program(String name) {
        return Stream.of(variables.getOrDefault("PATH", "").split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> root.resolve(
                                Path.of("/").relativize(Path.of("/").resolve(directory)))
                        .resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    String property(String name) {
        return properties.getOrDefault(name, "");
    }
}
