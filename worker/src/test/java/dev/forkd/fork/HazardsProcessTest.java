package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, by name, and what a forked JVM still does when it is asked from outside. */
@Tag("process")
class HazardsProcessTest {
    @TempDir
    Path folder;

    @BeforeEach
    void needsTheLibrary() {
        assumeTrue(TestJvm.libraryBuilt(), "SKIPPED: no C compiler");
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "-XX:+UseSerialGC,   fork,         event=forked exited 7",
        "-XX:+UseParallelGC, fork,         event=forked exited 7",
        "-XX:+UseG1GC,       fork,         event=forked exited 7",
        "-Xint,              fork,         event=forked exited 7",
        "-XX:+UseZGC,        fork,         this is ZGC",
        "-XX:+UsePerfData,   fork,         hsperfdata",
        "-Xrs,               fork,         socket:",
        "-XX:+UseSerialGC,   selector,     anon_inode:[event",
        "-XX:+UseSerialGC,   failing-hook, no child is left: not in the parent",
        "-Xint,              busy-thread,  busy-one", // without compilers, which may be busy too
    })
    void isForkedOrRefusedByName(String flag, String program, String told) throws IOException, InterruptedException {
        try (TestJvm jvm = TestJvm.start(List.of(flag), HazardMain.class, program)) {
            String said = jvm.awaitSuccess();
            assertTrue(said.contains(told), said);
        }
    }

    /** Else what a zygote compiled quickly would stay slow in a worker that computes for hours. */
    @Test
    void codeOfTheFirstTierIsForgottenAndCompiledByTheBestCompiler() throws IOException, InterruptedException {
        // -Xbatch: no compilation is under way when the code is forgotten
        try (TestJvm jvm = TestJvm.start(List.of("-XX:+UseSerialGC", "-Xbatch"), ForgetCodeMain.class)) {
            String said = jvm.awaitSuccess();
            assertTrue(said.contains("event=forgotten level=0") && said.contains("event=compiled level=4"), said);
        }
    }

    @Test
    void aProcessThatHadABusyThreadForksWhenItHasEnded() throws IOException, InterruptedException {
        try (TestJvm jvm = TestJvm.start(List.of("-XX:+UseSerialGC"), HazardMain.class, "busy-thread")) {
            assertTrue(jvm.awaitSuccess().endsWith("event=forked exited 7\n"));
        }
    }

    @Test
    void aSharedMappingIsRefusedByItsPath() throws IOException, InterruptedException {
        Path file = folder.resolve("mapped.bin");
        try (TestJvm jvm = TestJvm.start(List.of(), HazardMain.class, "shared-mapping", file.toString())) {
            String said = jvm.awaitSuccess();
            assertTrue(said.contains("event=refused shared") && said.contains("mapped.bin"), said);
        }
    }

    /** H12: after a jcmd the process listens on an attach socket, which a child would share. */
    @Test
    void attachBeforeTheForkIsRefused() throws IOException, InterruptedException {
        try (TestJvm jvm = TestJvm.start(List.of(), HazardMain.class, "fork-when-told")) {
            jvm.awaitLine("event=waiting");
            jcmd(jvm.pid(), "VM.version");
            jvm.say("go");
            String said = jvm.awaitSuccess();
            assertTrue(said.contains("event=refused descriptor must not be shared") && said.contains("socket:"), said);
        }
    }

    @Test
    void childrenReadAJarWithoutMovingEachOther() throws IOException, InterruptedException {
        Path jar = Path.of(org.junit.jupiter.api.Test.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        try (TestJvm jvm = TestJvm.start(List.of(), HazardMain.class, "jar", jar.toString())) {
            assertEquals("event=read exited 0\n".repeat(6), jvm.awaitSuccess());
        }
    }

    @Test
    void anUnrevivedChildAnswersJcmd() throws IOException, InterruptedException {
        // -Xint: without a compiler there is no task for it, so that nothing but jcmd revives this cold child
        try (TestJvm jvm = TestJvm.start(List.of("-Xint"), HazardMain.class, "idle-child")) {
            long child = childOf(jvm);
            assertEquals(1, threadsOf(child));
            assertTrue(jcmd(child, "Thread.print").contains("HazardMain.idleChild"));
            assertTrue(threadsOf(child) > 5);
            assertTrue(jcmd(child, "GC.class_histogram").contains("java.lang.String"));
            assertTrue(jcmd(child, "JFR.start", "name=test").contains("Started recording"));
            Path recording = folder.resolve("child.jfr");
            assertTrue(jcmd(child, "JFR.dump", "name=test", "filename=" + recording)
                    .contains("Dumped recording"));
            assertTrue(Files.size(recording) > 1000);
            signal(child, "KILL");
        }
    }

    @Test
    void anUnrevivedChildDumpsItsThreadsOnQuit() throws IOException, InterruptedException {
        try (TestJvm jvm = TestJvm.start(List.of(), HazardMain.class, "idle-child")) {
            long child = childOf(jvm);
            signal(child, "QUIT");
            jvm.awaitLine("Full thread dump");
            jvm.awaitLine("JNI global refs");
            signal(child, "KILL");
        }
    }

    @Test
    void anUnrevivedChildRunsShutdownHooksOnTerm() throws IOException, InterruptedException {
        try (TestJvm jvm = TestJvm.start(List.of(), HazardMain.class, "idle-child")) {
            signal(childOf(jvm), "TERM");
            String said = jvm.awaitSuccess();
            assertTrue(said.contains("event=hook\nevent=ended exited 143"), said);
        }
    }

    @Test
    void aCrashIsReportedUnderTheChildsPid() throws IOException, InterruptedException {
        try (TestJvm jvm =
                TestJvm.start(List.of("-XX:ErrorFile=" + folder.resolve("hs_err_%p.log")), HazardMain.class, "crash")) {
            String said = jvm.awaitSuccess();
            String pid = said.replaceAll("(?s).*event=ended pid=(\\d+).*", "$1");
            assertTrue(Files.exists(folder.resolve("hs_err_" + pid + ".log")), said);
        }
    }

    private static long childOf(TestJvm jvm) throws IOException, InterruptedException {
        return Long.parseLong(jvm.awaitLine("event=idle").replaceAll(".*pid=", ""));
    }

    private static int threadsOf(long pid) {
        String[] tasks = Path.of("/proc", String.valueOf(pid), "task").toFile().list();
        return tasks == null ? 0 : tasks.length;
    }

    private static void signal(long pid, String signal) throws IOException, InterruptedException {
        run(List.of("kill", "-" + signal, String.valueOf(pid)));
    }

    private static String jcmd(long pid, String... command) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return run(java.util.stream.Stream.concat(
                        List.of(program.toString(), String.valueOf(pid)).stream(), List.of(command).stream())
                .toList());
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("command", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(100, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output);
        Files.delete(output);
        assertTrue(ended && process.waitFor() == 0, () -> command + ": " + said);
        return said;
    }
}
