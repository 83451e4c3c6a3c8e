package dev.forkd.ipc;

import dev.forkd.sys.Mapping;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Named objects over a {@link Broker}, each opened once per process. Safe for all threads. */
final class BrokeredIpc implements Ipc, AutoCloseable {
    private final Broker broker;
    private final Map<Key, AutoCloseable> open = new HashMap<>();

    private record Key(Kind kind, String name) {}

    BrokeredIpc(Broker broker) {
        this.broker = broker;
    }

    @FunctionalInterface
    private interface Maker<T> {
        T from(Segment segment);
    }

    @SuppressWarnings("unchecked") // kind and name stand for one class of object
    private synchronized <T extends AutoCloseable> T named(
            Kind kind, String name, long size, Segment.Shape shape, Consumer<Mapping> prepare, Maker<T> maker)
            throws IOException {
        Key key = new Key(kind, name);
        AutoCloseable known = open.get(key);
        if (known != null) {
            checkShape(known, kind, name, shape);
            return (T) known;
        }
        Segment segment = segment(kind, name, size, shape, prepare);
        T object = segment.made(maker::from);
        open.put(key, object);
        return object;
    }

    private Segment segment(Kind kind, String name, long size, Segment.Shape shape, Consumer<Mapping> prepare)
            throws IOException {
        try {
            return Segment.open(broker.open(kind.text(), name, size), kind, size, shape, prepare, Steps.NONE);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + name + "\": " + e.getMessage(), e);
        }
    }

    private static void checkShape(AutoCloseable known, Kind kind, String name, Segment.Shape asked) {
        Segment.Shape shape = switch (known) {
            case SharedObject object -> object.segment().shape();
            case SharedValue value -> value.memory().segment().shape();
            case SharedArray array -> array.memory().segment().shape();
            default -> throw new AssertionError(known.getClass());
        };
        if (!shape.equals(asked)) {
            throw new IllegalArgumentException("\"" + name + "\": " + Segment.conflict(kind, shape, asked));
        }
    }

    @Override
    public <T> SharedQueue<T> queue(String name, int capacity, int maxBytes, Codec<T> codec) throws IOException {
        Segment.Shape shape = SharedQueue.shape(capacity, maxBytes, QueueLayout.LASTING);
        return named(
                Kind.QUEUE,
                name,
                QueueLayout.size(shape),
                shape,
                memory -> QueueLayout.prepare(memory, shape),
                segment -> new SharedQueue<>(segment, codec));
    }

    @Override
    public SharedLock lock(String name) throws IOException {
        return named(Kind.LOCK, name, SharedLock.SIZE, SharedLock.SHAPE, memory -> {}, SharedLock::new);
    }

    @Override
    public SharedValue value(String name) throws IOException {
        return named(
                Kind.MEMORY,
                name,
                SharedMemory.size(8),
                SharedMemory.shape(8, 0),
                memory -> {},
                segment -> new SharedValue(new SharedMemory(segment)));
    }

    @Override
    public SharedArray array(String name, SharedArray.Type type, int length) throws IOException {
        long bytes = SharedArray.bytes(type, length);
        return named(
                Kind.MEMORY,
                name,
                SharedMemory.size(bytes),
                SharedMemory.shape(bytes, SharedArray.code(type)),
                memory -> {},
                segment -> new SharedArray(new SharedMemory(segment)));
    }

    @Override
    public SharedMemory memory(String name, long bytes) throws IOException {
        return named(
                Kind.MEMORY,
                name,
                SharedMemory.size(bytes),
                SharedMemory.shape(bytes, 0),
                memory -> {},
                SharedMemory::new);
    }

    @Override
    public SharedSemaphore semaphore(String name, int permits) throws IOException {
        return named(
                Kind.SEMAPHORE,
                name,
                SharedSemaphore.size(permits, true),
                SharedSemaphore.shape(permits, true),
                memory -> SharedSemaphore.prepare(memory, permits),
                SharedSemaphore::new);
    }

    @Override
    public SharedEvent event(String name) throws IOException {
        return named(Kind.EVENT, name, SharedEvent.SIZE, SharedEvent.SHAPE, memory -> {}, SharedEvent::new);
    }

    @Override
    public SharedBarrier barrier(String name, int parties) throws IOException {
        return named(
                Kind.BARRIER, name, SharedBarrier.SIZE, SharedBarrier.shape(parties), memory -> {}, SharedBarrier::new);
    }

    /** Closes what has been opened. */
    @Override
    public synchronized void close() {
        for (AutoCloseable object : open.values()) {
            switch (object) {
                case SharedObject shared -> shared.close();
                case SharedValue value -> value.close();
                case SharedArray array -> array.close();
                default -> throw new AssertionError(object.getClass());
            }
        }
        open.clear();
    }
}
