package dev.forkd.worker.handlers.http.files;

import dev.forkd.worker.handlers.http.files.ByteRanges.Range;
import dev.forkd.worker.handlers.http.message.Payload;
import dev.forkd.worker.handlers.http.message.Reply;
import dev.forkd.worker.handlers.http.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/** The reply to a request for a file that exists: whole, in part, unchanged, or refused by its conditions. */
final class FileReply {
    private static final byte[] NOTHING = new byte[0];
    private static final Header ACCEPT_RANGES = new BasicHeader("Accept-Ranges", "bytes");
    private static final Header GZIP = new BasicHeader("Content-Encoding", "gzip");
    private static final Header VARY = new BasicHeader("Vary", "Accept-Encoding");

    private FileReply() {}

    static Reply of(RequestHead head, OpenFile file) {
        return switch (Preconditions.judge(head, file)) {
            case FAILED -> Reply.error(412, "Precondition Failed");
            case NOT_MODIFIED -> new Reply(304, validators(file), new Payload.None());
            case PROCEED -> {
                Optional<List<Range>> ranges = head.method().equals("GET") && Preconditions.rangeHolds(head, file)
                        ? head.field("Range").flatMap(field -> ByteRanges.parse(field, file.size()))
                        : Optional.empty();
                yield ranges.isPresent() ? partly(file, ranges.get()) : whole(file);
            }
        };
    }

    private static List<Header> validators(OpenFile file) {
        List<Header> headers = new ArrayList<>(8);
        headers.add(new BasicHeader("ETag", file.etag()));
        headers.add(new BasicHeader("Last-Modified", file.lastModifiedText()));
        if (file.varies()) {
            headers.add(VARY);
        }
        return headers;
    }

    private static List<Header> headers(OpenFile file, String contentType) {
        List<Header> headers = validators(file);
        headers.add(ACCEPT_RANGES);
        headers.add(new BasicHeader("Content-Type", contentType));
        if (file.gzip()) {
            headers.add(GZIP);
        }
        return headers;
    }

    private static Reply whole(OpenFile file) {
        Payload payload =
                new Payload.File(file.channel(), List.of(new Payload.Slice(NOTHING, 0, file.size())), NOTHING);
        return new Reply(200, headers(file, file.contentType()), payload);
    }

    private static Reply partly(OpenFile file, List<Range> ranges) {
        return switch (ranges.size()) {
            case 0 -> Reply.error(416, "Range Not Satisfiable").with("Content-Range", "bytes */" + file.size());
            case 1 -> {
                Range range = ranges.getFirst();
                List<Header> headers = headers(file, file.contentType());
                headers.add(new BasicHeader("Content-Range", contentRange(range, file)));
                Payload.Slice slice = new Payload.Slice(NOTHING, range.first(), range.length());
                yield new Reply(206, headers, new Payload.File(file.channel(), List.of(slice), NOTHING));
            }
            default -> severalParts(file, ranges);
        };
    }

    private static String contentRange(Range range, OpenFile file) {
        return "bytes " + range.first() + "-" + range.last() + "/" + file.size();
    }

    /** RFC 9110 section 14.6. */
    private static Reply severalParts(OpenFile file, List<Range> ranges) {
        String boundary = "forkd-" + Long.toHexString(System.nanoTime()) + Long.toHexString(ranges.hashCode());
        List<Payload.Slice> slices = new ArrayList<>();
        for (Range range : ranges) {
            String preface = (slices.isEmpty() ? "--" : "\r\n--") + boundary + "\r\nContent-Type: " + file.contentType()
                    + "\r\nContent-Range: " + contentRange(range, file) + "\r\n\r\n";
            slices.add(new Payload.Slice(ascii(preface), range.first(), range.length()));
        }
        Payload payload = new Payload.File(file.channel(), slices, ascii("\r\n--" + boundary + "--\r\n"));
        return new Reply(206, headers(file, "multipart/byteranges; boundary=" + boundary), payload);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
