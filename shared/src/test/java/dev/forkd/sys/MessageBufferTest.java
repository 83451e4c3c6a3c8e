package dev.forkd.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** sendmsg(2) and recvmsg(2) over socket pairs, with descriptors and without. */
@ExtendWith(NothingLeaks.class)
final class MessageBufferTest {
    private static String text(MessageBuffer message) {
        byte[] bytes = new byte[message.data().remaining()];
        message.data().get(bytes);
        return new String(bytes, US_ASCII);
    }

    private static MessageBuffer filled(String text) {
        MessageBuffer message = new MessageBuffer(64);
        message.data().put(text.getBytes(US_ASCII));
        return message;
    }

    @Test
    void aMessageArrivesWholeAndAlone() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("first");
                MessageBuffer in = new MessageBuffer(64)) {
            assertEquals(5, out.send(pair.first(), 0, null));
            assertEquals(5, out.send(pair.first(), 0, null));
            assertEquals(5, in.receive(pair.second(), 0));
            assertEquals("first", text(in));
            assertFalse(in.truncated());
            assertFalse(in.descriptorsLost());
            assertEquals(0, in.descriptorCount());
            assertEquals(-1, in.senderPid());
            assertEquals(5, in.receive(pair.second(), MessageBuffer.PEEK));
            assertEquals(5, in.receive(pair.second(), 0));
            assertEquals(-1, in.receive(pair.second(), MessageBuffer.DONTWAIT), "EAGAIN");
            pair.first().close();
            assertEquals(0, in.receive(pair.second(), 0), "end of file");
        }
    }

    @Test
    void whatWasSentIsReceivedThoughTheSenderLeftWithoutReading() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("last");
                MessageBuffer in = new MessageBuffer(64)) {
            assertEquals(4, out.send(pair.second(), 0, null));
            assertEquals(4, out.send(pair.first(), 0, null));
            assertEquals(4, out.send(pair.first(), 0, null));
            pair.first().close(); // one message unread: ECONNRESET
            assertEquals(4, in.receive(pair.second(), 0));
            assertEquals("last", text(in));
            assertEquals(4, in.receive(pair.second(), MessageBuffer.DONTWAIT));
            assertEquals(0, in.receive(pair.second(), MessageBuffer.DONTWAIT));
            assertEquals(0, in.receive(pair.second(), 0));
        }
    }

    @Test
    void whoSendsIsToldOfTheEndInOneWay() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("x");
                MessageBuffer in = new MessageBuffer(64)) {
            assertEquals(1, out.send(pair.first(), 0, null));
            assertEquals(1, out.send(pair.second(), 0, null));
            pair.second().close(); // one message unread: ECONNRESET
            assertEquals(
                    Errno.EPIPE,
                    assertThrows(SyscallException.class, () -> out.send(pair.first(), 0, null))
                            .errno());
            assertEquals(1, in.receive(pair.first(), 0), "what it had sent is still there");
            assertEquals(0, in.receive(pair.first(), 0));
        }
    }

    @Test
    void aMessageTooLongForTheBufferIsSaidToBeTruncated() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("0123456789");
                MessageBuffer in = new MessageBuffer(4)) {
            assertEquals(10, out.send(pair.first(), 0, null));
            assertEquals(4, in.receive(pair.second(), 0));
            assertTrue(in.truncated());
            assertEquals("0123", text(in));
        }
    }

    @Test
    void descriptorsArriveInOrderAndCloseOnExec() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read();
                Fd write = pipe.write();
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("x");
                MessageBuffer in = new MessageBuffer(8)) {
            assertEquals(1, out.send(pair.first(), 0, null, write, read));
            assertEquals(1, in.receive(pair.second(), 0));
            assertEquals(2, in.descriptorCount());
            try (Fd write2 = in.takeDescriptor();
                    Fd read2 = in.takeDescriptor()) {
                assertTrue(write2.closesOnExec());
                int _ = Io.write(write2, ByteBuffer.allocateDirect(3));
                assertEquals(3, Io.read(read2, ByteBuffer.allocateDirect(8)));
            }
            assertThrows(IllegalStateException.class, in::takeDescriptor);
        }
    }

    @Test
    void descriptorsThatNobodyTookAreClosed() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                Sockets.Pair sent = Sockets.pair(Sockets.STREAM);
                MessageBuffer out = filled("x");
                MessageBuffer in = new MessageBuffer(8)) {
            assertEquals(1, out.send(pair.first(), 0, null, sent.first()));
            assertEquals(1, in.receive(pair.second(), 0));
            sent.first().close();
            assertEquals(0, Io.poll(sent.second().number(), Io.POLLRDHUP, 0), "the received copy is open");
            in.closeDescriptors();
            assertTrue((Io.poll(sent.second().number(), Io.POLLRDHUP, -1) & Io.POLLRDHUP) != 0);
        }
    }

    @Test
    void asManyDescriptorsAsThereIsRoomFor() throws Exception {
        try (Fd one = Io.open("/dev/null", 0, 0);
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("x");
                MessageBuffer in = new MessageBuffer(8)) {
            Fd[] most = Stream.generate(() -> one).limit(MessageBuffer.MAX_FDS).toArray(Fd[]::new);
            assertEquals(1, out.send(pair.first(), 0, null, most));
            assertEquals(1, in.receive(pair.second(), 0));
            assertEquals(MessageBuffer.MAX_FDS, in.descriptorCount());
            assertFalse(in.descriptorsLost());
            Fd[] more = Arrays.copyOf(most, MessageBuffer.MAX_FDS + 1);
            more[MessageBuffer.MAX_FDS] = one;
            assertThrows(IllegalArgumentException.class, () -> out.send(pair.first(), 0, null, more));
        }
    }

    @Test
    void descriptorsBeyondTheLimitOfThisProcessAreSaidToBeLost() throws Exception {
        Limits.Limit files = Limits.get(Limits.NOFILE);
        try (Fd one = Io.open("/dev/null", 0, 0);
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("x");
                MessageBuffer in = new MessageBuffer(8)) {
            assertEquals(1, out.send(pair.first(), 0, null, one, one, one));
            // Every number below the limit is then taken or refused: the kernel can install none.
            Limits.set(Limits.NOFILE, new Limits.Limit(1, files.hard()));
            try {
                assertEquals(1, in.receive(pair.second(), 0));
            } finally {
                Limits.set(Limits.NOFILE, files);
            }
            assertTrue(in.descriptorsLost());
            assertEquals(0, in.descriptorCount());
        }
    }

    @Test
    void theSendersProcessIsToldOnRequest() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("x");
                MessageBuffer in = new MessageBuffer(8)) {
            Sockets.option(pair.second(), Sockets.SOL_SOCKET, Sockets.SO_PASSCRED, 1);
            assertEquals(1, out.send(pair.first(), 0, null));
            assertEquals(1, in.receive(pair.second(), 0));
            assertEquals(Processes.pid(), in.senderPid());
            Sockets.Credentials peer = Sockets.peerCredentials(pair.first());
            assertEquals(Processes.pid(), peer.pid());
            assertEquals(Processes.uid(), peer.uid());
        }
    }

    @Test
    void aFullSocketSaysThatItWouldBlock() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET | Sockets.NONBLOCK);
                MessageBuffer out = filled("0123456789")) {
            int sent = 0;
            while (out.send(pair.first(), 0, null) > 0) {
                sent++;
            }
            assertTrue(sent > 10, "messages until full: " + sent);
        }
    }

    @Test
    void errorsOfTheKernelComeThrough() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer out = filled("x");
                MessageBuffer big = new MessageBuffer(8 << 20)) {
            big.data().position(8 << 20);
            assertEquals(
                    Errno.EMSGSIZE,
                    assertThrows(SyscallException.class, () -> big.send(pair.first(), 0, null))
                            .errno());
            pair.second().close();
            assertEquals(
                    Errno.EPIPE,
                    assertThrows(SyscallException.class, () -> out.send(pair.first(), 0, null))
                            .errno());
            try (Fd file = Io.open("/dev/null", 0, 0)) {
                assertEquals(
                        Errno.ENOTSOCK,
                        assertThrows(SyscallException.class, () -> out.receive(file, 0))
                                .errno());
            }
        }
    }
}
