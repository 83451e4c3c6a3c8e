package dev.forkd.fork;

import dev.forkd.sys.KernelRandom;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the JDK's fast random generators differ between the children of one process: the seeds from which new generators are made
 * are written anew in each child, and what is already seeded is made to seed itself again.
 *
 * <p>Generators that the program made itself before the fork ({@code new Random()} in a field) stay equal in all children: they are
 * the program's, and a hook is the place to replace them. So do {@link System#identityHashCode} (its state lies inside HotSpot's
 * threads) and the order of {@link java.util.Set#of} (existing sets are laid out by the salt).
 */
final class SiblingRandomness {
    private static final List<String> SPLITTABLE = List.of(
            "L32X64MixRandom",
            "L64X128MixRandom",
            "L64X128StarStarRandom",
            "L64X256MixRandom",
            "L64X1024MixRandom",
            "L128X128MixRandom",
            "L128X256MixRandom",
            "L128X1024MixRandom",
            "Xoroshiro128PlusPlus",
            "Xoshiro256PlusPlus");
    private static final List<String> KERNEL_READERS = List.of("", "$Blocking", "$NonBlocking");

    private final Internals internals;
    private final List<AtomicLong> seeds = new ArrayList<>();
    private final List<Random> shared = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final Field probe, shuffle;

    /** A buffer of random bytes, and the count of those left in it. */
    private record Buffer(Object owner, Field left) {}

    SiblingRandomness(Internals internals) {
        this.internals = internals;
        seed("java.util.concurrent.ThreadLocalRandom", "seeder");
        seed("java.util.Random", "seedUniquifier");
        seed("java.util.SplittableRandom", "defaultGen");
        for (String name : SPLITTABLE) {
            seed("jdk.internal.random." + name, name.equals("Xoshiro256PlusPlus") ? "DEFAULT_GEN" : "defaultGen");
        }
        for (String math : List.of("java.lang.Math", "java.lang.StrictMath")) {
            internals
                    .constant(math + "$RandomNumberGeneratorHolder", "randomNumberGenerator", Random.class)
                    .ifPresent(shared::add);
        }
        KERNEL_READERS.forEach(this::buffer);
        probe = internals.field("java.lang.Thread", "threadLocalRandomProbe").orElse(null);
        shuffle = internals.field("java.util.Collections", "r").orElse(null);
    }

    private void seed(String type, String name) {
        internals.constant(type, name, AtomicLong.class).ifPresent(seeds::add);
    }

    /** The JDK's readers of /dev/urandom read ahead; only those that somebody used before our provider came are there. */
    private void buffer(String kind) {
        internals
                .constant("sun.security.provider.NativePRNG" + kind, "INSTANCE", Object.class)
                .ifPresent(reader -> internals
                        .field(reader.getClass().getName(), "buffered")
                        .ifPresent(left -> buffers.add(new Buffer(reader, left))));
    }

    /** In the parent, before the fork: nothing that is seeded or read ahead goes along. */
    void forget() {
        try {
            for (Buffer buffer : buffers) {
                buffer.left().setInt(buffer.owner(), 0);
            }
            if (shuffle != null) {
                shuffle.set(null, null);
            }
            if (probe != null) {
                for (Thread thread : platformThreads()) {
                    probe.setInt(thread, 0); // so that it seeds itself at its next use
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a field that was opened is closed", e);
        }
    }

    /** In the child, on its first thread. */
    void renew() {
        byte[] bytes = new byte[Long.BYTES * (seeds.size() + shared.size())];
        KernelRandom.fill(bytes);
        ByteBuffer fresh = ByteBuffer.wrap(bytes);
        for (AtomicLong seed : seeds) {
            seed.set(fresh.getLong());
        }
        for (Random random : shared) {
            random.setSeed(fresh.getLong());
        }
        if (probe != null) {
            try {
                probe.setInt(Thread.currentThread(), 0);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("a field that was opened is closed", e);
            }
        }
    }

    private static List<Thread> platformThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root != null && root.getParent() != null) {
            root = root.getParent();
        }
        if (root == null) {
            return List.of();
        }
        Thread[] all = new Thread[root.activeCount() * 2 + 16];
        int count = root.enumerate(all);
        return Arrays.asList(all).subList(0, count);
    }
}
