package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who comes last to an object. */
@ExtendWith(NothingLeaks.class)
final class LastOneTest {
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
}
