package dev.forkd.supervisor.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The other end of the admin socket, in the test's own process: answers each command with what the test put down for it. */
public final class FakeSupervisor implements AutoCloseable {
    private final ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final Map<String, String> answers;

    /** The lines that were received. */
    public final Queue<String> requests = new ConcurrentLinkedQueue<>();

    /** @param answers by command: the bytes of the answer; empty hangs up, and a command that is not in it is never answered */
    public FakeSupervisor(Path socket, Map<String, String> answers) throws IOException {
        this.answers = answers;
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                Thread.ofVirtual().start(() -> answer(channel));
            }
        } catch (ClosedChannelException e) {
            // the test is over
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void answer(SocketChannel channel) {
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
            String line = in.readLine();
            if (line == null) {
                channel.close(); // who only looked whether anybody listens
                return;
            }
            requests.add(line);
            String command = line.replaceAll(".*\"command\":\"([^\"]+)\".*", "$1");
            if (answers.containsKey(command)) {
                ByteBuffer answer = StandardCharsets.UTF_8.encode(answers.get(command));
                while (answer.hasRemaining()) {
                    channel.write(answer);
                }
                channel.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
