package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.protocol.UsedClass;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReforkTest {
    private final List<List<UsedClass>> learned = new ArrayList<>();

    private Refork refork(int after, int clientsPerWorker) {
        return new Refork("test", after, clientsPerWorker, learned::add);
    }

    private static UsedClass used(String name, boolean initialised) {
        return new UsedClass(name, initialised);
    }

    private static void serve(Refork refork, int clients) {
        IntStream.range(0, clients).forEach(_ -> refork.served());
    }

    @Test
    void asksAFewWorkersSpreadOverTheClientsToCome() {
        Refork off = refork(0, 0);
        assertEquals(0, IntStream.range(0, 100).filter(_ -> off.asks()).count());
        Refork strict = refork(80, 1);
        assertEquals(
                List.of(0, 10, 20, 30, 40, 50, 60, 70),
                IntStream.range(0, 1000).filter(_ -> strict.asks()).boxed().toList());
        Refork reuse = refork(80, 20);
        assertEquals(
                List.of(0, 1, 2, 3, 4, 5, 6, 7),
                IntStream.range(0, 100).filter(_ -> reuse.asks()).boxed().toList());
    }

    @Test
    void tellsOnceWhatSeveralUsed() {
        Refork refork = refork(2, 1);
        refork.recorded(false, List.of(used("A", false)));
        refork.recorded(true, List.of(used("B", true)));
        serve(refork, 1);
        assertEquals(List.of(), learned);
        refork.recorded(false, List.of(used("A", true)));
        serve(refork, 1);
        assertEquals(List.of(List.of(used("A", true), used("B", true))), learned);
        refork.recorded(true, List.of(used("C", true)));
        serve(refork, 10);
        assertEquals(1, learned.size());
    }

    @Test
    void waitsForAWorkerThatHasEnded() {
        Refork refork = refork(2, 1);
        serve(refork, 5);
        assertEquals(List.of(), learned);
        refork.recorded(true, List.of(used("A", true)));
        assertEquals(List.of(List.of(used("A", true))), learned);
    }

    @Test
    void needsNoZygoteWhereNothingWasUsed() {
        Refork refork = refork(1, 1);
        refork.recorded(true, List.of());
        serve(refork, 1);
        refork.recorded(true, List.of(used("A", true)));
        assertEquals(List.of(), learned);
    }

    @Test
    void keepsNoMoreThanAZygoteCanBeGiven() {
        Refork refork = refork(1, 1);
        for (int i = 0; i < 5000; i++) {
            refork.recorded(false, List.of(used("C" + i + "x".repeat(400), true)));
        }
        refork.recorded(true, List.of(used("Small", true)));
        serve(refork, 1);
        int bytes = learned.getFirst().stream().mapToInt(UsedClass::bytes).sum();
        assertTrue(bytes <= Refork.MOST_BYTES && bytes > Refork.MOST_BYTES - 1000, bytes + " bytes");
    }
}
