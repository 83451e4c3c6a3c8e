package dev.forkd.fork;

import dev.forkd.sys.HotSpotFlags;
import java.util.Optional;

/**
 * Holds the JIT compilers of this JVM, and of the copies that are made of it meanwhile, at HotSpot's first tier: code that counts
 * nothing, so that who runs it has no counters to increment, each of which is a page that a copy must make its own, and nothing to
 * compile anew because one has overflowed.
 */
public final class FirstTier implements AutoCloseable {
    private static final String FLAG = "TieredStopAtLevel";
    private static final long FIRST = 1;

    private final HotSpotFlags.Flag flag;
    private final long before;

    private FirstTier(HotSpotFlags.Flag flag) {
        this.flag = flag;
        this.before = flag.value();
        flag.set(FIRST);
    }

    /**
     * From now on.
     *
     * @return empty if this JVM was told to stop there itself
     * @throws IllegalStateException if this JVM does not let us; the message says why
     */
    public static Optional<FirstTier> hold() {
        return HotSpotFlags.ofThisProcess()
                .find(FLAG)
                .filter(flag -> flag.value() > FIRST)
                .map(FirstTier::new);
    }

    /** All tiers are allowed again. */
    @Override
    public void close() {
        flag.set(before);
    }
}
