package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.core.WorkerState;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Workers that can take a client: spares first, the one that became free last before the others, for its memory is in the caches; then
 * the least busy of those that serve several. On the loop's thread.
 */
final class IdleWorkers {
    private final SequencedSet<WorkerHandle> spares = new LinkedHashSet<>();
    private final SequencedSet<WorkerHandle> unready = new LinkedHashSet<>();
    private final SequencedSet<WorkerHandle> partly = new LinkedHashSet<>();

    void add(WorkerHandle worker) {
        remove(worker);
        if (!worker.clients().isEmpty()) {
            partly.addLast(worker);
        } else if (worker.state() == WorkerState.SPAWNING) {
            unready.addLast(worker);
        } else {
            spares.addLast(worker);
        }
    }

    void remove(WorkerHandle worker) {
        if (!spares.remove(worker) && !unready.remove(worker)) {
            partly.remove(worker);
        }
    }

    /** @param early whether a worker that is still being born may be given a client: it reads it as soon as it lives */
    Optional<WorkerHandle> take(boolean early) {
        if (!spares.isEmpty()) {
            return Optional.of(spares.removeLast());
        }
        if (early && !unready.isEmpty()) {
            return Optional.of(unready.removeFirst());
        }
        Optional<WorkerHandle> leastBusy =
                partly.stream().min(Comparator.comparingInt(w -> w.clients().size()));
        leastBusy.ifPresent(partly::remove);
        return leastBusy;
    }

    /** Workers without a client that are ready. */
    int spares() {
        return spares.size();
    }

    /** Workers without a client that live but are not ready. */
    int unready() {
        return unready.size();
    }

    /** The spares that have waited longest. */
    List<WorkerHandle> oldest(int count) {
        Iterator<WorkerHandle> oldestFirst = spares.iterator();
        return java.util.stream.Stream.generate(oldestFirst::next)
                .limit(Math.min(count, spares.size()))
                .toList();
    }
}
