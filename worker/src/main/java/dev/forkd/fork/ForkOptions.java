package dev.forkd.fork;

import dev.forkd.sys.Fd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How to fork.
 *
 * @param deadline for all other threads to fall asleep, so that none is copied in the middle of something
 * @param lazy whether a child starts with the forking thread alone, and gets the others when it needs one of them
 * @param shared numbers of descriptors that parent and child may share; all others but plain files must be closed
 */
public record ForkOptions(Duration deadline, boolean lazy, List<Integer> shared) {
    public static final ForkOptions DEFAULT = new ForkOptions(Duration.ofSeconds(5), true, List.of());

    public ForkOptions {
        shared = List.copyOf(shared);
    }

    public ForkOptions withDeadline(Duration limit) {
        return new ForkOptions(limit, lazy, shared);
    }

    /** All threads run in the child from the beginning. */
    public ForkOptions withAllThreads() {
        return new ForkOptions(deadline, false, shared);
    }

    /** One more descriptor that parent and child may share: a pipe between them, a socket that goes to the child. */
    public ForkOptions sharing(Fd descriptor) {
        List<Integer> more = new ArrayList<>(shared);
        more.add(descriptor.number());
        return new ForkOptions(deadline, lazy, more);
    }
}
