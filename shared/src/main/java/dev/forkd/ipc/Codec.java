package dev.forkd.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.util.List;

/**
 * How items become bytes. A codec is {@link Serializable} because it travels with its queue; a lambda or an enum will do. What
 * {@link #decode} gets came from another process: whoever reads from processes it does not trust must not use {@link #java}.
 *
 * @param <T> the items
 */
public interface Codec<T> extends Serializable {
    /** @return a new array, or one that nobody changes */
    byte[] encode(T item);

    /** @throws RuntimeException if these are not the bytes of an item; the item is then lost */
    T decode(byte[] bytes);

    /** Arrays as they are. */
    static Codec<byte[]> bytes() {
        return Codecs.Bytes.INSTANCE;
    }

    /** Strings as UTF-8. */
    static Codec<String> strings() {
        return Codecs.Strings.INSTANCE;
    }

    /** Anything {@link Serializable}; numbers and strings by a shorter way. */
    @SuppressWarnings("unchecked") // the caller says what its items are, as with Java serialisation itself
    static <T> Codec<T> java() {
        return (Codec<T>) Codecs.Java.INSTANCE;
    }
}

/** Enums, because a deserialised enum is the same object. */
final class Codecs {
    private Codecs() {}

    enum Bytes implements Codec<byte[]> {
        INSTANCE;

        @Override
        public byte[] encode(byte[] item) {
            return item;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    enum Strings implements Codec<String> {
        INSTANCE;

        @Override
        public byte[] encode(String item) {
            return item.getBytes(UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, UTF_8);
        }
    }

    enum Java implements Codec<Object> {
        INSTANCE;

        @Override
        public byte[] encode(Object item) {
            return Transfer.pack(item).withoutDescriptors();
        }

        @Override
        public Object decode(byte[] bytes) {
            return Transfer.unpack(new Transfer(bytes, List.of()));
        }
    }
}
