package dev.forkd.supervisor.doctor;

import dev.forkd.sys.ForkRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether forkd can run here at all: JDK, kernel, C library, forkd's own files. */
final class PlatformChecks {
    private static final int JDK = 25;
    /** pidfd_open, close_range and waitid(P_PIDFD) are all there from 5.9 on. */
    private static final int[] KERNEL = {5, 9};

    private final Host host;
    private final Loader loader;

    PlatformChecks(Host host, Loader loader) {
        this.host = host;
        this.loader = loader;
    }

    List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        findings.add(jdk());
        findings.add(kernel());
        findings.add(processor());
        findings.add(compiler());
        findings.add(workerJars());
        findings.add(forkLibrary());
        return findings;
    }

    private Finding jdk() {
        String version = host.property("java.specification.version");
        String found = host.property("java.vendor.version") + " " + host.property("java.runtime.version") + " at "
                + host.property("java.home");
        return version.equals(String.valueOf(JDK))
                ? Finding.ok("JDK", found.strip())
                : Finding.fail(
                        "JDK",
                        found.strip(),
                        "install JDK " + JDK + " and point JAVA_HOME to it; others are not tried");
    }

    private Finding kernel() {
        String release = host.text("/proc/sys/kernel/osrelease").orElse("unknown");
        Matcher version = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(release);
        if (!version.matches()) {
            return Finding.fail("kernel", release, "forkd needs Linux with /proc mounted");
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        boolean recent = major > KERNEL[0] || (major == KERNEL[0] && minor >= KERNEL[1]);
        return recent
                ? Finding.ok("kernel", "Linux " + release)
                : Finding.fail(
                        "kernel",
                        "Linux " + release,
                        "forkd needs Linux 5.9 or newer (close_range, waitid with a pidfd)");
    }

    private Finding processor() {
        String arch = host.property("os.arch");
        return switch (arch) {
            case "amd64" -> Finding.ok("processor", "x86-64");
            case "aarch64" ->
                Finding.note(
                        "processor", "aarch64", "the exec engine is tried here, the fork engine under emulation only");
            default -> Finding.fail("processor", arch, "forkd knows x86-64 and aarch64");
        };
    }

    private Finding compiler() {
        Optional<Path> found = Stream.of("cc", "gcc", "clang")
                .flatMap(name -> host.program(name).stream())
                .findFirst();
        return found.map(path -> Finding.ok("C compiler", path.toString()))
                .orElseGet(() -> Finding.note(
                        "C compiler",
                        "none",
                        "only needed to build the fork engine's library: apt-get install gcc libc6-dev"));
    }

    private Finding workerJars() {
        String directory = host.property("forkd.worker.lib");
        if (directory.isEmpty()) {
            return Finding.note("worker", "forkd.worker.lib is not set", "start forkd by its script, scripts/forkd");
        }
        return Files.isRegularFile(Path.of(directory, "forkd-worker.jar"))
                ? Finding.ok("worker", directory)
                : Finding.fail("worker", directory + " has no forkd-worker.jar", "build forkd again: mvn package");
    }

    /** Loads it, as a zygote would; what a service's handler adds to that shows when the service starts. */
    private Finding forkLibrary() {
        String name = "fork engine";
        String file = host.property("forkd.library");
        if (file.isEmpty() || !Files.isRegularFile(Path.of(file))) {
            return Finding.note(
                    name,
                    "its library is not built",
                    "the exec engine serves; for the fork engine install gcc and build again");
        }
        try {
            loader.load();
            return Finding.ok(name, file);
        } catch (ForkRefusedException e) {
            return Finding.note(name, "refused: " + e.getMessage(), "the exec engine serves");
        }
    }

    /** Loads the fork library named by the system property. */
    @FunctionalInterface
    interface Loader {
        void load() throws ForkRefusedException;
    }
}
