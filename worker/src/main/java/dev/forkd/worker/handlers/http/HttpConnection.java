package dev.forkd.worker.handlers.http;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.worker.handlers.http.message.Reply;
import dev.forkd.worker.handlers.http.message.ReplyWriter;
import dev.forkd.worker.handlers.http.message.ReplyWriter.Manner;
import dev.forkd.worker.handlers.http.message.RequestBody;
import dev.forkd.worker.handlers.http.message.RequestHead;
import dev.forkd.worker.handlers.http.message.RequestReader;
import dev.forkd.worker.handlers.http.wire.ClientGoneException;
import dev.forkd.worker.handlers.http.wire.MessageException;
import dev.forkd.worker.handlers.http.wire.SlowClientException;
import dev.forkd.worker.handlers.http.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One client's connection, from its first request to its last. A client that breaks the connection or the rules, or stops sending,
 * ends it quietly; what a route throws leaves {@link #serve}, after the client has got its 500.
 *
 * <pre>
 *   wait --first byte--> read head --> answer --> skip the rest of the body --keep-alive--> wait
 *     +--end, silence--> over   +--broken rule, slow--> error reply --> linger --> over
 * </pre>
 */
final class HttpConnection {
    /** After an error, unread bytes would make the kernel reset the connection, and the client might never see the reply. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final int LINGER_BYTES = 1 << 20;

    private final HttpSettings settings;
    private final Dispatcher dispatcher;
    private final Client client;
    private final Wire wire;
    private final RequestReader reader;
    private final ReplyWriter writer;

    HttpConnection(HttpSettings settings, Dispatcher dispatcher, Client client, Wire wire) {
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.client = client;
        this.wire = wire;
        this.reader = new RequestReader(wire, settings.maxBody());
        this.writer = new ReplyWriter(wire, settings.serverHeader());
    }

    /** How a connection goes on after an exchange. */
    private enum Next {
        ANOTHER,
        CLOSE,
        /** Close, but the client may still be sending. */
        LINGER,
        /** Close in the middle of a reply: the client must not take it for a whole one. */
        BREAK
    }

    /**
     * @throws ClientGoneException if the client broke the connection
     * @throws Exception what a route threw, after the client was answered
     */
    void serve() throws Exception {
        Next next = first();
        while (next == Next.ANOTHER) {
            next = another();
        }
        leave(next);
    }

    /** A new client that stays silent is told why it is sent away. */
    private Next first() throws Exception {
        wire.patience().limit(settings.headerTimeout());
        try {
            return reader.awaitRequest() ? exchange() : Next.CLOSE;
        } catch (SlowClientException e) {
            return refuse(new Turn(client), 408, "Request Timeout");
        }
    }

    /** One that has been served before just ends. */
    private Next another() throws Exception {
        wire.patience().limit(settings.keepAliveTimeout());
        try {
            if (!reader.awaitRequest()) {
                return Next.CLOSE;
            }
        } catch (SlowClientException e) {
            return Next.CLOSE;
        }
        return exchange();
    }

    private Next exchange() throws Exception {
        Turn turn = new Turn(client);
        try {
            wire.patience().limit(settings.headerTimeout());
            Optional<RequestHead> head = reader.readHead();
            if (head.isEmpty()) {
                return Next.CLOSE;
            }
            wire.patience().unlimited();
            turn.asked(head.get());
            return answer(turn, head.get());
        } catch (SlowClientException e) {
            return refuse(turn, 408, "Request Timeout");
        } catch (MessageException e) {
            return refuse(turn, e.status(), e.getMessage());
        } catch (ClientGoneException e) {
            turn.report(reader.requestLine(), writer.sentOfBody());
            throw e;
        } catch (IdleTimeoutException e) {
            leave(refuse(turn, 408, "Request Timeout"));
            throw e;
        } catch (Throwable t) {
            leave(refuse(turn, 500, "Internal Server Error"));
            throw t;
        }
    }

    private Next answer(Turn turn, RequestHead head) throws Exception {
        RequestBody body = reader.body(head, writer::sendContinue);
        Reply reply = dispatcher.answer(head, body, client);
        turn.answered(reply.status());
        boolean endsWithConnection = head.http10() && reply.payload().length() < 0;
        boolean keepAlive = head.keepAlive()
                && !endsWithConnection
                && body.maySkip()
                && !client.server().draining();
        long bytes = writer.send(reply, new Manner(head.method().equals("HEAD"), head.http10(), keepAlive));
        turn.report(head.line(), bytes);
        if (keepAlive) {
            return skip(body) ? Next.ANOTHER : Next.LINGER;
        }
        return body.isEnded() ? Next.CLOSE : Next.LINGER;
    }

    /** The reply has been sent: whatever is wrong with the rest of the body now only ends the connection. */
    private static boolean skip(RequestBody body) throws ClientGoneException {
        try {
            return body.skip();
        } catch (ClientGoneException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /** Answers with an error, unless another reply is on its way already. */
    private Next refuse(Turn turn, int status, String message) {
        String line = reader.requestLine();
        if (!writer.retract()) {
            turn.report(line, writer.sentOfBody());
            return Next.BREAK;
        }
        turn.answered(status);
        try {
            Manner manner = new Manner(line.startsWith("HEAD "), false, false);
            turn.report(line, writer.send(Reply.error(status, message), manner));
            return Next.LINGER;
        } catch (IOException e) {
            turn.report(line, writer.sentOfBody());
            return Next.BREAK;
        }
    }

    private void leave(Next how) throws IOException {
        switch (how) {
            case ANOTHER, BREAK -> {}
            case CLOSE -> wire.sayGoodbye();
            case LINGER -> {
                wire.closeOutput();
                wire.patience().limit(LINGER);
                try {
                    reader.drain(LINGER_BYTES);
                } catch (SlowClientException e) {
                    // long enough
                }
            }
        }
    }
}
