package dev.forkd.fork.nursery;

import dev.forkd.ipc.JavaChild;
import dev.forkd.sys.Fd;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.Io;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link NurseryMain} process as its program sees it. One thread starts it and speaks with it, and must live as long as the program:
 * the kernel ends a nursery when the thread that started it ends (PR_SET_PDEATHSIG).
 *
 * <pre>
 *   nursery → us   int32 0: frozen; or a text: why it cannot be
 *   us → nursery   one byte 1 and the child's control socket
 *   nursery → us   int32: the child's pid, or -errno
 * </pre>
 */
final class Nursery implements AutoCloseable {
    static final int MOST_TEXT = 2048;
    private static final int BOOT_MILLIS = 30_000, FORK_MILLIS = 5_000;

    private final int pid;
    private final Fd control;
    private final MessageBuffer message = new MessageBuffer(MOST_TEXT);

    private Nursery(int pid, Fd control) {
        this.pid = pid;
        this.control = control;
        message.data().order(ByteOrder.nativeOrder());
    }

    /** Starts one and waits until it is frozen. @throws IOException why it cannot be had */
    static Nursery start() throws IOException {
        List<String> options = new ArrayList<>(ForkLibrary.JVM_FLAGS);
        options.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto"));
        Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
        Nursery nursery;
        try (Fd theirs = pair.second()) {
            nursery = new Nursery(JavaChild.start(options, NurseryMain.class, theirs), pair.first());
        } catch (IOException e) {
            pair.first().close();
            throw e;
        }
        try {
            int frozen = nursery.answer(BOOT_MILLIS, "did not freeze");
            if (frozen != 0) {
                throw new IOException("the nursery began with " + frozen);
            }
            return nursery;
        } catch (IOException e) {
            nursery.close();
            throw e;
        }
    }

    int pid() {
        return pid;
    }

    /** @return the pid of a child on that control socket, or -errno. @throws IOException and then the nursery is of no more use */
    int fork(Fd childsControl) throws IOException {
        ask(childsControl);
        int child = answer(FORK_MILLIS, "did not fork");
        if (child > 0) {
            Processes.ownGroup(child); // so what is in the nursery's group is unknown to anybody
        }
        return child;
    }

    void ask(Fd childsControl) throws IOException {
        message.data().clear().put((byte) 1);
        int _ = message.send(control, 0, null, childsControl);
    }

    private int answer(int millis, String not) throws IOException {
        if (!Io.await(control.number(), Io.POLLIN, Duration.ofMillis(millis))) {
            throw new IOException("the nursery (pid " + pid + ") " + not + " within " + millis + " ms");
        }
        int length = message.receive(control, MessageBuffer.DONTWAIT);
        if (length == Integer.BYTES) {
            return message.data().getInt();
        }
        if (length > 0) {
            throw new IOException(StandardCharsets.UTF_8.decode(message.data()).toString());
        }
        throw new IOException("the nursery (pid " + pid + ") has ended");
    }

    /**
     * Ends and reaps it, and with it the child that it made and did not tell of, if it was killed just then: a child of ours, as all are, and
     * still in the nursery's process group.
     */
    @Override
    public void close() throws SyscallException {
        control.close();
        message.close();
        Processes.endGroup(pid);
    }
}
