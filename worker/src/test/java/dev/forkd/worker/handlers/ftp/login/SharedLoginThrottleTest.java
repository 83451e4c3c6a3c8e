package dev.forkd.worker.handlers.ftp.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.ipc.Broker;
import dev.forkd.ipc.Ipc;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Memory;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two workers of one service, as far as the counts can tell. */
final class SharedLoginThrottleTest {
    private final Map<String, Fd> memory = new HashMap<>();
    private long now = Long.MAX_VALUE - 5; // clocks of this kind may overflow
    private LoginThrottle one;
    private LoginThrottle other;

    @BeforeEach
    void open() {
        Broker broker = (_, name, size) -> {
            if (!memory.containsKey(name)) {
                memory.put(name, Memory.create("forkd-test", size));
            }
            return memory.get(name).duplicate();
        };
        Ipc first = Ipc.of(broker);
        Ipc second = Ipc.of(broker);
        one = new SharedLoginThrottle(() -> first, () -> now);
        other = new SharedLoginThrottle(() -> second, () -> now);
    }

    @AfterEach
    void close() throws IOException {
        for (Fd fd : memory.values()) {
            fd.close();
        }
    }

    private static InetAddress address(String text) throws IOException {
        return InetAddress.getByName(text);
    }

    /** A source that reconnected after each failure met a process that had never heard of it, and was never barred. */
    @Test
    void whatOneWorkerSawCountsInAnother() throws Exception {
        InetAddress source = address("203.0.113.7");
        assertEquals(Duration.ofMillis(250), one.failed(source));
        assertEquals(Duration.ofMillis(500), other.failed(source));
        for (int i = 2; i < LoginThrottle.MAX_FAILURES; i++) {
            assertFalse(other.blocks(source));
            Duration _ = (i % 2 == 0 ? one : other).failed(source);
        }
        assertTrue(one.blocks(source) && other.blocks(source));
        assertFalse(one.blocks(address("203.0.113.8")) || one.blocks(address("::1")));
        now += LoginThrottle.MEMORY.toNanos() + 1;
        assertFalse(one.blocks(source));
        assertEquals(Duration.ofMillis(250), one.failed(source));
    }

    @Test
    void aSuccessForgives() throws Exception {
        InetAddress source = address("203.0.113.7");
        Duration _ = one.failed(source);
        other.succeeded(source);
        other.succeeded(address("203.0.113.9"));
        assertEquals(Duration.ofMillis(250), one.failed(source));
    }

    @Test
    void aNetworkOfOneHostIsOneSource() throws Exception {
        Duration _ = one.failed(address("2001:db8:1:2::a"));
        assertEquals(Duration.ofMillis(500), other.failed(address("2001:db8:1:2:ffff::b")));
        assertEquals(Duration.ofMillis(250), other.failed(address("2001:db8:1:3::a")));
        assertEquals(Duration.ofMillis(250), other.failed(address("fe80::1")));
        assertEquals(Duration.ofMillis(250), other.failed(address("fe80::2")));
    }

    @Test
    void moreSourcesThanFitPushTheOldestOut() throws Exception {
        for (int i = 0; i < 1025; i++) {
            now++;
            assertEquals(Duration.ofMillis(250), one.failed(address("10.0." + i / 256 + "." + i % 256)));
        }
        assertEquals(Duration.ofMillis(500), other.failed(address("10.0.4.0")));
        assertEquals(Duration.ofMillis(250), other.failed(address("10.0.0.0")));
    }

    @Test
    void withoutSharedMemoryAProcessCountsAlone() throws Exception {
        LoginThrottle alone = new SharedLoginThrottle(Ipc::none, () -> now);
        InetAddress source = address("203.0.113.7");
        Duration _ = alone.failed(source);
        assertEquals(Duration.ofMillis(500), alone.failed(source));
        alone.succeeded(source);
        assertFalse(alone.blocks(source));
    }
}
