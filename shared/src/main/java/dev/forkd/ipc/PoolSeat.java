package dev.forkd.ipc;

import dev.forkd.sys.Errno;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.SyscallException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;

/**
 * One place for a child in a pool, and the thread that looks after it: starts the child, gives it one job at a time, and puts
 * another in its place when it has died or done its share.
 */
final class PoolSeat implements Runnable {
    /** In the queue of jobs: the seat that takes it ends. */
    static final PoolJob END = new PoolJob(-1, item -> item, List.of(), Optional.empty());

    private static final Duration STACK_ANSWER = Duration.ofSeconds(2);

    private final ProcessPool.Settings settings;
    private final String name;
    private final BlockingQueue<PoolJob> jobs;
    private volatile Child child = Child.NONE;

    /** A started child and how much it has done. */
    private record Child(
            Optional<ForkedProcess> process, Optional<Pipe> work, PoolProtocol.Functions knows, int[] done) {
        static final Child NONE =
                new Child(Optional.empty(), Optional.empty(), new PoolProtocol.Functions(), new int[1]);
    }

    PoolSeat(ProcessPool.Settings settings, String name, BlockingQueue<PoolJob> jobs) {
        this.settings = settings;
        this.name = name;
        this.jobs = jobs;
    }

    @Override
    public void run() {
        boolean more = true;
        while (more) {
            try {
                PoolJob job = jobs.take();
                if (job.equals(END)) {
                    jobs.add(END); // for the next seat
                    more = false;
                } else if (job.beginAt(this)) {
                    run(job);
                }
            } catch (InterruptedException e) {
                more = false;
            }
        }
        dismiss();
    }

    private void run(PoolJob job) {
        try {
            if (child.work().isPresent() && child.work().get().poll(Duration.ZERO)) {
                ExitStatus _ = bury(); // an idle child says nothing: this is its end, for which no task is to blame
            }
            if (child.process().isEmpty()) {
                hire();
            }
            Pipe work = child.work().orElseThrow();
            if (!child.knows().containsKey(job.functionId())) {
                work.send(new PoolProtocol.Function(job.functionId(), job.function()));
                child.knows().put(job.functionId(), job.function());
            }
            work.send(job.message());
            await(job, work);
        } catch (EOFException e) {
            job.completeExceptionally(new WorkerDied(bury()));
        } catch (SyscallException e) {
            job.completeExceptionally(e.errno() == Errno.EPIPE ? new WorkerDied(bury()) : e);
        } catch (IOException | RuntimeException e) {
            job.completeExceptionally(e);
        } catch (Error e) { // such as StackOverflowError, for an object that is too deep to be packed
            job.completeExceptionally(e);
            free(child); // which may have got half a message
        } finally {
            job.left();
        }
        if (child.done()[0] >= settings.maxTasksPerChild()) {
            dismiss();
        }
    }

    private void await(PoolJob job, Pipe work) throws IOException {
        if (job.limit().isPresent() && !work.poll(job.limit().get())) {
            String stack = child.process()
                    .flatMap(process -> process.stack(STACK_ANSWER))
                    .orElse("(the process did not answer)");
            ExitStatus _ = bury();
            job.completeExceptionally(new TaskTimedOut(job.limit().get(), stack));
            return;
        }
        Object answer = work.recv();
        child.done()[0] += job.size();
        if (answer instanceof PoolProtocol.Failure failure) {
            job.completeExceptionally(failure.toException());
        } else {
            @SuppressWarnings("unchecked") // the protocol's other answer
            List<Object> results = (List<Object>) ((Chunk) answer).items();
            job.complete(results);
        }
    }

    private void hire() throws IOException {
        Pipe.Ends ends = Pipe.open(true);
        try (Pipe childsEnd = ends.second()) {
            ForkedProcess process = new ForkedProcess(new PoolWorker(childsEnd, settings.initializer()))
                    .name(name)
                    .engine(settings.engine())
                    .daemon(true);
            start(process, ends.first());
        }
        if (ends.first().recv() instanceof PoolProtocol.Failure failure) {
            dismiss();
            throw failure.toException();
        }
    }

    /** Whoever wants to kill the child meanwhile waits until there is one. */
    private synchronized void start(ForkedProcess process, Pipe work) throws IOException {
        child = new Child(Optional.of(process), Optional.of(work), new PoolProtocol.Functions(), new int[1]);
        try {
            process.start();
        } catch (IOException | RuntimeException e) {
            free(child);
            throw e;
        }
    }

    /** Ends the child at once; its thread sees the end of the pipe. */
    synchronized void killChild() {
        child.process().ifPresent(ForkedProcess::kill);
    }

    /** Ends the child, if it still lives, and frees the seat. Not to be interrupted: who waits for the job must be told. */
    private ExitStatus bury() {
        Child dead = child;
        free(dead);
        return dead.process().flatMap(ForkedProcess::exitStatus).orElseThrow();
    }

    /** The child has done its share. */
    private void dismiss() {
        Child done = child;
        try {
            if (done.work().isPresent()) {
                done.work().get().send(new PoolProtocol.Stop());
                var _ = done.process().orElseThrow().join(settings.patience());
            }
        } catch (IOException e) {
            killChild(); // it is gone, or as good as that
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        free(done);
    }

    private void free(Child old) {
        child = Child.NONE;
        old.process().ifPresent(ForkedProcess::close);
        old.work().ifPresent(Pipe::close);
    }
}
