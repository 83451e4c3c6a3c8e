package dev.forkd.worker.handlers.ftp.files;

/** {@code *} (any text) and {@code ?} (any character), as in LIST and NLST. At most pattern times name steps: no pattern is expensive. */
public final class Wildcard {
    private Wildcard() {}

    public static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    /** An empty pattern matches every name. */
    static boolean matches(String pattern, String name) {
        if (pattern.isEmpty()) {
            return true;
        }
        int p = 0;
        int n = 0;
        int star = -1;
        int starred = 0; // where the text of the last star began to end
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starred = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) { // let the last star take one character more
                p = star + 1;
                n = ++starred;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
