package dev.forkd.worker.handlers.echo;

import dev.forkd.handler.Datagram;
import dev.forkd.handler.DatagramHandler;
import dev.forkd.handler.WarmUp;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Sends every datagram back to where it came from. A Unix client that has not bound its socket has no address: it gets nothing. */
public final class EchoDatagramHandler implements DatagramHandler {

    @Override
    public void handle(Datagram datagram) throws IOException {
        if (!isUnnamed(datagram.clientAddress())) {
            datagram.reply(datagram.payload());
        }
    }

    private static boolean isUnnamed(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix
                && unix.getPath().toString().isEmpty();
    }

    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        byte[] _ = warmUp.exchange(new byte[64]);
        byte[] _ = warmUp.exchange(new byte[1400]);
    }
}
