package dev.forkd.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Strings, lists and addresses in a byte buffer, big-endian, each with its length in front. Reading checks every length against
 * what is left: a hostile length is a {@link java.nio.BufferUnderflowException}, never an allocation.
 */
final class Wire {
    private static final int UNIX = 1, INET = 4, INET6 = 6;

    private Wire() {}

    static void bytes(ByteBuffer to, byte[] value) {
        to.putInt(value.length).put(value);
    }

    static byte[] bytes(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new java.nio.BufferUnderflowException();
        }
        byte[] value = new byte[length];
        from.get(value);
        return value;
    }

    static void blobs(ByteBuffer to, List<byte[]> values) {
        to.putInt(values.size());
        for (byte[] value : values) {
            bytes(to, value);
        }
    }

    static List<byte[]> blobs(ByteBuffer from) {
        List<byte[]> values = new ArrayList<>();
        for (int left = from.getInt(); left > 0; left--) {
            values.add(bytes(from));
        }
        return values;
    }

    static void string(ByteBuffer to, String value) {
        bytes(to, value.getBytes(StandardCharsets.UTF_8));
    }

    static String string(ByteBuffer from) {
        return new String(bytes(from), StandardCharsets.UTF_8);
    }

    /** Writes as much of the text as leaves {@code reserve} bytes free: a log event is cut rather than lost. */
    static void cut(ByteBuffer to, String value, int reserve) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int room = to.remaining() - 4 - reserve;
        if (room < 0) {
            throw new BufferOverflowException();
        }
        if (utf8.length <= room) {
            bytes(to, utf8);
            return;
        }
        int end = Math.max(0, room - 3);
        while (end > 0 && (utf8[end] & 0xc0) == 0x80) {
            end--;
        }
        to.putInt(end + 3).put(utf8, 0, end).put("…".getBytes(StandardCharsets.UTF_8));
    }

    static void strings(ByteBuffer to, List<String> values) {
        to.putInt(values.size());
        values.forEach(value -> string(to, value));
    }

    static List<String> strings(ByteBuffer from) {
        List<String> values = new ArrayList<>();
        for (int left = from.getInt(); left > 0; left--) {
            values.add(string(from));
        }
        return List.copyOf(values);
    }

    static void map(ByteBuffer to, Map<String, String> values) {
        to.putInt(values.size());
        values.forEach((key, value) -> {
            string(to, key);
            string(to, value);
        });
    }

    static Map<String, String> map(ByteBuffer from) {
        Map<String, String> values = new TreeMap<>();
        for (int left = from.getInt(); left > 0; left--) {
            String key = string(from);
            values.put(key, string(from));
        }
        return values;
    }

    static void address(ByteBuffer to, SocketAddress address) {
        switch (address) {
            case UnixDomainSocketAddress unix ->
                string(to.put((byte) UNIX), unix.getPath().toString());
            case InetSocketAddress inet -> {
                byte[] ip = inet.getAddress().getAddress();
                int scope = inet.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
                to.put((byte) (ip.length == 4 ? INET : INET6))
                        .put(ip)
                        .putInt(scope)
                        .putShort((short) inet.getPort());
            }
            default -> throw new IllegalArgumentException("not an address of ours: " + address);
        }
    }

    static SocketAddress address(ByteBuffer from) {
        int kind = from.get();
        return switch (kind) {
            case UNIX -> UnixDomainSocketAddress.of(string(from));
            case INET, INET6 -> inet(from, new byte[kind == INET ? 4 : 16]);
            default -> throw new IllegalArgumentException("address of kind " + kind);
        };
    }

    private static SocketAddress inet(ByteBuffer from, byte[] ip) {
        from.get(ip);
        int scope = from.getInt();
        int port = Short.toUnsignedInt(from.getShort());
        try {
            InetAddress address =
                    scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }
}
