package dev.forkd.handler.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes JSON (RFC 8259) from maps, lists and plain values, for answers of a few fields. To read JSON, or to write objects, bring
 * a library.
 */
public final class Json {
    private Json() {}

    /** An object of alternating names and values, in this order. */
    public static String object(Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("names and values must come in pairs");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return write(fields);
    }

    /**
     * @param value a Map with text keys, an Iterable, a CharSequence, Number, Boolean, or null
     * @throws IllegalArgumentException for anything else, and for NaN and infinity, which JSON lacks
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, Object value) {
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b);
            case Double d when !Double.isFinite(d) -> throw new IllegalArgumentException("JSON has no " + d);
            case Float f when !Float.isFinite(f) -> throw new IllegalArgumentException("JSON has no " + f);
            case Number n -> out.append(n);
            case CharSequence text -> appendText(out, text);
            case Map<?, ?> map -> appendMap(out, map);
            case Iterable<?> list -> appendList(out, list);
            default ->
                throw new IllegalArgumentException(
                        "cannot write a " + value.getClass().getName() + " as JSON");
        }
    }

    private static void appendMap(StringBuilder out, Map<?, ?> map) {
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            appendText(out, (CharSequence) entry.getKey());
            out.append(':');
            append(out, entry.getValue());
            before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
    }

    private static void appendList(StringBuilder out, Iterable<?> list) {
        char before = '[';
        for (Object element : list) {
            out.append(before);
            append(out, element);
            before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
    }

    private static void appendText(StringBuilder out, CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // A lone surrogate has no UTF-8; as an escape it stays what it is.
                    if (c < ' ' || (Character.isSurrogate(c) && !isPair(text, i))) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPair(CharSequence text, int i) {
        char c = text.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
