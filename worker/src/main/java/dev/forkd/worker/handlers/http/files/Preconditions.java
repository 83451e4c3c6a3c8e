package dev.forkd.worker.handlers.http.files;

import dev.forkd.worker.handlers.http.message.HttpDate;
import dev.forkd.worker.handlers.http.message.RequestHead;
import java.time.Instant;
import java.util.Optional;

/** Conditional requests for a file, in the order of RFC 9110 section 13.2.2. */
final class Preconditions {
    private Preconditions() {}

    /** What the conditions decide. */
    enum Verdict {
        PROCEED,
        NOT_MODIFIED,
        FAILED
    }

    static Verdict judge(RequestHead head, OpenFile file) {
        Optional<String> ifMatch = head.field("If-Match");
        if (ifMatch.isPresent()) {
            if (!lists(ifMatch.get(), file.etag(), false)) {
                return Verdict.FAILED;
            }
        } else if (date(head, "If-Unmodified-Since")
                .filter(file.lastModified()::isAfter)
                .isPresent()) {
            return Verdict.FAILED;
        }
        Optional<String> ifNoneMatch = head.field("If-None-Match");
        if (ifNoneMatch.isPresent()) {
            return lists(ifNoneMatch.get(), file.etag(), true) ? Verdict.NOT_MODIFIED : Verdict.PROCEED;
        }
        boolean unchanged = date(head, "If-Modified-Since")
                .filter(since -> !file.lastModified().isAfter(since))
                .isPresent();
        return unchanged ? Verdict.NOT_MODIFIED : Verdict.PROCEED;
    }

    /** RFC 9110 section 13.1.5: whether Range may be obeyed. Both validators are compared exactly. */
    static boolean rangeHolds(RequestHead head, OpenFile file) {
        Optional<String> ifRange = head.field("If-Range");
        if (ifRange.isEmpty()) {
            return true;
        }
        String validator = ifRange.get();
        return validator.startsWith("\"")
                ? validator.equals(file.etag())
                : HttpDate.parse(validator, Instant.now())
                        .filter(file.lastModified()::equals)
                        .isPresent();
    }

    private static Optional<Instant> date(RequestHead head, String field) {
        return head.field(field).flatMap(text -> HttpDate.parse(text, Instant.now()));
    }

    /** Whether a list of entity tags has this one. @param weak also one marked as weak counts */
    private static boolean lists(String list, String etag, boolean weak) {
        if (list.strip().equals("*")) {
            return true;
        }
        int at = list.indexOf(etag);
        while (at >= 0) {
            boolean markedWeak = at >= 2 && list.startsWith("W/", at - 2);
            if (weak || !markedWeak) {
                return true;
            }
            at = list.indexOf(etag, at + 1);
        }
        return false;
    }
}
