package dev.forkd.supervisor.net;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.Transport;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sockets that systemd listens on for us, sd_listen_fds(3): descriptors from 3 on, their number in LISTEN_FDS, their names
 * (FileDescriptorName=) in LISTEN_FDNAMES. A socket belongs to the service of its name.
 */
public final class InheritedSockets {
    private static final int FIRST = 3;

    private final Map<String, List<ListenSocket>> byService;

    private InheritedSockets(Map<String, List<ListenSocket>> byService) {
        this.byService = byService;
    }

    /** No sockets. */
    public static InheritedSockets none() {
        return new InheritedSockets(new java.util.TreeMap<>());
    }

    /** Takes over what this environment names; nothing if LISTEN_PID is not this process. @throws IOException if that is not there */
    public static InheritedSockets from(Map<String, String> environment) throws IOException {
        InheritedSockets found = none();
        if (!String.valueOf(Processes.pid()).equals(environment.get("LISTEN_PID"))) {
            return found;
        }
        int count = count(environment.getOrDefault("LISTEN_FDS", "0"));
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        for (int i = 0; i < count; i++) {
            Fd fd = new Fd(FIRST + i);
            fd.closeOnExec(true);
            fd.nonBlocking(true);
            String name = i < names.length ? names[i] : "unknown";
            found.byService.computeIfAbsent(name, n -> new ArrayList<>()).add(ListenSocket.inherited(fd, url(fd)));
        }
        return found;
    }

    private static int count(String text) throws IOException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("LISTEN_FDS = \"" + text + "\" is no number of sockets (sd_listen_fds(3))", e);
        }
    }

    private static ListenUrl url(Fd fd) throws SyscallException {
        boolean datagram = Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) == Sockets.DGRAM;
        SocketAddress address = Sockets.localAddress(fd);
        boolean unix = address instanceof UnixDomainSocketAddress;
        Transport transport =
                unix ? (datagram ? Transport.UNIXGRAM : Transport.UNIX) : (datagram ? Transport.UDP : Transport.TCP);
        return ListenUrl.parse(
                        transport == Transport.TCP
                                ? "tcp://127.0.0.1:0"
                                : transport.scheme() + (unix ? ":/" : "://127.0.0.1:0"))
                .withAddress(address);
    }

    /** The service's sockets, the caller's from now on. They take the place of all that its {@code listen} says. */
    public List<ListenSocket> take(String service) {
        List<ListenSocket> sockets = byService.remove(service);
        return sockets == null ? List.of() : sockets;
    }

    /** Names that no service has taken. */
    public List<String> unclaimed() {
        return List.copyOf(byService.keySet());
    }
}
