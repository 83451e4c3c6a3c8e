package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * One message of sendmsg(2) and recvmsg(2): bytes, descriptors (SCM_RIGHTS), the sender's credentials (SCM_CREDENTIALS) and
 * address. Made once per thread and used for every message, so that a hand-off allocates nothing. Not for several threads.
 *
 * <pre>
 *   msghdr (56 bytes)  iovec (16)  name (128)  control (cmsghdr 16 + 64 descriptors, + cmsghdr 16 + ucred 12)  data
 * </pre>
 */
public final class MessageBuffer implements AutoCloseable {
    /** SCM_MAX_FD is 253; forkd never needs more than this many at once. */
    public static final int MAX_FDS = 64;

    public static final int DONTWAIT = 0x40, NOSIGNAL = 0x4000, PEEK = 2;
    private static final int CMSG_CLOEXEC = 0x40000000, CTRUNC = 8, TRUNC = 0x20;
    private static final int SCM_RIGHTS = 1, SCM_CREDENTIALS = 2, CMSG_HEADER = Structs.CMSGHDR_SIZE;
    private static final int CONTROL_SIZE = CMSG_HEADER + 4 * MAX_FDS + CMSG_HEADER + 16;
    private static final CFunction SENDMSG = CFunction.named("sendmsg");
    private static final CFunction RECVMSG = CFunction.named("recvmsg");

    private final Arena arena = Arena.ofShared();
    private final MemorySegment header = arena.allocate(Structs.MSGHDR_SIZE, 8);
    private final MemorySegment vector = arena.allocate(Structs.IOVEC_SIZE, 8);
    private final MemorySegment name = arena.allocate(SocketAddresses.MAX_SIZE, 8);
    private final MemorySegment control = arena.allocate(CONTROL_SIZE, 8);
    private final MemorySegment memory;
    private final ByteBuffer data;

    /** As many as the control buffer can bring: a message without credentials leaves their room to descriptors. */
    private final int[] received = new int[(CONTROL_SIZE - CMSG_HEADER) / 4];

    private int receivedCount;
    private int senderPid = -1;
    private SocketAddress source;
    private boolean truncated;
    private boolean descriptorsLost;

