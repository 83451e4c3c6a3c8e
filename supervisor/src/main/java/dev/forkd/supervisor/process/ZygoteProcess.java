package dev.forkd.supervisor.process;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.loop.ChildTable;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.supervisor.loop.Timers;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
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
import java.util.function.Consumer;

/**
 * One zygote: a worker JVM that is frozen in a C loop once it is warm. From then on no Java runs in it; it receives batches of
 * descriptors and answers each batch with pids. On the loop's thread.
 *
 * <pre>
 *   STARTING ──pid──▶ BOOTING ──"frozen" word──▶ FROZEN ⇄ FORKING      any ──exit──▶ GONE
 * </pre>
 */
public final class ZygoteProcess {
    /** Descriptors in one message; the first child of a batch is answered for only when the last is made. */
    public static final int MOST_AT_ONCE = 8;

    private static final Duration FORK_DEADLINE = Duration.ofSeconds(2);

    /** What happens to a zygote. */
    public interface Listener {
        void refusal(byte[] bytes);

        void frozen(ZygoteProcess zygote);

        /** It can take the next batch. */
        void idle(ZygoteProcess zygote);

        /** It has ended. @param refused whether it said that it cannot be frozen */
        void gone(ZygoteProcess zygote, String cause, boolean refused);
    }

    /** Makes zygotes of a service. */
    @FunctionalInterface
    public interface Factory {
        ZygoteProcess make(WorkerSetup setup, Listener listener);
    }

    /** Surroundings that all zygotes of a service share. @param logs gets what the zygote logs while it boots */
    public record Surroundings(
            EventLoop loop,
            Spawner spawner,
            ChildTable children,
            Messenger messenger,
            MessageBuffer raw,
            List<String> command,
            WorkerOutput output,
            Duration bootDeadline,
            Consumer<Message.Log> logs) {}

    private enum State {
        STARTING,
        BOOTING,
        FROZEN,
        FORKING,
        GONE
    }

    private final Surroundings around;
    private final WorkerSetup setup;
    private final Listener listener;
    private final Instant since = Instant.now();
    private State state = State.STARTING;
    private Optional<EventLoop.Watch> control = Optional.empty();
    private Optional<ChildTable.Child> child = Optional.empty();
    private Optional<Timers.Timer> deadline = Optional.empty();
    private Optional<String> refusedBecause = Optional.empty();
    private Optional<String> killedBecause = Optional.empty();
    private List<Birth> batch = List.of();
    private int children;
    private boolean retired;

    public ZygoteProcess(Surroundings around, WorkerSetup setup, Listener listener) {
        this.around = around;
        this.setup = setup;
        this.listener = listener;
    }

    /** Starts the process. */
    void start() {
        try (Fd memory = setup.toMemory()) {
            Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
            boolean _ = around.messenger().trySend(pair.first(), new Message.Configure(), memory);
            control = Optional.of(around.loop().watch(pair.first(), Epoll.IN, events -> readable()));
            around.spawner()
                    .start(
                            around.command(),
                            around.output().writeEnd(),
                            pair.second(),
                            result -> around.loop().post(() -> started(result)));
            deadline(
                    around.bootDeadline(),
                    "was not ready within " + around.bootDeadline().toMillis() + " ms (timeouts.spawn)");
        } catch (IOException e) {
            around.loop().post(() -> end("cannot be started: " + e.getMessage()));
        }
    }

    private void started(Spawner.Result result) {
        switch (result) {
            case Spawner.Result.Failed(String reason) -> end(reason);
            case Spawner.Result.Started(int pid) -> {
                if (state == State.STARTING) {
                    state = State.BOOTING;
                }
                try {
                    child = Optional.of(around.children().adopt(pid, status -> exited(status.text())));
                } catch (SyscallException e) {
                    end("pid " + pid + " cannot be watched: " + e.getMessage());
                }
                if (retired) {
                    kill("retired");
                }
                if (control.isPresent() && !control.get().isOpen()) {
                    child.ifPresent(ChildTable.Child::expectExit);
                }
            }
        }
    }

    private void deadline(Duration time, String why) {
        deadline.ifPresent(Timers.Timer::cancel);
        deadline = Optional.of(around.loop().after(time, () -> kill(why)));
    }

    private void kill(String why) {
        killedBecause = killedBecause.or(() -> Optional.of(why));
        child.ifPresent(c -> c.signal(Processes.SIGKILL));
    }

