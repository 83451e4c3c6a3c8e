package dev.forkd.supervisor.incident;

/**
 * Reads TOML from its beginning to its end and copies it without secrets ({@link Secrets}). Knows where values end, with all their lines
 * and elements, and not what they mean.
 */
final class TomlCopy {
    private static final int DEEPEST = 50;

    private final String toml;
    private final StringBuilder copy;
    private int at;
    private int depth;

    /** What is here is no TOML. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;
    }

    TomlCopy(String toml) {
        this.toml = toml;
        this.copy = new StringBuilder(toml.length());
    }

    String text() {
        try {
            boolean secretTable = false;
            while (at < toml.length()) {
                switch (toml.charAt(at)) {
                    case ' ', '\t', '\r', '\n' -> copyTo(at + 1);
                    case '#' -> comment();
                    case '[' -> secretTable = table();
                    default -> assignment(secretTable);
                }
            }
        } catch (Unreadable e) {
            copy.append("\n# (removed: from here on it cannot be read)\n");
        }
        return copy.toString();
    }

    private void copyTo(int end) {
        copy.append(toml, at, end);
        at = end;
    }

    private void comment() {
        int newline = toml.indexOf('\n', at);
        int end = newline < 0 ? toml.length() : newline;
        copy.append(Secrets.removedFromComment(toml.substring(at, end)));
        at = end;
    }

    /** The line that begins a table. @return whether all that is in the table is secret */
    private boolean table() throws Unreadable {
        int end = endOfName(']');
        String name = toml.substring(at, end);
        copyTo(end);
        while (at < toml.length() && toml.charAt(at) == ']') {
            copyTo(at + 1);
        }
        return Secrets.isSecret(name);
    }

    private void assignment(boolean secret) throws Unreadable {
        int equals = endOfName('=');
        String key = toml.substring(at, equals);
        copyTo(equals + 1);
        while (at < toml.length() && (toml.charAt(at) == ' ' || toml.charAt(at) == '\t')) {
            copyTo(at + 1);
        }
        int before = copy.length();
        boolean hidden = secret || Secrets.isSecret(key);
        try {
            value();
        } finally {
            if (hidden) { // also what there is of a value that does not end
                copy.setLength(before);
                copy.append("\"(removed)\"");
            }
        }
    }

    /** Where a name, which may have quoted parts, is over. */
    private int endOfName(char last) throws Unreadable {
        for (int i = at; i < toml.length() && toml.charAt(i) != '\n'; i++) {
            char c = toml.charAt(i);
            if (c == last) {
                return i;
            }
            if (c == '"' || c == '\'') {
                i = endOfText(i, String.valueOf(c)) - 1;
            }
        }
        throw new Unreadable();
    }

    private void value() throws Unreadable {
        if (at >= toml.length() || ++depth > DEEPEST) {
            throw new Unreadable();
        }
        switch (toml.charAt(at)) {
            case '"', '\'' -> quoted();
            case '[' -> elements(']', false);
            case '{' -> elements('}', true);
            default -> bare();
        }
        depth--;
    }

    private void quoted() throws Unreadable {
        String quote = toml.substring(at, at + 1);
        String delimiter = toml.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
        int end = endOfText(at, delimiter);
        String content = toml.substring(at + delimiter.length(), end - delimiter.length());
        copy.append(delimiter).append(Secrets.removedFromText(content)).append(delimiter);
        at = end;
    }

    /** The place after a text that begins here. Only one with three quotes has several lines, and it may end with two quotes of its own. */
    private int endOfText(int begin, String delimiter) throws Unreadable {
        boolean severalLines = delimiter.length() == 3;
        boolean escapes = delimiter.startsWith("\"");
        for (int i = begin + delimiter.length(); i < toml.length(); i++) {
            char c = toml.charAt(i);
            if (toml.startsWith(delimiter, i)) {
                int end = i + delimiter.length();
                for (int own = 0; severalLines && own < 2 && toml.startsWith(delimiter.substring(2), end); own++) {
                    end++;
                }
                return end;
            }
            if (c == '\n' && !severalLines) {
                throw new Unreadable();
            }
            if (c == '\\' && escapes) {
                i++;
            }
        }
        throw new Unreadable();
    }

    private void elements(char last, boolean named) throws Unreadable {
        copyTo(at + 1);
        while (at < toml.length()) {
            char c = toml.charAt(at);
            if (c == last) {
                copyTo(at + 1);
                return;
            }
            switch (c) {
                case ' ', '\t', '\r', '\n', ',' -> copyTo(at + 1);
                case '#' -> comment();
                default -> {
                    if (named) {
                        assignment(false);
                    } else {
                        value();
                    }
                }
            }
        }
        throw new Unreadable();
    }

    /** A number, a time, true or false. */
    private void bare() throws Unreadable {
        int end = at;
        while (end < toml.length() && ",]}#\r\n".indexOf(toml.charAt(end)) < 0) {
            end++;
        }
        if (end == at) {
            throw new Unreadable();
        }
        copyTo(end);
    }
}
