package dev.forkd.examples.ipc;

import dev.forkd.ipc.Closed;
import dev.forkd.ipc.Codec;
import dev.forkd.ipc.ForkedProcess;
import dev.forkd.ipc.Pipe;
import dev.forkd.ipc.ProcessPool;
import dev.forkd.ipc.SharedArray;
import dev.forkd.ipc.SharedEvent;
import dev.forkd.ipc.SharedLock;
import dev.forkd.ipc.SharedQueue;
import dev.forkd.ipc.SharedSemaphore;
import dev.forkd.ipc.SharedValue;
import dev.forkd.ipc.Signals;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

/** What lessons about Python's {@code multiprocessing} and {@code signal} show, one method each; docs/ipc.md has Python's side beside it. */
public final class Multiprocessing {
    private Multiprocessing() {}

    /** Runs them all. */
    public static void main(String[] args) throws Exception {
        process();
        pool();
        pipe();
        queue();
        valueAndArray();
        lock();
        semaphore();
        event();
        signals();
        alarm();
        zombie();
        orphan();
    }

    static void process() throws Exception {
        var child = new ForkedProcess(() -> greet("Ada")).name("greeter").start();
        child.join();
        System.out.println(
                child.name() + " " + child.isAlive() + " " + child.exitCode().getAsInt());
        child.close();
    }

    private static void greet(String name) {
        System.out.println("hello " + name);
    }

    static void pool() throws Exception {
        try (var pool = new ProcessPool(2)) {
            System.out.println(pool.apply(() -> square(3)));
            Future<Integer> later = pool.applyAsync(() -> square(4));
            System.out.println(later.get());
            System.out.println(pool.map(x -> square(x), List.of(1, 2, 3)));
        } // close() and join()
    }

    private static int square(int x) {
        return x * x;
    }

    static void pipe() throws Exception {
        try (var ends = Pipe.open(true)) {
            var theirs = ends.second();
            var child = new ForkedProcess(() -> theirs.send("you said " + theirs.recv())).start();
            ends.first().send("hello");
            System.out.println(ends.first().recv());
            child.join();
            child.close();
        }
    }

    static void queue() throws Exception {
        try (var queue = SharedQueue.create(4, 100, Codec.<String>java())) {
            var child = new ForkedProcess(() -> {
                        for (String word : List.of("to", "be")) {
                            queue.put(word);
                        }
                        queue.finish();
                    })
                    .start();
            System.out.println(
                    queue.get() + " " + queue.get(Duration.ofSeconds(10)).orElse("late"));
            child.join();
            child.close();
            try {
                System.out.println(queue.get());
            } catch (Closed e) {
                System.out.println("nothing will come");
            }
        }
        try (var queue = SharedQueue.create(2, 100, Codec.strings())) {
            System.out.println(queue.tryPut("a") + " " + queue.tryPut("b") + " " + queue.tryPut("c"));
            System.out.println(queue.isFull() + " " + queue.size() + " " + queue.isEmpty());
            System.out.println(queue.put("c", Duration.ofMillis(10)));
        }
    }

    static void valueAndArray() throws Exception {
        try (var value = SharedValue.of(0);
                var array = SharedArray.create(SharedArray.Type.INT, 3);
                var pool = new ProcessPool(2)) {
            pool.map(
                    n -> {
                        try (var _ = value.lock().lock()) {
                            value.set(value.get() + n);
                        }
                        array.set(n, n * n);
                        return n;
                    },
                    List.of(0, 1, 2));
            System.out.println(value.get() + " " + array.get(2));
        }
    }

    static void lock() throws Exception {
        try (var lock = SharedLock.create()) {
            try (var _ = lock.lock()) {
                System.out.println("locked " + lock.isHeld());
            }
            System.out.println(lock.tryLock(Duration.ofSeconds(1)));
            lock.unlock();
        }
    }

    static void semaphore() throws Exception {
        try (var seats = SharedSemaphore.bounded(2)) {
            seats.acquire();
            seats.acquire();
            System.out.println(seats.tryAcquire() + " " + seats.available());
            seats.release();
            seats.release();
        }
    }

    static void event() throws Exception {
        try (var start = SharedEvent.create()) {
            var child = new ForkedProcess(start::await).start();
            start.set();
            System.out.println(start.isSet() + " " + child.join().text());
            child.close();
        }
    }

    static void signals() throws Exception {
        try (var ready = SharedEvent.create();
                var usr2 = SharedEvent.create()) {
            var child = new ForkedProcess(() -> {
                        try (var _ = Signals.handle("USR2", name -> usr2.set())) {
                            ready.set();
                            usr2.await();
                        }
                    })
                    .start();
            ready.await();
            Signals.send(child.pid(), "USR2");
            System.out.println("USR2: " + child.join().text());
            child.close();
        }
    }

    static void alarm() throws Exception {
        try (var _ = Signals.alarm(Duration.ofSeconds(1))) {
            System.out.println("paused until " + Signals.pause("ALRM"));
        }
    }

    static void zombie() throws Exception {
        try (var never = SharedEvent.create()) {
            var child = new ForkedProcess(never::await).start();
            child.kill(); // a zombie from now on, until it is joined
            System.out.println(child.join().text() + " " + child.exitCode().getAsInt());
            child.close();
        }
    }

    static void orphan() throws Exception {
        try (var ends = Pipe.open(true)) {
            var theirs = ends.second();
            var parent = new ForkedProcess(() -> {
                        var child = new ForkedProcess(theirs::recv).daemon(true).start();
                        theirs.send(child.pid());
                        theirs.recv();
                    })
                    .start();
            theirs.close();
            try (Fd grandchild = Processes.pidfd((int) ends.first().recv())) {
                parent.kill();
                parent.join();
                System.out.println("its daemon ends with it: " + ended(grandchild));
            }
            parent.close();
        }
    }

    private static boolean ended(Fd pidfd) throws SyscallException {
        return Io.poll(pidfd.number(), Io.POLLIN, 10_000) != 0; // 10 s
    }
}
