package dev.forkd.fork;

import dev.forkd.fork.crac.Core;
import dev.forkd.sys.ForkRefusedException;
import java.util.List;
import java.util.Optional;

/**
 * What happens around a fork: hooks of libraries and handlers, registered through {@code org.crac.Core}, and forkd's own.
 *
 * <pre>
 *   parent   beforeFork    hooks' beforeCheckpoint, the last registered first; read-ahead random bytes are dropped
 *   child    afterFork     new seeds, own pid; then hooks' afterRestore, the first registered first
 *   parent   afterFork     hooks' afterRestore too, unless it stays frozen
 * </pre>
 *
 * A hook that fails keeps no other from running. Differences to CRaC: one image becomes many processes, so a hook must make the child
 * <em>different</em>, not just valid; {@code Core.checkpointRestore()} is refused, for forkd decides when to fork.
 *
 * <p>{@link #install} comes first, before {@code org.crac.Core} or a random generator is used: as early in {@code main} as can be.
 */
public final class ForkHooks {
    private static final String CRAC_PROPERTY = "org.crac.Core.Compat";
    private static volatile ForkHooks installed;

    private final Internals internals = new Internals();
    private final SiblingRandomness randomness;
    private final OwnPid ownPid;

    private ForkHooks() {
        System.setProperty(CRAC_PROPERTY, Core.class.getPackageName());
        String kept = KernelRandomProvider.install();
        if (!kept.isEmpty()) {
            internals.missed(kept);
        }
        randomness = new SiblingRandomness(internals);
        ownPid = new OwnPid(internals);
    }

    /** Idempotent. */
    public static synchronized ForkHooks install() {
        if (installed == null) {
            installed = new ForkHooks();
        }
        return installed;
    }

    /**
     * What the JVM's flags keep from us, so that it will be equal in all children; empty with {@link
     * dev.forkd.sys.ForkLibrary#JVM_FLAGS}.
     */
    public List<String> unreachable() {
        return internals.unreachable();
    }

    /**
     * In the process that is about to fork or freeze.
     *
     * @throws ForkRefusedException if a hook failed; then all hooks' afterRestore has been called. Failures are suppressed exceptions.
     */
    public void beforeFork() throws ForkRefusedException {
        Optional<Exception> failed = Core.beforeCheckpoint(false);
        if (failed.isPresent()) {
            ForkRefusedException refused = new ForkRefusedException(
                    "a beforeCheckpoint hook failed: " + failed.get().getSuppressed()[0], failed.get());
            Core.afterRestore(false).ifPresent(refused::addSuppressed);
            throw refused;
        }
        randomness.forget();
    }

    /** What {@link #beforeFork} does by itself, without the hooks of others. */
    public void rehearseFork() {
        Optional<Exception> _ = Core.beforeCheckpoint(true);
        randomness.forget();
    }

    /** In each child, before anything else that matters. @throws HookFailedException if hooks failed; all have been called */
    public void afterForkInChild() throws HookFailedException {
        afterForkInChild(false);
    }

    /**
     * The same.
     *
     * @param rehearsal leaves out the hooks of others: so a zygote has everything else linked and compiled before it forks
     */
    public void afterForkInChild(boolean rehearsal) throws HookFailedException {
        randomness.renew();
        ownPid.renew();
        Optional<Exception> failed = Core.afterRestore(rehearsal);
        if (failed.isPresent()) {
            throw new HookFailedException(failed.get());
        }
    }

    /** In a parent that runs on. @throws HookFailedException if hooks failed; all have been called */
    public void afterForkInParent() throws HookFailedException {
        Optional<Exception> failed = Core.afterRestore(false);
        if (failed.isPresent()) {
            throw new HookFailedException(failed.get());
        }
    }

    /** An afterRestore hook failed; the cause's suppressed exceptions are all failures. */
    public static final class HookFailedException extends Exception {
        private static final long serialVersionUID = 1;

        HookFailedException(Exception cause) {
            super("an afterRestore hook failed: " + cause.getSuppressed()[0], cause);
        }
    }
}
