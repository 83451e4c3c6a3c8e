package dev.forkd.sys;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The C library that forks a running JVM with all its threads ({@code worker/src/main/c/forkd.h}). Loaded once per process, from the
 * file that the system property {@code forkd.library} names, or else from the class path.
 *
 * <p>Every call goes through {@link CFunction}, in the thread state "native": the collector sees the caller while the process is
 * copied.
 */
public final class ForkLibrary {
    /** What a JVM must be started with so that it can be forked, and its children differ in all that they should. */
    public static final List<String> JVM_FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-UsePerfData", // a mapping that parent and children would share
            "--add-opens=java.base/java.lang=ALL-UNNAMED", // ProcessHandle's pid, Math.random, Thread's random state
            "--add-opens=java.base/java.security=ALL-UNNAMED", // SecureRandom of the provider SUN
            "--add-opens=java.base/java.util=ALL-UNNAMED", // seeds of Random, SplittableRandom, Collections.shuffle
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED", // seeds of ThreadLocalRandom
            "--add-opens=java.base/jdk.internal.random=ALL-UNNAMED", // seeds of RandomGenerator's algorithms
            "--add-opens=java.base/sun.security.provider=ALL-UNNAMED", // read-ahead bytes of NativePRNG
            "-Dorg.crac.Core.Compat=dev.forkd.fork.crac");

    private static final int EALREADY = 114, NO_DESCRIPTOR = -1;
    private static volatile ForkLibrary loaded;

    private final CFunction init, fork, serve, revive, state, ready, exit, forgetCode, error, report;

    /** What a fork shall be like: {@code enum forkd_flags}. */
    public enum Flag {
        /** Children belong to our parent, and are revived when it dies. */
        PARENT(1),
        /** Only when every other thread sleeps in a system call. */
        QUIESCENT(2),
        /** Tests only. */
        NO_AUDIT(4),
        /** A child starts with the calling thread alone and revives the others on need. */
        LAZY(8),
        /** {@link #serve} only: private pages become mappings of one memory file. */
        IMAGE(16);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }

        static int bits(Set<Flag> flags) {
            int bits = 0;
            for (Flag flag : flags) {
                bits |= flag.bit;
            }
            return bits;
        }
    }

    /** What this process is: {@code enum forkd_process_state}. */
    public enum State {
        NOT_A_CHILD,
        UNREVIVED,
        REVIVED
    }

    private ForkLibrary(SymbolLookup library) {
        init = CFunction.in(library, "forkd_init");
        fork = CFunction.in(library, "forkd_fork");
        serve = CFunction.in(library, "forkd_serve");
        revive = CFunction.in(library, "forkd_revive");
        state = CFunction.in(library, "forkd_state");
        ready = CFunction.in(library, "forkd_ready");
        exit = CFunction.in(library, "forkd_exit");
        forgetCode = CFunction.in(library, "forkd_forget_code");
        error = CFunction.in(library, "forkd_error");
        report = CFunction.in(library, "forkd_report");
    }

    /**
     * Loads the library and prepares this process for forks: the signal and the hooks are in place afterwards.
     *
     * @throws ForkRefusedException if this machine, C library or build has no fork engine; the message says why
     */
    public static synchronized ForkLibrary load() throws ForkRefusedException {
        if (loaded == null) {
            ForkLibrary library = new ForkLibrary(find());
            library.check(library.init.call());
            loaded = library;
        }
        return loaded;
    }

    /** The library, if this process has loaded it. */
    public static Optional<ForkLibrary> loaded() {
        return Optional.ofNullable(loaded);
    }

    /** Whether this process has all its threads: false only in a zygote, and in a child of one that is not yet revived. */
    public static boolean allThreadsRun() {
        ForkLibrary library = loaded;
        return library == null || library.state() == State.REVIVED;
    }

    private static SymbolLookup find() throws ForkRefusedException {
        String named = System.getProperty("forkd.library", "");
        try {
            return named.isEmpty() ? fromClassPath() : SymbolLookup.libraryLookup(Path.of(named), Arena.global());
        } catch (IOException | IllegalArgumentException e) {
            String what = named.isEmpty() ? "the fork library" : named;
            throw new ForkRefusedException("cannot load " + what + ": " + e.getMessage(), e);
        }
    }

    private static SymbolLookup fromClassPath() throws IOException, ForkRefusedException {
        String resource = "/native/linux-" + (Machine.AARCH64 ? "aarch64" : "x86_64") + "/libforkd.so";
        try (InputStream bytes = ForkLibrary.class.getResourceAsStream(resource)) {
            if (bytes == null) {
                throw new ForkRefusedException(
                        0, "no " + resource + " on the class path: forkd was built without a C compiler");
            }
            Path file = Files.createTempFile("libforkd", ".so");
            try {
                Files.write(file, bytes.readAllBytes());
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                Files.delete(file); // once loaded it needs no name
            }
        }
    }

    /**
     * fork() of this JVM.
     *
     * @param keep numbers of descriptors that parent and child may share
     * @return the child's pid; 0 in the child
     * @throws ForkRefusedException and then nothing has happened
     */
    public long fork(Set<Flag> flags, Duration deadline, int... keep) throws ForkRefusedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment kept = arena.allocateFrom(ValueLayout.JAVA_INT, keep);
            return check(fork.call(Flag.bits(flags), kept.address(), keep.length, deadline.toMillis()));
        }
    }

    /**
     * Freezes this process for good and forks once for every descriptor that arrives on {@code control}; see forkd.h for the
     * protocol. Returns in the children only, where {@code control} is now the child's own descriptor under the same number.
     *
     * @throws ForkRefusedException if the process cannot be frozen; it runs on
     */
    public void serve(Fd control, Set<Flag> flags, Duration deadline, int... keep) throws ForkRefusedException {
        serve(control.number(), flags, deadline, keep);
    }

    private void serve(int control, Set<Flag> flags, Duration deadline, int... keep) throws ForkRefusedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment kept = arena.allocateFrom(ValueLayout.JAVA_INT, keep);
            check(serve.call(control, Flag.bits(flags), kept.address(), keep.length, deadline.toMillis(), 0));
        }
    }

    /** Runs {@link #serve} into its first refusal, so that at the freeze no class is loaded that compiled code did not know of. */
    public void rehearseServe(Set<Flag> flags, Duration deadline) {
        try {
            serve(NO_DESCRIPTOR, flags, deadline);
        } catch (ForkRefusedException expected) {
            assert expected.getMessage() != null;
        }
    }

    /** Gives an unrevived child its other threads. @return whether this call did it */
    public boolean revive() {
        return (int) revive.call() == 1;
    }

    public State state() {
        return State.values()[(int) state.call()];
    }

    /** This child has done all that it does before its first client: its zygote may learn from it. Elsewhere it does nothing. */
    public void ready() {
        long _ = ready.call();
    }

    /** exit_group(2), without shutdown hooks. Returns, having done nothing, when {@code code} is negative: so that it can be warmed. */
    public void exit(int code) {
        long _ = exit.call(code);
    }

    /**
     * Makes the JVM forget the code that it has compiled, so that what is hot is compiled anew, with all that is learned from now on;
     * takes a safepoint and some milliseconds.
     *
     * @throws ForkRefusedException if this JVM will not; nothing has changed then
     */
    public void forgetCode() throws ForkRefusedException {
        try (Arena arena = Arena.ofConfined();
                InputStream file = ForkLibrary.class.getResourceAsStream("/jdk/test/whitebox/WhiteBox.class")) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, file.readAllBytes());
            MemorySegment box = arena.allocateFrom(
                    ValueLayout.JAVA_LONG,
                    HotSpot.address("JNI_GetCreatedJavaVMs"),
                    HotSpotFlags.ofThisProcess()
                            .find("WhiteBoxAPI")
                            .orElseThrow(() -> new IllegalStateException("this JVM has no flag WhiteBoxAPI"))
                            .address(),
                    bytes.address(),
                    bytes.byteSize());
            long _ = check(forgetCode.call(box.address()));
        } catch (IOException | IllegalStateException e) {
            throw new ForkRefusedException(e.getMessage(), e);
        }
    }

    /** What the last freeze did: threads, files, mappings and pages of the image, as {@code key=value}. */
    public String report() {
        return text(report);
    }

    private long check(long result) throws ForkRefusedException {
        if ((int) result < 0) {
            int errno = (int) -result;
            throw new ForkRefusedException(errno, errno == EALREADY ? "another fork is under way" : text(error));
        }
        return (int) result;
    }

    private static String text(CFunction function) {
        return MemorySegment.ofAddress(function.call()).reinterpret(512).getString(0);
    }
}
