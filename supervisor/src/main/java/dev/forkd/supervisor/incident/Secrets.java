package dev.forkd.supervisor.incident;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes out of configurations and command lines what others must not read: rather too much than too little. */
public final class Secrets {
    private static final String NAMES =
            "passw(?:or)?d|passphrase|pwd|secret|token|credential|(?:api|access|private)[-_]?key";
    private static final Pattern NAME = Pattern.compile("(?i)" + NAMES);

    /** In a text, such as an option of a JVM: the value may be anything, so all that follows counts as such. */
    private static final Pattern ASSIGNED = Pattern.compile("(?is)((?:" + NAMES + ")[^=:]*[=:]).+");

    private static final Pattern IN_URL = Pattern.compile("(://[^/@\\s:]*:)[^/@\\s]+@");

    private Secrets() {}

    /**
     * The same text with {@code "(removed)"} for the values of keys that sound like secrets, or that are in tables whose names do; comments
     * and texts that speak of a secret end there. It may be no TOML: from where it cannot be understood all is left out.
     */
    public static String removedFrom(String toml) {
        return new TomlCopy(toml).text();
    }

    /** Arguments as in /proc/PID/cmdline, each ended by a NUL (proc(5)), with spaces between them. */
    static String removedFromCommandLine(String arguments) {
        List<String> safe = new ArrayList<>();
        boolean valueFollows = false;
        for (String argument : arguments.split("\0", -1)) {
            safe.add(valueFollows ? "(removed)" : removedFromText(argument));
            valueFollows = argument.startsWith("-") && isSecret(argument) && argument.indexOf('=') < 0;
        }
        return String.join(" ", safe);
    }

    /** Whether a key, or the name of a table, sounds like a secret; one with escapes could be any. */
    static boolean isSecret(String name) {
        return NAME.matcher(name).find() || name.indexOf('\\') >= 0;
    }

    static String removedFromText(String text) {
        return IN_URL.matcher(ASSIGNED.matcher(text).replaceFirst("$1(removed)"))
                .replaceAll("$1(removed)@");
    }

    static String removedFromComment(String comment) {
        Matcher name = NAME.matcher(comment);
        return name.find() ? comment.substring(0, name.end()) + " (removed)" : removedFromText(comment);
    }
}
