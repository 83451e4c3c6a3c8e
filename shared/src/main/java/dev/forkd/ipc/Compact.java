package dev.forkd.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The short way for what tasks and messages mostly are: null, Boolean, Integer, Long, Double, String, byte[], ArrayLists of
 * these and {@link Chunk}s, a tag and the value, an order of magnitude faster than Java serialisation. Everything else is tagged {@code OTHER_TAG},
 * and Java serialisation follows. The JDK's byte array streams lock for each byte, which is more than the rest of the work.
 */
final class Compact {
    /** What {@link #read} gives when Java serialisation follows. */
    enum Other {
        INSTANCE
    }

    /** The first byte of what Java serialisation made. */
    static final int OTHER_TAG = 0;

    private static final int NULL = 1, FALSE = 2, TRUE = 3, INTEGER = 4, LONG = 5, DOUBLE = 6;
    private static final int STRING = 7, BYTES = 8, LIST = 9;
    private static final int CHUNK = 10, PACKED = 11;

    /** Lists in lists: deeper ones may contain themselves, which Java serialisation can tell. */
    private static final int MOST_DEPTH = 4;

    private Compact() {}

    /** @return the bytes, empty if the object is none of these */
    static Optional<byte[]> write(Object object) {
        Output to = new Output();
        return to.value(object, MOST_DEPTH) ? Optional.of(to.exactly()) : Optional.empty();
    }

    private static final class Output {
        private byte[] bytes = new byte[64];
        private int length;

        private byte[] exactly() {
            return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        }

        /** @return false if the object does not fit; what has been written is then of no use */
        private boolean value(Object object, int depth) {
            switch (object) {
                case null -> write(NULL);
                case Integer number -> {
                    write(INTEGER);
                    varint(Integer.toUnsignedLong((number << 1) ^ (number >> 31)));
                }
                case Long number -> {
                    write(LONG);
                    varint((number << 1) ^ (number >> 63));
                }
                case String text -> array(STRING, text.getBytes(UTF_8));
                case byte[] array -> array(BYTES, array);
                case Double number -> {
                    write(DOUBLE);
                    varint(Double.doubleToRawLongBits(number));
                }
                case Boolean bool -> write(bool ? TRUE : FALSE);
                case Chunk(int function, List<?> items) -> {
                    write(CHUNK);
                    varint(function);
                    return chunk(items, depth);
                }
                case ArrayList<?> list
                when list.getClass() == ArrayList.class && depth > 0 -> {
                    return list(list, depth);
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean chunk(List<?> items, int depth) {
            Optional<PackedNumbers> numbers =
                    items instanceof PackedNumbers packed ? Optional.of(packed) : PackedNumbers.of(items);
            if (numbers.isEmpty()) {
                return list(items, depth);
            }
            PackedNumbers.Type type = numbers.get().type();
            write(PACKED);
            write(type.code());
            varint(items.size());
            int width = type.width() * items.size();
            room(width);
            numbers.get().copyTo(bytes, length);
            length += width;
            return true;
        }

        private boolean list(List<?> list, int depth) {
            write(LIST);
            varint(list.size());
            boolean fits = true;
            for (int i = 0; fits && i < list.size(); i++) {
                fits = value(list.get(i), depth - 1);
            }
            return fits;
        }

        private void array(int tag, byte[] array) {
            write(tag);
            varint(array.length);
            room(array.length);
            System.arraycopy(array, 0, bytes, length, array.length);
            length += array.length;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                write((int) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
        }

        private void write(int one) {
            room(1);
            bytes[length++] = (byte) one;
        }

        private void room(int more) {
            if (bytes.length - length < more) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
            }
        }
    }

    /** What follows when the object went another way: from here on in the array. */
    static final int OTHER_AT = 1;

    /** @throws CorruptSegment if the bytes are none that {@link #write} makes */
    static Object read(byte[] bytes) {
        return new Input(bytes).value();
    }

    private static final class Input {
        private final byte[] bytes;
        private int at;

        Input(byte[] bytes) {
            this.bytes = bytes;
        }

        /** What must be one of two. */
        private Object value(int either, int or) {
            int tag = at < bytes.length ? bytes[at] : -1;
            if (tag != either && tag != or) {
                throw new CorruptSegment("not a chunk of items: tag " + tag);
            }
            return value();
        }

        private PackedNumbers packed() {
            PackedNumbers.Type type = PackedNumbers.Type.coded(next());
            int size = length();
            PackedNumbers numbers = new PackedNumbers(type, bytes, at, size);
            at += size * type.width();
            return numbers;
        }

        private Object value() {
            int tag = next();
            return switch (tag) {
                case OTHER_TAG -> Other.INSTANCE;
                case NULL -> null;
                case FALSE -> false;
                case TRUE -> true;
                case INTEGER -> {
                    int coded = (int) varint();
                    yield (coded >>> 1) ^ -(coded & 1);
                }
                case LONG -> {
                    long coded = varint();
                    yield (coded >>> 1) ^ -(coded & 1);
                }
                case DOUBLE -> Double.longBitsToDouble(varint());
                case STRING -> {
                    int length = length();
                    at += length;
                    yield new String(bytes, at - length, length, UTF_8);
                }
                case BYTES -> {
                    int length = length();
                    at += length;
                    yield Arrays.copyOfRange(bytes, at - length, at);
                }
                case CHUNK -> new Chunk((int) varint(), (List<?>) value(PACKED, LIST));
                case PACKED -> packed();
                case LIST -> {
                    int size = length();
                    ArrayList<Object> list = new ArrayList<>(size);
                    for (int i = 0; i < size; i++) {
                        list.add(value());
                    }
                    yield list;
                }
                default -> throw new CorruptSegment("not a message of this version of forkd: tag " + tag);
            };
        }

        /** A length cannot be greater than what is left, so a wrong one cannot make us allocate without bound. */
        private int length() {
            long length = varint();
            if (length < 0 || length > bytes.length - at) {
                throw new CorruptSegment("a length of " + length + " with " + (bytes.length - at) + " bytes left");
            }
            return (int) length;
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; shift < 70; shift += 7) {
                int next = next();
                value |= (long) (next & 0x7f) << shift;
                if (next < 0x80) {
                    return value;
                }
            }
            throw new CorruptSegment("a number of more than 10 bytes");
        }

        private int next() {
            if (at == bytes.length) {
                throw new CorruptSegment("a message ends in the middle of a value");
            }
            return bytes[at++] & 0xff;
        }
    }
}
