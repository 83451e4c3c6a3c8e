package dev.forkd.worker.handlers.http.proxy;

import dev.forkd.text.AddressLiteral;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A PROXY protocol header, version 1 or 2 (HAProxy's proxy-protocol.txt).
 *
 * @param source the client's address; empty if the balancer speaks for itself (LOCAL, UNKNOWN) or of a kind without address
 * @param length bytes of the header; what follows is the client's
 */
public record ProxyHeader(Optional<SocketAddress> source, int length) {
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final byte[] WORD = {'P', 'R', 'O', 'X', 'Y', ' '};
    /** Version 1: "a 108-byte buffer is always enough", with the terminating zero. */
    private static final int LONGEST_TEXT = 107;

    private static final int BINARY_FIXED = 16;

    /** Bytes enough for any header that is taken; version 2 could announce 64 KiB of extensions, and nobody does. */
    public static final int LONGEST = 4096;

    /**
     * Parses the first {@code count} bytes that came.
     *
     * @return empty if more bytes are needed to tell
     * @throws ProtocolException if this is not a PROXY header
     */
    static Optional<ProxyHeader> parse(byte[] bytes, int count) throws ProtocolException {
        if (begins(bytes, count, WORD)) {
            return count < WORD.length ? Optional.empty() : parseText(bytes, count);
        }
        if (begins(bytes, count, SIGNATURE)) {
            return count < BINARY_FIXED ? Optional.empty() : parseBinary(bytes, count);
        }
        throw new ProtocolException("not a PROXY header");
    }

    private static boolean begins(byte[] bytes, int count, byte[] prefix) {
        int n = Math.min(count, prefix.length);
        return Arrays.equals(bytes, 0, n, prefix, 0, n);
    }

    /** {@code PROXY TCP4 source destination port port CR LF}. */
    private static Optional<ProxyHeader> parseText(byte[] bytes, int count) throws ProtocolException {
        int end = 0;
        while (end < Math.min(count, LONGEST_TEXT) && bytes[end] != '\n') {
            end++;
        }
        if (end == LONGEST_TEXT) {
            throw new ProtocolException("the PROXY header has no end");
        }
        if (end == count) {
            return Optional.empty();
        }
        String line = new String(bytes, 0, end, StandardCharsets.US_ASCII);
        if (!line.endsWith("\r")) {
            throw new ProtocolException("the PROXY header does not end with CRLF");
        }
        String[] words = line.substring(0, line.length() - 1).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return Optional.of(new ProxyHeader(Optional.empty(), end + 1));
        }
        boolean v4 = words[1].equals("TCP4");
        if (words.length != 6 || !(v4 || words[1].equals("TCP6"))) {
            throw new ProtocolException("the PROXY header is not PROXY TCP4|TCP6 source destination port port");
        }
        InetAddress address = address(words[2], v4);
        InetAddress _ = address(words[3], v4);
        port(words[5]);
        return Optional.of(new ProxyHeader(Optional.of(new InetSocketAddress(address, port(words[4]))), end + 1));
    }

    /** An IPv4 client of a balancer that listens on IPv6 is {@code ::ffff:203.0.113.7}, which the JDK takes for what it is. */
    private static InetAddress address(String text, boolean v4) throws ProtocolException {
        if (text.indexOf(':') < 0 != v4) {
            throw new ProtocolException("the PROXY header's address is of another family than it says");
        }
        try {
            return AddressLiteral.of(text);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("the PROXY header has a malformed address");
        }
    }

    private static int port(String text) throws ProtocolException {
        if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 0xffff) {
            return Integer.parseInt(text);
        }
        throw new ProtocolException("the PROXY header has a malformed port");
    }

    /** Signature, version and command, family and protocol, length (16 bits), addresses, extensions. */
    private static Optional<ProxyHeader> parseBinary(byte[] bytes, int count) throws ProtocolException {
        int version = bytes[12] >> 4 & 15;
        int command = bytes[12] & 15;
        int length = BINARY_FIXED + ((bytes[14] & 0xff) << 8 | (bytes[15] & 0xff));
        if (version != 2 || command > 1 || length > LONGEST) {
            throw new ProtocolException("the PROXY header has an unknown version or command, or is too long");
        }
        if (count < length) {
            return Optional.empty();
        }
        Optional<SocketAddress> source = command == 0
                ? Optional.empty()
                : switch (bytes[13] & 0xff) {
                    case 0x11 -> inet(bytes, length, 4);
                    case 0x21 -> inet(bytes, length, 16);
                    case 0x00, 0x31 ->
                        Optional.empty(); // unspecified; a Unix client, which has no address worth a log line
                    default -> throw new ProtocolException("the PROXY header is not about a stream");
                };
        return Optional.of(new ProxyHeader(source, length));
    }

    private static Optional<SocketAddress> inet(byte[] bytes, int length, int size) throws ProtocolException {
        if (length < BINARY_FIXED + 2 * size + 4) {
            throw new ProtocolException("the PROXY header is too short for its addresses");
        }
        try {
            InetAddress address =
                    InetAddress.getByAddress(Arrays.copyOfRange(bytes, BINARY_FIXED, BINARY_FIXED + size));
            int at = BINARY_FIXED + 2 * size;
            return Optional.of(new InetSocketAddress(address, (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff)));
        } catch (IOException e) {
            throw new AssertionError("4 and 16 bytes are addresses", e);
        }
    }
}
