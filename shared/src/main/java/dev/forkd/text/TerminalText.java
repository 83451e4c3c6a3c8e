package dev.forkd.text;

/** What others wrote, such as names from the network, as it may be shown on a terminal. */
public final class TerminalText {
    private TerminalText() {}

    /** Whether the text has no control character: C0, DEL, or C1, which terminals obey as well (ECMA-48). */
    public static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The text with a question mark for each control character. */
    public static String printable(String text) {
        return isPrintable(text) ? text : replaced(text);
    }

    private static String replaced(String text) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = 0; i < clean.length(); i++) {
            if (Character.isISOControl(clean.charAt(i))) {
                clean.setCharAt(i, '?');
            }
        }
        return clean.toString();
    }
}
