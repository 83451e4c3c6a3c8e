package dev.forkd.worker.control;

import dev.forkd.ipc.Broker;
import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks the supervisor for named shared objects and waits for its answers. Where clients have threads of their own, the main thread
 * reads them; where the main thread serves, whoever asks reads, so that a forked worker need not revive a thread for it. Safe for all
 * threads.
 */
final class IpcRequests implements Broker {
    private final ControlSocket control;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicBoolean gone = new AtomicBoolean();
    private volatile Optional<Reader> reader = Optional.empty();

    /** Reads the next message from the supervisor and follows it. */
    @FunctionalInterface
    interface Reader {
        /**
         * @param answer that is waited for, which another thread may read first
         * @return false where another thread reads
         */
        boolean readOne(Future<?> answer) throws IOException;
    }

    /** Whose answers are read by whom, from now on. */
    void readBy(Reader next) {
        reader = Optional.of(next);
    }

    private final Map<Long, CompletableFuture<Fd>> waiting = new ConcurrentHashMap<>();

    IpcRequests(ControlSocket control) {
        this.control = control;
    }

    /** The memfd of a named object, the caller's to close. @throws IOException if nobody reads yet; if the supervisor refuses or is gone */
    @Override
    public Fd open(String kind, String name, long size) throws IOException {
        if (reader.isEmpty()) {
            throw new IOException("cannot open " + kind + " \"" + name
                    + "\": shared objects can be opened while a client is served, not in start");
        }
        long id = ids.incrementAndGet();
        CompletableFuture<Fd> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        control.send(new Message.IpcOpen(id, kind, name, size));
        if (gone.get()) {
            supervisorGone();
        }
        try {
            while (!answer.isDone() && reader.get().readOne(answer)) {}
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "cannot open " + kind + " \"" + name + "\": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + kind + " \"" + name + "\"", e);
        }
    }

    void answered(Message.IpcOpened opened, Optional<Fd> descriptor) {
        CompletableFuture<Fd> answer = waiting.remove(opened.id());
        if (answer == null) {
            descriptor.ifPresent(Fd::close);
        } else if (descriptor.isPresent()) {
            answer.complete(descriptor.get());
        } else {
            answer.completeExceptionally(new IOException(opened.error()));
        }
    }

    void supervisorGone() {
        gone.set(true);
        waiting.values().forEach(answer -> answer.completeExceptionally(new IOException("the supervisor is gone")));
    }
}
