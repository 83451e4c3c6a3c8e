package dev.forkd.supervisor.incident;

import java.util.regex.Pattern;

/** Takes out of a configuration what others must not read. */
public final class Secrets {
    private static final Pattern VALUE = Pattern.compile(
            "(?im)((?:password|passwd|secret|token|credential|api-?key)[\\w.\"'-]*\\s*=\\s*)(\"[^\"\\n]*\"|'[^'\\n]*'|[^,}\\s]+)");

    private Secrets() {}

    /** The same text with {@code "(removed)"} for the values of keys that sound like secrets. */
    public static String removedFrom(String toml) {
        return VALUE.matcher(toml).replaceAll("$1\"(removed)\"");
    }
}
