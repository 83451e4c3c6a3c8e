package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.InputBuffer;
import dev.forkd.worker.handlers.http.wire.MessageException;
import dev.forkd.worker.handlers.http.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequestFactory;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/** Reads the requests of one client, one after the other. */
public final class RequestReader {
    /** HttpCore counts the empty line before a request as a first one; the header limits are those of our own lines. */
    private static final Http1Config CONFIG =
            Http1Config.custom().setMaxEmptyLineCount(2).build();

    private final HeadLines headLines = new HeadLines();
    private final ChunkLines chunkLines = new ChunkLines();
    private final DefaultHttpRequestParser parser = new DefaultHttpRequestParser(CONFIG, null, new TargetKeeper());
    private final InputBuffer input;
    private final long maxBody;

    public RequestReader(Wire wire, long maxBody) {
        this.input = new InputBuffer(wire, headLines);
        this.maxBody = maxBody;
    }

    /** Waits until the next request begins. @return false if the client sends none */
    public boolean awaitRequest() throws IOException {
        headLines.reset();
        input.expect(headLines);
        return input.awaitInput();
    }

    /** Reads one head. @return empty if there was only the end */
    public Optional<RequestHead> readHead() throws IOException {
        ClassicHttpRequest message;
        try {
            message = parser.parse(input, InputStream.nullInputStream());
        } catch (HttpException e) {
            throw new MessageException(400, "the request is malformed");
        }
        if (message == null) {
            return Optional.empty();
        }
        return Optional.of(RequestHead.of(message, headLines.requestLine()));
    }

    /** The body that belongs to the head read last. @throws MessageException if it is announced as larger than may be, or expects something unknown */
    public RequestBody body(RequestHead head, RequestBody.Continue interim) throws MessageException {
        if (head.expectation() == RequestHead.Expectation.UNKNOWN) {
            throw new MessageException(417, "the only expectation known here is 100-continue");
        }
        if (head.framing() instanceof Framing.Length(long bytes) && bytes > maxBody) {
            throw RequestBody.tooLarge(maxBody);
        }
        return new RequestBody(head, input, chunkLines, maxBody, interim);
    }

    /** The line of the request that is being read, as far as it is known: for the log. */
    public String requestLine() {
        return headLines.requestLine();
    }

    /** Throws away what comes, until the client ends it or the patience does. */
    public void drain(int atMost) throws IOException {
        byte[] scrap = new byte[8192];
        int left = atMost;
        int n = 0;
        while (n >= 0 && left > 0) {
            n = input.read(scrap, InputStream.nullInputStream());
            left -= n;
        }
    }

    /** Keeps the request target as it came: HttpCore would take it apart as a URI and put it together again. */
    private static final class TargetKeeper implements HttpRequestFactory<ClassicHttpRequest> {
        @Override
        public ClassicHttpRequest newHttpRequest(String method, java.net.URI uri) {
            return newHttpRequest(method, uri.toString());
        }

        @Override
        public ClassicHttpRequest newHttpRequest(String method, String target) {
            ClassicHttpRequest request = new BasicClassicHttpRequest(method, (String) null);
            request.setPath(target);
            return request;
        }
    }
}