    /** @param capacity the largest message, in bytes */
    public MessageBuffer(int capacity) {
        this.memory = arena.allocate(capacity, 8);
        this.data = memory.asByteBuffer();
        vector.set(ValueLayout.JAVA_LONG, Structs.IOV_BASE, memory.address());
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_IOV, vector.address());
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_IOVLEN, 1);
    }

    /** The bytes, big-endian: filled by the caller before {@link #send}, by the kernel in {@link #receive}. */
    public ByteBuffer data() {
        return data;
    }

    /**
     * sendmsg(2) of the data from 0 to position, with descriptors; the caller keeps and closes them. EINTR is retried: nothing was sent. So
     * is ECONNRESET, once, as in {@link #receive}: a peer that is gone is EPIPE, however it went.
     *
     * @param flags DONTWAIT or 0; MSG_NOSIGNAL is added
     * @param to null on a connected socket
     * @return bytes sent, or -1 for EAGAIN
     */
    public int send(Fd socket, int flags, SocketAddress to, Fd... descriptors) throws SyscallException {
        vector.set(ValueLayout.JAVA_LONG, Structs.IOV_LEN, data.position());
        setName(to == null ? 0 : SocketAddresses.write(to, name));
        setControl(descriptors);
        long sent = call(SENDMSG, socket, flags | NOSIGNAL);
        if (sent == -1 && CFunction.errno() == Errno.ECONNRESET) {
            sent = call(SENDMSG, socket, flags | NOSIGNAL);
        }
        return SENDMSG.orThrowUnless(sent, Errno.EAGAIN);
    }

    private long call(CFunction function, Fd socket, int flags) {
        long result;
        do {
            result = function.call(socket.number(), header.address(), flags);
        } while (result == -1 && CFunction.errno() == Errno.EINTR);
        return result;
    }

    private void setControl(Fd[] descriptors) {
        if (descriptors.length == 0) {
            header.set(ValueLayout.JAVA_LONG, Structs.MSG_CONTROL, 0);
            header.set(ValueLayout.JAVA_LONG, Structs.MSG_CONTROLLEN, 0);
            return;
        }
        if (descriptors.length > MAX_FDS) {
            throw new IllegalArgumentException(descriptors.length + " descriptors in one message, at most " + MAX_FDS);
        }
        int length = CMSG_HEADER + 4 * descriptors.length;
        control.set(ValueLayout.JAVA_LONG, Structs.CMSG_LEN, length);
        control.set(ValueLayout.JAVA_INT, Structs.CMSG_LEVEL, Sockets.SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, Structs.CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            control.set(ValueLayout.JAVA_INT, CMSG_HEADER + 4L * i, descriptors[i].number());
        }
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_CONTROL, control.address());
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_CONTROLLEN, (length + 7L) & ~7L);
    }

    private void setName(int length) {
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_NAME, length == 0 ? 0 : name.address());
        header.set(ValueLayout.JAVA_INT, Structs.MSG_NAMELEN, length);
    }

    /**
     * recvmsg(2), MSG_CMSG_CLOEXEC. Afterwards {@link #data} goes from 0 to the length received. Descriptors of an earlier
     * message that nobody took are closed first. EINTR is retried. So is ECONNRESET, once: a peer that closed without having read all that
     * it was sent (unix(7)) leaves that error before the messages that it has sent, which are here, and the end of file behind them.
     *
     * @param flags DONTWAIT, PEEK or 0
     * @return bytes received, 0 at end of file (or an empty datagram), -1 for EAGAIN
     */
    public int receive(Fd socket, int flags) throws SyscallException {
        closeDescriptors();
        data.clear();
        vector.set(ValueLayout.JAVA_LONG, Structs.IOV_LEN, data.capacity());
        setName(SocketAddresses.MAX_SIZE);
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_CONTROL, control.address());
        header.set(ValueLayout.JAVA_LONG, Structs.MSG_CONTROLLEN, CONTROL_SIZE);
        long count = call(RECVMSG, socket, flags | CMSG_CLOEXEC);
        if (count == -1 && CFunction.errno() == Errno.ECONNRESET) {
            count = call(RECVMSG, socket, flags | CMSG_CLOEXEC);
        }
        int length = RECVMSG.orThrowUnless(count, Errno.EAGAIN);
        if (length >= 0) {
            data.limit(length);
            readControl();
            int nameLength = header.get(ValueLayout.JAVA_INT, Structs.MSG_NAMELEN);
            source = nameLength == 0 ? null : SocketAddresses.read(name, nameLength);
        }
        return length;
    }

    private void readControl() {
        int flags = header.get(ValueLayout.JAVA_INT, Structs.MSG_FLAGS);
        truncated = (flags & TRUNC) != 0;
        descriptorsLost = (flags & CTRUNC) != 0;
        senderPid = -1;
        long length = header.get(ValueLayout.JAVA_LONG, Structs.MSG_CONTROLLEN);
        for (long at = 0; at + CMSG_HEADER <= length; ) {
            long size = control.get(ValueLayout.JAVA_LONG, at + Structs.CMSG_LEN);
            int type = control.get(ValueLayout.JAVA_INT, at + Structs.CMSG_TYPE);
            if (type == SCM_RIGHTS) {
                for (long fd = at + CMSG_HEADER; fd + 4 <= at + size; fd += 4) {
                    received[receivedCount++] = control.get(ValueLayout.JAVA_INT, fd);
                }
            } else if (type == SCM_CREDENTIALS) {
                senderPid = control.get(ValueLayout.JAVA_INT, at + CMSG_HEADER + Structs.UCRED_PID);
            }
            at += (Math.max(size, CMSG_HEADER) + 7) & ~7L;
        }
    }

    /** Descriptors that came with the last message and have not been taken. */
    public int descriptorCount() {
        return receivedCount;
    }

    /** The first descriptor received and not yet taken, now the caller's. @throws IllegalStateException if there is none */
    public Fd takeDescriptor() {
        if (receivedCount == 0) {
            throw new IllegalStateException("no descriptor was received");
        }
        Fd first = new Fd(received[0]);
        System.arraycopy(received, 1, received, 0, --receivedCount);
        return first;
    }

    /** Closes what was received and not taken. */
    public void closeDescriptors() {
        while (receivedCount > 0) {
            takeDescriptor().close();
        }
    }

    /** MSG_TRUNC: the message was longer than the buffer. */
    public boolean truncated() {
        return truncated;
    }

    /** MSG_CTRUNC: descriptors were lost, more than fit or than this process may open. */
    public boolean descriptorsLost() {
        return descriptorsLost;
    }

    /** The sender's process (SO_PASSCRED must be set), or -1. */
    public int senderPid() {
        return senderPid;
    }

    /** The sender's address for datagrams, else null. */
    public SocketAddress source() {
        return source;
    }

    @Override
    public void close() {
        closeDescriptors();
        arena.close();
    }
}
