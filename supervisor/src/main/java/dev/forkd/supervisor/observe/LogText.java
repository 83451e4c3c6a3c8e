package dev.forkd.supervisor.observe;

import java.nio.charset.StandardCharsets;

/**
 * Text that others wrote (clients, handlers, the output of workers) made fit for a log: what it says stays readable, and it can neither
 * begin a line of its own, nor end a quoted value, nor steer a terminal. Stateless.
 */
public final class LogText {
    /** Begins each further line of a text of several: no log line begins so, hence none can be forged. */
    static final String CONTINUATION = "\n    | ";

    private LogText() {}

    /** The inside of {@code key="…"}: quotes, backslashes and everything invisible escaped as in Java. */
    public static String quoted(String text) {
        return escaped(text, "\"\\", "");
    }

    /** A value without quotes around it: the same, and spaces too; {@code -} for nothing. */
    public static String word(String text) {
        return text.isEmpty() ? "-" : escaped(text, "\"\\ ", "");
    }

    /** A text that may have several lines, such as a message with its stack trace: lines and tabs stay, each line marked as one of this text. */
    static String lines(String text) {
        String unix = text.stripTrailing().replace("\r\n", "\n");
        return escaped(unix, "", "\n\t").replace("\n", CONTINUATION);
    }

    private static String escaped(String text, String also, String keep) {
        if (text.codePoints().noneMatch(c -> mustEscape(c, also, keep))) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (!mustEscape(c, also, keep)) {
                safe.appendCodePoint(c);
            } else {
                escape(c, safe);
            }
        });
        return safe.toString();
    }

    private static boolean mustEscape(int c, String also, String keep) {
        return also.indexOf(c) >= 0 || (isInvisible(c) && keep.indexOf(c) < 0);
    }

    /** Control characters (C0, DEL, C1), line and paragraph separators, halves of surrogate pairs, and marks that turn the direction of text. */
    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT, Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static void escape(int c, StringBuilder to) {
        switch (c) {
            case '"', '\\' -> to.append('\\').append((char) c);
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> {
                for (char unit : Character.toChars(c)) {
                    to.append("\\u").append(String.format("%04x", (int) unit));
                }
            }
        }
    }

    /** A field of the combined log format, byte for byte as httpd's {@code ap_escape_logitem} writes it: printable ASCII stays. */
    static String httpd(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            switch (b) {
                case '"', '\\' -> safe.append('\\').append((char) b);
                case '\b' -> safe.append("\\b");
                case '\n' -> safe.append("\\n");
                case '\r' -> safe.append("\\r");
                case '\t' -> safe.append("\\t");
                case 0x0b -> safe.append("\\v");
                default -> {
                    if (b < ' ' || b == 0x7f) {
                        safe.append(String.format("\\x%02x", b));
                    } else {
                        safe.append((char) b);
                    }
                }
            }
        }
        return safe.toString();
    }
}
