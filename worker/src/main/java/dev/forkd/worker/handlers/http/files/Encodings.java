package dev.forkd.worker.handlers.http.files;

import java.util.Locale;

/** The field Accept-Encoding of RFC 9110 section 12.5.3. */
final class Encodings {
    private Encodings() {}

    /** Whether a client takes gzip. */
    static boolean acceptGzip(String field) {
        boolean any = false;
        for (String item : field.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = item.split(";", -1);
            String coding = parts[0].strip();
            boolean wanted = parts.length == 1 || !isZero(parts[1].strip());
            if (coding.equals("gzip") || coding.equals("x-gzip")) {
                return wanted;
            }
            any |= coding.equals("*") && wanted;
        }
        return any;
    }

    private static boolean isZero(String weight) {
        return weight.matches("q=0(\\.0{0,3})?");
    }
}
