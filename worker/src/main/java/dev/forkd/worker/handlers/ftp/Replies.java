package dev.forkd.worker.handlers.ftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Replies that wait to be sent (RFC 959 section 4.2), in one growing buffer. */
final class Replies {
    private byte[] bytes = new byte[1024];
    private int size;

    int size() {
        return size;
    }

    void line(int code, String text) {
        number(code);
        add((byte) ' ');
        text(text);
    }

    void firstLine(int code, String text) {
        number(code);
        add((byte) '-');
        text(text);
    }

    void innerLine(String text) {
        add((byte) ' ');
        text(text);
    }

    void raw(byte[] text) {
        ensure(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }

    /** What is queued, and an empty queue. The buffer is valid until the next reply. */
    ByteBuffer take() {
        ByteBuffer all = ByteBuffer.wrap(bytes, 0, size);
        size = 0;
        return all;
    }

    private void number(int code) {
        add((byte) ('0' + code / 100));
        add((byte) ('0' + code / 10 % 10));
        add((byte) ('0' + code % 10));
    }

    /** A control character in a file's name must not end the line early. */
    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < utf8.length; i++) {
            if ((utf8[i] >= 0 && utf8[i] < ' ') || utf8[i] == 0x7f) {
                utf8[i] = '?';
            }
        }
        raw(utf8);
        add((byte) '\r');
        add((byte) '\n');
    }

    private void add(byte b) {
        ensure(1);
        bytes[size++] = b;
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
