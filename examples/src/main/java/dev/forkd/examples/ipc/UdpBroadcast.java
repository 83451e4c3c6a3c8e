package dev.forkd.examples.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forkd.ipc.Codec;
import dev.forkd.ipc.ForkedProcess;
import dev.forkd.ipc.SharedQueue;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One datagram heard by many processes: listeners share a port (SO_REUSEADDR) and report what they hear through a queue; the sender
 * broadcasts (SO_BROADCAST) to the loopback network, 127.255.255.255.
 */
public final class UdpBroadcast {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private UdpBroadcast() {}

    public static void main(String[] args) throws Exception {
        run(3, args.length == 0 ? "hello, all" : args[0]).forEach(System.out::println);
    }

    /** @return what the listeners report, in the order in which they heard it */
    static List<String> run(int listeners, String text) throws Exception {
        List<ForkedProcess> processes = new ArrayList<>();
        try (SharedQueue<String> reports = SharedQueue.create(64, 256, Codec.strings());
                DatagramSocket port = shared(0)) {
            int number = port.getLocalPort();
            for (int i = 0; i < listeners; i++) {
                int me = i;
                processes.add(new ForkedProcess(() -> listen(me, number, reports))
                        .name("listener-" + i)
                        .start());
            }
            for (int i = 0; i < listeners; i++) {
                String _ = reports.get(PATIENCE).orElseThrow(); // ready
            }
            byte[] payload = text.getBytes(UTF_8);
            port.setBroadcast(true);
            port.send(new DatagramPacket(payload, payload.length, InetAddress.getByName("127.255.255.255"), number));
            List<String> heard = new ArrayList<>();
            for (int i = 0; i < listeners; i++) {
                heard.add(reports.get(PATIENCE).orElseThrow());
            }
            return heard;
        } finally {
            processes.forEach(ForkedProcess::close);
        }
    }

    private static DatagramSocket shared(int port) throws Exception {
        DatagramSocket socket = new DatagramSocket(null);
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress("0.0.0.0", port)); // broadcasts reach only who is bound to any address
        return socket;
    }

    private static void listen(int me, int port, SharedQueue<String> reports) throws Exception {
        try (DatagramSocket socket = shared(port)) {
            reports.put("listener " + me + " is ready");
            DatagramPacket packet = new DatagramPacket(new byte[1024], 1024);
            socket.receive(packet);
            reports.put("listener " + me + " heard: "
                    + new String(packet.getData(), packet.getOffset(), packet.getLength(), UTF_8));
        }
    }
}
