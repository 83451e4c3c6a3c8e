package dev.forkd.protocol;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.PeerCredentials;
import dev.forkd.protocol.Message.Outcome;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * Messages to bytes and back: {@code length u32 | type u16 | flags u16 | id u64 | fields}, big-endian; the length counts the
 * header. Stateless.
 */
public final class Codec {
    /** To be raised with every change of a message. */
    public static final int VERSION = 3;

    static final int HEADER = 16;

    /** What a worker may send at most. */
    public static final int MAX_FROM_WORKER = 16 * 1024;

    /** What the supervisor sends at most: a UDP datagram, or a few small ones, and its addresses. */
    public static final int MAX_TO_WORKER = 72 * 1024;

    private static final int HELLO = 1, LOADED = 2, FREEZE_REFUSED = 3, READY = 4, TAKEN = 5, DECLINED = 6, DONE = 7;
    private static final int PONG = 8, LOG = 9, ACCESS = 10, IPC_OPEN = 11, RECORDED = 12;
    private static final int CONFIGURE = 32, START = 33, ACCEPT = 34, DATAGRAM = 35, DRAIN = 36, CANCEL = 37, PING = 38;
    private static final int IPC_OPENED = 39;

    private Codec() {}

    /** Writes the message from position 0; afterwards the buffer's position is its length. @throws ProtocolException if it is too long */
    public static void encode(Message message, ByteBuffer to) throws ProtocolException {
        to.clear();
        try {
            switch (message) {
                case Message.ToSupervisor m -> encode(m, to.limit(Math.min(to.capacity(), MAX_FROM_WORKER)));
                case Message.ToWorker m -> encode(m, to.limit(Math.min(to.capacity(), MAX_TO_WORKER)));
            }
        } catch (BufferOverflowException e) {
            throw new ProtocolException(message.getClass().getSimpleName() + " message is too long", e);
        }
        to.putInt(0, to.position());
    }

    private static ByteBuffer header(ByteBuffer to, int type, long id) {
        return to.putInt(0).putShort((short) type).putShort((short) 0).putLong(id);
    }

    private static void encode(Message.ToSupervisor message, ByteBuffer to) {
        switch (message) {
            case Message.Hello m -> header(to, HELLO, 0).putInt(m.version()).putInt(m.pid());
            case Message.Loaded m -> Wire.bytes(header(to, LOADED, 0).putLong(m.nanos()), m.refusal());
            case Message.FreezeRefused m -> Wire.cut(header(to, FREEZE_REFUSED, 0), m.reason(), 0);
            case Message.Ready m -> header(to, READY, 0).putLong(m.nanos());
            case Message.Taken m -> header(to, TAKEN, m.id());
            case Message.Declined m -> Wire.cut(header(to, DECLINED, m.id()), m.reason(), 0);
            case Message.Done m -> {
                header(to, DONE, m.id()).put(m.outcome().code());
                to.putLong(m.received())
                        .putLong(m.sent())
                        .putLong(m.handOffNanos())
                        .putLong(m.servedNanos());
                Wire.cut(to, m.detail(), 0);
            }
            case Message.Pong m -> header(to, PONG, m.id());
            case Message.Log m -> {
                header(to, LOG, m.client()).putInt(m.level());
                Wire.cut(to, m.logger(), MAX_FROM_WORKER / 2);
                Wire.cut(to, m.text(), 0);
            }
            case Message.Access m -> encode(m, to);
            case Message.IpcOpen m -> {
                Wire.string(header(to, IPC_OPEN, m.id()), m.kind());
                Wire.string(to, m.name());
                to.putLong(m.size());
            }
            case Message.Recorded m ->
                UsedClass.write(header(to, RECORDED, 0).put((byte) (m.last() ? 1 : 0)), m.used());
        }
    }

    private static void encode(Message.Access m, ByteBuffer to) {
        AccessEntry entry = m.entry();
        header(to, ACCESS, m.client())
                .putInt(entry.status())
                .putLong(entry.bytes())
                .putLong(entry.nanos());
        to.putLong(entry.at().toEpochMilli());
        Wire.cut(to, entry.client(), MAX_FROM_WORKER - 512);
        Wire.cut(to, entry.user(), MAX_FROM_WORKER - 1024);
        Wire.cut(to, entry.request(), MAX_FROM_WORKER / 2);
        Wire.cut(to, entry.referer(), MAX_FROM_WORKER / 4);
        Wire.cut(to, entry.userAgent(), 0);
    }

