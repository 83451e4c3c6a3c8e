package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Processes;
import dev.forkd.testing.NothingLeaks;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who comes last to an object, or is the last that is left of those who had it open. */
@ExtendWith(NothingLeaks.class)
final class LastOneTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void whoComesLastDoesNotPassWithAPartyThatCameAndDied() throws Exception {
        Identity victim = Victims.dead();
        for (int others : new int[] {0, 40}) {
            try (SharedBarrier barrier = SharedBarrier.create(2)) {
                for (int i = 0; i < others; i++) {
                    SharedBarrier _ = new SharedBarrier(barrier.segment());
                }
                assertFalse(Victims.dieAt(0, victim, barrier.segment(), s -> new SharedBarrier(s).await())
                        .isEmpty());
                assertEquals(1, barrier.waiting());
                BrokenBarrier e = assertThrows(BrokenBarrier.class, barrier::await);
                assertTrue(e.getMessage().contains("pid " + victim.pid()), e.getMessage());
                barrier.reset();
                FutureTask<Integer> second = new FutureTask<>(barrier::await);
                Thread _ = Thread.ofPlatform().start(second);
                assertEquals(1, barrier.await() + second.get(), "the dead one is gone");
            }
        }
    }

    /** It never came: it was killed after it had been started with the barrier. */
    @Test
    void whoComesLastDoesNotPassWithAnExpectedPartyDead() throws Exception {
        try (SharedBarrier barrier = SharedBarrier.create(1)) {
            assertEquals(0, barrier.await());
            barrier.expect(Victims.dead());
            assertThrows(BrokenBarrier.class, barrier::await);
        }
    }

    /** Who tries again, to be sure, must not wait for ever. */
    @Test
    void theEndOfTheLastOtherProcessIsToldUntilAnotherComes() throws Exception {
        Identity victim = Victims.dead();
        try (SharedQueue<byte[]> queue = SharedQueue.create(4, 16, Codec.bytes())) {
            assertTrue(queue.get(Duration.ofMillis(20)).isEmpty(), "there was nobody yet");
            Segment others = queue.segment().as(parent());
            new Peers(new Members(others, QueueLayout.MEMBERS_AT), false).leave();
            for (int i = 0; i < 3; i++) {
                assertThrows(Closed.class, queue::get);
            }
            Peers _ = new Peers(new Members(queue.segment().as(victim), QueueLayout.MEMBERS_AT), false);
            for (int i = 0; i < 3; i++) {
                assertThrows(PeerDied.class, queue::get);
                assertThrows(PeerDied.class, () -> queue.get(SOON));
            }
            Peers alive = new Peers(new Members(others, QueueLayout.MEMBERS_AT), false);
            assertTrue(queue.get(Duration.ofMillis(20)).isEmpty(), "another may put something");
            alive.leave();
            assertThrows(Closed.class, queue::get);
        }
    }

    /** A process that lives as long as this one. */
    private static Identity parent() {
        int pid = (int) ProcessHandle.current().parent().orElseThrow().pid();
        return new Identity(pid, Processes.startTicks(pid).orElseThrow());
    }
}
