package dev.forkd.supervisor.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where services listen, as a supervisor tells on its standard output: {@code event=ready service=NAME listen=URL}. */
record ReadyLines(List<String> lines) {
    private static final Pattern READY = Pattern.compile("event=ready service=(\\S+) listen=(\\w+):(?://)?(\\S+)");

    /** What follows the transport in the URLs of this service and transport: {@code 127.0.0.1:7007}, {@code /run/echo.sock}. */
    List<String> of(String service, String transport) {
        return lines.stream()
                .map(READY::matcher)
                .filter(Matcher::matches)
                .filter(m -> m.group(1).equals(service) && m.group(2).equals(transport))
                .map(m -> m.group(3))
                .toList();
    }

    static SocketAddress address(String text) {
        if (text.startsWith("/")) {
            return UnixDomainSocketAddress.of(text);
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
        return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
    }
}
