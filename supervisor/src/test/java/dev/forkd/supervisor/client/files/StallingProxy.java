package dev.forkd.supervisor.client.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/** Passes one connection on, until so many bytes have gone one way: then neither side hears anything more. */
final class StallingProxy implements AutoCloseable {
    /** Reached when the connection has stalled. */
    final CountDownLatch stalled = new CountDownLatch(1);

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Socket server;

    /** Which way the bytes are counted. */
    enum Way {
        UP,
        DOWN
    }

    StallingProxy(int serverPort, Way way, long bytes) throws IOException {
        server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        Thread.ofPlatform().daemon().name("proxy").start(() -> {
            try {
                Socket client = listener.accept();
                pump(client.getInputStream(), server.getOutputStream(), way == Way.UP ? bytes : Long.MAX_VALUE);
                pump(server.getInputStream(), client.getOutputStream(), way == Way.DOWN ? bytes : Long.MAX_VALUE);
            } catch (IOException e) {
                stalled.countDown(); // the test fails on what it looks at next
            }
        });
    }

    private void pump(InputStream from, OutputStream to, long most) {
        Thread.ofPlatform().daemon().name("pump").start(() -> {
            byte[] buffer = new byte[64 * 1024];
            long left = most;
            try {
                while (left > 0) {
                    int count = from.read(buffer, 0, (int) Math.min(left, buffer.length));
                    if (count < 0) {
                        return;
                    }
                    to.write(buffer, 0, count);
                    left -= count;
                }
                stalled.countDown();
            } catch (IOException e) {
                // one side was killed: what the test is about
            }
        });
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Ends the server's side of the connection, as the kernel does for a killed client. */
    @Override
    public void close() throws IOException {
        listener.close();
        server.close();
    }
}
