package dev.forkd.supervisor.loop;

/** Counts of durations in buckets that each are a quarter wider than the one before: percentiles to within a quarter, no allocation. */
final class LatencyHistogram {
    private static final int PER_OCTAVE = 4;
    private final long[] buckets = new long[64 * PER_OCTAVE];
    private long total;

    void add(long nanos) {
        buckets[bucket(Math.max(1, nanos))]++;
        total++;
    }

    private static int bucket(long nanos) {
        int octave = 63 - Long.numberOfLeadingZeros(nanos);
        int part = octave < 2 ? 0 : (int) (nanos >>> (octave - 2)) & 3;
        return octave * PER_OCTAVE + part;
    }

    /** Upper end of the bucket that holds this part of all values, in nanoseconds; 0 without values. */
    long percentile(double part) {
        long wanted = (long) Math.ceil(total * part);
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= wanted && seen > 0) {
                int octave = i / PER_OCTAVE;
                return octave < 2 ? 1L << (octave + 1) : (long) (i % PER_OCTAVE + PER_OCTAVE + 1) << (octave - 2);
            }
        }
        return 0;
    }
}
