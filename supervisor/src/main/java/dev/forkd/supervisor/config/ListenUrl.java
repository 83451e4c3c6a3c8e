package dev.forkd.supervisor.config;

import dev.forkd.text.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a service listens: {@code tcp://127.0.0.1:7007}, {@code tcp://[::1]:0}, {@code udp://…}, {@code unix:/path},
 * {@code unixgram:/path}.
 *
 * @param address {@code InetSocketAddress}, resolved, or {@code UnixDomainSocketAddress}, absolute
 * @param text the URL, normalised: what the log prints
 */
public record ListenUrl(Transport transport, SocketAddress address, String text) {
    /** sockaddr_un.sun_path has 108 bytes, one of them for the final NUL (unix(7)). */
    private static final int LONGEST_PATH = 107;

    private static final Pattern INET = Pattern.compile("(tcp|udp)://(?:\\[([^\\]]+)\\]|([^:\\[\\]/]+)):(\\d{1,5})/?");
    private static final Pattern UNIX = Pattern.compile("(unix|unixgram):(?://(?=/))?(.+)");
    private static final String FORMS = "tcp://HOST:PORT, udp://HOST:PORT, unix:/PATH or unixgram:/PATH";

    /** @throws IllegalArgumentException if the text is not a listen URL; the message says why */
    public static ListenUrl parse(String text) {
        return parse(text, Path.of(""));
    }

    /** @param base what a relative Unix path is relative to */
    static ListenUrl parse(String text, Path base) {
        Matcher inet = INET.matcher(text);
        if (inet.matches()) {
            boolean six = inet.group(2) != null;
            Transport transport = inet.group(1).equals("tcp") ? Transport.TCP : Transport.UDP;
            return of(transport, inet(text, six ? "[" + inet.group(2) + "]" : inet.group(3), inet.group(4)));
        }
        Matcher unix = UNIX.matcher(text);
        if (unix.matches()) {
            Transport transport = unix.group(1).equals("unix") ? Transport.UNIX : Transport.UNIXGRAM;
            return of(transport, UnixDomainSocketAddress.of(socketPath(base, unix.group(2))));
        }
        throw new IllegalArgumentException("\"" + text + "\" is not a listen URL; it should be " + FORMS);
    }

    /** The same listener with the address that it got: a port of the kernel's choice, a socket of systemd's. */
    public ListenUrl withAddress(SocketAddress actual) {
        return of(transport, actual);
    }

    private static ListenUrl of(Transport transport, SocketAddress address) {
        String slashes = transport.isUnix() ? ":" : "://";
        return new ListenUrl(transport, address, transport.scheme() + slashes + AddressText.of(address));
    }

    private static InetSocketAddress inet(String text, String host, String port) {
        int number = Integer.parseInt(port);
        if (number > 65535) {
            throw new IllegalArgumentException("\"" + text + "\": port " + port + " is above 65535");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), number);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + text + "\": cannot resolve " + host, e);
        }
    }

    /** The absolute path of a Unix socket. @throws IllegalArgumentException if the kernel could not take it */
    static Path socketPath(Path base, String text) {
        if (text.startsWith("@") || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": abstract Unix sockets are not supported; give a path");
        }
        Path path;
        try {
            path = base.resolve(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not a path: " + e.getReason(), e);
        }
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH) {
            throw new IllegalArgumentException(
                    "the path " + path + " has " + length + " bytes; a Unix socket's path may have " + LONGEST_PATH);
        }
        return path;
    }
}
