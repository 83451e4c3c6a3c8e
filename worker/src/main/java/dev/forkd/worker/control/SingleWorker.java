package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.Report;
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
    public boolean rehearsable() {
        return true;
    }

    @Override
    public void prepare() {
        parts.ipc().readBy(serving.inTurn(this::readOne));
        new ControlThread(parts, serving).start();
    }

    private boolean readOne() throws IOException {
        Optional<ControlSocket.Received> received = parts.control().receive();
        if (received.isPresent()) {
            parts.orders().follow(received.get());
        } else {
            parts.orders().supervisorGone();
        }
        return received.isPresent();
    }

    @Override
    public WorkerExit serve(ControlSocket control, int clients) throws IOException {
        Report report = message -> {
            if (message instanceof Message.Done || message instanceof Message.Declined) {
                serving.end(); // first, for the supervisor answers with the next client, and this thread must be the
                // one to read it
            }
            control.send(message);
        };
        int served = 0;
        while (!parts.info().draining()) {
            Optional<ControlSocket.Received> received = control.receive();
            if (received.isEmpty()) {
                return WorkerExit.ORPHANED;
            }
            if (serve(received.get(), report) && ++served == clients) {
                break;
            }
        }
        return WorkerExit.DONE;
    }

    /** @return whether the message was a client, which is gone now */
    private boolean serve(ControlSocket.Received received, Report report) throws IOException {
        switch (received.message()) {
            case Message.Accept accept -> {
                Fd client = received.requireDescriptor();
                if (streams.isEmpty()) {
                    return decline(accept.id(), client, "streams", report);
                }
                serving.begin(accept.id());
                streams.get().serve(accept, client, report, NO_WATCHER);
                return true;
            }
            case Message.Datagram datagram -> {
                Fd socket = received.requireDescriptor();
                if (datagrams.isEmpty()) {
                    return decline(datagram.id(), socket, "datagrams", report);
                }
                serving.begin(datagram.id());
                datagrams.get().serve(datagram, socket, report);
                return true;
            }
            default -> {
                parts.orders().follow(received);
                return false;
            }
        }
    }

    private boolean decline(long id, Fd descriptor, String what, Report report) {
        descriptor.close();
        report.send(new Message.Declined(id, parts.setup().handler() + " does not serve " + what));
        return false;
    }
}
