package dev.forkd.fork;

import dev.forkd.sys.Fd;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkLibrary.Flag;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Io;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;

/** A frozen zygote, forked from this process, and its children: what the supervisor does, for tests. */
final class StressZygote {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private final Fd control;
    private final MessageBuffer message = new MessageBuffer(256);

    private StressZygote(Fd control) {
        this.control = control;
    }

    /** Returns in the parent with the zygote, and in each child of the zygote with that child's socket. */
    static Side start() throws IOException {
        Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
        Optional<ForkedChild> zygote = JvmFork.fork(ForkOptions.DEFAULT
                .withAllThreads()
                .withDeadline(DEADLINE)
                .sharing(pair.first())
                .sharing(pair.second()));
        if (zygote.isEmpty()) {
            pair.first().close();
            freeze(pair.second());
            return new Side(Optional.empty(), pair.second());
        }
        pair.second().close();
        StressZygote frozen = new StressZygote(pair.first());
        if (frozen.receive() != 0) {
            throw new IOException("not frozen");
        }
        return new Side(Optional.of(frozen), pair.first());
    }

    /** The parent's side of a zygote, or a child's: its own socket. */
    record Side(Optional<StressZygote> zygote, Fd socket) {}

    private static void freeze(Fd control) {
        ForkLibrary library = null;
        try {
            library = ForkLibrary.load();
            ForkHooks.install().beforeFork();
            library.serve(control, EnumSet.of(Flag.PARENT, Flag.QUIESCENT, Flag.LAZY, Flag.IMAGE), DEADLINE);
            ForkHooks.install().afterForkInChild();
        } catch (ForkRefusedException | ForkHooks.HookFailedException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(68);
        }
    }

    private int receive() throws SyscallException {
        if (message.receive(control, 0) < Integer.BYTES) {
            throw new SyscallException("zygote gone", 0);
        }
        return message.data().order(ByteOrder.nativeOrder()).getInt();
    }

    /** Forks a child, asks it to rest while it waits for its order, and sends that. */
    ForkedChild fork(String order) throws IOException {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET)) {
            message.data().clear().put((byte) 1);
            message.send(control, 0, null, pair.second());
            int pid = receive();
            if (pid < 0) {
                throw new IOException("clone: errno " + -pid);
            }
            boolean _ = Processes.queue(pid, Processes.SIG_REVIVE, Processes.REST);
            message.data().clear().put(order.getBytes(StandardCharsets.UTF_8));
            message.send(pair.first(), 0, null);
            return new ForkedChild(pid);
        }
    }

    /** In a child: its order. */
    static String order(Fd socket) throws SyscallException {
        ByteBuffer order = ByteBuffer.allocateDirect(100);
        Io.read(socket, order);
        return StandardCharsets.UTF_8.decode(order.flip()).toString();
    }
}
