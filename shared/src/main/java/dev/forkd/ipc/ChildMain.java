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
        serve(new Fd(ExecStarter.CONTROL));
    }

    /** Takes the control pipe, runs what the parent sends, and ends this process. */
    public static void serve(Fd control) {
        Pipe parent = new Pipe(control);
        int code = FAILED;
        try {
            List<AutoCloseable> received = new ArrayList<>();
            Start start = (Start) parent.recv(received::add);
            Thread.currentThread().setName(start.name());
            Thread main = Thread.currentThread();
            Thread.ofPlatform().name("forkd-control").daemon().start(() -> listen(parent, main, start.daemon()));
            start.target().run();
            closeAll(received);
            code = 0;
        } catch (EOFException e) {
            code = ORPHANED;
        } catch (Throwable e) { // whatever ends the target ends the process, and is told
            e.printStackTrace();
            tell(parent, new Failed(Traces.of(e)));
        }
        System.exit(code);
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
            if (daemon) {
                Runtime.getRuntime().halt(ORPHANED);
            }
        }
    }
}
