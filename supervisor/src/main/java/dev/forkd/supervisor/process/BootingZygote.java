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
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * A zygote on its way: a worker JVM that warms, until its "frozen" word makes it a {@link FrozenZygote}. On the loop's thread.
 */
public final class BootingZygote {
    /** Exit code of a worker that cannot use its handler. */
    private static final int HANDLER_UNUSABLE = 10;

    /** What happens to a zygote. */
    public interface Listener extends FrozenZygote.Listener {
        void refusal(byte[] bytes);

        void frozen(FrozenZygote zygote);

        /** It has ended before that. */
        void failed(BootingZygote zygote, String cause, End end);
    }

    /** What a zygote's end says about its service. */
    public enum End {
        /** It cannot be frozen, or took too long. */
        UNFIT,
        /** It could not load or start the handler, which no engine can then. */
        HANDLER_UNUSABLE,
        /** A signal that was not ours ended it: an operator's, the kernel's for want of memory, a crash. */
        KILLED
    }

    /** Gets what a zygote logs while it boots. */
    @FunctionalInterface
    public interface Logs {
        void said(int pid, Message.Log event);
    }

    /** Makes zygotes of a service. */
    @FunctionalInterface
    public interface Factory {
        BootingZygote make(WorkerSetup setup, Listener listener);
    }

    /** Surroundings that all zygotes of a service share. */
    public record Surroundings(
            EventLoop loop,
            Spawner spawner,
            ChildTable children,
            Messenger messenger,
            MessageBuffer raw,
            List<String> command,
            WorkerOutput output,
            Duration bootDeadline,
            Logs logs) {}

    private final Surroundings around;
    private final WorkerSetup setup;
    private final Listener listener;
    private final Instant since = Instant.now();
    private Optional<EventLoop.Watch> control = Optional.empty();
    private Optional<ChildTable.Child> child = Optional.empty();
    private Optional<Timers.Timer> deadline = Optional.empty();
    private Optional<String> refusedBecause = Optional.empty();
    private Optional<String> killedBecause = Optional.empty();
    private Optional<FrozenZygote> frozen = Optional.empty();
    private End end = End.UNFIT;
    private boolean retired;
    private boolean gone;

    public BootingZygote(Surroundings around, WorkerSetup setup, Listener listener) {
        this.around = around;
        this.setup = setup;
        this.listener = listener;
    }

    /** Starts the process. */
    void start() {
        try {
            Fd childs = connect();
            around.spawner()
                    .start(
                            around.command(),
                            around.output().writeEnd(),
                            childs,
                            result -> around.loop().post(() -> started(result)));
            deadline(
                    around.bootDeadline(),
                    "was not ready within " + around.bootDeadline().toMillis() + " ms (timeouts.spawn)");
        } catch (IOException e) {
            around.loop().post(() -> end("cannot be started: " + e.getMessage()));
        }
    }

    /** Makes the control socket and queues its setup on it. @return its end */
    private Fd connect() throws IOException {
        Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
        try (Fd memory = setup.toMemory()) {
            boolean _ = around.messenger().trySend(pair.first(), new Message.Configure(), memory);
            control = Optional.of(around.loop().watch(pair.first(), Epoll.IN, events -> readable()));
            return pair.second();
        } catch (IOException e) {
            pair.close();
            throw e;
        }
    }

    private void started(Spawner.Result result) {
        switch (result) {
            case Spawner.Result.Failed(String reason) -> end(reason);
            case Spawner.Result.Started(int pid) -> {
                try {
                    child = Optional.of(around.children().adopt(pid, this::exited));
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
        if (frozen.isPresent()) {
            frozen.get().readable();
            return;
        }
        while (frozen.isEmpty() && control.isPresent() && control.get().isOpen()) {
            boolean frozenWord = isFrozenWord();
            if (frozenWord && child.isPresent()) {
                freeze();
            } else if (frozenWord || !message()) {
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

    private void freeze() throws SyscallException {
        int _ = around.raw().receive(control.orElseThrow().fd(), MessageBuffer.DONTWAIT);
        deadline.ifPresent(Timers.Timer::cancel);
        FrozenZygote zygote = new FrozenZygote(around, control.get(), child.orElseThrow(), since, listener);
        frozen = Optional.of(zygote);
        listener.frozen(zygote);
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
            case Message.Log log -> log(log);
            default -> kill("sent " + message.getClass().getSimpleName() + " while booting");
        }
    }

    private void log(Message.Log event) {
        if (event.level() >= Level.ERROR.toInt()) {
            around.output().lastWords().complained(pid(), event.text());
        }
        around.logs().said(pid(), event);
    }

    /** It is not wanted any more. */
    void retire() {
        retired = true;
        kill("retired");
    }

    private void exited(ExitStatus status) {
        if (frozen.isPresent()) {
            frozen.get().exited(status);
            return;
        }
        String how = status.text();
        if (status.killed()) {
            end = killedBecause.isEmpty() ? End.KILLED : End.UNFIT;
        } else if (status.code() == HANDLER_UNUSABLE) {
            end = End.HANDLER_UNUSABLE;
        }
        try {
            if (control.isPresent() && control.get().isOpen()) {
                readable();
            }
            if (frozen.isPresent()) { // its last word
                frozen.get().exited(status);
                return;
            }
            LastWords.Words words = around.output().ended(pid());
            end(refusedBecause.or(() -> killedBecause).orElseGet(() -> words.explain(how)));
        } catch (IOException e) {
            end(how + ", " + e.getMessage());
        }
    }

    private void end(String cause) {
        if (gone) {
            return;
        }
        gone = true;
        deadline.ifPresent(Timers.Timer::cancel);
        control.ifPresent(EventLoop.Watch::close);
        listener.failed(this, cause, end);
    }

    int pid() {
        return child.map(ChildTable.Child::pid).orElse(-1);
    }
}
