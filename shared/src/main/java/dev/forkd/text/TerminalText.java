package dev.forkd.text;

/** What others wrote, such as names from the network, as it may be shown on a terminal. */
public final class TerminalText {
    private TerminalText() {}

    /** The text with a question mark for each control character: C0, DEL, and C1, which terminals obey as well (ECMA-48). */
    public static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return replaced(text, i);
            }
        }
        return text;
    }

    private static String replaced(String text, int first) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = first; i < clean.length(); i++) {
            if (Character.isISOControl(clean.charAt(i))) {
                clean.setCharAt(i, '?');
            }
        }
        return clean.toString();
    }
}
