package dev.forkd.worker.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import dev.forkd.worker.serving.StreamRequest;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A handler's warm-up with handler and client on the calling thread: as in a forked spare (one dry pass), or as in a zygote, where
 * each exchange is a child's whole life, which begins with a dry pass of its own.
 */
public final class OneThreadWarmUp implements WarmUp {
    private static final int MOST_BYTES = 1 << 16;

    /** As {@code DryPass} has it: the address is one of TCP, whatever the socket is. */
    public static final SocketAddress NOBODY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final StreamHandler handler;
    private final WorkerInfo info;
    private final Path folder;
    private final SocketAddress address;
    private final boolean dry;

    /** What the handler answered to each exchange, dry passes within included. */
    public final List<String> answers = new ArrayList<>();

    /** What it reported for the access log. */
    public final List<AccessEntry> accesses = new ArrayList<>();

    /** How many conversations went to their end. */
    public int conversations;

    private OneThreadWarmUp(OneThreadWarmUp zygote) {
        this.handler = zygote.handler;
        this.info = zygote.info;
        this.folder = zygote.folder;
        this.address = zygote.address;
        this.dry = true;
    }

    /**
     * Starts the handler.
     *
     * @param folder the service's root
     * @param address of both ends of its connections
     * @param dry whether this is a spare's dry pass
     */
    public OneThreadWarmUp(
            StreamHandler handler, Path folder, Map<String, String> settings, SocketAddress address, boolean dry)
            throws Exception {
        this.handler = handler;
        this.info = new WorkerInfo(
                new WorkerInfo.Service("test", "fork", 1, Optional.of(folder), new Settings(settings)), -1, 1);
        this.folder = folder;
        this.address = address;
        this.dry = dry;
        handler.start(info);
    }

    public void run() throws Exception {
        handler.warmUp(this);
    }

    @Override
    public byte[] exchange(byte[] input) throws IOException {
        Path socket = folder.resolve(".s" + System.nanoTime());
        try (ServerSocketChannel listener =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket))) {
            try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
                client.write(ByteBuffer.wrap(input));
                client.shutdownOutput();
                serve(listener);
                ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);
                int read;
                do {
                    read = client.read(answer);
                } while (read > 0);
                answers.add(new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1));
                return answers.getLast().getBytes(StandardCharsets.ISO_8859_1);
            }
        } finally {
            boolean _ = Files.deleteIfExists(socket);
        }
    }

    private void serve(ServerSocketChannel listener) throws IOException {
        try (SocketChannel served = listener.accept()) {
            if (!dry) {
                OneThreadWarmUp spare = new OneThreadWarmUp(this);
                spare.run();
                answers.addAll(spare.answers);
                accesses.addAll(spare.accesses);
            }
            var client = new dev.forkd.worker.serving.Client(
                    1, address, address, Optional.empty(), Instant.now(), System.nanoTime());
            handler.handle(new StreamRequest(client, served, info, StreamRequest.Readiness.NONE, accesses::add));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** The one thing that takes a second thread, over TCP as in a zygote. */
    @Override
    public void converse(Client client) throws IOException {
        assertFalse(dry, "a spare has one thread");
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            FutureTask<Object> talk = new FutureTask<>(() -> {
                try (SocketChannel channel = SocketChannel.open(listener.getLocalAddress())) {
                    client.talk(channel);
                }
                return client;
            });
            Thread talker = Thread.ofPlatform().start(talk);
            serve(listener);
            Object _ = talk.get();
            talker.join();
            conversations++;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    @Override
    public boolean dryPass() {
        return dry;
    }
}
