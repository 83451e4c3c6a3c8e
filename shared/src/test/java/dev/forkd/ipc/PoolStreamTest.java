package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolStreamTest {
    private static final int WINDOW = 2, FAILS = 2;

    private static PoolJob done(List<?> items) {
        PoolJob job = new PoolJob(1, item -> item, items, Optional.empty());
        if (items.contains(FAILS)) {
            job.completeExceptionally(new IllegalStateException("no " + FAILS));
        } else {
            job.complete(new ArrayList<>(items));
        }
        return job;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterAFailedItemAllOthersFollow(boolean ordered) {
        var numbers = List.of(1, FAILS, 3, 4, 5);
        PoolStream<Integer> stream = new PoolStream<>(numbers.iterator(), 1, WINDOW, ordered, PoolStreamTest::done);
        assertEquals(1, stream.next());
        assertThrows(IllegalStateException.class, stream::next);
        for (int wanted = 3; wanted <= 5; wanted++) {
            assertEquals(wanted, stream.next());
        }
        assertFalse(stream.hasNext());
    }

    @Test
    void aFailedChunkLosesItsOwnItemsOnly() {
        var numbers = List.of(1, FAILS, 3, 4, 5);
        PoolStream<Integer> stream = new PoolStream<>(numbers.iterator(), 2, 1, true, PoolStreamTest::done);
        assertThrows(IllegalStateException.class, stream::next);
        assertEquals(List.of(3, 4, 5), stream.stream().toList());
    }
}
