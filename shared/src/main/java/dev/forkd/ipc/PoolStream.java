package dev.forkd.ipc;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Results of a pool one after another, with a bounded number of chunks under way: each chunk taken out lets the next one in. For
 * one thread, as iterators are.
 *
 * @param <R> the results
 */
final class PoolStream<R> implements Iterator<R> {
    private final Iterator<?> items;
    private final int chunkSize;
    private final boolean ordered;
    private final Function<List<?>, PoolJob> submit;

    /** Ordered: the jobs under way, eldest first. Unordered: the jobs that are done. */
    private final BlockingQueue<PoolJob> next = new LinkedBlockingQueue<>();

    private int underWay;
    private Iterator<R> chunk = List.<R>of().iterator();

    PoolStream(Iterator<?> items, int chunkSize, int window, boolean ordered, Function<List<?>, PoolJob> submit) {
        this.items = items;
        this.chunkSize = chunkSize;
        this.ordered = ordered;
        this.submit = submit;
        for (int i = 0; i < window; i++) {
            feed();
        }
    }

    /** At most {@code most} items from the iterator. */
    static <A> List<A> take(Iterator<A> from, int most) {
        List<A> taken = new ArrayList<>();
        while (taken.size() < most && from.hasNext()) {
            taken.add(from.next());
        }
        return taken;
    }

    private void feed() {
        List<?> taken = take(items, chunkSize);
        if (taken.isEmpty()) {
            return;
        }
        underWay++;
        PoolJob job = submit.apply(taken);
        if (ordered) {
            next.add(job);
        } else {
            var _ = job.whenComplete((_, _) -> next.add(job));
        }
    }

    @Override
    public boolean hasNext() {
        return chunk.hasNext() || underWay > 0;
    }

    @Override
    @SuppressWarnings("unchecked") // the pool's methods have matched function and results
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (!chunk.hasNext()) {
            try {
                PoolJob job = next.take();
                underWay--;
                try {
                    chunk = (Iterator<R>) ProcessPool.result(job).iterator();
                } finally { // after a failure too: whoever goes on with the next items shall get them
                    feed();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a result", e);
            }
        }
        return chunk.next();
    }

    Stream<R> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED), false);
    }
}
