package dev.forkd.text;

import java.net.InetAddress;

/**
 * Addresses in their usual form only, as others write them to us: IPv4 as four numbers with dots, IPv6 as RFC 4291 section 2.2 has it. The JDK
 * would also take {@code 1.2.3} for 1.2.0.3, {@code 010.0.0.1}, brackets, and an interface's name behind an IPv6 address. Nothing is ever
 * resolved. By hand: a regular expression is compiled to machine code in each worker anew.
 */
public final class AddressLiteral {
    private static final int NUMBERS = 4, DIGITS = 3;

    private AddressLiteral() {}

    /** Of either family. @throws IllegalArgumentException if the text is not an address */
    public static InetAddress of(String text) {
        return text.indexOf(':') < 0 ? four(text) : six(text);
    }

    /** {@code 127.0.0.1}. @throws IllegalArgumentException if the text is not an IPv4 address */
    public static InetAddress four(String text) {
        return parse(text, isFourNumbers(text));
    }

    /** {@code ::1}; {@code ::ffff:127.0.0.1} gives an IPv4 address. @throws IllegalArgumentException if the text is not an IPv6 address */
    public static InetAddress six(String text) {
        return parse(text, text.indexOf(':') >= 0 && text.indexOf('%') < 0 && text.indexOf('[') < 0);
    }

    private static InetAddress parse(String text, boolean usual) {
        if (!usual) {
            throw new IllegalArgumentException("\"" + text + "\" is not an address");
        }
        return InetAddress.ofLiteral(text);
    }

    private static boolean isFourNumbers(String text) {
        int numbers = 0;
        int start = 0;
        while (start >= 0 && numbers <= NUMBERS) {
            int dot = text.indexOf('.', start);
            if (!isNumber(text, start, dot < 0 ? text.length() : dot)) {
                return false;
            }
            numbers++;
            start = dot < 0 ? -1 : dot + 1;
        }
        return numbers == NUMBERS;
    }

    /** How great it may be is the JDK's to say. */
    private static boolean isNumber(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        int digits = to - from;
        return digits == 1 || (digits > 1 && digits <= DIGITS && text.charAt(from) != '0');
    }
}
