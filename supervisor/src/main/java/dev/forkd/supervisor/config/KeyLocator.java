package dev.forkd.supervisor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the line of each key in a TOML text, which Jackson's tree does not tell.
 *
 * <p>Reads table headers, keys (bare, quoted, dotted) and just enough of values to skip them: strings of all four kinds, arrays
 * and inline tables over several lines. Jackson judges what is TOML; what this makes of a wrong text is of no
 * consequence. Keys inside inline tables have the line of the key before the table.
 */
final class KeyLocator {
    /** For a configuration that is not a text. */
    static final KeyLocator NOWHERE = new KeyLocator("");

    private final Map<List<String>, Integer> lines = new HashMap<>();
    private final Map<List<String>, Integer> whole = new HashMap<>();
    private Optional<Repeated> repeated = Optional.empty();
    /** A key that is given twice, which Jackson finds but does not name. */
    record Repeated(String key, int first, int second) {}

    private final String text;
    private int at;
    private int line = 1;

    KeyLocator(String text) {
        this.text = text;
        List<String> table = List.of();
        while (skipToToken()) {
            int here = line;
            if (peek('[')) {
                boolean element = text.startsWith("[[", at);
                while (peek('[')) {
                    at++;
                }
                table = List.copyOf(key());
                note(table, here, element);
                skipLine();
            } else {
                List<String> path = new ArrayList<>(table);
                path.addAll(key());
                note(path, here, false);
                skipValue();
            }
        }
    }

    /** The line of a key, or of the nearest table around it; 0 if there is none. */
    int line(List<String> path) {
        for (int n = path.size(); n > 0; n--) {
            Integer found = lines.get(path.subList(0, n));
            if (found != null) {
                return found;
            }
        }
        return 0;
    }

    Optional<Repeated> repeated() {
        return repeated;
    }

    /** Every prefix counts too, unless it was seen before: {@code [a.b]} is where a is first named. */
    private void note(List<String> path, int here, boolean mayRepeat) {
        Integer earlier = whole.putIfAbsent(List.copyOf(path), here);
        if (earlier != null && !mayRepeat && repeated.isEmpty()) {
            repeated = Optional.of(new Repeated(String.join(".", path), earlier, here));
        }
        for (int n = path.size(); n > 0; n--) {
            lines.putIfAbsent(List.copyOf(path.subList(0, n)), here);
        }
    }

    private boolean peek(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean skipToToken() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                skipLine();
            } else if (Character.isWhitespace(c) || c == ',') {
                advance();
            } else {
                return true;
            }
        }
        return false;
    }

    private void advance() {
        if (text.charAt(at++) == '\n') {
            line++;
        }
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    /** A dotted key, up to and without what ends it: '=' or ']'. */
    private List<String> key() {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        while (at < text.length() && !peek('=') && !peek(']') && !peek('\n')) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                int start = at + 1;
                skipString();
                part.append(text, start, at - 1);
            } else {
                if (c == '.') {
                    parts.add(part.toString());
                    part.setLength(0);
                } else if (!Character.isWhitespace(c)) {
                    part.append(c);
                }
                at++;
            }
        }
        parts.add(part.toString());
        at = Math.min(at + 1, text.length());
        return parts;
    }

    /** A value ends with its line, unless a bracket is open. */
    private void skipValue() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '"', '\'' -> skipString();
                case '#' -> skipLine();
                case '\n' -> {
                    if (depth == 0) {
                        return;
                    }
                    advance();
                }
                case '[', '{' -> {
                    depth++;
                    at++;
                }
                case ']', '}' -> {
                    depth--;
                    at++;
                }
                default -> at++;
            }
        }
    }

    private void skipString() {
        String quote = String.valueOf(text.charAt(at));
        String end = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
        at += end.length();
        while (at < text.length() && !text.startsWith(end, at)) {
            if (peek('\\') && quote.equals("\"")) {
                at++;
            }
            if (at < text.length()) {
                advance();
            }
        }
        at = Math.min(at + end.length(), text.length());
    }
}
