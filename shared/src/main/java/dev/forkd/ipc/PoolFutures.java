package dev.forkd.ipc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** What a pool's caller gets of its {@link PoolJob}s. */
final class PoolFutures {
    private PoolFutures() {}

    /** The only result of a job. */
    static final class One<R> extends CompletableFuture<R> {
        private final PoolJob job;

        @SuppressWarnings("unchecked") // the pool has matched function and result
        One(PoolJob job) {
            this.job = job;
            var _ = job.whenComplete((results, failure) -> {
                boolean _ = failure == null ? complete((R) results.getFirst()) : completeExceptionally(failure);
            });
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return job.cancel(mayInterruptIfRunning) && super.cancel(mayInterruptIfRunning);
        }
    }

    /** The results of several jobs in their order; the first failure fails all, and cancels those that wait. */
    static final class All<R> extends CompletableFuture<List<R>> {
        private final List<PoolJob> jobs;
        private final int chunkSize;

        /** @param chunkSize results of each job, the last may have fewer */
        All(List<PoolJob> jobs, int chunkSize) {
            this.jobs = jobs;
            this.chunkSize = chunkSize;
            AtomicInteger left = new AtomicInteger(jobs.size());
            for (PoolJob job : jobs) {
                var _ = job.whenComplete((_, failure) -> {
                    if (failure != null && completeExceptionally(failure)) {
                        jobs.forEach(other -> other.cancel(false));
                    } else if (left.decrementAndGet() == 0) {
                        complete(joined());
                    }
                });
            }
            if (jobs.isEmpty()) {
                complete(List.of());
            }
        }

        @SuppressWarnings("unchecked") // the pool has matched function and result
        private List<R> joined() {
            return new JoinedList<>(
                    jobs.stream().map(job -> (List<R>) job.join()).toList(), chunkSize);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            jobs.forEach(job -> job.cancel(mayInterruptIfRunning));
            return super.cancel(mayInterruptIfRunning);
        }
    }
}
