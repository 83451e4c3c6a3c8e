package dev.forkd.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** A SHA-256 value (FIPS 180-4), as 64 lower-case hexadecimal digits. */
public record Sha256(String hex) {
    /** Bytes of the value. */
    public static final int BYTES = 32;

    private static final int BUFFER_BYTES = 256 * 1024;

    public Sha256 {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256: " + hex);
        }
    }

    public static Sha256 of(byte[] value) {
        return new Sha256(HexFormat.of().formatHex(value));
    }

    /** The value of all bytes that the digest was given; the digest begins anew. */
    public static Sha256 finish(MessageDigest digest) {
        return of(digest.digest());
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** A new digest of this kind. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * Adds the first {@code length} bytes of a file.
     *
     * @param progress told of each piece's length
     * @throws EOFException if the file is shorter
     */
    public static void update(MessageDigest digest, FileChannel file, long length, LongConsumer progress)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.clamp(length, 1, BUFFER_BYTES));
        long at = 0;
        while (at < length) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
            int count = file.read(buffer, at);
            if (count < 0) {
                throw new EOFException("the file ended at " + at + " of " + length + " bytes");
            }
            digest.update(buffer.flip());
            at += count;
            progress.accept(count);
        }
    }
}
