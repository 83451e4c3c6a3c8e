package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Memory;
import dev.forkd.testing.NothingLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** Named objects over a broker, opened by two workers. */
@ExtendWith(NothingLeaks.class)
final class NamedObjectsTest {

    @Test
    void workersThatOpenANameShareTheObject() throws Exception {
        Map<String, Fd> memory = new HashMap<>();
        Broker broker = (kind, name, size) -> {
            if (!memory.containsKey(kind + "/" + name)) {
                memory.put(kind + "/" + name, Memory.create("forkd-test", size));
            }
            return memory.get(kind + "/" + name).duplicate();
        };
        Ipc one = Ipc.of(broker);
        Ipc two = Ipc.of(broker);
        try (SharedQueue<String> queue = one.queue("q", 4, 10, Codec.strings());
                SharedQueue<String> same = two.queue("q", 3, 10, Codec.strings());
                SharedValue value = one.value("n");
                SharedValue sameValue = two.value("n");
                SharedLock lock = one.lock("l");
                SharedLock sameLock = two.lock("l");
                SharedArray array = one.array("a", SharedArray.Type.INT, 3);
                SharedArray sameArray = two.array("a", SharedArray.Type.INT, 3);
                SharedMemory bytes = one.memory("m", 10);
                SharedMemory sameBytes = two.memory("m", 10);
                SharedSemaphore semaphore = one.semaphore("s", 1);
                SharedSemaphore sameSemaphore = two.semaphore("s", 1);
                SharedEvent event = one.event("e");
                SharedEvent sameEvent = two.event("e");
                SharedBarrier barrier = one.barrier("b", 2);
                SharedBarrier sameBarrier = two.barrier("b", 2)) {
            queue.put("x");
            assertEquals("x", same.get());
            assertEquals(1, value.add(1));
            assertEquals(1, sameValue.get());
            var held = lock.lock();
            assertTrue(!sameLock.tryLock());
            held.close();
            array.set(1, 7);
            assertEquals(7, sameArray.get(1));
            bytes.setByte(9, (byte) 3);
            assertEquals(3, sameBytes.getByte(9));
            semaphore.acquire();
            assertEquals(0, sameSemaphore.available());
            event.set();
            assertTrue(sameEvent.isSet());
            assertEquals(sameBarrier.parties(), barrier.parties());
            assertSame(queue, one.queue("q", 4, 10, Codec.strings()));
            assertTrue(queue.get(Duration.ofMillis(20)).isEmpty(), "a service's queue waits on");
            String room = "the queue exists with room for 4 items of 10 bytes, asked for was one with room for ";
            assertRefused("\"q\": " + room + "8 items of 10 bytes", () -> one.queue("q", 8, 10, Codec.strings()));
            assertRefused(
                    "\"q\": " + room + "4 items of 20 bytes",
                    () -> Ipc.of(broker).queue("q", 4, 20, Codec.strings()));
            assertRefused(
                    "\"a\": the memory exists with 12 bytes of type INT, asked for was one with 64 bytes of type LONG",
                    () -> Ipc.of(broker).array("a", SharedArray.Type.LONG, 8));
        } finally {
            memory.values().forEach(Fd::close);
        }
    }

    private static void assertRefused(String message, Executable asked) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, asked).getMessage());
    }

    @Test
    void aProcessWithoutABrokerSaysSo() {
        IOException e = assertThrows(IOException.class, () -> Ipc.none().lock("l"));
        assertEquals("cannot open the lock \"l\": this process has no broker of named objects", e.getMessage());
    }
}
