package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Memory;
import dev.forkd.sys.SyscallException;
import java.util.HashMap;
import java.util.Map;

/**
 * Named shared objects of one service: the supervisor makes the memory of each once and gives every worker that opens the name a
 * descriptor of it, over all generations. What is in the memory is the workers' business. On the loop's thread.
 */
final class IpcObjects implements AutoCloseable {
    private static final int MOST_OBJECTS = 1024;
    private static final long MOST_BYTES = 1L << 30;

    private record Made(String kind, long size, Fd memory) {}

    private final Map<String, Made> objects = new HashMap<>();
    private long bytes;

    /** Answers a worker's request, with the memory or with the reason why not. */
    void open(WorkerHandle worker, Message.IpcOpen request) {
        Made made = objects.get(request.name());
        if (made != null && (!made.kind().equals(request.kind()) || made.size() != request.size())) {
            refuse(
                    worker,
                    request,
                    "it exists as a " + made.kind() + " of " + made.size()
                            + " bytes; every opener must ask for the same");
            return;
        }
        if (made == null
                && (objects.size() >= MOST_OBJECTS || request.size() <= 0 || bytes + request.size() > MOST_BYTES)) {
            refuse(
                    worker,
                    request,
                    "a service may have " + MOST_OBJECTS + " objects of " + MOST_BYTES + " bytes in all");
            return;
        }
        try {
            if (made == null) {
                made = new Made(
                        request.kind(), request.size(), Memory.create("forkd-" + request.kind(), request.size()));
                objects.put(request.name(), made);
                bytes += request.size();
            }
            boolean _ = worker.send(new Message.IpcOpened(request.id(), ""), made.memory());
        } catch (SyscallException e) {
            refuse(worker, request, e.getMessage());
        }
    }

    private static void refuse(WorkerHandle worker, Message.IpcOpen request, String reason) {
        boolean _ = worker.send(new Message.IpcOpened(request.id(), reason));
    }

    @Override
    public void close() {
        objects.values().forEach(made -> made.memory().close());
        objects.clear();
    }
}
