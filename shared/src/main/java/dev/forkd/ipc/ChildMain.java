package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The child's side of a {@link ForkedProcess}: receives what to run, runs it on the main thread, and ends. Meanwhile a thread
 * listens on the control pipe: it tells what the main thread is doing, and ends a daemon whose parent is gone.
 */
public final class ChildMain {
    /** Exit code of a target that threw. */
    static final int FAILED = 1;

    /** Exit code of a daemon whose parent died. */
    static final int ORPHANED = 3;

    private ChildMain() {}

    /** Parent to child: the first message. */
    record Start(Target target, String name, boolean daemon) implements Serializable {}

    /** Parent to child: what are you doing? The answer is a {@link Doing}. */
    record WhatAreYouDoing() implements Serializable {}

    /** Child to parent. */
    record Doing(String stack) implements Serializable {}

    /** Child to parent, before it ends with {@link #FAILED}. */
    record Failed(String trace) implements Serializable {}

    public static void main(String[] args) {
        serve(new Fd(JavaChild.CONTROL));
    }

    /** Takes the control pipe, runs what the parent sends, and ends this process. */
    public static void serve(Fd control) {
        Pipe parent = new Pipe(control);
        Runtime.getRuntime().addShutdownHook(new Thread(parent::endReceiving, "forkd-control-end"));
        System.exit(live(parent));
    }

    /** @return the exit code */
    private static int live(Pipe parent) {
        try {
            List<AutoCloseable> received = new ArrayList<>();
            Start start = (Start) parent.recv(received::add);
            Thread main = Thread.currentThread();
            main.setName(start.name());
            Thread.ofPlatform().name("forkd-control").daemon().start(() -> listen(parent, main, start.daemon()));
            start.target().run();
            closeAll(received);
            return 0;
        } catch (EOFException e) {
            return ORPHANED;
        } catch (Throwable e) { // whatever ends the target ends the process, and is told
            e.printStackTrace();
            tell(parent, new Failed(Traces.of(e)));
            return FAILED;
        }
    }

    /**
     * A child's whole life but for its exit, {@code times} over: as an ordinary process and as one of a pool. For an engine that copies
     * this JVM afterwards: what has been loaded and compiled here need not be in each child.
     */
    public static void rehearse(int times) throws IOException, InterruptedException {
        String name = Thread.currentThread().getName();
        for (int i = 0; i < times; i++) {
            try (Pipe.Ends control = Pipe.open(true);
                    Pipe.Ends work = Pipe.open(true);
                    SharedValue value = SharedValue.of(i)) {
                Thread pool = Thread.ofPlatform().start(() -> PoolProtocol.rehearse(work.first()));
                control.first().send(new Start(new Rehearsal(work.second(), value), name, false));
                if (live(control.second()) != 0) {
                    throw new IOException("the rehearsal of a child failed");
                }
                pool.join();
            }
        }
        Thread.currentThread().setName(name);
    }

    /** What a child does in a rehearsal: a pool's work, and something with a shared object. */
    private record Rehearsal(Pipe work, SharedValue value) implements Target {
        @Override
        public void run() throws Exception {
            try (var _ = value.lock().lock()) {
                value.set(value.get() + 1);
            }
            new PoolWorker(work, () -> {}).run();
        }
    }

    /** Shared objects say goodbye by being closed; a target that captured them need not do it. */
    private static void closeAll(List<AutoCloseable> received) throws Exception {
        for (AutoCloseable object : received) {
            object.close();
        }
    }

    private static void tell(Pipe parent, Object message) {
        try {
            parent.send(message);
        } catch (IOException e) {
            // The parent is gone or does not listen: it sees the exit code, and the trace is on standard error.
        }
    }

    private static void listen(Pipe parent, Thread main, boolean daemon) {
        try {
            while (parent.recv() instanceof WhatAreYouDoing) {
                parent.send(new Doing(Traces.of(main.getName(), main.getStackTrace())));
            }
        } catch (IOException e) {
            if (daemon && !parent.isReceivingEnded()) {
                Runtime.getRuntime().halt(ORPHANED);
            }
        }
    }
}
