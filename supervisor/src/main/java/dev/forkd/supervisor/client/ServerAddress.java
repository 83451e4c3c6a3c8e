package dev.forkd.supervisor.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a client connects to: {@code HOST:PORT}, {@code [::1]:PORT}, {@code unix:/path}, or what a listen line says. */
public sealed interface ServerAddress {

    /** A host by name or number. */
    record Tcp(String host, int port) implements ServerAddress {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** A socket in the file system. */
    record Unix(Path path) implements ServerAddress {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    Pattern HOST_AND_PORT = Pattern.compile("(?:tcp://)?(?:\\[([0-9a-fA-F:.%\\w]+)]|([^:\\[\\]/]+)):(\\d{1,5})");

    /** @throws IllegalArgumentException if it is none of these */
    static ServerAddress parse(String text) {
        if (text.startsWith("unix:") && text.length() > "unix:".length()) {
            return new Unix(Path.of(text.substring("unix:".length()).replaceFirst("^//(?=/)", "")));
        }
        Matcher m = HOST_AND_PORT.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(3)) > 65_535) {
            throw new IllegalArgumentException("\"" + text + "\" is neither HOST:PORT nor unix:/path");
        }
        return new Tcp(m.group(1) == null ? m.group(2) : m.group(1), Integer.parseInt(m.group(3)));
    }

    /** Connects, in blocking mode. @param atMost zero for no limit @throws IOException that names the address and the reason */
    default SocketChannel connect(Duration atMost) throws IOException {
        try {
            return switch (this) {
                case Unix(Path path) -> connect(UnixDomainSocketAddress.of(path), atMost);
                case Tcp(String host, int port) -> connect(new InetSocketAddress(host, port), atMost);
            };
        } catch (IOException e) {
            throw new IOException("cannot connect to " + this + ": " + e.getMessage(), e);
        }
    }

    /** In a thread of its own: connect(2) waits where the listener's queue is full, and the JDK has no limit for that. */
    private static SocketChannel connect(UnixDomainSocketAddress address, Duration atMost) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        FutureTask<Boolean> connecting = new FutureTask<>(() -> channel.connect(address));
        Thread.ofPlatform().name("forkd-client-connect").daemon().start(connecting);
        try {
            boolean _ = atMost.isZero() ? connecting.get() : connecting.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return channel;
        } catch (TimeoutException e) {
            channel.close();
            throw new IOException("nobody has accepted for " + atMost.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            channel.close();
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static SocketChannel connect(InetSocketAddress address, Duration atMost) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("there is no host of this name");
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(address, Math.toIntExact(atMost.toMillis()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true); // notices a server that vanished
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