    private void readable() throws IOException {
        while (control.isPresent() && control.get().isOpen()) {
            boolean more = switch (state) {
                case STARTING, BOOTING -> isFrozenWord() ? word() : message();
                case FROZEN, FORKING -> word();
                case GONE -> false;
            };
            if (!more) {
                return;
            }
        }
    }

    /** From "frozen" on it sends words instead of messages; that first one is shorter than any message. */
    private boolean isFrozenWord() throws SyscallException {
        int flags = MessageBuffer.DONTWAIT | MessageBuffer.PEEK;
        return around.raw().receive(control.orElseThrow().fd(), flags) == Integer.BYTES;
    }

    private boolean message() throws IOException {
        switch (around.messenger().receive(control.orElseThrow().fd(), false)) {
            case NOTHING -> {
                return false;
            }
            case END -> ended();
            case MESSAGE -> booting(around.messenger().fromWorker());
        }
        return true;
    }

    private void ended() {
        control.orElseThrow().close();
        child.ifPresent(ChildTable.Child::expectExit);
    }

    private boolean word() throws SyscallException {
        int length = around.raw().receive(control.orElseThrow().fd(), MessageBuffer.DONTWAIT);
        if (length <= 0) {
            if (length == 0) {
                ended();
            }
            return false;
        }
        deadline.ifPresent(Timers.Timer::cancel);
        if (state == State.FORKING) {
            pids(around.raw().data());
        } else {
            state = State.FROZEN;
            listener.frozen(this);
        }
        return true;
    }

    private void pids(ByteBuffer words) {
        List<Birth> answered = batch;
        batch = List.of();
        state = State.FROZEN;
        for (Birth birth : answered) {
            int pid = words.remaining() < Integer.BYTES ? -Errno.EIO : Integer.reverseBytes(words.getInt());
            if (pid > 0) {
                children++;
                birth.born(pid);
            } else {
                birth.stillborn("cannot fork: " + Errno.describe(-pid));
            }
        }
        listener.idle(this);
    }

    private void booting(Message.ToSupervisor message) throws ProtocolException {
        switch (message) {
            case Message.Hello(int version, int pid) -> {
                if (version != Codec.VERSION) {
                    kill("speaks version " + version + " of the protocol, not " + Codec.VERSION
                            + ": mixed installations?");
                }
            }
            case Message.Loaded loaded -> listener.refusal(loaded.refusal());
            case Message.FreezeRefused(String reason) -> refusedBecause = Optional.of(LogText.quoted(reason));
            case Message.Log log -> around.logs().accept(log);
            default -> kill("sent " + message.getClass().getSimpleName() + " while booting");
        }
    }

    boolean busy() {
        return state == State.FORKING;
    }

    /** Forks one worker per birth. Only when not {@link #busy}. */
    void fork(List<Birth> births) {
        batch = births;
        state = State.FORKING;
        Fd[] sockets = births.stream().map(Birth::childSocket).toArray(Fd[]::new);
        try {
            around.raw().data().clear().put((byte) sockets.length);
            int sent = around.raw().send(control.orElseThrow().fd(), MessageBuffer.DONTWAIT, null, sockets);
            if (sent < 0) {
                kill("does not read its orders");
            }
            deadline(FORK_DEADLINE, "did not fork within " + FORK_DEADLINE.toMillis() + " ms");
        } catch (SyscallException e) {
            kill("cannot be reached: " + e.getMessage());
        } finally {
            for (Fd socket : sockets) {
                socket.close();
            }
        }
    }

    /** No more children. */
    void retire() {
        retired = true;
        if (state == State.FROZEN) {
            ended(); // end of file on its side ends it
        } else {
            kill("retired");
        }
    }

    private void exited(String how) {
        try {
            if (control.isPresent() && control.get().isOpen()) {
                readable();
            }
            around.output().ended(pid());
        } catch (IOException e) {
            killedBecause = killedBecause.or(() -> Optional.of(e.getMessage()));
        }
        end(refusedBecause.or(() -> killedBecause).orElse(how));
    }

    private void end(String cause) {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        deadline.ifPresent(Timers.Timer::cancel);
        control.ifPresent(EventLoop.Watch::close);
        List<Birth> lost = batch;
        batch = List.of();
        lost.forEach(birth -> birth.stillborn("its zygote ended: " + cause));
        listener.gone(this, cause, refusedBecause.isPresent());
    }

    int pid() {
        return child.map(ChildTable.Child::pid).orElse(-1);
    }

    int children() {
        return children;
    }

    Instant since() {
        return since;
    }
}
