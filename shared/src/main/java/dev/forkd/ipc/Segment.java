package dev.forkd.ipc;

import static dev.forkd.ipc.SegmentLayout.HEADER;
import static dev.forkd.ipc.SegmentLayout.KIND_AT;
import static dev.forkd.ipc.SegmentLayout.MAGIC;
import static dev.forkd.ipc.SegmentLayout.MAGIC_AT;
import static dev.forkd.ipc.SegmentLayout.NAMESPACE_AT;
import static dev.forkd.ipc.SegmentLayout.READY;
import static dev.forkd.ipc.SegmentLayout.SHAPE_AT;
import static dev.forkd.ipc.SegmentLayout.SIZE_AT;
import static dev.forkd.ipc.SegmentLayout.STATE_AT;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import dev.forkd.sys.Memory;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;

/** The memfd of one shared object, open in this process: descriptor, mapping, who we are. */
record Segment(Kind kind, Fd fd, Mapping memory, Shape shape, Identity self, Steps steps) implements AutoCloseable {

    /** What an object was made with; each kind names the three numbers. */
    record Shape(long a, long b, long c) {}

    /** A new memfd of the kind, prepared and open. */
    static Segment create(Kind kind, long size, Shape shape, Consumer<Mapping> prepare, Steps steps)
            throws IOException {
        return open(Memory.create("forkd-" + kind.text(), size), kind, size, shape, prepare, steps);
    }

    /**
     * Takes a memfd that several processes may open at the same time: one of them prepares it, the others wait. If that one dies
     * over it, another starts anew; nobody has used the object by then.
     *
     * @throws IllegalArgumentException if the object exists with another shape
     */
    static Segment open(Fd fd, Kind kind, long size, Shape shape, Consumer<Mapping> prepare, Steps steps)
            throws IOException {
        Mapping memory = mapped(fd, kind);
        try {
            Identity self = Identity.self();
            if (memory.size() < size && memory.getInt(STATE_AT) == READY) {
                throw new IllegalArgumentException(conflict(kind, checked(fd, kind, memory, self, steps).shape, shape));
            }
            if (memory.size() < size) {
                throw new IllegalArgumentException("a " + kind.text() + " that takes " + size
                        + " bytes was asked for, but it exists with " + memory.size());
            }
            settle(memory, self, () -> {
                memory.setInt(KIND_AT, kind.code());
                memory.setLong(SIZE_AT, memory.size());
                memory.setInt(NAMESPACE_AT, pidNamespace());
                memory.setLong(SHAPE_AT, shape.a());
                memory.setLong(SHAPE_AT + 8, shape.b());
                memory.setLong(SHAPE_AT + 16, shape.c());
                prepare.accept(memory);
                memory.setInt(MAGIC_AT, MAGIC);
                steps.at("segment.prepared");
            });
            Segment segment = checked(fd, kind, memory, self, steps);
            if (!segment.shape.equals(shape)) {
                throw new IllegalArgumentException(conflict(kind, segment.shape, shape));
            }
            return segment;
        } catch (IOException | RuntimeException e) {
            memory.close();
            fd.close();
            throw e;
        }
    }

    /** For whoever asked for an object that exists with another shape. */
    static String conflict(Kind kind, Shape exists, Shape asked) {
        return "the " + kind.text() + " exists with " + text(kind, exists) + ", asked for was one with "
                + text(kind, asked);
    }

    private static String text(Kind kind, Shape shape) {
        return switch (kind) {
            case MEMORY -> shape.a() + " bytes" + SharedArray.typeText(shape.b());
            case SEMAPHORE -> shape.a() + " permits";
            case BARRIER -> shape.a() + " parties";
            case QUEUE -> "room for " + shape.a() + " items of " + shape.b() + " bytes";
            case LOCK, EVENT -> shape.toString();
        };
    }

    /** Takes the memfd of an object that exists, and makes the object of it. */
    static <T> T attach(Fd fd, Kind kind, Function<Segment, T> maker) throws IOException {
        return attach(fd, kind).made(maker);
    }

    /** This segment as an object; closed if the object refuses it. */
    <T> T made(Function<Segment, T> maker) {
        try {
            return maker.apply(this);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Segment attach(Fd fd, Kind kind) throws IOException {
        Mapping memory = mapped(fd, kind);
        try {
            return checked(fd, kind, memory, Identity.self(), Steps.NONE);
        } catch (RuntimeException e) {
            memory.close();
            fd.close();
            throw e;
        }
    }

    private static Mapping mapped(Fd fd, Kind kind) throws IOException {
        try {
            if (Memory.size(fd) < HEADER) {
                throw new CorruptSegment("not a shared " + kind.text() + ": " + Memory.size(fd) + " bytes");
            }
            return new Mapping(fd);
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static void settle(Mapping memory, Identity self, Runnable prepare) throws IOException {
        try (Wait wait = new Wait(memory, Wait.FOREVER)) {
            while (true) {
                int state = memory.getInt(STATE_AT);
                if (state == READY) {
                    return;
                }
                boolean free = state == 0
                        || (wait.longEnoughToWonder() && !wait.lookout().aliveShort(state));
                if (free && memory.compareAndSetInt(STATE_AT, state, self.asShort())) {
                    prepare.run();
                    memory.setInt(STATE_AT, READY);
                    int _ = memory.wake(STATE_AT, Integer.MAX_VALUE);
                    return;
                }
                boolean _ = wait.sleep(STATE_AT, state);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another process prepared the object");
        }
    }

    private static Segment checked(Fd fd, Kind kind, Mapping memory, Identity self, Steps steps) {
        int magic = memory.getInt(MAGIC_AT);
        if (magic != MAGIC || memory.getInt(STATE_AT) != READY) {
            throw new CorruptSegment("not a shared object of this version of forkd: it begins with 0x"
                    + Integer.toHexString(magic) + ", not 0x" + Integer.toHexString(MAGIC));
        }
        if (memory.getInt(KIND_AT) != kind.code() || memory.getLong(SIZE_AT) != memory.size()) {
            throw new CorruptSegment("not a " + kind.text() + ", or of another size: kind " + memory.getInt(KIND_AT)
                    + ", " + memory.getLong(SIZE_AT) + " of " + memory.size() + " bytes");
        }
        if (memory.getInt(NAMESPACE_AT) != pidNamespace()) {
            throw new IllegalStateException("the " + kind.text() + " belongs to another pid namespace,"
                    + " where this process could not be told from a dead one");
        }
        Shape shape = new Shape(memory.getLong(SHAPE_AT), memory.getLong(SHAPE_AT + 8), memory.getLong(SHAPE_AT + 16));
        return new Segment(kind, fd, memory, shape, self, steps);
    }

    /** Number of the pid namespace (namespaces(7)); 0 where /proc does not tell. */
    private static int pidNamespace() {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return Integer.parseUnsignedInt(link.replaceAll("\\D", ""));
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    Segment with(Steps other) {
        return new Segment(kind, fd, memory, shape, self, other);
    }

    /** The same memory as another process would have it. */
    Segment as(Identity other) {
        return new Segment(kind, fd, memory, shape, other, steps);
    }

    /** Wakes who sleeps on a word. */
    void wake(long offset, int count) {
        try {
            int _ = memory.wake(offset, count);
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        memory.close();
        fd.close();
    }
}
