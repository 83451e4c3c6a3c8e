package dev.forkd.examples.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.ipc.Broker;
import dev.forkd.ipc.Ipc;
import dev.forkd.ipc.SharedValue;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples run and do what they say. */
@Tag("process")
final class IpcExamplesProcessTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** What the supervisor is to its workers: one memfd for each name. */
    private static final class TestBroker implements Broker, AutoCloseable {
        private final Map<String, Fd> memory = new HashMap<>();

        @Override
        public synchronized Fd open(String kind, String name, long size) throws IOException {
            String key = kind + "/" + name;
            if (!memory.containsKey(key)) {
                memory.put(key, Memory.create("forkd-test", size));
            }
            return memory.get(key).duplicate();
        }

        @Override
        public void close() {
            memory.values().forEach(Fd::close);
        }
    }

    @Test
    void wordsAreCounted(@TempDir Path directory) throws Exception {
        Path one = Files.writeString(directory.resolve("one"), "To be, or not to be");
        Path two = Files.writeString(directory.resolve("two"), "be quick");
        assertEquals(
                Map.of("to", 2, "be", 3, "or", 1, "not", 1, "quick", 1),
                WordCount.count(2, one.toString(), two.toString()));
    }

    @Test
    void aBroadcastIsHeardByAll() throws Exception {
        List<String> heard = UdpBroadcast.run(2, "hello").stream().sorted().toList();
        assertEquals(List.of("listener 0 heard: hello", "listener 1 heard: hello"), heard);
    }

    @Test
    void guestsHearEachOtherAndLeaveTheirSeats() throws Exception {
        try (TestBroker broker = new TestBroker()) {
            ChatRoom ada = ChatRoom.enter(Ipc.of(broker)).orElseThrow();
            ChatRoom bob = ChatRoom.enter(Ipc.of(broker)).orElseThrow();
            ada.say("hello");
            assertEquals(Optional.of("guest 0: hello"), bob.hear(SOON));
            bob.say("hello yourself");
            assertEquals(Optional.of("guest 1: hello yourself"), ada.hear(SOON));
            assertEquals(Optional.empty(), ada.hear(Duration.ofMillis(1)));
            ada.close();
            try (ChatRoom eve = ChatRoom.enter(Ipc.of(broker)).orElseThrow()) {
                assertEquals(0, eve.seat());
            }
            bob.close();
        }
    }

    @Test
    void theRateIsLimitedOverAllWorkers() throws Exception {
        try (TestBroker broker = new TestBroker()) {
            SharedValue first = Ipc.of(broker).value("due");
            SharedValue second = Ipc.of(broker).value("due");
            RateLimit one = new RateLimit(first, 10, Duration.ofSeconds(1), 3);
            RateLimit two = new RateLimit(second, 10, Duration.ofSeconds(1), 3);
            long now = 5_000_000_000L;
            assertTrue(one.allow(now) && two.allow(now) && one.allow(now));
            assertFalse(two.allow(now));
            assertFalse(one.allow(now + 99_000_000));
            assertTrue(two.allow(now + 100_000_000));
            assertFalse(one.allow(now + 100_000_000));
        }
    }
}
