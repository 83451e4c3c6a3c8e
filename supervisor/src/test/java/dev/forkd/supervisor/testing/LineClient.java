package dev.forkd.supervisor.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client that speaks in lines, over TCP or a Unix socket. A read that hangs is the test's time-out to end. */
public final class LineClient implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader reader;

    private LineClient(SocketChannel channel) {
        this.channel = channel;
        this.reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    public static LineClient connect(SocketAddress address) throws IOException {
        return new LineClient(SocketChannel.open(address));
    }

    public void say(String line) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The next line, or null at the end. */
    public String hear() throws IOException {
        return reader.readLine();
    }

    /** Says a line and waits for the answer. */
    public String ask(String line) throws IOException {
        say(line);
        return hear();
    }

    /** What the handler of the tests tells of its process: {@code pid}, {@code slot}, {@code gen}, {@code client}, {@code thread}. */
    public String ask(String question, String field) throws IOException {
        String answer = ask(question);
        for (String word : answer.split(" ", -1)) {
            if (word.startsWith(field + "=")) {
                return word.substring(field.length() + 1);
            }
        }
        throw new AssertionError("no " + field + " in " + answer);
    }

    /** The worker that serves this client. */
    public int worker() throws IOException {
        return Integer.parseInt(ask("who", "pid"));
    }

    /** Whether the server has closed the connection; waits for that or for a line. */
    public boolean atEnd() {
        try {
            return hear() == null;
        } catch (IOException e) {
            return true; // reset: closed with bytes unread
        }
    }

    /** As logs show it. */
    public SocketAddress address() throws IOException {
        return channel.getLocalAddress();
    }

    /** No more will be said. */
    public void finish() throws IOException {
        channel.shutdownOutput();
    }

    /** Close resets the connection instead of ending it. */
    public void breakOff() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
