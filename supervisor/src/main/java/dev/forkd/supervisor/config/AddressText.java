package dev.forkd.supervisor.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** Addresses as people write them: {@code 127.0.0.1:80}, {@code [::1]:80}, {@code /run/x.sock}. */
public final class AddressText {
    private AddressText() {}

    public static String of(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> host(inet) + ":" + inet.getPort();
            case UnixDomainSocketAddress unix -> unix.getPath().toString();
            default -> address.toString();
        };
    }

    private static String host(InetSocketAddress inet) {
        return switch (inet.getAddress()) {
            case null -> inet.getHostString();
            case Inet6Address six -> "[" + compressed(six) + "]";
            case InetAddress four -> four.getHostAddress();
        };
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
