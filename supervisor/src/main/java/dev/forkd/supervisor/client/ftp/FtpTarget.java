package dev.forkd.supervisor.client.ftp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where to connect and as whom.
 *
 * @param tls how the connection is protected
 * @param authority PEM file of certificates to trust in place of those of the JDK
 * @param timeout to connect, and for each answer
 */
record FtpTarget(
        String host, int port, String user, char[] password, Tls tls, Optional<Path> authority, Duration timeout) {
    static final int DEFAULT_PORT = 21;

    /** How the connection is protected. */
    enum Tls {
        OFF,
        /** The server's certificate must be trusted and name the host. */
        CHECKED,
        /** Any certificate: protects against listeners, not against impostors. */
        UNCHECKED
    }

    /** A host and a port. */
    record Address(String host, int port) {

        /** @param text {@code HOST}, {@code HOST:PORT}, {@code [::1]:PORT} */
        static Address parse(String text) {
            int bracket = text.lastIndexOf(']');
            int colon = text.lastIndexOf(':');
            boolean hasPort = colon > bracket && (bracket >= 0 || text.indexOf(':') == colon);
            String host = hasPort ? text.substring(0, colon) : text;
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            int port = hasPort ? port(text.substring(colon + 1)) : DEFAULT_PORT;
            if (host.isEmpty() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is not an address; give HOST, HOST:PORT or [IPv6]:PORT");
            }
            return new Address(host, port);
        }

        private static int port(String text) {
            return text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        }
    }

    /** The password stays out of logs. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
