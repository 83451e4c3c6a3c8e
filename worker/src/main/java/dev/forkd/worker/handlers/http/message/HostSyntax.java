package dev.forkd.worker.handlers.http.message;

/**
 * What a Host field may say (RFC 3986 section 3.2.2 without user information): a name, an address, or an IPv6 address in brackets; then
 * a port of at most five digits. All may be empty. By hand: a regular expression is compiled to machine code
 * in each worker anew.
 */
final class HostSyntax {
    private static final String MARKS = "._~!$&'()*+,;=%-";
    private static final int PORT_DIGITS = 5;

    private HostSyntax() {}

    static boolean isHost(String text) {
        int end = text.startsWith("[") ? bracketsEnd(text) : nameEnd(text);
        return end == text.length() || (end >= 0 && isPort(text, end));
    }

    /** Behind the bracket that closes a literal; -1 if there is none, or nothing in it. */
    private static int bracketsEnd(String text) {
        int i = 1;
        while (i < text.length() && isLiteral(text.charAt(i))) {
            i++;
        }
        return i > 1 && i < text.length() && text.charAt(i) == ']' ? i + 1 : -1;
    }

    private static boolean isLiteral(char c) {
        return Syntax.isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    }

    private static int nameEnd(String text) {
        int i = 0;
        while (i < text.length() && isNamePart(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z') || Syntax.isDigit(c) || (c >= 'A' && c <= 'Z') || MARKS.indexOf(c) >= 0;
    }

    private static boolean isPort(String text, int from) {
        if (text.charAt(from) != ':' || text.length() - from - 1 > PORT_DIGITS) {
            return false;
        }
        for (int i = from + 1; i < text.length(); i++) {
            if (!Syntax.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
