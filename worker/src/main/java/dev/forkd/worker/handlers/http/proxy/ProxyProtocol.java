package dev.forkd.worker.handlers.http.proxy;

import dev.forkd.text.AddressText;
import dev.forkd.worker.handlers.http.wire.SocketWire;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;

/** Takes the PROXY header off the beginning of a connection from a trusted source, and leaves all that follows on the wire. */
public final class ProxyProtocol {
    private ProxyProtocol() {}

    /**
     * @param balancer who connected
     * @return the client's address: the balancer's own if it speaks for itself; empty if it left without a word
     * @throws ProtocolException if there is no valid header: the protocol forbids to guess
     */
    public static Optional<SocketAddress> readSource(SocketWire wire, SocketAddress balancer) throws IOException {
        byte[] bytes = new byte[ProxyHeader.LONGEST];
        int count = 0;
        Optional<ProxyHeader> header = Optional.empty();
        while (header.isEmpty()) {
            int n = wire.read(bytes, count, bytes.length - count);
            if (n < 0 && count == 0) {
                return Optional.empty();
            }
            if (n < 0) {
                throw wrong("the PROXY header ends too soon", balancer);
            }
            count += n;
            try {
                header = ProxyHeader.parse(bytes, count);
            } catch (ProtocolException e) {
                throw wrong(e.getMessage(), balancer);
            }
        }
        wire.unread(Arrays.copyOfRange(bytes, header.get().length(), count));
        return Optional.of(header.get().source().orElse(balancer));
    }

    private static ProtocolException wrong(String what, SocketAddress balancer) {
        ProtocolException wrong = new ProtocolException(what + ", from " + AddressText.of(balancer)
                + "; proxy-trusted names it as a load balancer that sends one with every connection");
        wrong.setStackTrace(new StackTraceElement[0]); // it goes to the log, and where we noticed is no news there
        return wrong;
    }
}
