package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.observe.Sample;
import java.util.ArrayList;
import java.util.List;

/** Counts of durations in sixteen buckets from each power of two to the next: percentiles to within a sixteenth, no allocation. */
final class LatencyHistogram {
    private static final int PER_OCTAVE = 16;
    private static final int BITS_IN_OCTAVE = 4;
    /** Metrics begin at 2^14 ns, 16 µs, and end at 2^34, 17 s; in between there are four edges to each octave from 33 µs to 2.1 ms. */
    private static final int FIRST_OCTAVE = 14, FIRST_FINE = 15, LAST_FINE = 20, LAST_OCTAVE = 34;

    private static final int FINE_STEP = PER_OCTAVE / 4;
    private final long[] buckets = new long[64 * PER_OCTAVE];
    private long total;
    private long sum;

    void add(long nanos) {
        buckets[bucket(Math.max(PER_OCTAVE, nanos))]++; // nothing is quicker than 16 ns
        total++;
        sum += Math.max(0, nanos);
    }

    private static int bucket(long nanos) {
        int octave = 63 - Long.numberOfLeadingZeros(nanos);
        int part = (int) (nanos >>> (octave - BITS_IN_OCTAVE)) & (PER_OCTAVE - 1);
        return octave * PER_OCTAVE + part;
    }

    /** Where a bucket begins, in nanoseconds. */
    private static long edge(int bucket) {
        return (long) (PER_OCTAVE + bucket % PER_OCTAVE) << (bucket / PER_OCTAVE - BITS_IN_OCTAVE);
    }

    /** A coarser copy for metrics, whose edges are edges of our own buckets, so that it is exact. */
    Sample.Durations durations() {
        List<Double> upTo = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        int next = 0;
        for (int edge = FIRST_OCTAVE * PER_OCTAVE; edge <= LAST_OCTAVE * PER_OCTAVE; edge += step(edge)) {
            upTo.add(edge(edge) / 1e9);
            counts.add(count(next, edge));
            next = edge;
        }
        counts.add(count(next, buckets.length));
        return new Sample.Durations(upTo, counts, sum / 1e9);
    }

    private static int step(int edge) {
        int octave = edge / PER_OCTAVE;
        return octave >= FIRST_FINE && octave <= LAST_FINE ? FINE_STEP : PER_OCTAVE;
    }

    private long count(int from, int to) {
        long count = 0;
        for (int i = from; i < to; i++) {
            count += buckets[i];
        }
        return count;
    }

    /** Upper end of the bucket that holds this part of all values, in nanoseconds; 0 without values. */
    long percentile(double part) {
        long wanted = (long) Math.ceil(total * part);
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= wanted && seen > 0) {
                return edge(i + 1);
            }
        }
        return 0;
    }
}
