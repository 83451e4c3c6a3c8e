package dev.forkd.worker.handlers.ftp.login;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Counts the failures that this process saw. Remembers the last thousand sources. */
public final class LocalLoginThrottle implements LoginThrottle {
    private static final int MAX_SOURCES = 1000;

    private record Failures(int count, long lastNanos) {}

    private final LongSupplier nanoClock;
    private final Map<InetAddress, Failures> bySource = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Failures> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    public LocalLoginThrottle(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public synchronized boolean blocks(InetAddress source) {
        return count(source) >= MAX_FAILURES;
    }

    @Override
    public synchronized Duration failed(InetAddress source) {
        int count = count(source) + 1;
        Failures _ = bySource.remove(source); // so that it becomes the youngest
        Failures _ = bySource.put(source, new Failures(count, nanoClock.getAsLong()));
        return LoginThrottle.delayAfter(count);
    }

    @Override
    public synchronized void succeeded(InetAddress source) {
        Failures _ = bySource.remove(source);
    }

    private int count(InetAddress source) {
        Failures failures = bySource.get(source);
        return failures == null || nanoClock.getAsLong() - failures.lastNanos() > MEMORY.toNanos()
                ? 0
                : failures.count();
    }
}
