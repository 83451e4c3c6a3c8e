package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels the short way arrives as what it was, and bytes that nobody wrote are told as such. */
final class CompactTest {
    private static final long SEED = System.nanoTime();

    static List<List<?>> lists() {
        return List.of(
                List.of(),
                List.of(1, Integer.MIN_VALUE, Integer.MAX_VALUE),
                List.of(1L, Long.MIN_VALUE, Long.MAX_VALUE),
                List.of(-0.0, Double.NaN, Double.MIN_VALUE),
                List.of(1, 2L, 3.0),
                List.of(1, 2, "three", 4),
                Arrays.asList(1, null),
                Arrays.asList(null, 1),
                List.of("a", 1));
    }

    private static List<?> sent(List<?> items) {
        byte[] bytes = Compact.write(new Chunk(7, items)).orElseThrow();
        Chunk chunk = (Chunk) Compact.read(bytes);
        assertEquals(7, chunk.function());
        return chunk.items();
    }

    @ParameterizedTest
    @MethodSource("lists")
    void itemsOfAChunkArriveAsTheyWere(List<?> items) {
        assertEquals(items, sent(items));
        assertEquals(items, sent(new ArrayList<>(items)));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void whatIsGatheredOneByOneIsTheSame(List<?> items) {
        var gatherer = new PackedNumbers.Gatherer(items.size());
        items.forEach(gatherer::add);
        assertEquals(items, gatherer.list());
        assertEquals(items, sent(gatherer.list()));
    }

    @Test
    void onlyNumbersOfOneTypeArePacked() {
        assertTrue(PackedNumbers.of(List.of(1, 2)).isPresent());
        assertTrue(PackedNumbers.of(List.of(1, 2L)).isEmpty());
        assertTrue(PackedNumbers.of(List.of("1")).isEmpty());
        assertEquals(
                List.of(2, 3),
                PackedNumbers.of(new Object[] {"no", 2, 3, "no"}, 1, 3).orElseThrow());
        assertTrue(PackedNumbers.of(new Object[] {1}, 1, 1).isEmpty());
    }

    @Test
    void joinedListsReadAsOne() {
        List<Integer> joined = new JoinedList<>(List.of(List.of(1, 2), List.of(3, 4), List.of(5)), 2);
        assertEquals(List.of(1, 2, 3, 4, 5), new ArrayList<>(joined));
        assertEquals(4, joined.get(3));
        var iterator = joined.iterator();
        joined.forEach(_ -> iterator.next());
        assertThrows(NoSuchElementException.class, iterator::next);
    }

    @Test
    void scribbledBytesEndInAnExceptionOrAnObject() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        byte[] good = Compact.write(new Chunk(1, List.of(1, 2, 3))).orElseThrow();
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int n = random.nextInt(4); n > 0 && bad.length > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                if (Compact.read(bad) instanceof Chunk(int _, List<?> items)) {
                    assertTrue(items.size() <= bad.length);
                    int _ = items.hashCode();
                }
            } catch (CorruptSegment e) {
                assertTrue(e.getMessage() != null);
            }
        }
    }
}
