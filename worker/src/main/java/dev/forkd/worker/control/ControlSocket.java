package dev.forkd.worker.control;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.util.Optional;

/**
 * The one connection to the supervisor. Any thread may send; one thread at a time may receive, which its callers see to (the main
 * thread while it has no client, else the {@link ControlThread}).
 */
public final class ControlSocket {
    private final Fd fd;
    private final Messenger sender;
    private final Messenger receiver;

    public ControlSocket(Fd fd) {
        this(fd, new Messenger(Codec.MAX_FROM_WORKER), new Messenger(Codec.MAX_TO_WORKER));
    }

    private ControlSocket(Fd fd, Messenger sender, Messenger receiver) {
        this.fd = fd;
        this.sender = sender;
        this.receiver = receiver;
    }

    /** Another connection with this one's buffers: what is received over it has touched the memory that this one uses. */
    public ControlSocket over(Fd other) {
        return new ControlSocket(other, sender, receiver);
    }

    public Fd fd() {
        return fd;
    }

    /** A message and the descriptor that came with it. */
    public record Received(Message.ToWorker message, Optional<Fd> descriptor) {
        /** The descriptor that this kind of message must have. */
        Fd requireDescriptor() throws ProtocolException {
            return descriptor.orElseThrow(
                    () -> new ProtocolException(message.getClass().getSimpleName() + " came without its descriptor"));
        }
    }

    /** Sends, waiting while the supervisor is behind. A supervisor that is gone is no error here: whoever receives sees the end. */
    public void send(Message.ToSupervisor message) {
        try {
            synchronized (sender) {
                sender.send(fd, message);
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.EPIPE) {
                throw new IllegalStateException("control socket failed", e);
            }
        } catch (ProtocolException e) {
            throw new IllegalStateException("a message of our own is malformed", e);
        }
    }

    /** Waits for the next message; empty when the supervisor is gone. */
    public Optional<Received> receive() throws IOException {
        return receive(true);
    }

    /** The next message if there is one; empty if not, or when the supervisor is gone. */
    public Optional<Received> poll() throws IOException {
        return receive(false);
    }

    /** From now on whoever receives, or waits in {@link #receive}, finds the end, as if the supervisor were gone. Sending goes on. */
    public void endReceiving() {
        try {
            Sockets.shutdown(fd, Sockets.SHUT_RD);
        } catch (SyscallException e) {
            throw new IllegalStateException("control socket failed", e);
        }
    }

    private Optional<Received> receive(boolean wait) throws IOException {
        if (receiver.receive(fd, wait) != Messenger.Received.MESSAGE) {
            return Optional.empty();
        }
        Message.ToWorker message = receiver.fromSupervisor();
        return Optional.of(new Received(message, receiver.descriptor()));
    }
}
