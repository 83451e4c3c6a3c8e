package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** A child that is killed while this process waits for it; for {@link IpcBench}. */
final class DeathScene implements AutoCloseable {
    /** So long the wait has lasted when the child is killed: a wait that is not served at once. */
    private static final long WAITED_NANOS = 20_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<Runnable> objects;
    private final ForkedProcess child;
    private final Waiting waiting;
    private volatile long ended;

    /** Ends when the child is dead, and fails if it ends otherwise. */
    @FunctionalInterface
    private interface Waiting {
        void run() throws Exception;
    }

    private DeathScene(List<Runnable> objects, ForkedProcess child, Waiting waiting) {
        this.objects = objects;
        this.child = child;
        this.waiting = waiting;
    }

    static DeathScene of(String what) throws Exception {
        SharedEvent ready = SharedEvent.create();
        SharedEvent never = SharedEvent.create();
        DeathScene scene = switch (what) {
            case "lock" -> {
                SharedLock lock = SharedLock.create();
                Target holder = () -> {
                    var _ = lock.lock();
                    ready.set();
                    never.await();
                };
                yield scene(holder, told(OwnerDied.class, lock::lock), ready, never, lock::close);
            }
            case "semaphore" -> {
                SharedSemaphore semaphore = SharedSemaphore.bounded(1);
                Target holder = () -> {
                    semaphore.acquire();
                    ready.set();
                    never.await();
                };
                yield scene(holder, semaphore::acquire, ready, never, semaphore::close);
            }
            case "barrier" -> {
                SharedBarrier barrier = SharedBarrier.create(3);
                Target party = () -> {
                    ready.set();
                    int _ = barrier.await();
                };
                yield scene(party, told(BrokenBarrier.class, barrier::await), ready, never, barrier::close);
            }
            case "queue" -> {
                SharedQueue<byte[]> queue = SharedQueue.create(4, 8, Codec.bytes());
                Target peer = () -> {
                    boolean _ = queue.isEmpty();
                    ready.set();
                    never.await();
                };
                yield scene(peer, told(PeerDied.class, queue::get), ready, never, queue::close);
            }
            case "pipe" -> {
                Pipe.Ends ends = Pipe.open(true);
                Pipe theirs = ends.second();
                Target peer = () -> {
                    boolean _ = theirs.poll(Duration.ZERO);
                    ready.set();
                    never.await();
                };
                DeathScene made = scene(peer, told(EOFException.class, ends.first()::recv), ready, never, ends::close);
                theirs.close();
                yield made;
            }
            default -> throw new IllegalArgumentException("nothing that can be waited for: " + what);
        };
        if (!ready.await(PATIENCE)) {
            throw new IOException("the child did not get ready");
        }
        return scene;
    }

    private static DeathScene scene(
            Target target, Waiting waiting, SharedEvent ready, SharedEvent never, Runnable object) throws IOException {
        return new DeathScene(List.of(ready::close, never::close, object), new ForkedProcess(target).start(), waiting);
    }

    private static Waiting told(Class<? extends Exception> by, Callable<?> call) {
        return () -> {
            try {
                Object _ = call.call();
            } catch (Exception e) {
                if (by.isInstance(e)) {
                    return;
                }
                throw e;
            }
            throw new IllegalStateException("a wait for a dead process ended without " + by.getSimpleName());
        };
    }

    void await() throws Exception {
        waiting.run();
    }

    /** On a thread of its own. */
    void killWhenAwaited() {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < WAITED_NANOS) {
            Thread.onSpinWait();
        }
        child.kill();
        try (Fd pidfd = Processes.pidfd(child.pid())) {
            while (Io.poll(pidfd.number(), Io.POLLIN, 1000) == 0) {}
            ended = System.nanoTime();
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
    }

    long ended() {
        return ended;
    }

    @Override
    public void close() {
        child.close();
        objects.forEach(Runnable::run);
    }
}
