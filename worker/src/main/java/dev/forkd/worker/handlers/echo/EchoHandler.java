package dev.forkd.worker.handlers.echo;

import dev.forkd.handler.Request;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sends every byte back, and closes once the client has sent its last one (half-close included).
 *
 * <p>A round is poll (with an idle time-out only), read, write, and allocates nothing. Buffers outlive clients and threads: a
 * zygote's warm-up makes the one that a strict worker uses, and virtual threads, which are made per client, share a few. A client
 * that sends and never reads holds its thread in a write, which {@code timeouts.client} ends.
 */
public final class EchoHandler implements StreamHandler {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** The only one that a strict worker needs: taking and giving it back writes to one object of a page, not to three of three. */
    private final AtomicReference<ByteBuffer> first = new AtomicReference<>();

    private final Queue<ByteBuffer> others = new ConcurrentLinkedQueue<>();

    @Override
    public void handle(Request request) throws IOException {
        ByteBuffer spare = first.getAndSet(null);
        if (spare == null) {
            spare = others.poll();
        }
        ByteBuffer buffer = spare == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : spare.clear();
        try {
            echo(request, request.channel(), buffer);
        } finally {
            if (!first.compareAndSet(null, buffer)) {
                others.offer(buffer);
            }
        }
    }

    private static void echo(Request request, SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (true) {
            request.awaitReadable();
            if (channel.read(buffer) < 0) {
                return;
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }

    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        exchange(warmUp, 64);
        if (!warmUp.dryPass()) {
            exchange(warmUp, 48 * 1024); // in a spare the pages of a small client are enough
        }
    }

    private static void exchange(WarmUp warmUp, int size) throws IOException {
        byte[] sent = new byte[size];
        Arrays.fill(sent, (byte) '.');
        byte[] received = warmUp.exchange(sent);
        if (!Arrays.equals(sent, received)) {
            throw new IOException("echo of " + size + " bytes came back as " + received.length + " other bytes");
        }
    }
}
