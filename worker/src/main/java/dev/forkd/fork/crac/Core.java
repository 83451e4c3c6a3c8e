package dev.forkd.fork.crac;

import java.util.Optional;

/** The shape of {@code org.crac.Core}, and the way in for {@link dev.forkd.fork.ForkHooks}. */
public final class Core {
    private static final Context<Resource> GLOBAL = new Context<>();

    /** For rehearsals: nobody's hooks, told by the same code, so that a zygote has it linked before it forks (hazard H19). */
    private static final Context<Resource> EMPTY = new Context<>();

    private Core() {}

    public static Context<Resource> getGlobalContext() {
        return GLOBAL;
    }

    /** Refused: forkd freezes and forks when it is time; a program that wants to fork itself uses {@code JvmFork}. */
    public static void checkpointRestore() throws CheckpointException {
        CheckpointException refused = new CheckpointException();
        refused.addSuppressed(new UnsupportedOperationException("forkd decides when this process is forked"));
        throw refused;
    }

    /** @param rehearsal leaves out the hooks themselves @return the failures, if any, as one exception with suppressed ones */
    public static Optional<Exception> beforeCheckpoint(boolean rehearsal) {
        return (rehearsal ? EMPTY : GLOBAL).beforeCheckpoint();
    }

    /** @param rehearsal leaves out the hooks themselves @return the failures, if any, as one exception with suppressed ones */
    public static Optional<Exception> afterRestore(boolean rehearsal) {
        return (rehearsal ? EMPTY : GLOBAL).afterRestore();
    }
}
