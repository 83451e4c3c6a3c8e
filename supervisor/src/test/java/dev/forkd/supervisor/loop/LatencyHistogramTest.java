package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.observe.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
    @Test
    void percentilesAreNeverTooLowAndAtMostASixteenthTooHigh() {
        for (long nanos : new long[] {16, 17, 1_000, 49_999, 100_000, 999_999, 1L << 20, 3_000_000_000L}) {
            LatencyHistogram histogram = new LatencyHistogram();
            for (int i = 0; i < 100; i++) {
                histogram.add(i < 50 ? 1 : nanos);
            }
            long told = histogram.percentile(0.99);
            assertTrue(told > nanos && told <= nanos + nanos / 16 + 1, nanos + " " + told);
            assertEquals(17, histogram.percentile(0.5), "the shortest bucket");
        }
        assertEquals(0, new LatencyHistogram().percentile(0.5));
    }

    @Test
    void metricsCountEachValueInTheBucketBelowItsEdge() {
        LatencyHistogram histogram = new LatencyHistogram();
        List<Long> values = List.of(1_000L, 40_000L, 60_000L, 100_000L, 900_000L, 20_000_000_000L);
        values.forEach(histogram::add);
        Sample.Durations told = histogram.durations();
        assertEquals(told.upTo().size() + 1, told.counts().size());
        for (int i = 0; i < told.upTo().size(); i++) {
            double from = i == 0 ? 0 : told.upTo().get(i - 1);
            double to = told.upTo().get(i);
            assertEquals(
                    values.stream().filter(v -> v / 1e9 >= from && v / 1e9 < to).count(),
                    told.counts().get(i),
                    to + " s");
            assertTrue(from < 33e-6 || to > 2.1e-3 || to / from <= 1.25, from + " " + to);
        }
        assertEquals(1, told.counts().getLast());
        assertEquals(20.0011, told.sum(), 0.00001);
    }
}
