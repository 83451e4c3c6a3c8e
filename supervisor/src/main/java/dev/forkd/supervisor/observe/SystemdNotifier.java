package dev.forkd.supervisor.observe;

import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is, sd_notify(3): datagrams to the socket named in NOTIFY_SOCKET. Without that variable it does nothing.
 * On the loop's thread, so that a supervisor whose loop hangs misses its watchdog.
 */
public final class SystemdNotifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);

    private final Optional<UnixDomainSocketAddress> socket;
    private final Optional<Duration> watchdog;
    private final MessageBuffer buffer = new MessageBuffer(4096);

    public SystemdNotifier(Map<String, String> environment) {
        this.socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .filter(path -> path.startsWith("/"))
                .map(UnixDomainSocketAddress::of);
        this.watchdog = Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(usec -> socket.isPresent())
                .map(usec -> Duration.ofNanos(Long.parseLong(usec) * 1000));
    }

    /** How often {@link #alive} must be called: half of WatchdogSec, as sd_watchdog_enabled(3) advises. */
    public Optional<Duration> watchdogInterval() {
        return watchdog.map(time -> time.dividedBy(2));
    }

    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** Followed by {@link #ready} when the reload is over, however it went. */
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
    }

    public void stopping() {
        send("STOPPING=1\nSTATUS=Draining");
    }

    public void alive() {
        send("WATCHDOG=1");
    }

    private void send(String state) {
        if (socket.isEmpty()) {
            return;
        }
        try (Fd fd = Sockets.socket(1, Sockets.DGRAM)) {
            buffer.data().clear().put(state.getBytes(StandardCharsets.UTF_8));
            int _ = buffer.send(fd, MessageBuffer.DONTWAIT, socket.get());
        } catch (SyscallException e) {
            LOG.warn("event=notify-failed socket={} reason=\"{}\"", socket.get(), e.getMessage());
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
