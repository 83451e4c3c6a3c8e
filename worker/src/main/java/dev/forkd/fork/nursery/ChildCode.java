package dev.forkd.fork.nursery;

import dev.forkd.fork.FirstTier;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Processes;
import java.time.Duration;
import java.util.Optional;

/**
 * What code children run: quick code that they find in the nursery or compile themselves, and, once one turns out to compute, the best
 * there is: what has been compiled is forgotten then, and compiled anew as it runs. A short child saves a third of its time so.
 */
final class ChildCode {
    /** CPU time after which a child is worth better code; compiling takes some of the order of this. */
    private static final Duration WORTH = Duration.ofMillis(250);

    private final ForkLibrary library;
    private final Optional<FirstTier> held;

    /** In the nursery, before it warms up. */
    ChildCode(ForkLibrary library) {
        this.library = library;
        this.held = hold();
    }

    private static Optional<FirstTier> hold() {
        try {
            return FirstTier.hold();
        } catch (IllegalStateException e) {
            return Optional.empty(); // this JVM does not let us: children run what it compiles
        }
    }

    /** In a child, now and then. @return whether nothing is left to be done */
    boolean review() {
        if (held.isPresent() && Processes.cpuNanos() < WORTH.toNanos()) {
            return false;
        }
        held.ifPresent(FirstTier::close);
        try {
            if (held.isPresent()) {
                library.forgetCode();
            }
        } catch (ForkRefusedException e) {
            // It stays with the code it has; what it runs hot for the first time is compiled as in any JVM.
        }
        return true;
    }
}
