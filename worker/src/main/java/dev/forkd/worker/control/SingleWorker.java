package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.sys.Fd;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.StreamServer;
import java.io.IOException;
import java.util.Optional;

/**
 * A worker that serves one client after the other on its main thread: process per client, pre-fork with reuse, iterative. A forked
 * worker runs all of this with the one thread that it was born with.
 */
final class SingleWorker implements Worker {
    private static final StreamServer.Watcher NO_WATCHER = new StreamServer.Watcher() {};

    private final Parts parts;
    private final Optional<StreamServer> streams;
    private final Optional<DatagramServer> datagrams;
    private final Serving serving = new Serving();

    SingleWorker(Parts parts) {
        this.parts = parts;
        this.streams = parts.streamServer();
        this.datagrams = parts.datagramServer();
    }

    @Override
    public void prepare() {
        new ControlThread(
                        parts.control(), serving, parts.orders(), parts.setup().graceful())
                .start();
    }

    @Override
    public WorkerExit serve(ControlSocket control, int clients) throws IOException {
        int served = 0;
        while (!parts.info().draining()) {
            Optional<ControlSocket.Received> received = control.receive();
            if (received.isEmpty()) {
                return WorkerExit.ORPHANED;
            }
            if (serve(control, received.get()) && ++served == clients) {
                break;
            }
        }
        return WorkerExit.DONE;
    }

    /** @return whether the message was a client, which is gone now */
    private boolean serve(ControlSocket control, ControlSocket.Received received) throws IOException {
        switch (received.message()) {
            case Message.Accept accept -> {
                Fd client = received.requireDescriptor();
                if (streams.isEmpty()) {
                    client.close();
                    control.send(
                            new Message.Declined(accept.id(), parts.setup().handler() + " does not serve streams"));
                    return false;
                }
                serving.begin(accept.id());
                try {
                    streams.get().serve(accept, client, control::send, NO_WATCHER);
                } finally {
                    serving.end();
                }
                return true;
            }
            case Message.Datagram datagram -> {
                Fd socket = received.requireDescriptor();
                DatagramServer server = datagrams.orElseThrow(
                        () -> new ProtocolException(parts.setup().handler() + " does not serve datagrams"));
                serving.begin(datagram.id());
                try {
                    server.serve(datagram, socket, control::send);
                } finally {
                    serving.end();
                }
                return true;
            }
            default -> {
                parts.orders().follow(received);
                return false;
            }
        }
    }
}
