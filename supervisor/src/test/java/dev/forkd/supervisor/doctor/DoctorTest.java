package dev.forkd.supervisor.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.doctor.Finding.Level;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor examines machines that are made of files. */
class DoctorTest {
    @TempDir
    Path root;

    private final Map<String, String> properties = new HashMap<>(Map.of(
            "java.specification.version",
            "25",
            "java.runtime.version",
            "25+36",
            "java.home",
            "/jdk",
            "os.arch",
            "amd64"));
    private long descriptors = 1 << 20;
    private PlatformChecks.Loader loader = () -> {};

    @BeforeEach
    void aGoodMachine() throws Exception {
        file("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n");
        file("/proc/sys/kernel/pid_max", "4194304\n");
        file("/proc/sys/kernel/threads-max", "255000\n");
        file("/proc/sys/net/core/somaxconn", "4096\n");
        file("/proc/sys/vm/overcommit_memory", "0\n");
        file("/proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    8000000 kB\n");
        file("/proc/self/cgroup", "0::/system.slice/forkd.service\n");
        file("/sys/fs/cgroup/system.slice/forkd.service/pids.max", "max\n");
        file("/usr/bin/cc", "");
        assertTrue(root.resolve("usr/bin/cc").toFile().setExecutable(true));
        Path lib = Files.createDirectory(root.resolve("lib"));
        Files.createFile(lib.resolve("forkd-worker.jar"));
        properties.put("forkd.worker.lib", lib.toString());
        properties.put(
                "forkd.library", Files.createFile(lib.resolve("libforkd.so")).toString());
    }

    private void file(String path, String text) throws Exception {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<Finding> examine(OptionalInt clients) {
        Limits.Limit plenty = new Limits.Limit(-1, -1);
        Host host = new Host(
                root,
                Map.of(
                        Limits.NOFILE,
                        new Limits.Limit(1024, descriptors),
                        Limits.NPROC,
                        plenty,
                        Limits.SIGPENDING,
                        plenty),
                properties,
                Map.of("PATH", "/sbin::/usr/bin"));
        return Doctor.examine(host, clients, loader);
    }

    private Finding finding(String name, OptionalInt clients) {
        return examine(clients).stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Finding finding(String name) {
        return finding(name, OptionalInt.empty());
    }

    @Test
    void aGoodMachineHasNothingToComplainAbout() {
        assertEquals(
                List.of(),
                examine(OptionalInt.of(10_000)).stream()
                        .filter(f -> f.level() != Level.OK)
                        .toList());
    }

    @Test
    void limitsThatForbidTheClientsAskedForAreFailures() throws Exception {
        descriptors = 4096;
        assertEquals(
                Finding.fail(
                        "descriptors",
                        "4096, 10000 clients need 11536",
                        "LimitNOFILE=11536 in forkd.service, or: ulimit -n 11536"),
                finding("descriptors", OptionalInt.of(10_000)));
        file("/proc/sys/kernel/pid_max", "32768");
        assertEquals(Level.OK, finding("process ids", OptionalInt.of(10_000)).level());
        assertEquals(
                Finding.fail(
                        "process ids",
                        "32768, 20000 clients need 60500",
                        "sysctl -w kernel.pid_max=60500 (to stay: a line in /etc/sysctl.d/forkd.conf)"),
                finding("process ids", OptionalInt.of(20_000)));
        file("/proc/meminfo", "MemAvailable: 1000000 kB\n");
        assertEquals(
                "976.6 MiB, 10000 clients need about 4.4 GiB",
                finding("memory available", OptionalInt.of(10_000)).found());
    }

    @Test
    void aSysctlGivesAllItsDigits() throws Exception {
        // pid_max is at least 301 (kernel/pid.c) on every machine, so a first digit alone would show.
        assertTrue(Host.here().number("/proc/sys/kernel/pid_max").orElseThrow() > 300);
    }

    @Test
    void withoutANumberLowLimitsAreWarnings() {
        descriptors = 1024;
        assertEquals(Level.WARN, finding("descriptors").level());
    }

    @Test
    void theTightestControlGroupCounts() throws Exception {
        file("/sys/fs/cgroup/system.slice/pids.max", "200");
        assertEquals(
                "200, 500 clients need 2000",
                finding("tasks of the control group").found());
        file("/sys/fs/cgroup/memory.max", "1048576");
        assertEquals(Level.WARN, finding("memory of the control group").level());
    }

    @Test
    void strictOvercommitIsToldOf() throws Exception {
        file("/proc/sys/vm/overcommit_memory", "2\n");
        assertEquals(Level.WARN, finding("memory overcommit").level());
    }

    @Test
    void aPlatformThatCannotWorkIsAFailure() throws Exception {
        properties.put("java.specification.version", "17");
        assertEquals(Level.FAIL, finding("JDK").level());
        properties.put("os.arch", "riscv64");
        assertEquals(Level.FAIL, finding("processor").level());
        file("/proc/sys/kernel/osrelease", "5.4.0");
        assertEquals(Level.FAIL, finding("kernel").level());
        Files.delete(root.resolve("lib/forkd-worker.jar"));
        assertEquals(Level.FAIL, finding("worker").level());
    }

    @Test
    void withoutTheForkEngineClientsNeedMoreOfTheMachine() {
        loader = () -> {
            throw new ForkRefusedException(0, "glibc is too old");
        };
        assertEquals("refused: glibc is too old", finding("fork engine").found());
        assertEquals(
                Level.FAIL,
                finding("threads of the machine", OptionalInt.of(20_000)).level());
        properties.remove("forkd.library");
        assertEquals("its library is not built", finding("fork engine").found());
    }

    @Test
    void whatIsOnlyAPityIsANote() throws Exception {
        Files.delete(root.resolve("usr/bin/cc"));
        assertEquals(Level.NOTE, finding("C compiler").level());
        properties.put("os.arch", "aarch64");
        assertEquals(Level.NOTE, finding("processor").level());
        properties.remove("forkd.worker.lib");
        assertEquals(Level.NOTE, finding("worker").level());
    }
}
