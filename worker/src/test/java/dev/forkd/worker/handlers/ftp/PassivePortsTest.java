package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassivePortsTest {

    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    /** Each transfer leaves its port in TIME_WAIT for a minute: a range of one port must do for many within it. */
    @Test
    void usesAPortAgainWhoseConnectionsWaitOutTheirMinute() throws IOException {
        PassivePorts one = new PassivePorts(10_000, 32_767); // below those that the kernel gives to other programs
        long seed = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            try (ServerSocketChannel listener = one.listen(LOCAL, seed);
                    Socket client = new Socket(LOCAL, port(listener))) {
                one = new PassivePorts(port(listener), port(listener));
                SocketChannel server = listenerAccepts(listener);
                server.close(); // first, and so it is this end that waits
                assertEquals(-1, client.getInputStream().read());
            }
        }
        assertTrue(timeWait(one.first()) > 1, "no connection in TIME_WAIT: this test shows nothing");
    }

    @Test
    void withoutARangeItIsTheKernelsOwn() throws IOException {
        PassivePorts ports = PassivePorts.ephemeral();
        try (BufferedReader kernels = Files.newBufferedReader(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
            assertEquals(kernels.readLine(), ports.first() + "\t" + ports.last());
        }
        int different = (int) IntStream.range(0, 20)
                .map(seed -> {
                    try (ServerSocketChannel listener = ports.listen(LOCAL, seed)) {
                        return port(listener);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .distinct()
                .count();
        assertTrue(different > 10, different + " ports for 20 sessions");
    }

    @Test
    void saysThatAllAreTaken() throws IOException {
        try (ServerSocketChannel taken = PassivePorts.ANY.listen(LOCAL, 0)) {
            PassivePorts one = new PassivePorts(port(taken), port(taken));
            BindException e = assertThrows(BindException.class, () -> one.listen(LOCAL, 1));
            assertTrue(e.getMessage().contains("are taken"), e.getMessage());
        }
    }

    private static SocketChannel listenerAccepts(ServerSocketChannel listener) throws IOException {
        SelectableChannel _ = listener.configureBlocking(true);
        return listener.accept();
    }

    private static int port(ServerSocketChannel listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Connections of a local port in TIME_WAIT (06), as proc_net_tcp(5) tells. */
    private static long timeWait(int port) throws IOException {
        String local = String.format(":%04X ", port);
        try (var four = Files.lines(Path.of("/proc/net/tcp"));
                var six = Files.lines(Path.of("/proc/net/tcp6"))) {
            return four.filter(line -> isWaiting(line, local)).count()
                    + six.filter(line -> isWaiting(line, local)).count();
        }
    }

    private static boolean isWaiting(String line, String local) {
        return line.matches("\\s*\\d+: \\p{XDigit}+" + local + "\\p{XDigit}+:\\p{XDigit}+ 06 .*");
    }
}
