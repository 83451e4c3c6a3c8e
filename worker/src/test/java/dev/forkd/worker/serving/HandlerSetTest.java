package dev.forkd.worker.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.handler.DatagramHandler;
import dev.forkd.handler.EventHandler;
import dev.forkd.handler.StreamHandler;
import dev.forkd.worker.handlers.echo.EchoDatagramHandler;
import dev.forkd.worker.handlers.echo.EchoEventHandler;
import dev.forkd.worker.handlers.echo.EchoHandler;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A handler of a kind that its listeners do not need was ready, and declined each client. */
class HandlerSetTest {
    private static final StreamHandler STREAM = new EchoHandler();
    private static final DatagramHandler DATAGRAM = new EchoDatagramHandler();
    private static final EventHandler EVENT = new EchoEventHandler();

    @Test
    void eachListenerNeedsAHandlerOfItsKind() {
        HandlerSet stream = HandlerSet.of(List.of(STREAM));
        assertEquals(Optional.empty(), stream.cannotServe("x.Y", List.of("tcp://[::]:1", "unix:/s"), false));
        assertEquals(
                Optional.of("x.Y is a StreamHandler; udp://[::]:1 needs a DatagramHandler"),
                stream.cannotServe("x.Y", List.of("tcp://[::]:1", "udp://[::]:1"), false));
        assertEquals(
                Optional.of("x.Y is a StreamHandler; threads = \"selector\" needs an EventHandler"),
                stream.cannotServe("x.Y", List.of("tcp://[::]:1"), true));
        HandlerSet datagram = HandlerSet.of(List.of(DATAGRAM));
        assertEquals(
                Optional.of("x.Y is a DatagramHandler; unix:/s needs a StreamHandler"),
                datagram.cannotServe("x.Y", List.of("unixgram:/g", "unix:/s"), false));
        HandlerSet event = HandlerSet.of(List.of(EVENT, DATAGRAM));
        assertEquals(Optional.empty(), event.cannotServe("x.Y", List.of("tcp://[::]:1", "udp://[::]:1"), true));
        assertEquals(
                Optional.of(
                        "x.Y is a DatagramHandler and an EventHandler; tcp://[::]:1 needs a StreamHandler, or threads ="
                                + " \"selector\""),
                event.cannotServe("x.Y", List.of("udp://[::]:1", "tcp://[::]:1"), false));
    }
}
