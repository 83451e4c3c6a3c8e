package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One end of a pipe for messages (Python's {@code Pipe} and {@code Connection}): a Unix socket pair, so the kernel itself says
 * end of file when the process at the other end is gone, however it went. Messages are arrays of bytes, or objects; shared objects,
 * other pipes and descriptors anywhere in an object travel along. An end may be used by several threads: one sends and one receives
 * at a time. Receiving blocks a platform thread in the kernel, or lets it look for up to 50 µs where
 * answers come fast ({@link SpinPolicy}); a virtual thread parks and looks twice in a millisecond.
 *
 * <pre>
 *   message = first packet: length of the message, int, big-endian; then as many bytes as fit; descriptors ride on it
 *             more packets: the rest
 * </pre>
 */
public final class Pipe implements AutoCloseable {
    private static final int PACKET = 1 << 16, HEADER = 4;

    private final Fd fd;
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock receiving = new ReentrantLock();
    private final MessageBuffer out = new MessageBuffer(PACKET);
    private final MessageBuffer in = new MessageBuffer(PACKET);
    private final SpinPolicy spinning = new SpinPolicy();
    private volatile boolean closing;
    private volatile boolean receivingEnded;

    /** The two ends. A simplex pipe receives at the first and sends at the second, as Python's does. */
    public record Ends(Pipe first, Pipe second) implements AutoCloseable {
        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    /** Takes the connected SOCK_SEQPACKET socket. */
    public Pipe(Fd fd) {
        this.fd = fd;
        try {
            Sockets.timeouts(fd, Readiness.LOOK_MILLIS);
        } catch (SyscallException e) {
            throw new IllegalArgumentException("not a socket: " + fd, e);
        }
    }

    /** @param duplex whether both ends send and receive */
    public static Ends open(boolean duplex) throws IOException {
        Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
        if (!duplex) {
            Sockets.shutdown(pair.first(), Sockets.SHUT_WR);
        }
        return new Ends(new Pipe(pair.first()), new Pipe(pair.second()));
    }

    /** The socket, borrowed. */
    Fd fd() {
        return fd;
    }

    /**
     * Sends an object; waits while the other end does not receive what it was sent before, and occupies its platform thread then.
     *
     * @throws IllegalArgumentException if something in it is not serializable
     * @throws SyscallException EPIPE if the other end is gone
     */
    public void send(Object object) throws IOException {
        send(Transfer.pack(object));
    }

    void send(Transfer transfer) throws IOException {
        send(transfer.bytes(), transfer.descriptors());
    }

    /** Sends bytes, for {@link #recvBytes}. */
    public void sendBytes(byte[] bytes) throws IOException {
        send(bytes, List.of());
    }

    private void send(byte[] bytes, List<Fd> descriptors) throws IOException {
        if (descriptors.size() > MessageBuffer.MAX_FDS) {
            throw new IllegalArgumentException(
                    descriptors.size() + " descriptors in one message, at most " + MessageBuffer.MAX_FDS);
        }
        sending.lock();
        try {
            int length = Math.min(bytes.length, PACKET - HEADER);
            out.data().clear().putInt(bytes.length).put(bytes, 0, length);
            sendPacket(true, descriptors.toArray(Fd[]::new));
            for (int sent = length; sent < bytes.length; sent += length) {
                length = Math.min(bytes.length - sent, PACKET);
                out.data().clear().put(bytes, sent, length);
                sendPacket(false);
            }
        } finally {
            sending.unlock();
        }
    }

    /** @param first of a message: the receiver would take half a message for an error, so only here an interrupt is heeded */
    private void sendPacket(boolean first, Fd... descriptors) throws IOException {
        boolean virtual = Thread.currentThread().isVirtual();
        while (out.send(fd, virtual ? MessageBuffer.DONTWAIT : 0, null, descriptors) < 0) {
            goOn(first);
            if (virtual) {
                Readiness.park(Long.MAX_VALUE);
            }
        }
    }

    /** A call has blocked for {@value Readiness#LOOK_MILLIS} ms, or parked once. */
    private void goOn(boolean heedInterrupt) throws IOException {
        if (closing) {
            throw new ClosedChannelException();
        }
        if (heedInterrupt && Thread.interrupted()) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting at a pipe");
        }
    }

    /** Waits for an object; occupies its platform thread. @throws EOFException if the other end is gone and all it sent has been received */
    public Object recv() throws IOException {
        return Transfer.unpack(receive(Integer.MAX_VALUE));
    }

    /** @param made is given each shared object, pipe or descriptor that came in the message */
    Object recv(Consumer<AutoCloseable> made) throws IOException {
        return Transfer.unpack(receive(Integer.MAX_VALUE), made);
    }

    /** Waits for bytes; occupies its platform thread. @throws EOFException as {@link #recv} */
    public byte[] recvBytes() throws IOException {
        Transfer message = receive(Integer.MAX_VALUE);
        message.descriptors().forEach(Fd::close);
        return message.bytes();
    }

    /**
     * A message of at most so many bytes, for a handshake: it comes in one packet, so that half a message holds nobody up.
     *
     * @return empty if {@code timeout} passed first
     * @throws CorruptSegment if it is longer
     */
    byte[] recvSmall(int most, Duration timeout) throws IOException {
        if (!poll(timeout)) {
            return new byte[0];
        }
        Transfer message = receive(most);
        message.descriptors().forEach(Fd::close);
        return message.bytes();
    }

    private Transfer receive(int most) throws IOException {
        receiving.lock();
        try {
            packet(true);
            if (in.data().remaining() < HEADER) {
                throw new CorruptSegment("a packet of " + in.data().remaining() + " bytes where a message begins");
            }
            int length = in.data().getInt();
            int here = in.data().remaining();
            if (length > most || length < here || (length > here && here != PACKET - HEADER)) {
                throw new CorruptSegment("a message of " + length + " bytes that begins with " + here);
            }
            byte[] bytes = new byte[here];
            in.data().get(bytes);
            List<Fd> descriptors = takeDescriptors();
            return new Transfer(here == length ? bytes : rest(bytes, length), descriptors);
        } finally {
            in.closeDescriptors();
            receiving.unlock();
        }
    }

    /** The array grows with what arrives, not with what the other end says will arrive. */
    private byte[] rest(byte[] beginning, int length) throws IOException {
        byte[] bytes = beginning;
        int have = beginning.length;
        while (have < length) {
            packet(false);
            int more = in.data().remaining();
            if (more > length - have) {
                throw new CorruptSegment("a message of " + length + " bytes has at least " + (have + more));
            }
            if (have + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, Math.max(have + more, 2L * bytes.length)));
            }
            in.data().get(bytes, have, more);
            have += more;
        }
        return bytes;
    }

    private void packet(boolean first) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            boolean _ = Readiness.await(fd, Wait.FOREVER, () -> goOn(first));
        }
        if (!spinning.spin(() -> in.receive(fd, MessageBuffer.DONTWAIT) >= 0)) {
            receiveSleeping(first);
        }
        if (in.data().limit() == 0) {
            throw new EOFException("the other end of the pipe is gone");
        }
        if (in.truncated() || in.descriptorsLost()) {
            throw new IOException(
                    in.truncated()
                            ? "a packet of more than " + PACKET + " bytes: the other end is not a Pipe"
                            : "this process has no descriptor left for those that came with a message");
        }
    }

    private void receiveSleeping(boolean first) throws IOException {
        long start = System.nanoTime();
        while (in.receive(fd, 0) < 0) {
            goOn(first);
        }
        spinning.slept(System.nanoTime() - start);
    }

    private List<Fd> takeDescriptors() {
        if (in.descriptorCount() == 0) {
            return List.of();
        }
        List<Fd> descriptors = new ArrayList<>();
        while (in.descriptorCount() > 0) {
            descriptors.add(in.takeDescriptor());
        }
        return descriptors;
    }

    /**
     * Who waits here for a message gets the end of file at once. For a process that ends: HotSpot's exit waits up to 0.3 s for threads that
     * are in the kernel.
     */
    void endReceiving() {
        receivingEnded = true;
        try {
            Sockets.shutdown(fd, Sockets.SHUT_RD);
        } catch (SyscallException | IllegalStateException e) {
            // It is closed, and nobody waits here.
        }
    }

    boolean isReceivingEnded() {
        return receivingEnded;
    }

    /** Whether a thread of this process is receiving. */
    boolean isReceiving() {
        return receiving.isLocked();
    }

    /**
     * Waits until {@link #recv} would not, occupying its platform thread: a message is there, or the end of file.
     *
     * @return false if {@code timeout} passed first
     */
    public boolean poll(Duration timeout) throws IOException {
        return Readiness.await(fd, Wait.nanos(timeout), () -> goOn(true));
    }

    /**
     * A thread of this process that waits here gets {@link ClosedChannelException} within
     * {@value Readiness#LOOK_MILLIS} ms. The other end sees the end of file once every process has closed its copy of
     * this end.
     */
    @Override
    public void close() {
        if (fd.isOpen()) {
            closing = true;
            receiving.lock();
            sending.lock();
            try {
                fd.close();
                out.close();
                in.close();
            } finally {
                sending.unlock();
                receiving.unlock();
            }
        }
    }
}
