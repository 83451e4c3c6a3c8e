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

    private final Map<String, Fd> objects = new HashMap<>();
    private long bytes;

    /** Answers a worker's request, with the memory or with the reason why not. */
    void open(WorkerHandle worker, Message.IpcOpen request) {
        String key = request.kind() + ' ' + request.name();
        Fd made = objects.get(key);
        if (made == null && !fits(objects.size(), bytes, request.size())) {
            refuse(
                    worker,
                    request,
                    "a service may have at most " + MOST_OBJECTS + " named objects and " + (MOST_BYTES >> 30)
                            + " GiB in all");
            return;
        }
        try {
            if (made == null) {
                made = Memory.create("forkd-" + request.kind(), request.size());
                objects.put(key, made);
                bytes += request.size();
            }
            boolean _ = worker.send(new Message.IpcOpened(request.id(), ""), made);
        } catch (SyscallException e) {
            refuse(worker, request, e.getMessage());
        }
    }

    /** Whether there is room for one more object of this size, which a worker asks for and may be any number. */
    static boolean fits(int objects, long bytes, long size) {
        return objects < MOST_OBJECTS && size > 0 && size <= MOST_BYTES - bytes;
    }

    private static void refuse(WorkerHandle worker, Message.IpcOpen request, String reason) {
        boolean _ = worker.send(new Message.IpcOpened(request.id(), reason));
    }

    @Override
    public void close() {
        objects.values().forEach(Fd::close);
        objects.clear();
    }
}
