package dev.forkd.ipc;

import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.AbstractList;
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
        INTEGER(1, Integer.class, 4),
        LONG(2, Long.class, 8),
        DOUBLE(3, Double.class, 8);

        private final int code;
        private final Class<?> of;
        private final int width;

        Type(int code, Class<?> of, int width) {
            this.code = code;
            this.of = of;
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

    /** The one type of all of them; empty if there is none, or nothing in the list. */
    static Optional<Type> typeOf(List<?> numbers) {
        for (Type type : Type.values()) {
            if (!numbers.isEmpty() && type.of.isInstance(numbers.getFirst())) {
                return all(type.of, numbers) ? Optional.of(type) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean all(Class<?> type, List<?> items) {
        for (int i = 0; i < items.size(); i++) {
            Object item = items.get(i);
            if (item == null || item.getClass() != type) {
                return false;
            }
        }
        return true;
    }

    /** Writes the numbers, all of the type, into the array. */
    static void write(Type type, List<?> numbers, byte[] into, int start) {
        int size = numbers.size();
        switch (type) {
            case INTEGER -> {
                for (int i = 0; i < size; i++) {
                    INT.set(into, start + 4 * i, (int) (Integer) numbers.get(i));
                }
            }
            case LONG -> {
                for (int i = 0; i < size; i++) {
                    LONG.set(into, start + 8 * i, (long) (Long) numbers.get(i));
                }
            }
            case DOUBLE -> {
                for (int i = 0; i < size; i++) {
                    LONG.set(into, start + 8 * i, Double.doubleToRawLongBits((Double) numbers.get(i)));
                }
            }
        }
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

    /** Never written by Java serialisation, which would trust the indices. */
    private void readObject(ObjectInputStream in) {
        throw new CorruptSegment("packed numbers do not travel this way");
    }
}
