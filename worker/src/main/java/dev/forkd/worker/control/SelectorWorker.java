package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.SelectorLoop;
import java.io.IOException;
import java.util.Optional;

/**
 * A worker that serves all its connections on one thread by I/O multiplexing. Its main thread reads the control socket, and serves
 * datagrams as they come, one after the other.
 */
final class SelectorWorker implements Worker {
    private final Parts parts;
    private final Optional<DatagramServer> datagrams;
    private boolean taking = true;

    SelectorWorker(Parts parts) {
        this.parts = parts;
        this.datagrams = parts.datagramServer();
    }

    /** It starts threads and ends the process by itself. */
    @Override
    public boolean rehearsable() {
        return false;
    }

    /** Nothing: a selector is a descriptor that a zygote may not have. */
    @Override
    public void prepare() {}

    @Override
    public WorkerExit serve(ControlSocket control, int clients) throws IOException {
        parts.ipc().readBy(_ -> false); // this thread reads
        SelectorLoop loop = new SelectorLoop(
                parts.handlers().event().orElseThrow(),
                parts.info(),
                parts.setup().idle(),
                control::send);
        loop.start(() -> Departure.leave(WorkerExit.DONE), () -> Departure.leave(WorkerExit.INTERNAL));
        int begun = 0;
        while (true) {
            Optional<ControlSocket.Received> received = control.receive();
            if (received.isEmpty()) {
                parts.orders().supervisorGone();
                loop.leaveWhenEmpty();
                Grace.thenLeave(parts.setup().graceful());
                return WorkerExit.ORPHANED;
            }
            switch (received.get().message()) {
                case Message.Accept accept
                when taking -> {
                    loop.adopt(accept, received.get().requireDescriptor());
                    begun++;
                }
                case Message.Accept accept -> decline(control, accept.id(), received.get());
                case Message.Datagram datagram
                when taking -> {
                    serve(control, datagram, received.get().requireDescriptor());
                    begun++;
                }
                case Message.Datagram datagram -> decline(control, datagram.id(), received.get());
                case Message.Cancel(long id) -> loop.cancel(id);
                default -> parts.orders().follow(received.get());
            }
            if (taking && (parts.info().draining() || (clients > 0 && begun == clients))) {
                taking = false;
                loop.leaveWhenEmpty();
            }
        }
    }

    private static void decline(ControlSocket control, long id, ControlSocket.Received received) throws IOException {
        received.requireDescriptor().close();
        control.send(new Message.Declined(id, "draining"));
    }

    private void serve(ControlSocket control, Message.Datagram datagram, Fd socket) {
        if (datagrams.isEmpty()) {
            socket.close();
            control.send(new Message.Declined(datagram.id(), "no datagram handler"));
        } else {
            datagrams.get().serve(datagram, socket, control::send);
        }
    }
}
