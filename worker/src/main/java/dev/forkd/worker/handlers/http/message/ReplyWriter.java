package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.OutputBuffer;
import dev.forkd.worker.handlers.http.wire.Wire;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.ChunkedOutputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseWriter;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/** Writes the replies to one client. Head and small body leave in one system call. */
public final class ReplyWriter {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CHUNK = 8 << 10;

    private final DefaultHttpResponseWriter heads = new DefaultHttpResponseWriter();
    private final OutputBuffer out;
    private final String serverHeader;
    private final Wire wire;
    private boolean replying;
    private long mark;
    private int headLength;
    private long dateSecond;
    private String date = "";

    /** @param serverHeader value of the Server field; empty leaves it out */
    public ReplyWriter(Wire wire, String serverHeader) {
        this.wire = wire;
        this.out = new OutputBuffer(wire);
        this.serverHeader = serverHeader;
    }

    /** How a reply is sent, which the request and the connection decide. */
    public record Manner(boolean headOnly, boolean http10, boolean keepAlive) {}

    /** Asks for the body; a reply that has begun leaves no place for that. */
    public void sendContinue() throws IOException {
        if (replying) {
            return;
        }
        out.write(CONTINUE, OutputStream.nullOutputStream());
        out.flush();
    }

    /**
     * Takes back a reply that failed while it was written.
     *
     * @return false if the client has got part of it already; true also if there was none
     */
    public boolean retract() {
        if (replying && wire.sent() > mark) {
            return false;
        }
        out.discard();
        replying = false;
        return true;
    }

    /** Bytes of the body that were sent before it failed. */
    public long sentOfBody() {
        return replying ? Math.max(0, wire.sent() - mark - headLength) : 0;
    }

    /**
     * Sends a reply.
     *
     * @return bytes of the body
     */
    public long send(Reply reply, Manner manner) throws IOException {
        replying = true;
        mark = wire.sent();
        writeHead(reply, manner);
        headLength = out.length();
        long bytes = manner.headOnly() ? 0 : writeBody(reply.payload(), manner);
        out.flush();
        replying = false;
        return bytes;
    }

    private void writeHead(Reply reply, Manner manner) throws IOException {
        ClassicHttpResponse head = new BasicClassicHttpResponse(reply.status());
        head.addHeader("Date", date());
        if (!serverHeader.isEmpty()) {
            head.addHeader("Server", serverHeader);
        }
        for (Header header : reply.headers()) {
            head.addHeader(header);
        }
        switch (reply.payload()) {
            case Payload.None _ -> {}
            case Payload.Stream _ -> {
                if (!manner.http10()) {
                    head.addHeader("Transfer-Encoding", "chunked");
                }
            }
            case Payload.Bytes _, Payload.File _ ->
                head.addHeader("Content-Length", Long.toString(reply.payload().length()));
        }
        if (!manner.keepAlive()) {
            head.addHeader("Connection", "close");
        } else if (manner.http10()) {
            head.addHeader("Connection", "keep-alive");
        }
        try {
            heads.write(head, out, OutputStream.nullOutputStream());
        } catch (HttpException e) {
            throw new IOException("cannot write the head of a response", e);
        }
    }

    private String date() {
        Instant now = Instant.now();
        if (now.getEpochSecond() != dateSecond) {
            dateSecond = now.getEpochSecond();
            date = HttpDate.format(now);
        }
        return date;
    }

    private long writeBody(Payload payload, Manner manner) throws IOException {
        switch (payload) {
            case Payload.None _ -> {}
            case Payload.Bytes(byte[] bytes) -> out.write(bytes, OutputStream.nullOutputStream());
            case Payload.File file -> {
                for (Payload.Slice slice : file.slices()) {
                    out.write(slice.preface(), OutputStream.nullOutputStream());
                    out.writeFile(file.channel(), slice.position(), slice.count());
                }
                out.write(file.closing(), OutputStream.nullOutputStream());
            }
            case Payload.Stream stream -> {
                return writeStream(stream, manner);
            }
        }
        return payload.length();
    }

    /** In chunks; to an HTTP/1.0 client plainly, until the connection ends. */
    private long writeStream(Payload.Stream stream, Manner manner) throws IOException {
        OutputStream raw = manner.http10()
                ? new Plain(out)
                : new ChunkedOutputStream(out, OutputStream.nullOutputStream(), CHUNK, null);
        Counting counting = new Counting(raw);
        stream.writer().writeTo(counting);
        raw.close(); // only now, when all is written: the last chunk says that the body is complete
        return counting.count;
    }

    /** Writes to the buffer; its end is the connection's. */
    private static final class Plain extends OutputStream {
        private final OutputBuffer out;

        Plain(OutputBuffer out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b, this);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length, this);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    /** What a route writes to: counts, and leaves closing to us. */
    private static final class Counting extends FilterOutputStream {
        private long count;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) { // HttpCore would send an empty chunk, which ends the body
                out.write(bytes, offset, length);
                count += length;
            }
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