    private static void encode(Message.ToWorker message, ByteBuffer to) {
        switch (message) {
            case Message.Configure() -> header(to, CONFIGURE, 0);
            case Message.Start m ->
                header(to, START, 0)
                        .putInt(m.slot())
                        .putInt(m.generation())
                        .putInt(m.clients())
                        .put((byte) (m.measure() ? 1 : 0))
                        .put((byte) (m.record() ? 1 : 0));
            case Message.Accept m -> {
                header(to, ACCEPT, m.id()).putLong(m.acceptedNanos()).putLong(m.acceptedMillis());
                Wire.address(to, m.client());
                Wire.address(to, m.local());
                PeerCredentials peer = m.peer().orElse(new PeerCredentials(0, -1, -1));
                to.putInt(peer.pid()).putInt(peer.uid()).putInt(peer.gid());
                Wire.string(to, m.listener());
            }
            case Message.Datagram m -> {
                header(to, DATAGRAM, m.id()).putLong(m.acceptedNanos()).put((byte) (m.session() ? 1 : 0));
                Wire.address(to, m.client());
                Wire.address(to, m.local());
                Wire.string(to, m.listener());
                Wire.blobs(to, m.payloads());
            }
            case Message.Drain() -> header(to, DRAIN, 0);
            case Message.Cancel m -> header(to, CANCEL, m.id());
            case Message.Ping m -> header(to, PING, m.id());
            case Message.IpcOpened m -> Wire.cut(header(to, IPC_OPENED, m.id()), m.error(), 0);
        }
    }

    /** Reads a message from a worker. @throws ProtocolException for anything that is none */
    public static Message.ToSupervisor decodeFromWorker(ByteBuffer from) throws ProtocolException {
        if (decode(from) instanceof Message.ToSupervisor message) {
            return message;
        }
        throw new ProtocolException("received a message that only the supervisor sends");
    }

    /** Reads a message from the supervisor. @throws ProtocolException for anything that is none */
    public static Message.ToWorker decodeFromSupervisor(ByteBuffer from) throws ProtocolException {
        if (decode(from) instanceof Message.ToWorker message) {
            return message;
        }
        throw new ProtocolException("received a message that only a worker sends");
    }

    private static Message decode(ByteBuffer from) throws ProtocolException {
        int size = from.remaining();
        try {
            int length = from.getInt();
            int type = from.getShort();
            int flags = from.getShort();
            if (length != size || flags != 0) {
                throw new ProtocolException(
                        "message of type " + type + " has " + size + " bytes, says " + length + ", flags " + flags);
            }
            Message message = fields(type, from.getLong(), from);
            if (from.hasRemaining()) {
                throw new ProtocolException("message of type " + type + " has " + from.remaining() + " bytes too many");
            }
            return message;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("malformed message of " + size + " bytes", e);
        }
    }

    private static Message fields(int type, long id, ByteBuffer from) throws ProtocolException {
        return switch (type) {
            case HELLO -> new Message.Hello(from.getInt(), from.getInt());
            case LOADED -> new Message.Loaded(from.getLong(), Wire.bytes(from));
            case FREEZE_REFUSED -> new Message.FreezeRefused(Wire.string(from));
            case READY -> new Message.Ready(from.getLong());
            case TAKEN -> new Message.Taken(id);
            case DECLINED -> new Message.Declined(id, Wire.string(from));
            case DONE -> done(id, from);
            case PONG -> new Message.Pong(id);
            case LOG -> new Message.Log(id, from.getInt(), Wire.string(from), Wire.string(from));
            case ACCESS -> access(id, from);
            case IPC_OPEN -> new Message.IpcOpen(id, Wire.string(from), Wire.string(from), from.getLong());
            case CONFIGURE -> new Message.Configure();
            case RECORDED -> new Message.Recorded(from.get() != 0, UsedClass.readAll(from));
            case START ->
                new Message.Start(from.getInt(), from.getInt(), from.getInt(), from.get() != 0, from.get() != 0);
            case ACCEPT -> accept(id, from);
            case DATAGRAM -> datagram(id, from);
            case DRAIN -> new Message.Drain();
            case CANCEL -> new Message.Cancel(id);
            case PING -> new Message.Ping(id);
            case IPC_OPENED -> new Message.IpcOpened(id, Wire.string(from));
            default -> throw new ProtocolException("message of unknown type " + type);
        };
    }

    private static Message done(long id, ByteBuffer from) {
        Outcome outcome = Outcome.of(from.get());
        return new Message.Done(
                id, outcome, from.getLong(), from.getLong(), from.getLong(), from.getLong(), Wire.string(from));
    }

    private static Message access(long id, ByteBuffer from) {
        int status = from.getInt();
        long bytes = from.getLong();
        long nanos = from.getLong();
        Instant at = Instant.ofEpochMilli(from.getLong());
        String client = Wire.string(from);
        String user = Wire.string(from);
        String request = Wire.string(from);
        String referer = Wire.string(from);
        return new Message.Access(
                id, new AccessEntry(client, user, request, status, bytes, referer, Wire.string(from), at, nanos));
    }

    private static Message accept(long id, ByteBuffer from) {
        long nanos = from.getLong();
        long millis = from.getLong();
        var client = Wire.address(from);
        var local = Wire.address(from);
        PeerCredentials peer = new PeerCredentials(from.getInt(), from.getInt(), from.getInt());
        return new Message.Accept(
                id,
                Wire.string(from),
                client,
                local,
                peer.pid() == 0 ? Optional.empty() : Optional.of(peer),
                nanos,
                millis);
    }

    private static Message datagram(long id, ByteBuffer from) {
        long nanos = from.getLong();
        boolean session = from.get() != 0;
        var client = Wire.address(from);
        var local = Wire.address(from);
        return new Message.Datagram(id, Wire.string(from), client, local, session, nanos, Wire.blobs(from));
    }
}
