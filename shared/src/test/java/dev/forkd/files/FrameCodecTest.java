package dev.forkd.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameCodecTest {
    private static final Sha256 HASH = new Sha256("0123456789abcdef".repeat(4));
    private static final String NAME = "a name, with spaces – ünïcödé 🐧";

    static List<Frame> oneOfEach() {
        return List.of(
                new Frame.ListFiles(),
                new Frame.Get(NAME, 5L << 40, -77, true),
                new Frame.Put(NAME, Long.MAX_VALUE, HASH),
                new Frame.Quit(),
                new Frame.Entries(List.of(new FileEntry(NAME, 1L << 42, -1), new FileEntry("b", 0, 1))),
                new Frame.Content(6L << 30, 1234567890123L, 42),
                new Frame.Resume(5L << 30),
                new Frame.End(Optional.empty()),
                new Frame.End(Optional.of(HASH)),
                new Frame.Failure(FilesError.NOT_FOUND, "no ünïcödé"));
    }

    private static byte[] encoded(Frame frame) throws FilesException {
        ByteBuffer buffer = ByteBuffer.allocate(FrameCodec.HEADER_BYTES + FrameCodec.MAX_PAYLOAD);
        FrameCodec.encode(frame, buffer);
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static Frame decoded(byte[] bytes) throws FilesException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        FrameCodec.Header header = FrameCodec.header(buffer);
        assertEquals(header.length(), buffer.remaining());
        return FrameCodec.decode(header.type(), buffer);
    }

    @Test
    void eachFrameComesBackAsItWas() throws FilesException {
        for (Frame frame : oneOfEach()) {
            assertEquals(frame, decoded(encoded(frame)));
        }
    }

    /** The bytes in docs/files-protocol.md: a change here is a change of the version. */
    @Test
    void theBytesAreThoseOfTheDocument() throws FilesException {
        assertEquals("fd014c0000000000", hex(new Frame.ListFiles()));
        assertEquals("fd015100" + "00000000", hex(new Frame.Quit()));
        assertEquals(
                "fd014700" + "00000016" + "01" + "0000000140000000" + "0102030405060708" + "612062" + "c3a9",
                hex(new Frame.Get("a bé", 5L << 30, 0x0102030405060708L, true)));
        assertEquals(
                "fd015000" + "00000029" + "0000000000000007" + HASH.hex() + "61", hex(new Frame.Put("a", 7, HASH)));
        assertEquals("fd016400" + "00100000", hex(new Frame.Data(1 << 20)));
        assertEquals("fd017800" + "00000004" + "000b" + "6e6f", hex(new Frame.Failure(FilesError.NOT_FOUND, "no")));
    }

    private static String hex(Frame frame) throws FilesException {
        return HexFormat.of().formatHex(encoded(frame));
    }

    @Test
    void aListThatDoesNotFitIntoAFrameIsAnError() throws FilesException {
        int each = FrameCodec.size(new FileEntry(NAME, 1, 1));
        List<FileEntry> most = Collections.nCopies(FrameCodec.MAX_PAYLOAD / each, new FileEntry(NAME, 1, 1));
        assertEquals(new Frame.Entries(most), decoded(encoded(new Frame.Entries(most))));
        List<FileEntry> more = Collections.nCopies(most.size() + 1, new FileEntry(NAME, 1, 1));
        FilesException e = assertThrows(FilesException.class, () -> encoded(new Frame.Entries(more)));
        assertEquals("a list of more than 65536 bytes in one frame", e.getMessage());
        FileEntry longName = new FileEntry("n".repeat(FrameCodec.MAX_PAYLOAD), 1, 1);
        assertThrows(FilesException.class, () -> encoded(new Frame.Entries(List.of(longName))));
    }

    @Test
    void anotherProtocolAnotherVersionAndImpossibleLengthsSayWhatTheyAre() {
        expect(FilesError.PROTOCOL, "not the files protocol", "47455420" + "2f204854");
        expect(FilesError.VERSION, "version 9", "fd094c00" + "00000000");
        expect(FilesError.PROTOCOL, "4294967295 bytes (at most 65536)", "fd014c00" + "ffffffff");
        expect(FilesError.PROTOCOL, "at most 4194304", "fd016400" + "00400001");
        expect(FilesError.PROTOCOL, "0 bytes", "fd016400" + "00000000");
        expect(FilesError.PROTOCOL, "no frame of type 0x1b", "fd011b00" + "00000000");
        expect(FilesError.PROTOCOL, "1 bytes too many", "fd014c00" + "00000001" + "00");
        expect(FilesError.PROTOCOL, "too short", "fd014700" + "00000003" + "010203");
        expect(FilesError.PROTOCOL, "18446744073709551615 bytes", "fd017000" + "00000008" + "ffffffffffffffff");
        expect(FilesError.PROTOCOL, "a flag of value 2", "fd014700" + "00000001" + "02");
        expect(FilesError.PROTOCOL, "not UTF-8", "fd017800" + "00000003" + "0001" + "ff");
    }

    private static void expect(FilesError error, String words, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        FilesException e = assertThrows(FilesException.class, () -> decoded(bytes));
        assertEquals(error, e.error());
        assertTrue(e.getMessage().contains(words), e::getMessage);
    }

    @Test
    void randomAndDamagedFramesEndInAFrameOrAnError() throws FilesException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> good = new ArrayList<>();
        for (Frame frame : oneOfEach()) {
            good.add(encoded(frame));
        }
        int understood = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = good.get(random.nextInt(good.size())).clone();
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(8) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            understood += survives(ByteBuffer.wrap(bytes, 0, length), seed) ? 1 : 0;
        }
        assertTrue(understood > 1000, "the damage leaves some frames whole; seed " + seed);
    }

    private static boolean survives(ByteBuffer bytes, long seed) {
        try {
            if (bytes.remaining() < FrameCodec.HEADER_BYTES) {
                return false;
            }
            FrameCodec.Header header = FrameCodec.header(bytes);
            if (header.isData() || header.length() > bytes.remaining()) {
                return false;
            }
            Frame frame = FrameCodec.decode(header.type(), bytes.slice(bytes.position(), header.length()));
            assertEquals(frame, decoded(encoded(frame)), () -> "seed " + seed);
            return true;
        } catch (FilesException e) {
            return false;
        } catch (RuntimeException e) {
            return fail("seed " + seed, e);
        }
    }

    @Test
    void aTextThatNoFrameCanHoldIsRefusedBeforeItIsSent() {
        Frame frame = new Frame.Failure(FilesError.STORAGE, "x".repeat(40_000));
        assertThrows(FilesException.class, () -> encoded(frame));
    }

    @Test
    void eachErrorCodeIsItsOwn() {
        for (FilesError error : FilesError.values()) {
            assertEquals(error, FilesError.of(error.code()));
        }
        assertEquals(FilesError.PROTOCOL, FilesError.of(999));
    }

    @Test
    void namesOfOneVisibleFile() throws FilesException {
        for (String good : List.of("a", "a b", "ünï", "a..b", "-rf", "nul\u0007bell", "é".repeat(127))) {
            assertEquals(good, FileNames.check(good));
        }
        for (String bad : List.of("", ".", "..", ".hidden", "a/b", "/etc/passwd", "../x", "a\0b", "é".repeat(128))) {
            FilesException e = assertThrows(FilesException.class, () -> FileNames.check(bad));
            assertEquals(FilesError.BAD_NAME, e.error());
        }
    }
}
