package dev.forkd.ipc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One chunk of work on its way through a pool: waiting, at a child, or done. */
final class PoolJob extends CompletableFuture<List<Object>> {
    private final int functionId;
    private final Task.Of1<?, ?> function;
    private final List<?> items;
    private final Optional<Duration> limit;

    /** The seat that runs it, guarded by this. */
    private Optional<PoolSeat> seat = Optional.empty();

    PoolJob(int functionId, Task.Of1<?, ?> function, List<?> items, Optional<Duration> limit) {
        this.functionId = functionId;
        this.function = function;
        this.items = items;
        this.limit = limit;
    }

    Task.Of1<?, ?> function() {
        return function;
    }

    int functionId() {
        return functionId;
    }

    Optional<Duration> limit() {
        return limit;
    }

    int size() {
        return items.size();
    }

    Chunk message() {
        return new Chunk(functionId, items);
    }

    /** @return false if it has been cancelled meanwhile */
    synchronized boolean beginAt(PoolSeat where) {
        seat = Optional.of(where);
        return !isDone();
    }

    synchronized void left() {
        seat = Optional.empty();
    }

    /** A job that runs is cancelled by killing its process, if {@code mayInterruptIfRunning}. */
    @Override
    public synchronized boolean cancel(boolean mayInterruptIfRunning) {
        if (seat.isPresent() && !mayInterruptIfRunning) {
            return false;
        }
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            seat.ifPresent(PoolSeat::killChild);
        }
        return cancelled;
    }
}
