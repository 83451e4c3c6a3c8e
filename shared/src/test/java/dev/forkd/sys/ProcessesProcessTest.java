package dev.forkd.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@link Spawn}, {@link Processes} and {@link ExitStatus} with small programs as children. */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class ProcessesProcessTest {

    private static Spawn shell(String script) {
        return new Spawn(List.of("/bin/sh", "-c", script));
    }

    /** Runs a shell script whose descriptor 1 is a pipe to us; gives what it printed. It has ended and been reaped on return. */
    private static String output(String script, Map<String, String> environment, Fd... more) throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        List<Fd> descriptors = new ArrayList<>();
        int pid;
        try (Fd write = pipe.write();
                Fd nothing = Io.open("/dev/null", 2, 0)) {
            descriptors.addAll(List.of(nothing, write, write));
            descriptors.addAll(List.of(more));
            pid = shell(script)
                    .environment(environment)
                    .descriptors(descriptors)
                    .start();
        }
        ByteBuffer all = ByteBuffer.allocateDirect(1 << 16);
        try (Fd read = pipe.read()) {
            while (Io.read(read, all) > 0) {}
        }
        assertEquals("exited 0", Processes.await(pid).text());
        return UTF_8.decode(all.flip()).toString();
    }

    @Test
    void aProgramThatIsNotThereCannotBeStarted() {
        SyscallException e = assertThrows(SyscallException.class, () -> new Spawn(List.of("/no/such/program")).start());
        assertEquals(Errno.ENOENT, e.errno());
        assertTrue(e.getMessage().startsWith("cannot start /no/such/program: ENOENT"), e.getMessage());
        assertEquals(
                Errno.EACCES,
                assertThrows(SyscallException.class, () -> new Spawn(List.of("/etc/passwd")).start())
                        .errno());
        assertEquals(
                Errno.ENOENT,
                assertThrows(
                                SyscallException.class,
                                () -> shell("exit").directory("/no/such/dir").start())
                        .errno());
    }

    @Test
    void aChildHasExactlyTheDescriptorsGiven() throws Exception {
        try (Fd extra = Io.open("/proc/version", 0, 0)) {
            // The fourth is the directory that the shell lists.
            String listed = output("echo /proc/$$/fd/*", Map.of(), extra);
            assertTrue(
                    listed.matches("/proc/(\\d+)/fd/0 /proc/\\1/fd/1 /proc/\\1/fd/2 /proc/\\1/fd/3 /proc/\\1/fd/4\n"),
                    listed);
        }
    }

    @Test
    void descriptorsKeepTheirOrderWhateverTheirNumbers() throws Exception {
        try (Fd one = Io.open("/proc/version", 0, 0);
                Fd two = Io.open("/proc/uptime", 0, 0);
                Fd three = Io.open("/proc/loadavg", 0, 0)) {
            // Sources on each other's targets, and on the numbers that a naive copy would pass through.
            int base = 200;
            one.duplicateTo(base + 1);
            two.duplicateTo(base);
            three.duplicateTo(base + 4);
            try (Fd a = new Fd(base + 1);
                    Fd b = new Fd(base);
                    Fd c = new Fd(base + 4)) {
                String links = output(
                        "readlink /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5",
                        Map.of("PATH", "/usr/bin:/bin"),
                        a,
                        b,
                        c);
                assertEquals("/proc/version\n/proc/uptime\n/proc/loadavg\n", links);
            }
            String swapped = output(
                    "readlink /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5",
                    Map.of("PATH", "/usr/bin:/bin"),
                    three,
                    one,
                    two);
            assertEquals("/proc/loadavg\n/proc/version\n/proc/uptime\n", swapped);
        }
    }

    @Test
    void environmentDirectoryAndProcessGroupAreTheChildsOwn(@TempDir Path directory) throws Exception {
        assertEquals("v PATH\n", output("echo $K ${PATH:+PATH}", Map.of("K", "v", "PATH", "/bin")));
        int pid = shell("test \"$(pwd)\" = '" + directory.toRealPath() + "'")
                .directory(directory.toString())
                .start();
        assertEquals("exited 0", Processes.await(pid).text());
        String stat = output("cat /proc/self/stat", Map.of("PATH", "/bin"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        assertFalse(fields[2].equals(Integer.toString(Processes.pid())), "a group of its own");
    }

    @Test
    void anExitIsSeenByPidfdAndReapedOnce() throws Exception {
        int pid = shell("exit 3").start();
        try (Fd pidfd = Processes.pidfd(pid)) {
            assertEquals(Io.POLLIN, Io.poll(pidfd.number(), Io.POLLIN, -1));
            assertEquals(pid, Processes.peekEnded().orElseThrow());
            ExitStatus status = Processes.reap(pidfd).orElseThrow();
            assertEquals(pid, status.pid());
            assertEquals(3, status.code());
            assertFalse(status.killed());
            assertEquals("exited 3", status.text());
            assertTrue(status.maxResidentKib() > 100, status.toString());
            assertEquals(
                    Errno.ECHILD,
                    assertThrows(SyscallException.class, () -> Processes.reap(pidfd))
                            .errno());
            assertFalse(Processes.signal(pidfd, Processes.SIGTERM), "gone");
        }
        assertEquals(
                Errno.ESRCH,
                assertThrows(SyscallException.class, () -> Processes.pidfd(pid)).errno());
        assertTrue(Processes.peekEnded().isEmpty());
        assertFalse(Processes.kill(pid, 0));
    }

    @Test
    void aKilledChildTellsItsSignal() throws Exception {
        int pid = shell("kill -STOP $$; exit 0").start();
        try (Fd pidfd = Processes.pidfd(pid)) {
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                while (!Processes.isStopped(pid)) {
                    Thread.onSpinWait();
                }
            });
            assertEquals(Optional.empty(), Processes.reap(pidfd));
            assertEquals(Optional.empty(), Processes.reap(pid));
            assertTrue(Processes.signal(pidfd, Processes.SIGKILL));
            ExitStatus status = Processes.await(pid);
            assertTrue(status.killed());
            assertEquals("killed by SIGKILL", status.text());
        }
    }

    @Test
    void signalsOfAChildAreAtTheirDefaults() throws Exception {
        // A JVM ignores or handles these; a child that inherited that would not die of them.
        for (String signal : List.of("PIPE", "HUP", "USR1")) {
            int pid = shell("kill -" + signal + " $$; exit 0").start();
            assertEquals("killed by SIG" + signal, Processes.await(pid).text());
        }
    }

    @Test
    void wrongCallsFail() throws Exception {
        int self = Processes.pid();
        try (Fd pidfd = Processes.pidfd(self)) {
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(SyscallException.class, () -> Processes.signal(pidfd, 999))
                            .errno());
        }
        assertEquals(
                Errno.EINVAL,
                assertThrows(SyscallException.class, () -> Processes.kill(self, 999))
                        .errno());
        assertEquals(
                Errno.ECHILD,
                assertThrows(SyscallException.class, () -> Processes.await(self))
                        .errno());
    }

    @Test
    void thisProcessKnowsItself() throws Exception {
        assertEquals(ProcessHandle.current().pid(), Processes.pid());
        assertEquals(ProcessHandle.current().parent().orElseThrow().pid(), Processes.parentPid());
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        Processes.threadName("a-name-longer-than-15");
                    } catch (SyscallException e) {
                        throw new AssertionError(e);
                    }
                })
                .join();
        assertEquals("signal 33", ExitStatus.signalName(33));
    }

    @Test
    void exitNowEndsAProcessWithoutHooks() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int pid = new Spawn(List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExitNow.class.getName()))
                .start();
        assertEquals("exited 7", Processes.await(pid).text());
    }

    /** A program whose shutdown hook would change the exit code. */
    public static final class ExitNow {
        public static void main(String[] args) throws Exception {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(9)));
            Processes.becomeSubreaper();
            Processes.exitNow(7);
        }
    }
}
