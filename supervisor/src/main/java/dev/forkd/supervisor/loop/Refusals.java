package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells refused clients why, in their protocol, and closes them. A connection that is closed while unread bytes are there is reset,
 * and the reason lost with it; so it lingers until the client closes, a second at most. Only so many do at once; of one more only what it
 * has sent so far is read. On the loop's thread.
 */
final class Refusals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int MOST_LINGERING = 256;

    private final EventLoop loop;
    private final MessageBuffer buffer = new MessageBuffer(16 * 1024);
    private Optional<Runnable> whenTold = Optional.empty();
    private int lingering;

    Refusals(EventLoop loop) {
        this.loop = loop;
    }

    /** Takes the client's descriptor. @param reason what it is told; empty: it is closed without a word */
    void refuse(Client client, byte[] reason) {
        if (!client.isStream() || reason.length == 0) {
            client.closeDescriptor();
            return;
        }
        Fd fd = client.fd();
        try {
            buffer.data().clear().put(reason);
            int _ = buffer.send(fd, MessageBuffer.DONTWAIT, null);
            Sockets.shutdown(fd, Sockets.SHUT_WR);
            if (lingering < MOST_LINGERING) {
                linger(fd);
            } else {
                int _ = buffer.receive(fd, MessageBuffer.DONTWAIT);
                client.closeDescriptor();
            }
        } catch (SyscallException e) {
            LOG.trace("event=refusal-lost client={} reason=\"{}\"", LogText.word(client.text()), e.getMessage());
            client.closeDescriptor();
        }
    }

    /** Takes the descriptor. */
    private void linger(Fd fd) throws SyscallException {
        Lingering client = new Lingering();
        client.watch = loop.watch(fd, Epoll.IN | Epoll.RDHUP, events -> client.read());
        client.timer = loop.after(LINGER, client::close);
        lingering++;
    }

    /** Whether nobody lingers. */
    boolean allTold() {
        return lingering == 0;
    }

    /** Runs the action once nobody lingers, or now. One action at a time. */
    void whenTold(Runnable action) {
        if (allTold()) {
            action.run();
        } else {
            whenTold = Optional.of(action);
        }
    }

    private final class Lingering {
        private EventLoop.Watch watch;
        private Timers.Timer timer;

        private void read() {
            try {
                if (buffer.receive(watch.fd(), MessageBuffer.DONTWAIT) == 0) {
                    close();
                }
            } catch (SyscallException e) {
                close();
            }
        }

        private void close() {
            if (watch.isOpen()) {
                watch.close();
                timer.cancel();
                lingering--;
                if (allTold()) {
                    Optional<Runnable> action = whenTold;
                    whenTold = Optional.empty();
                    action.ifPresent(Runnable::run);
                }
            }
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
