package dev.forkd.supervisor.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who is let in: counts clients per source and bounds the wait queue. A refusal lasts as long as its reason does and no longer. On the
 * loop's thread only.
 */
public final class Admission {
    private final Map<Object, Integer> perSource = new HashMap<>();

    /** Why a client was refused. */
    public enum Refusal {
        PER_SOURCE("per-source"),
        QUEUE_FULL("queue-full"),
        QUEUE_TIMEOUT("queue-timeout"),
        /** One worker after the other would not take it. */
        DECLINED("declined"),
        DRAINING("draining");

        private final String text;

        Refusal(String text) {
            this.text = text;
        }

        /** As in metrics and logs. */
        public String text() {
            return text;
        }
    }

    /**
     * Asks for a client to be let in; if it is (empty), {@link #leave} must follow when it is gone.
     *
     * @param source what limits count by: the client's address without its port
     * @param mostPerSource 0 for no limit
     */
    public Optional<Refusal> enter(Object source, int mostPerSource, boolean workerFree, int queued, int mostQueued) {
        if (mostPerSource > 0 && perSource.getOrDefault(source, 0) >= mostPerSource) {
            return Optional.of(Refusal.PER_SOURCE);
        }
        if (!workerFree && queued >= mostQueued) {
            return Optional.of(Refusal.QUEUE_FULL);
        }
        if (mostPerSource > 0) {
            perSource.merge(source, 1, Integer::sum);
        }
        return Optional.empty();
    }

    /** A client that was let in has gone. One that came while there was no limit was not counted, and changes nothing. */
    public void leave(Object source) {
        perSource.computeIfPresent(source, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Sources that have clients now. */
    public int sources() {
        return perSource.size();
    }
}
