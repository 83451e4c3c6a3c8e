package dev.forkd.worker.handlers.ftp;

import dev.forkd.text.AddressLiteral;
import java.net.InetAddress;

/**
 * What HOST may name (RFC 7151 section 3.1): a name of the DNS, an IPv4 address, or an IPv6 address in brackets; no port. Names in
 * UTF-8 are taken like the others, which RFC 2640 has clients send.
 */
final class HostName {
    private static final int MAX_NAME = 253, MAX_LABEL = 63;

    private HostName() {}

    static boolean isOne(String text) {
        if (text.startsWith("[")) {
            return text.endsWith("]") && isAddress(text.substring(1, text.length() - 1), true);
        }
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.length() > MAX_NAME || name.chars().allMatch(c -> c == '.' || isDigit(c))) {
            return isAddress(text, false);
        }
        for (String label : name.split("\\.", -1)) {
            if (!isLabel(label)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLabel(String label) {
        return !label.isEmpty()
                && label.length() <= MAX_LABEL
                && !label.startsWith("-")
                && !label.endsWith("-")
                && label.codePoints().allMatch(c -> c == '-' || c == '_' || Character.isUnicodeIdentifierPart(c));
    }

    private static boolean isAddress(String text, boolean six) {
        try {
            InetAddress _ = six ? AddressLiteral.six(text) : AddressLiteral.four(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
