package dev.forkd.worker.testing;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.worker.serving.Client;
import dev.forkd.worker.serving.StreamRequest;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A stream handler served inside the test's own JVM, one thread per client, on a loopback port of the kernel's choice. */
public final class HandlerServer implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final StreamHandler handler;
    private final WorkerInfo info;
    private final AtomicLong ids = new AtomicLong();

    /** What clients' threads threw: a test asserts that this is what it expected. */
    public final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** What handlers reported for the access log. */
    public final Queue<AccessEntry> accesses = new ConcurrentLinkedQueue<>();

    public HandlerServer(StreamHandler handler, Optional<Path> root, Map<String, String> settings) throws Exception {
        this.handler = handler;
        this.info = new WorkerInfo(new WorkerInfo.Service("test", "exec", 64, root, new Settings(settings)), 0, 1);
        handler.start(info);
        this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofPlatform().name("accept").daemon().start(this::accept);
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    public WorkerInfo info() {
        return info;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                SocketChannel _ =
                        channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // as the supervisor's listeners
                Thread.ofPlatform().name("client").daemon().start(() -> serve(channel));
            }
        } catch (ClosedChannelException e) {
            // the test is over
        } catch (IOException e) {
            failures.add(e);
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Client client = new Client(
                    ids.incrementAndGet(),
                    channel.getRemoteAddress(),
                    channel.getLocalAddress(),
                    Optional.empty(),
                    Instant.now(),
                    System.nanoTime());
            StreamRequest request =
                    new StreamRequest(client, channel, info, StreamRequest.Readiness.NONE, accesses::add);
            handler.setup(request);
            try {
                handler.handle(request);
            } finally {
                handler.finish(request);
            }
        } catch (Throwable t) {
            failures.add(t);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
