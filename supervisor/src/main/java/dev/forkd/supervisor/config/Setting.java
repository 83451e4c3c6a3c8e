package dev.forkd.supervisor.config;

import java.util.regex.Pattern;

/**
 * One setting of a built-in handler.
 *
 * @param name dotted; a part may be {@code *}, which stands for a name of the user's choice
 */
record Setting(String name, Kind kind) {

    /** What a value is, and so how it is checked. */
    enum Kind {
        TEXT,
        /** A list of texts, or one. */
        TEXTS,
        BOOL,
        /** Not negative. */
        INTEGER,
        DURATION,
        /** Bytes, with a unit. */
        SIZE,
        /** A range, {@code 40000-40100}. */
        PORTS,
        /** A PEM file with a certificate; becomes absolute. */
        CERTIFICATE,
        /** A PEM file with a private key; becomes absolute. */
        PRIVATE_KEY,
        /** As {@code forkd hash-password} makes it. */
        PASSWORD_HASH,
        /** A class on the service's class path, which may have settings of its own in the table {@code settings}. */
        CLASS,
        /** A directory that must be there; becomes absolute. */
        DIRECTORY
    }

    /** Whether a dotted path is this setting. */
    boolean matches(String path) {
        return pattern(name).matcher(path).matches();
    }

    /** Whether a dotted path is a table that this setting may stand in. */
    boolean isBelow(String path) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (pattern(name.substring(0, dot)).matcher(path).matches()) {
                return true;
            }
        }
        return false;
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(name.replace(".", "\\.").replace("*", "[^.]+"));
    }
}
