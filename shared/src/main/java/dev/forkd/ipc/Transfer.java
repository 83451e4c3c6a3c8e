package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An object on its way to another process: bytes, and the descriptors of what in it lives in shared memory or in the kernel.
 * A {@link SharedObject}, a {@link Pipe} end or an {@link Fd} anywhere inside the object is replaced by a {@link Ticket} with the
 * number of its descriptor, and made anew on the other side.
 *
 * @param descriptors borrowed when packed; owned when received
 * @param objects the shared objects that were packed
 */
record Transfer(byte[] bytes, List<Fd> descriptors, List<SharedObject> objects) {
    Transfer(byte[] bytes, List<Fd> descriptors) {
        this(bytes, descriptors, List.of());
    }

    /** Stands for an object that travels as descriptors. */
    record Ticket(Kind kind, int descriptor, Codec<?> codec) implements Serializable {

        /** What can be made from a descriptor. */
        enum Kind {
            MEMORY,
            VALUE,
            ARRAY,
            LOCK,
            SEMAPHORE,
            EVENT,
            BARRIER,
            QUEUE,
            PIPE,
            FD
        }

        private AutoCloseable make(List<Fd> from) throws IOException {
            Fd fd = from.get(descriptor).duplicate();
            return switch (kind) {
                case MEMORY -> SharedMemory.open(fd);
                case VALUE -> new SharedValue(SharedMemory.open(fd));
                case ARRAY -> SharedArray.open(fd);
                case LOCK -> SharedLock.open(fd);
                case SEMAPHORE -> SharedSemaphore.open(fd);
                case EVENT -> SharedEvent.open(fd);
                case BARRIER -> SharedBarrier.open(fd);
                case QUEUE -> SharedQueue.open(fd, codec);
                case PIPE -> new Pipe(fd);
                case FD -> fd;
            };
        }
    }

    /** @throws IllegalArgumentException if something in it is not serializable */
    static Transfer pack(Object object) {
        Optional<byte[]> compact = Compact.write(object);
        if (compact.isPresent()) {
            return new Transfer(compact.get(), List.of());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        bytes.write(Compact.OTHER_TAG);
        try (Packer packer = new Packer(bytes)) {
            packer.writeObject(object);
            packer.flush();
            return new Transfer(bytes.toByteArray(), packer.descriptors, packer.objects);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot send " + Unserializable.subject(object) + " to another process: "
                            + Unserializable.explain(object).orElse(e.toString()),
                    e);
        }
    }

    /** The object again; its descriptors are closed when no longer needed, also if this throws. */
    static Object unpack(Transfer received) {
        return unpack(received, made -> {});
    }

    /** @param made is given each object that was made from a descriptor */
    static Object unpack(Transfer received, Consumer<AutoCloseable> made) {
        try {
            Object compact = Compact.read(received.bytes);
            if (!(compact instanceof Compact.Other)) {
                return compact;
            }
            ByteArrayInputStream bytes = new ByteArrayInputStream(
                    received.bytes, Compact.OTHER_AT, received.bytes.length - Compact.OTHER_AT);
            try (Unpacker unpacker = new Unpacker(bytes, received.descriptors, made)) {
                return unpacker.readObject();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what another process sent", e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "this process does not have the class " + e.getMessage()
                            + " that another sent: is it on the class path of this process too?",
                    e);
        } finally {
            received.descriptors.forEach(Fd::close);
        }
    }

    /** For places that carry bytes only. */
    byte[] withoutDescriptors() {
        if (!descriptors.isEmpty()) {
            throw new IllegalArgumentException("shared objects, pipes and descriptors cannot travel through a queue;"
                    + " send them through a Pipe, or as an argument of the process");
        }
        return bytes;
    }

    private static final class Packer extends ObjectOutputStream {
        private final List<Fd> descriptors = new ArrayList<>();
        private final List<SharedObject> objects = new ArrayList<>();

        Packer(OutputStream to) throws IOException {
            super(to);
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object object) {
            if (object instanceof SharedObject shared) {
                objects.add(shared);
            }
            return switch (object) {
                case SharedMemory memory -> ticket(Ticket.Kind.MEMORY, memory.fd(), null);
                case SharedValue value ->
                    ticket(Ticket.Kind.VALUE, value.memory().fd(), null);
                case SharedArray array ->
                    ticket(Ticket.Kind.ARRAY, array.memory().fd(), null);
                case SharedLock lock -> lock.isPartOfAnother() ? object : ticket(Ticket.Kind.LOCK, lock.fd(), null);
                case SharedCondition condition -> condition.travelling();
                case SharedSemaphore semaphore -> ticket(Ticket.Kind.SEMAPHORE, semaphore.fd(), null);
                case SharedEvent event -> ticket(Ticket.Kind.EVENT, event.fd(), null);
                case SharedBarrier barrier -> ticket(Ticket.Kind.BARRIER, barrier.fd(), null);
                case SharedQueue<?> queue -> ticket(Ticket.Kind.QUEUE, queue.fd(), queue.codec());
                case Pipe pipe -> ticket(Ticket.Kind.PIPE, pipe.fd(), null);
                case Fd fd -> ticket(Ticket.Kind.FD, fd, null);
                case null, default -> object;
            };
        }

        private Ticket ticket(Ticket.Kind kind, Fd fd, Codec<?> codec) {
            descriptors.add(fd);
            return new Ticket(kind, descriptors.size() - 1, codec);
        }
    }

    private static final class Unpacker extends ObjectInputStream {
        private final List<Fd> descriptors;
        private final Consumer<AutoCloseable> made;

        Unpacker(InputStream from, List<Fd> descriptors, Consumer<AutoCloseable> made) throws IOException {
            super(from);
            this.descriptors = descriptors;
            this.made = made;
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object object) throws IOException {
            if (!(object instanceof Ticket ticket)) {
                return object;
            }
            AutoCloseable own = ticket.make(descriptors);
            made.accept(own);
            return own;
        }

        /** Classes of the program, also where this class came from another loader. */
        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            try {
                return Class.forName(description.getName(), false, context);
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description);
            }
        }
    }
}
