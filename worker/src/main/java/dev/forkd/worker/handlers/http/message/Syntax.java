package dev.forkd.worker.handlers.http.message;

import org.apache.hc.core5.util.CharArrayBuffer;

/** Character classes of RFC 9110 section 5.6. */
final class Syntax {
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c : "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private Syntax() {}

    /** Index of the first character at or after {@code from} that cannot be part of a token. */
    static int tokenEnd(CharArrayBuffer line, int from) {
        char[] chars = line.array();
        int i = from;
        while (i < line.length() && chars[i] < 128 && TOKEN[chars[i]]) {
            i++;
        }
        return i;
    }

    /** True for one or more ASCII digits and nothing else. */
    static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(Syntax::isDigit);
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isHexDigit(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
