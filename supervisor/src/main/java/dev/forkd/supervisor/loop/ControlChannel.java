package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.SyscallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The supervisor's end of a worker's control socket: watched, read message by message, written without waiting. On the loop's thread. */
public final class ControlChannel {
    private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);

    /** So that a worker that floods its socket does not keep the loop from its other work. */
    private static final int MESSAGES_PER_TURN = 64;

    /** More than a socket holds: SO_SNDBUF counts each message with its overhead, unix(7). */
    private static final int MESSAGES_AT_END = 16_384;

    private final EventLoop.Watch watch;
    private final Messenger messenger;
    private final Listener listener;
    private boolean gone;

    /** What comes of it. */
    public interface Listener {
        void received(Message.ToSupervisor message);

        /** It sent what the protocol does not allow, or cannot be read. */
        void broke(String how);

        /** All that it sent has been received, and no more will come; the channel is closed. */
        void ended();
    }

    /** @param fd taken */
    public ControlChannel(EventLoop loop, Messenger messenger, Fd fd, Listener listener) throws SyscallException {
        this.messenger = messenger;
        this.listener = listener;
        this.watch = loop.watch(fd, Epoll.IN, events -> receive(MESSAGES_PER_TURN));
    }

    /** Its process has ended: receives all that it sent, bounded for a process of its own may hold the socket and go on, and closes. */
    void finish() {
        receive(MESSAGES_AT_END);
        close();
    }

    private void receive(int most) {
        try {
            for (int i = 0; i < most && watch.isOpen(); i++) {
                switch (messenger.receive(watch.fd(), false)) {
                    case NOTHING -> {
                        return;
                    }
                    case END -> end();
                    case MESSAGE -> listener.received(messenger.fromWorker());
                }
            }
        } catch (SyscallException e) {
            close();
            listener.broke(e.getMessage());
            listener.ended();
        } catch (ProtocolException e) {
            listener.broke(e.getMessage() + (e.getCause() == null ? "" : ", " + e.getCause()));
        }
    }

    private void end() {
        close();
        listener.ended();
    }

    /** Sends a message; descriptors are borrowed. @return false if the socket is full or gone: then nobody reads it, or its reader has ended */
    public boolean send(Message.ToWorker message, Fd... descriptors) {
        try {
            return watch.isOpen() && messenger.trySend(watch.fd(), message, descriptors);
        } catch (SyscallException e) {
            gone = e.errno() == Errno.EPIPE; // its exit is about to be seen
            if (!gone) {
                LOG.warn("event=message-not-sent reason=\"{}\"", e.getMessage());
            }
            return false;
        } catch (ProtocolException e) {
            throw new IllegalStateException("a message of our own is malformed", e);
        }
    }

    /** Whether a message could not be sent because nobody holds the other end any more. */
    boolean gone() {
        return gone;
    }

    public boolean isOpen() {
        return watch.isOpen();
    }

    /** A worker holds the other end, and nobody this one. */
    public void close() {
        watch.closeLast();
    }
}
