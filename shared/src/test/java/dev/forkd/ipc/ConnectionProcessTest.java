package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import dev.forkd.testing.NothingLeaks;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@link Listener}, {@link Client} and {@link Signals}. */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class ConnectionProcessTest {
    private static final byte[] KEY = new byte[32];

    @Test
    void programsThatKnowTheKeyConnect(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("s");
        String name = path.toString();
        try (Listener listener = new Listener(path, KEY);
                ForkedProcess client = new ForkedProcess(() -> {
                            try (Pipe pipe = Client.connect(Path.of(name), new byte[32])) {
                                pipe.send("hello");
                                Object _ = pipe.recv();
                            }
                        })
                        .start()) {
            Listener.Accepted accepted = listener.accept();
            try (Pipe pipe = accepted.pipe()) {
                assertEquals(client.pid(), accepted.pid());
                assertEquals(Processes.uid(), accepted.uid());
                assertEquals("hello", pipe.recv());
                pipe.send("bye");
            }
            assertEquals(
                    "exited 0", client.join().text(), () -> client.failure().orElse(""));
        }
        assertFalse(Files.exists(path));
        assertThrows(SyscallException.class, () -> Client.connect(path, KEY));
    }

    @Test
    void whoDoesNotKnowTheKeyGetsNothing(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("s");
        byte[] wrong = KEY.clone();
        wrong[31] = 1;
        try (Listener listener = new Listener(path, KEY)) {
            FutureTask<Boolean> refused = new FutureTask<>(() -> {
                assertThrows(SecurityException.class, () -> Client.connect(path, wrong));
                return true;
            });
            Thread _ = Thread.ofPlatform().start(refused);
            assertTrue(listener.accept(Duration.ofMillis(1500)).isEmpty());
            assertTrue(refused.get());
            assertThrows(SyscallException.class, () -> new Listener(path, KEY));
            assertThrows(IllegalArgumentException.class, () -> Client.connect(path, new byte[15]));
        }
    }

    @Test
    void aListenerThatWaitsCanBeInterruptedAndClosed(@TempDir Path directory) throws Exception {
        Listener listener = new Listener(directory.resolve("s"), KEY);
        FutureTask<Throwable> interrupted =
                new FutureTask<>(() -> assertThrows(InterruptedIOException.class, listener::accept));
        Thread waiting = Thread.ofPlatform().start(interrupted);
        waiting.interrupt();
        assertInstanceOf(InterruptedIOException.class, interrupted.get(60, TimeUnit.SECONDS));
        FutureTask<Throwable> closed =
                new FutureTask<>(() -> assertThrows(ClosedChannelException.class, listener::accept));
        Thread _ = Thread.ofPlatform().start(closed);
        listener.close();
        assertInstanceOf(ClosedChannelException.class, closed.get(60, TimeUnit.SECONDS));
    }

    /** Connected and gone; gone after the question; garbage; half a message and silence; then one who knows the key, and is let in. */
    @Test
    void clientsThatDieInTheHandshakeKeepNobodyOut(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("s");
        try (Listener listener = new Listener(path, KEY)) {
            FutureTask<Boolean> clients = new FutureTask<>(() -> {
                for (int steps = 0; steps < 3; steps++) {
                    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
                    Fd socket = Sockets.socketFor(address, Sockets.SEQPACKET);
                    Sockets.connect(socket, address);
                    try (Pipe raw = new Pipe(socket)) {
                        if (steps > 0) {
                            byte[] _ = raw.recvBytes();
                        }
                        if (steps > 1) {
                            raw.sendBytes(new byte[64]);
                        }
                    }
                }
                try (Fd half = Sockets.socketFor(UnixDomainSocketAddress.of(path), Sockets.SEQPACKET);
                        MessageBuffer packet = new MessageBuffer(1 << 16)) {
                    Sockets.connect(half, UnixDomainSocketAddress.of(path));
                    packet.data().clear().putInt(1 << 30).put(new byte[(1 << 16) - 4]);
                    int _ = packet.send(half, 0, null);
                    try (Pipe good = Client.connect(path, KEY)) {
                        return good.recv().equals("welcome");
                    }
                }
            });
            Thread _ = Thread.ofPlatform().start(clients);
            try (Pipe accepted = listener.accept().pipe()) {
                accepted.send("welcome");
                assertTrue(clients.get());
            }
        }
    }

    @Test
    void signalsAreHandledSentAndAwaited() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        int self = Processes.pid();
        try (Signals.Handling _ = Signals.handle("USR2", seen::add)) {
            try (Signals.Handling _ = Signals.ignore("USR2")) {
                assertTrue(Signals.send(self, "USR2"));
            }
            assertTrue(Signals.send(self, "USR2"));
            assertEquals("USR2", seen.poll(10, TimeUnit.SECONDS));
        }
        assertEquals(0, seen.size());
        FutureTask<String> paused = new FutureTask<>(() -> Signals.pause("WINCH", "ALRM"));
        Thread pausing = Thread.ofPlatform().start(paused);
        while (pausing.getState() != Thread.State.WAITING) { // an alarm that nobody handles yet would end this process
            Thread.onSpinWait();
        }
        try (Signals.Handling _ = Signals.alarm(Duration.ofMillis(1))) {
            assertEquals("ALRM", paused.get());
        }
        assertThrows(IllegalArgumentException.class, () -> Signals.handle("QUIT", name -> {}));
        assertThrows(IllegalArgumentException.class, () -> Signals.send(self, "NOSUCH"));
        try (ForkedProcess child = new ForkedProcess(() -> {
                    throw new IllegalStateException(Signals.pause("TERM"));
                })
                .start()) {
            while (child.isAlive()) {
                child.terminate();
                var _ = child.join(Duration.ofMillis(50));
            }
            assertTrue(child.exitStatus().isPresent());
        }
    }
}
