package dev.forkd.protocol;

import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.SyscallException;
import java.util.Optional;

/**
 * Sends and receives messages over control sockets. Holds one buffer for all of them, so it belongs to one thread or is guarded by
 * its owner.
 */
public final class Messenger implements AutoCloseable {
    private final MessageBuffer buffer;

    /** @param capacity largest message in either direction */
    public Messenger(int capacity) {
        this.buffer = new MessageBuffer(capacity);
    }

    /** How a receive ended. */
    public enum Received {
        MESSAGE,
        /** Nothing there (EAGAIN). */
        NOTHING,
        /** The peer is gone and everything it sent has been read. */
        END
    }

    /** Sends without waiting; descriptors are borrowed. @return false if the socket is full */
    public boolean trySend(Fd socket, Message message, Fd... descriptors) throws SyscallException, ProtocolException {
        Codec.encode(message, buffer.data());
        return buffer.send(socket, MessageBuffer.DONTWAIT, null, descriptors) >= 0;
    }

    /** Sends, waiting while the socket is full (on a blocking socket). */
    public void send(Fd socket, Message message, Fd... descriptors) throws SyscallException, ProtocolException {
        Codec.encode(message, buffer.data());
        int _ = buffer.send(socket, 0, null, descriptors);
    }

    /**
     * Receives one message into the buffer, to be read with {@link #fromWorker} or {@link #fromSupervisor}.
     *
     * @param wait whether to wait for one
     * @throws ProtocolException if it was cut, or lost descriptors
     */
    public Received receive(Fd socket, boolean wait) throws SyscallException, ProtocolException {
        int length = buffer.receive(socket, wait ? 0 : MessageBuffer.DONTWAIT);
        if (length <= 0) {
            return length == 0 ? Received.END : Received.NOTHING;
        }
        if (buffer.truncated() || buffer.descriptorsLost()) {
            buffer.closeDescriptors();
            throw new ProtocolException(
                    buffer.truncated()
                            ? "message longer than " + buffer.data().capacity() + " bytes"
                            : "descriptors were lost");
        }
        return Received.MESSAGE;
    }

    /** The message just received, from a worker, which may send no descriptors. */
    public Message.ToSupervisor fromWorker() throws ProtocolException {
        if (buffer.descriptorCount() > 0) {
            buffer.closeDescriptors();
            throw new ProtocolException("received an unexpected descriptor");
        }
        return Codec.decodeFromWorker(buffer.data());
    }

    /** The message just received, from the supervisor. */
    public Message.ToWorker fromSupervisor() throws ProtocolException {
        return Codec.decodeFromSupervisor(buffer.data());
    }

    /** The descriptor that came with the message just received, now the caller's. */
    public Optional<Fd> descriptor() {
        return buffer.descriptorCount() == 0 ? Optional.empty() : Optional.of(buffer.takeDescriptor());
    }

    @Override
    public void close() {
        buffer.close();
    }
}
