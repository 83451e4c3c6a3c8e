package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.worker.serving.Cancellation;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;

/** What the supervisor may say at any time, whoever reads it: ping, drain, cancel, and the answers to IPC requests. */
final class Orders {
    private final ControlSocket control;
    private final WorkerInfo info;
    private final Cancellation cancellation;
    private final IpcRequests ipc;

    Orders(ControlSocket control, WorkerInfo info, Cancellation cancellation, IpcRequests ipc) {
        this.control = control;
        this.info = info;
        this.cancellation = cancellation;
        this.ipc = ipc;
    }

    /** @throws ProtocolException for a message that does not belong here */
    void follow(ControlSocket.Received received) throws IOException {
        switch (received.message()) {
            case Message.Ping(long id) -> control.send(new Message.Pong(id));
            case Message.Drain() -> info.drain();
            case Message.Cancel(long id) -> cancellation.cancel(id);
            case Message.IpcOpened opened -> ipc.answered(opened, received.descriptor());
            case Message.Configure _, Message.Start _, Message.Accept _, Message.Datagram _ -> {
                received.descriptor().ifPresent(dev.forkd.sys.Fd::close);
                throw new ProtocolException(received.message().getClass().getSimpleName() + " at the wrong time");
            }
        }
    }

    /** End of file on the control socket. */
    void supervisorGone() {
        info.drain();
        ipc.supervisorGone();
    }
}
