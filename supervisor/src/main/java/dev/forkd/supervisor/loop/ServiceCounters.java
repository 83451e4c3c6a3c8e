package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.observe.Sample;
import java.util.EnumMap;
import java.util.Map;

/** Totals of one service since the start. Written on the loop's thread; {@link #snapshot} is a copy for others. */
final class ServiceCounters {
    private final Map<Admission.Refusal, Long> refused = new EnumMap<>(Admission.Refusal.class);
    private final Map<Message.Outcome, Long> outcomes = new EnumMap<>(Message.Outcome.class);
    private long accepted;
    private long interrupted;
    private long forked;
    private long executed;
    private long stillborn;
    private long received;
    private long sent;
    private final LatencyHistogram handOff = new LatencyHistogram();

    /** A copy. @param interrupted clients whose worker ended while it served them */
    record Snapshot(
            long accepted,
            Map<Message.Outcome, Long> outcomes,
            Map<Admission.Refusal, Long> refused,
            long interrupted,
            long received,
            long sent,
            long handOffP50Nanos,
            long handOffP99Nanos,
            Sample.Durations handOff,
            long forked,
            long executed,
            long stillborn) {
        long served() {
            return outcomes.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    void accepted() {
        accepted++;
    }

    void refused(Admission.Refusal reason) {
        refused.merge(reason, 1L, Long::sum);
    }

    void done(Message.Done done) {
        outcomes.merge(done.outcome(), 1L, Long::sum);
        received += Math.max(0, done.received());
        sent += Math.max(0, done.sent());
        handOff.add(done.handOffNanos());
    }

    /** A worker has a process. */
    void born(boolean exec) {
        if (exec) {
            executed++;
        } else {
            forked++;
        }
    }

    /** A worker could not be started. */
    void stillborn() {
        stillborn++;
    }

    void interrupted(int clients) {
        interrupted += clients;
    }

    Snapshot snapshot() {
        return new Snapshot(
                accepted,
                Map.copyOf(outcomes),
                Map.copyOf(refused),
                interrupted,
                received,
                sent,
                handOff.percentile(0.5),
                handOff.percentile(0.99),
                handOff.durations(),
                forked,
                executed,
                stillborn);
    }
}
