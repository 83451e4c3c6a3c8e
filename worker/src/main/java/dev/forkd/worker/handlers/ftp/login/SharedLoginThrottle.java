package dev.forkd.worker.handlers.ftp.login;

import dev.forkd.ipc.Ipc;
import dev.forkd.ipc.SharedArray;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts the failures that all workers of the service saw, in shared memory: a source that comes back meets another process. Without
 * lock: what a race can cost is one count. IPv6 sources count by their network of 64 bits, of which each host has all addresses.
 *
 * <pre>
 *   slot: source, 0 if free | failures | when the last one was (ns of the machine's monotonic clock)
 * </pre>
 */
public final class SharedLoginThrottle implements LoginThrottle {
    private static final String NAME = "ftp-failed-logins";
    private static final int SLOTS = 1024, FIELDS = 3, SOURCE = 0, COUNT = 1, LAST = 2;
    private static final int PREFIX_BYTES = 8;

    /** No source's address begins with these bits, so IPv4 addresses have their keys to themselves (RFC 4291: multicast). */
    private static final long FOUR = 0xffffL << 48;

    private final Supplier<Ipc> ipc;
    private final LongSupplier nanoClock;
    private final LoginThrottle alone;

    /**
     * @param ipc the service's shared objects, asked for at each use
     * @param nanoClock the same in all processes
     */
    public SharedLoginThrottle(Supplier<Ipc> ipc, LongSupplier nanoClock) {
        this.ipc = ipc;
        this.nanoClock = nanoClock;
        this.alone = new LocalLoginThrottle(nanoClock);
    }

    /** The counts of the service; empty without a supervisor to ask for the memory: then this process counts alone. */
    private Optional<SharedArray> shared() {
        try {
            return Optional.of(ipc.get().array(NAME, SharedArray.Type.LONG, SLOTS * FIELDS));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean blocks(InetAddress source) {
        return shared().map(counts -> count(counts, source) >= MAX_FAILURES).orElseGet(() -> alone.blocks(source));
    }

    private long count(SharedArray counts, InetAddress source) {
        OptionalInt slot = find(counts, key(source));
        return slot.isEmpty() || isOld(counts, slot.getAsInt()) ? 0 : counts.get(slot.getAsInt() + COUNT);
    }

    @Override
    public Duration failed(InetAddress source) {
        return shared().map(counts -> LoginThrottle.delayAfter(addTo(counts, key(source))))
                .orElseGet(() -> alone.failed(source));
    }

    private int addTo(SharedArray counts, long key) {
        int slot = find(counts, key).orElseGet(() -> oldest(counts));
        if (counts.get(slot + SOURCE) != key || isOld(counts, slot)) {
            counts.set(slot + COUNT, 0);
            counts.set(slot + SOURCE, key);
        }
        counts.set(slot + LAST, nanoClock.getAsLong());
        return (int) Math.min(counts.add(slot + COUNT, 1), MAX_FAILURES);
    }

    @Override
    public void succeeded(InetAddress source) {
        shared().ifPresentOrElse(
                        counts -> find(counts, key(source)).ifPresent(slot -> counts.set(slot + COUNT, 0)),
                        () -> alone.succeeded(source));
    }

    private boolean isOld(SharedArray counts, int slot) {
        return nanoClock.getAsLong() - counts.get(slot + LAST) > MEMORY.toNanos();
    }

    private static OptionalInt find(SharedArray counts, long key) {
        for (int slot = 0; slot < SLOTS * FIELDS; slot += FIELDS) {
            if (counts.get(slot + SOURCE) == key) {
                return OptionalInt.of(slot);
            }
        }
        return OptionalInt.empty();
    }

    /** The first free slot, or the one whose last failure is the longest ago. */
    private static int oldest(SharedArray counts) {
        int oldest = 0;
        for (int slot = 0; slot < SLOTS * FIELDS; slot += FIELDS) {
            if (counts.get(slot + SOURCE) == 0) {
                return slot;
            }
            if (counts.get(slot + LAST) - counts.get(oldest + LAST) < 0) {
                oldest = slot;
            }
        }
        return oldest;
    }

    private static long key(InetAddress source) {
        ByteBuffer address = ByteBuffer.wrap(source.getAddress());
        if (!(source instanceof Inet6Address six)) {
            return FOUR | Integer.toUnsignedLong(address.getInt());
        }
        long key = six.isLinkLocalAddress() ? address.getLong(PREFIX_BYTES) : address.getLong(0);
        return key == 0 ? 1 : key; // ::1 and its like
    }
}
