package dev.forkd.ipc;

import dev.forkd.sys.Processes;
import dev.forkd.sys.SignalHandlers;
import dev.forkd.sys.SyscallException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Signals as Python's {@code signal} module has them, within what HotSpot allows: names without SIG ({@code "TERM"}), handlers run on a
 * thread of the JVM's, and QUIT (thread dump), SEGV, FPE, ILL, KILL and STOP cannot be handled.
 */
public final class Signals {
    private Signals() {}

    /** What was asked for, until it is closed. */
    public interface Handling extends AutoCloseable {
        @Override
        void close();
    }

    /** Handles a signal; the handler is given its name. @throws IllegalArgumentException if HotSpot does not give it away */
    public static Handling handle(String signal, Consumer<String> handler) {
        return SignalHandlers.exchange(signal, () -> handler.accept(signal))::run;
    }

    /** Ignores a signal (SIG_IGN). */
    public static Handling ignore(String signal) {
        return SignalHandlers.ignore(signal)::run;
    }

    /** Lets a signal do what it does by default (SIG_DFL). */
    public static Handling byDefault(String signal) {
        return SignalHandlers.byDefault(signal)::run;
    }

    /** Waits for one of the signals, which are handled meanwhile (pause(2), sigwait(3)); occupies its platform thread. @return which came */
    public static String pause(String... signals) throws InterruptedException {
        CountDownLatch came = new CountDownLatch(1);
        String[] which = new String[1];
        Handling[] handlings = new Handling[signals.length];
        int handled = 0;
        try {
            for (; handled < signals.length; handled++) {
                handlings[handled] = handle(signals[handled], name -> {
                    which[0] = name;
                    came.countDown();
                });
            }
            came.await();
            return which[0];
        } finally {
            while (handled > 0) {
                handlings[--handled].close();
            }
        }
    }

    /** Sends a signal to a process (kill(2)). @param signal as {@code "TERM"}. @return false if there is no such process */
    public static boolean send(int pid, String signal) throws SyscallException {
        return Processes.kill(pid, SignalHandlers.number(signal));
    }

    /** Sends ALRM to this process after so long (alarm(2)); closing takes it back. */
    public static Handling alarm(Duration after) {
        CountDownLatch cancelled = new CountDownLatch(1);
        Thread _ = Thread.ofPlatform().name("forkd-alarm").daemon().start(() -> {
            try {
                if (!cancelled.await(after.toNanos(), TimeUnit.NANOSECONDS)) {
                    boolean _ = send(Processes.pid(), "ALRM");
                }
            } catch (InterruptedException | SyscallException e) {
                // Nobody interrupts this thread, and a process can signal itself.
            }
        });
        return cancelled::countDown;
    }
}
