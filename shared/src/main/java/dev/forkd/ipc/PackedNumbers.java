package dev.forkd.ipc;

import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;

/**
 * Integers, Longs or Doubles as they stand in the bytes of a message; each becomes an object when it is asked for. Unmodifiable.
 *
 * <pre>
 *   4 or 8 bytes for each number, little-endian
 * </pre>
 */
final class PackedNumbers extends AbstractList<Object> implements RandomAccess, Serializable {
    private static final long serialVersionUID = 1;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Type type;
    private final byte[] bytes;
    private final int at;
    private final int size;

    /** The class of all the numbers. */
    enum Type {
        INTEGER(1, 4),
        LONG(2, 8),
        DOUBLE(3, 8);

        private final int code;
        private final int width;

        Type(int code, int width) {
            this.code = code;
            this.width = width;
        }

        /** @throws CorruptSegment if there is none of this code */
        static Type coded(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new CorruptSegment("not a type of numbers: " + code);
        }

        /** That of a number; empty for everything else. */
        static Optional<Type> of(Object object) {
            return switch (object) {
                case Integer _ -> Optional.of(INTEGER);
                case Long _ -> Optional.of(LONG);
                case Double _ -> Optional.of(DOUBLE);
                case null, default -> Optional.empty();
            };
        }

        /** Writes items to the beginning of the array, up to {@code to} or the first that is not of this type. @return its index */
        private int write(Object[] items, int from, int to, byte[] into) {
            int i = from;
            switch (this) {
                case INTEGER -> {
                    for (; i < to && items[i] instanceof Integer number; i++) {
                        INT.set(into, 4 * (i - from), (int) number);
                    }
                }
                case LONG -> {
                    for (; i < to && items[i] instanceof Long number; i++) {
                        PackedNumbers.LONG.set(into, 8 * (i - from), (long) number);
                    }
                }
                case DOUBLE -> {
                    for (; i < to && items[i] instanceof Double number; i++) {
                        PackedNumbers.LONG.set(into, 8 * (i - from), Double.doubleToRawLongBits(number));
                    }
                }
            }
            return i;
        }

        int code() {
            return code;
        }

        int width() {
            return width;
        }
    }

    /** @throws CorruptSegment if the bytes end before the numbers do */
    PackedNumbers(Type type, byte[] bytes, int at, int size) {
        if (size < 0 || (long) size * type.width > bytes.length - at) {
            throw new CorruptSegment(size + " numbers in " + (bytes.length - at) + " bytes");
        }
        this.type = type;
        this.bytes = bytes;
        this.at = at;
        this.size = size;
    }

    /** The items, if they are numbers of one type. @return empty if not, or if there is none */
    static Optional<PackedNumbers> of(List<?> items) {
        boolean numbers = !items.isEmpty() && Type.of(items.getFirst()).isPresent();
        return numbers ? of(items.toArray(), 0, items.size()) : Optional.empty();
    }

    /** The same of items {@code from} to {@code to}, exclusive, of an array. */
    static Optional<PackedNumbers> of(Object[] items, int from, int to) {
        return from == to
                ? Optional.empty()
                : Type.of(items[from]).flatMap(type -> {
                    byte[] bytes = new byte[(to - from) * type.width];
                    int written = type.write(items, from, to, bytes);
                    return written < to ? Optional.empty() : Optional.of(new PackedNumbers(type, bytes, 0, to - from));
                });
    }

    Type type() {
        return type;
    }

    /** Copies the bytes of all the numbers. */
    void copyTo(byte[] into, int start) {
        System.arraycopy(bytes, at, into, start, size * type.width);
    }

    @Override
    public Object get(int index) {
        int i = at + Objects.checkIndex(index, size) * type.width;
        return switch (type) {
            case INTEGER -> (int) INT.get(bytes, i);
            case LONG -> (long) LONG.get(bytes, i);
            case DOUBLE -> Double.longBitsToDouble((long) LONG.get(bytes, i));
        };
    }

    @Override
    public int size() {
        return size;
    }

    /** A class for each type, so that the type is looked at once and not for each number. */
    @Override
    public Iterator<Object> iterator() {
        return switch (type) {
            case INTEGER ->
                new Numbers() {
                    @Override
                    Object read(int from) {
                        return (int) INT.get(bytes, from);
                    }
                };
            case LONG ->
                new Numbers() {
                    @Override
                    Object read(int from) {
                        return (long) LONG.get(bytes, from);
                    }
                };
            case DOUBLE ->
                new Numbers() {
                    @Override
                    Object read(int from) {
                        return Double.longBitsToDouble((long) LONG.get(bytes, from));
                    }
                };
        };
    }

    private abstract class Numbers implements Iterator<Object> {
        private final int width = type.width;
        private final int end = at + size * width;
        private int next = at;

        abstract Object read(int from);

        @Override
        public boolean hasNext() {
            return next < end;
        }

        @Override
        public Object next() {
            if (next >= end) {
                throw new NoSuchElementException();
            }
            int here = next;
            next += width;
            return read(here);
        }
    }

    /**
     * Numbers one after another as they come to be, so that they need not be objects in between; from the first that is of another
     * type on, a list of objects.
     */
    static final class Gatherer {
        private final int most;
        private Optional<Type> type = Optional.empty();
        private Class<?> of = Gatherer.class;
        private byte[] bytes = {};
        private int size;
        private List<Object> objects = List.of();

        /** @param most how many will come, at most */
        Gatherer(int most) {
            this.most = most;
        }

        void add(Object item) {
            if (item == null || item.getClass() != of) {
                addUnlike(item);
            } else if (item instanceof Integer number) {
                INT.set(bytes, 4 * size++, (int) number);
            } else if (item instanceof Long number) {
                LONG.set(bytes, 8 * size++, (long) number);
            } else {
                LONG.set(bytes, 8 * size++, Double.doubleToRawLongBits((Double) item));
            }
        }

        /** The first, or one that is not of the type of those before. */
        private void addUnlike(Object item) {
            Optional<Type> itsType = Type.of(item);
            if (size == 0 && objects.isEmpty() && itsType.isPresent()) {
                type = itsType;
                of = item.getClass();
                bytes = new byte[most * itsType.get().width];
                add(item);
                return;
            }
            if (objects.isEmpty()) {
                objects = new ArrayList<>(most);
                objects.addAll(numbers());
                of = Gatherer.class;
            }
            objects.add(item);
        }

        private List<Object> numbers() {
            return type.isPresent() ? new PackedNumbers(type.get(), bytes, 0, size) : List.of();
        }

        /** What has been gathered. */
        List<Object> list() {
            return objects.isEmpty() ? numbers() : objects;
        }
    }

    /** Never written by Java serialisation, which would trust the indices. */
    private void readObject(ObjectInputStream in) {
        throw new CorruptSegment("packed numbers do not travel this way");
    }
}
