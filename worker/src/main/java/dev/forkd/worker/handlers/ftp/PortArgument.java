package dev.forkd.worker.handlers.ftp;

import dev.forkd.text.AddressLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The arguments of PORT (RFC 959 section 4.1.2) and EPRT (RFC 2428 section 2). Addresses are literals; nothing is ever resolved. */
final class PortArgument {
    private PortArgument() {}

    /** @param text {@code h1,h2,h3,h4,p1,p2} */
    static InetSocketAddress ofPort(String text) throws FtpException {
        String[] parts = text.strip().split(",", -1);
        int[] numbers = new int[6];
        for (int i = 0; i < 6; i++) {
            int number = parts.length == 6 ? number(parts[i], 255) : -1;
            if (number < 0) {
                throw new FtpException(501, "PORT wants six numbers from 0 to 255 with commas.");
            }
            numbers[i] = number;
        }
        String host = numbers[0] + "." + numbers[1] + "." + numbers[2] + "." + numbers[3];
        return new InetSocketAddress(AddressLiteral.four(host), numbers[4] * 256 + numbers[5]);
    }

    /** @param text {@code |1|132.235.1.2|6275|} or {@code |2|1080::8:800:200C:417A|5282|}, with any delimiter */
    static InetSocketAddress ofEprt(String text) throws FtpException {
        String argument = text.strip();
        if (argument.length() < 4) {
            throw wrongEprt();
        }
        int second = argument.indexOf(argument.charAt(0), 1);
        int third = second < 0 ? -1 : argument.indexOf(argument.charAt(0), second + 1);
        if (third < 0 || argument.indexOf(argument.charAt(0), third + 1) != argument.length() - 1) {
            throw wrongEprt();
        }
        int port = number(argument.substring(third + 1, argument.length() - 1), 65_535);
        InetAddress address = literal(argument.substring(1, second), argument.substring(second + 1, third));
        if (port < 0) {
            throw wrongEprt();
        }
        return new InetSocketAddress(address, port);
    }

    private static InetAddress literal(String family, String address) throws FtpException {
        try {
            return switch (family) {
                case "1" -> AddressLiteral.four(address);
                case "2" -> AddressLiteral.six(address);
                default -> throw new FtpException(522, "Network protocol not supported, use (1,2)");
            };
        } catch (IllegalArgumentException e) {
            throw wrongEprt();
        }
    }

    private static FtpException wrongEprt() {
        return new FtpException(501, "EPRT wants |1|IPv4|port| or |2|IPv6|port|.");
    }

    /** @return -1 if it is not a number from 0 to max */
    private static int number(String text, int max) {
        if (text.isEmpty() || text.length() > 5) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value <= max ? value : -1;
    }
}
