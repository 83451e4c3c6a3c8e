package dev.forkd.supervisor.process;

import dev.forkd.supervisor.loop.ChildTable;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.supervisor.loop.Timers;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A zygote in its C loop: no Java runs in it any more. It receives batches of descriptors and answers each batch with pids; see forkd.h for
 * the words. On the loop's thread.
 */
public final class FrozenZygote {
    /** Descriptors in one message; the first child of a batch is answered for only when the last is made. */
    static final int MOST_AT_ONCE = 8;

    /** Stands in place of the number of descriptors. */
    private static final byte UNDERSTUDY = (byte) 255;

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** What happens to it. */
    interface Listener {
        /** It can take the next batch. */
        void idle(FrozenZygote zygote);

        /** It made another one like itself, which has made no children yet. */
        void understudy(FrozenZygote zygote, FrozenZygote understudy);

        /** It could not make one. */
        void noUnderstudy(FrozenZygote zygote, String reason);

        /** It has ended. */
        void gone(FrozenZygote zygote, String cause);
    }

    /** How a zygote came to be: an understudy has its original's past. @param children that were made before */
    private record Past(int children, Instant since) {}

    private final BootingZygote.Surroundings around;
    private final Listener listener;
    private final Past past;
    private EventLoop.Watch control;
    private ChildTable.Child child;
    private Optional<Timers.Timer> deadline = Optional.empty();
    private Optional<String> killedBecause = Optional.empty();
    private List<Birth> batch = List.of();
    private int children;
    private boolean gone;

    private FrozenZygote(BootingZygote.Surroundings around, Past past, Listener listener) {
        this.around = around;
        this.past = past;
        this.listener = listener;
        this.children = past.children();
    }

    /** One that has just frozen; whoever watched its socket and its process passes on to it what it hears. */
    FrozenZygote(
            BootingZygote.Surroundings around,
            EventLoop.Watch control,
            ChildTable.Child child,
            Instant since,
            Listener listener) {
        this(around, new Past(0, since), listener);
        this.control = control;
        this.child = child;
    }

    boolean busy() {
        return !batch.isEmpty();
    }

    /** Forks one worker per birth, at most {@link #MOST_AT_ONCE}. Only when not {@link #busy}. */
    void fork(List<Birth> births) {
        order((byte) births.size(), births);
    }

    /** Makes an understudy: a few hundred kilobytes that spare a service the second or two in which a new zygote warms. */
    void makeUnderstudy() {
        try {
            order(UNDERSTUDY, List.of(new UnderstudyBirth()));
        } catch (SyscallException e) {
            listener.noUnderstudy(this, e.getMessage());
        }
    }

    private void order(byte word, List<Birth> births) {
        batch = births;
        Fd[] sockets = births.stream().map(Birth::childSocket).toArray(Fd[]::new);
        try {
            around.raw().data().clear().put(word);
            int sent = around.raw().send(control.fd(), MessageBuffer.DONTWAIT, null, sockets);
            if (sent < 0) {
                kill("does not read its orders");
            }
            deadline = Optional.of(
                    around.loop().after(DEADLINE, () -> kill("did not fork within " + DEADLINE.toMillis() + " ms")));
        } catch (SyscallException e) {
            if (e.errno() == Errno.EPIPE) { // it has ended, which is told in a moment
                around.loop().post(this::closed);
            } else {
                kill("cannot be reached: " + e.getMessage());
            }
        } finally {
            for (Fd socket : sockets) {
                socket.close();
            }
        }
    }

    /** Its end of a new control socket, and ours. */
    private final class UnderstudyBirth implements Birth {
        private final Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);

        UnderstudyBirth() throws SyscallException {}

        @Override
        public Fd childSocket() {
            return pair.second();
        }

        @Override
        public void born(int pid) {
            FrozenZygote understudy = new FrozenZygote(around, new Past(children, past.since()), listener);
            try {
                understudy.control = around.loop().watch(pair.first(), Epoll.IN, events -> understudy.readable());
                understudy.child = around.children().adopt(pid, understudy::exited);
                listener.understudy(FrozenZygote.this, understudy);
            } catch (SyscallException e) {
                Optional.ofNullable(understudy.control).ifPresent(EventLoop.Watch::close);
                pair.first().close(); // end of file on its side ends it
                listener.noUnderstudy(FrozenZygote.this, "pid " + pid + " cannot be watched: " + e.getMessage());
            }
        }

        @Override
        public void stillborn(String reason) {
            pair.first().close();
            listener.noUnderstudy(FrozenZygote.this, reason);
        }
    }

    private void kill(String why) {
        killedBecause = killedBecause.or(() -> Optional.of(why));
        child.signal(Processes.SIGKILL);
    }

    void readable() throws SyscallException {
        while (control.isOpen() && word()) {}
    }

    /** @return whether there may be another */
    private boolean word() throws SyscallException {
        int length = around.raw().receive(control.fd(), MessageBuffer.DONTWAIT);
        if (length == 0) {
            closed();
        }
        if (length <= 0) {
            return false;
        }
        deadline.ifPresent(Timers.Timer::cancel);
        pids(around.raw().data());
        return true;
    }

    private void pids(ByteBuffer words) {
        List<Birth> answered = batch;
        batch = List.of();
        int[] pids = new int[answered.size()];
        for (int i = 0; i < pids.length; i++) {
            pids[i] = words.remaining() < Integer.BYTES ? -Errno.EIO : Integer.reverseBytes(words.getInt());
        }
        for (int i = 0; i < pids.length; i++) {
            if (pids[i] > 0) {
                children += answered.get(i) instanceof UnderstudyBirth ? 0 : 1;
                answered.get(i).born(pids[i]);
            } else {
                answered.get(i).stillborn("cannot fork: " + Errno.describe(-pids[i]));
            }
        }
        listener.idle(this);
    }

    /** No more children: end of file on its side ends it, and if it is stopped, a signal. */
    void retire() {
        closed();
        deadline.ifPresent(Timers.Timer::cancel);
        deadline = gone ? Optional.empty() : Optional.of(around.loop().after(DEADLINE, () -> kill("retired")));
    }

    private void closed() {
        control.close();
        child.expectExit();
    }

    void exited(ExitStatus status) {
        if (gone) {
            return;
        }
        String cause = status.text();
        try {
            if (control.isOpen()) {
                readable();
            }
            cause = killedBecause.orElse(around.output().ended(pid()).explain(cause));
        } catch (IOException e) {
            cause = cause + ", " + e.getMessage();
        }
        gone = true;
        deadline.ifPresent(Timers.Timer::cancel);
        control.close();
        List<Birth> lost = batch;
        batch = List.of();
        listener.gone(this, cause);
        String reason = "its zygote ended: " + cause;
        lost.forEach(birth -> birth.stillborn(reason));
    }

    int pid() {
        return child.pid();
    }

    /** Those of whom it is the understudy included, for all share one layout of the address space. */
    int children() {
        return children;
    }

    /** When the JVM was started. */
    Instant since() {
        return past.since();
    }
}
