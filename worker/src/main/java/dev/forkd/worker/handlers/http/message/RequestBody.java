package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.InputBuffer;
import dev.forkd.worker.handlers.http.wire.MessageException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;

/**
 * The body of one request. The first read sends 100 Continue where the client waits for it; what exceeds {@code max-body} is
 * refused, by its Content-Length at once, in chunks when it gets there.
 */
public final class RequestBody extends InputStream {

    /** Sends the interim response. */
    @FunctionalInterface
    public interface Continue {
        void send() throws IOException;
    }

    /** What a route leaves unread is read to the end up to this size. */
    private static final int SKIP = 64 << 10;

    private final InputStream stream;
    private final long announced;
    private final long most;
    private final Continue interim;
    private boolean awaited;
    private boolean ended;
    private long count;

    RequestBody(RequestHead head, InputBuffer input, ChunkLines chunkLines, long most, Continue interim) {
        this.stream = switch (head.framing()) {
            case Framing.None _ -> InputStream.nullInputStream();
            case Framing.Length(long bytes) ->
                new ContentLengthInputStream(input, InputStream.nullInputStream(), bytes);
            case Framing.Chunked _ -> {
                chunkLines.reset();
                input.expect(chunkLines);
                yield new ChunkedInputStream(input, InputStream.nullInputStream());
            }
        };
        this.announced = head.framing() instanceof Framing.Length(long bytes) ? bytes : 0;
        this.most = most;
        this.interim = interim;
        this.awaited = head.expectation() == RequestHead.Expectation.CONTINUE && head.hasBody();
        this.ended = !head.hasBody();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        if (awaited) {
            awaited = false;
            interim.send();
        }
        int n;
        try {
            n = stream.read(into, offset, length);
        } catch (MalformedChunkCodingException e) {
            throw new MessageException(400, "the chunks of the body are malformed, or end too soon");
        } catch (ConnectionClosedException e) {
            throw new MessageException(400, "the body ends too soon");
        }
        ended = n < 0;
        count += Math.max(0, n);
        if (count > most) {
            throw tooLarge(most);
        }
        return n;
    }

    static MessageException tooLarge(long most) {
        return new MessageException(413, "the body has more than " + most + " bytes");
    }

    /** True if nothing of it is left. */
    public boolean isEnded() {
        return ended;
    }

    /** True if nothing of it is left, or so little that it is worth reading to get at the next request. */
    public boolean maySkip() {
        return ended || (!awaited && announced <= SKIP);
    }

    /** Reads and forgets what the route left unread. @return false if too much came */
    public boolean skip() throws IOException {
        byte[] scrap = new byte[2048];
        int left = SKIP;
        while (!ended && left > 0) {
            left -= Math.max(0, read(scrap, 0, Math.min(scrap.length, left)));
        }
        return ended || read(scrap, 0, 1) < 0;
    }
}
