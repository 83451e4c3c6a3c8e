package dev.forkd.worker.handlers.http.message;

import dev.forkd.handler.http.Response.BodyWriter;
import java.nio.channels.FileChannel;
import java.util.List;

/** The body of a reply, and how it is sent. */
public sealed interface Payload {

    /** No body, and no length announced: 204 and 304. */
    record None() implements Payload {}

    /** A body in memory. */
    @SuppressWarnings("ArrayRecordComponent") // sent, never compared
    record Bytes(byte[] bytes) implements Payload {}

    /** A body of unknown length, written piece by piece. */
    record Stream(BodyWriter writer) implements Payload {}

    /** Parts of a file, each with what stands before it, and what stands behind the last. */
    @SuppressWarnings("ArrayRecordComponent")
    record File(FileChannel channel, List<Slice> slices, byte[] closing) implements Payload {}

    /** One part of a file. */
    @SuppressWarnings("ArrayRecordComponent")
    record Slice(byte[] preface, long position, long count) {}

    /** Bytes of the body as announced; -1 if that is not known. */
    default long length() {
        return switch (this) {
            case None _ -> 0;
            case Bytes(byte[] bytes) -> bytes.length;
            case Stream _ -> -1;
            case File file -> {
                long sum = file.closing().length;
                for (Slice slice : file.slices()) {
                    sum += slice.preface().length + slice.count();
                }
                yield sum;
            }
        };
    }
}
