package dev.forkd.worker.serving;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.DatagramHandler;
import dev.forkd.handler.Settings;
import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DatagramServerTest {
    private static final Duration LONG = Duration.ofDays(365);

    /** What NIO wakes its threads with (NativeThread.c, SIGRTMAX - 2); it has a handler that does nothing. */
    private static final int WAKE_UP = 62;

    private final WorkerInfo info =
            new WorkerInfo(new WorkerInfo.Service("test", "exec", 1, Optional.empty(), new Settings(Map.of())), 0, 1);
    private final List<Message.ToSupervisor> said = new ArrayList<>();

    private void serve(DatagramHandler handler, Fd socket, boolean session) {
        UnixDomainSocketAddress client = UnixDomainSocketAddress.of("/client");
        List<byte[]> payloads = session ? List.of(bytes("first"), bytes("burst")) : List.of(bytes("first"));
        new DatagramServer(handler, info, LONG)
                .serve(
                        new Message.Datagram(1, "udp://", client, client, session, System.nanoTime(), payloads),
                        socket,
                        said::add);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private Message.Outcome outcome() {
        return ((Message.Done) said.getLast()).outcome();
    }

    /** Without Done the client would keep its place for ever. */
    @Test
    void anErrorOfTheHandlerEndsTheClientToo() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.DGRAM)) {
            serve(
                    _ -> {
                        throw new StackOverflowError("deep");
                    },
                    pair.first(),
                    false);
        }
        assertEquals(Message.Outcome.FAILED, outcome());
    }

    /** A forked worker that is asked to give memory back gets a signal. */
    @Test
    void aSignalDoesNotEndASession() throws Exception {
        BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        BlockingQueue<Integer> thread = new LinkedBlockingQueue<>();
        try (Sockets.Pair pair = Sockets.pair(Sockets.DGRAM);
                MessageBuffer client = new MessageBuffer(64)) {
            SocketChannel.open().close(); // NIO has its handler then
            FutureTask<Void> session = new FutureTask<>(() -> {
                thread.add(C.call("gettid", 0, 0, 0));
                serve(
                        datagram ->
                                handled.add(US_ASCII.decode(datagram.payload()).toString()),
                        pair.first(),
                        true);
                return null;
            });
            Thread _ = Thread.ofPlatform().daemon().start(session);
            int id = thread.take();
            assertEquals("first", handled.take());
            assertEquals("burst", handled.take());
            awaitPoll(id);
            assertEquals(0, C.call("tgkill", Processes.pid(), id, WAKE_UP));
            send(client, pair.second(), "second");
            assertEquals("second", handled.take());
            info.drain();
            send(client, pair.second(), "third");
            session.get();
            assertTrue(handled.size() <= 1, "it may have seen the drain first");
            assertEquals(Message.Outcome.IDLE, outcome());
        }
    }

    private static void send(MessageBuffer buffer, Fd socket, String text) throws Exception {
        buffer.data().clear().put(bytes(text));
        int _ = buffer.send(socket, 0, null);
    }

    /** Whether the thread sleeps; it has nothing else to sleep for. */
    private static void awaitPoll(int thread) throws Exception {
        Path stat = Path.of("/proc/self/task", String.valueOf(thread), "stat");
        while (!Files.readString(stat).replaceAll("(?s).*\\) ", "").startsWith("S")) {
            Thread.onSpinWait();
        }
    }

    private static final class C {
        /** Three ints in, one out; a function ignores what it does not declare. */
        static int call(String name, int a, int b, int c) {
            Linker linker = Linker.nativeLinker();
            MethodHandle function = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            try {
                return (int) function.invokeExact(a, b, c);
            } catch (Throwable e) {
                throw new AssertionError(name, e);
            }
        }
    }
}
