package dev.forkd.ipc;

import dev.forkd.sys.Memory;
import java.io.IOException;

/**
 * Shared objects of a service, by name: every worker that opens the same name has the same object, whichever came first, and
 * whatever became of that worker since. They end with the service, or with the supervisor. A worker opens an object once and keeps
 * it: opening again gives the same Java object. Not in {@code start} of a handler, which may run in a zygote, and that may not have shared
 * memory: {@link IOException} with either engine; the first client is early enough. Ask for an object with each client, which costs a look-up, and keep it in no field: warm-ups of a
 * forked worker run with objects of their own, which are closed before the first client comes.
 *
 * <p>All methods throw {@link IllegalArgumentException} if the object exists with another shape (capacity, size, permits), and
 * {@link IOException} if the process has no broker.
 */
public interface Ipc {

    /** A queue; see {@link SharedQueue#create}. */
    <T> SharedQueue<T> queue(String name, int capacity, int maxBytes, Codec<T> codec) throws IOException;

    /** A lock. */
    SharedLock lock(String name) throws IOException;

    /** One number, 0 at first. */
    SharedValue value(String name) throws IOException;

    /** Numbers, 0 at first. */
    SharedArray array(String name, SharedArray.Type type, int length) throws IOException;

    /** Bytes, 0 at first. */
    SharedMemory memory(String name, long bytes) throws IOException;

    /** A semaphore whose permits belong to the workers that hold them. */
    SharedSemaphore semaphore(String name, int permits) throws IOException;

    /** An event, not set at first. */
    SharedEvent event(String name) throws IOException;

    /** A barrier. */
    SharedBarrier barrier(String name, int parties) throws IOException;

    /** The objects that a broker gives out. */
    static Ipc of(Broker broker) {
        return new BrokeredIpc(broker);
    }

    /** Objects of this process alone, new and empty, until they are closed: for a handler's warm-up, which must leave no trace. */
    static Scratch scratch() {
        return new Scratch(new BrokeredIpc((kind, _, size) -> Memory.create("forkd-" + kind, size)));
    }

    /** See {@link #scratch}. */
    final class Scratch implements AutoCloseable {
        private final BrokeredIpc ipc;

        private Scratch(BrokeredIpc ipc) {
            this.ipc = ipc;
        }

        public Ipc ipc() {
            return ipc;
        }

        @Override
        public void close() {
            ipc.close();
        }
    }

    /** For processes that belong to no service: every call says so. */
    static Ipc none() {
        return of((kind, name, _) -> {
            throw new IOException(
                    "cannot open the " + kind + " \"" + name + "\": this process has no broker of named objects");
        });
    }
}
