package dev.forkd.text;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** Addresses as people write them: IPv4 with dots, IPv6 as RFC 5952 has it. */
public final class AddressText {
    private AddressText() {}

    /** {@code 127.0.0.1:80}, {@code [::1]:80}, the path of a Unix socket, {@code unix} for one without a name. */
    public static String of(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet
            when inet.getAddress() instanceof Inet6Address six -> "[" + of(six) + "]:" + inet.getPort();
            case InetSocketAddress inet -> source(inet) + ":" + inet.getPort();
            case UnixDomainSocketAddress unix -> source(unix);
            default -> address.toString();
        };
    }

    /** The same without the port, which says nothing about who somebody is: {@code 127.0.0.1}, {@code ::1}. */
    public static String source(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet when inet.isUnresolved() -> inet.getHostString();
            case InetSocketAddress inet -> of(inet.getAddress());
            case UnixDomainSocketAddress unix ->
                unix.getPath().toString().isEmpty() ? "unix" : unix.getPath().toString();
            default -> address.toString();
        };
    }

    /** {@code 127.0.0.1}, {@code ::1}, {@code fe80::1%eth0}. */
    public static String of(InetAddress address) {
        return address instanceof Inet6Address six ? compressed(six) : address.getHostAddress();
    }

    /** RFC 5952: the longest run of two or more zero groups, the first of equals, becomes {@code ::}. */
    private static String compressed(Inet6Address address) {
        ShortBuffer groups = ByteBuffer.wrap(address.getAddress()).asShortBuffer();
        int longest = 1;
        int start = -1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups.get(end) == 0) {
                end++;
            }
            if (end - i > longest) {
                longest = end - i;
                start = i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups.get(i) & 0xffff));
            }
        }
        String host = address.getHostAddress();
        int scope = host.indexOf('%');
        return scope < 0 ? text.toString() : text + host.substring(scope);
    }
}
