package dev.forkd.handler.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names and values as query strings and forms carry them. */
public final class Fields {
    private static final int MOST = 1000;
    private static final String FORM = "application/x-www-form-urlencoded";

    private Fields() {}

    /**
     * Decodes {@code name=value&name=value}.
     *
     * @throws HttpError 400 for a broken percent-encoding or more than 1,000 fields
     */
    public static Map<String, List<String>> parse(String encoded) throws HttpError {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        String[] pairs = encoded.isEmpty() ? new String[0] : encoded.split("&", MOST + 1);
        if (pairs.length > MOST) {
            throw new HttpError(400, "more than " + MOST + " fields");
        }
        for (String pair : pairs) {
            if (pair.isEmpty()) {
                continue; // "a=1&&b=2&": browsers and the URL standard make nothing of it
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            fields.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        fields.replaceAll((name, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(fields);
    }

    private static String decode(String text) throws HttpError {
        return PercentCoding.decode(text, true).orElseThrow(() -> new HttpError(400, "broken percent-encoding"));
    }

    static Map<String, List<String>> ofForm(Exchange exchange) throws IOException, HttpError {
        String type = exchange.header("Content-Type").orElse("");
        if (!MediaType.essence(type).equals(FORM)) {
            throw new HttpError(415, "a form is sent as " + FORM);
        }
        // One char per byte: the decoder puts UTF-8 together, whether percent-encoded or not.
        return parse(new String(exchange.bytes(), StandardCharsets.ISO_8859_1));
    }
}
