package dev.forkd.files;

import static dev.forkd.files.FilesError.PROTOCOL;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Frames as bytes, big-endian. Each begins with the same eight:
 * {@code magic 0xFD | version u8 | type u8, an ASCII letter | zero u8 | length u32 of what follows}.
 */
public final class FrameCodec {
    public static final int VERSION = 1;
    public static final int HEADER_BYTES = 8;

    /** Most bytes after the header of any frame but data. */
    public static final int MAX_PAYLOAD = 64 * 1024;

    /** Most bytes of one data frame. */
    public static final int MAX_DATA = 4 * 1024 * 1024;

    private static final int MAGIC = 0xFD; // no ASCII: text that went to the wrong port is known by its first byte
    private static final int ENTRY_BYTES = 8 + 8 + 2;

    private FrameCodec() {}

    /** Appends the frame; of {@link Frame.Data} the header only. @throws FilesException if it is larger than the protocol allows */
    public static void encode(Frame frame, ByteBuffer to) throws FilesException {
        int start = to.position();
        to.put((byte) MAGIC)
                .put((byte) VERSION)
                .put((byte) type(frame))
                .put((byte) 0)
                .putInt(0);
        switch (frame) {
            case Frame.ListFiles(), Frame.Quit(), Frame.Data(int _) -> {}
            case Frame.Get(String name, long offset, long revision, boolean wantsHash) ->
                putText(to.put((byte) (wantsHash ? 1 : 0)).putLong(offset).putLong(revision), name);
            case Frame.Put(String name, long length, Sha256 hash) ->
                putText(to.putLong(length).put(hash.bytes()), name);
            case Frame.Entries(List<FileEntry> entries) -> {
                for (FileEntry entry : entries) {
                    byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
                    if (to.position() - start - HEADER_BYTES + ENTRY_BYTES + name.length > MAX_PAYLOAD) {
                        throw new FilesException(
                                PROTOCOL, "a list of more than " + MAX_PAYLOAD + " bytes in one frame");
                    }
                    to.putLong(entry.size()).putLong(entry.modifiedMillis());
                    to.putShort((short) name.length).put(name);
                }
            }
            case Frame.Content(long length, long modifiedMillis, long revision) ->
                to.putLong(length).putLong(modifiedMillis).putLong(revision);
            case Frame.Resume(long offset) -> to.putLong(offset);
            case Frame.End(Optional<Sha256> hash) -> hash.ifPresent(value -> to.put(value.bytes()));
            case Frame.Failure(FilesError error, String message) -> putText(to.putShort((short) error.code()), message);
        }
        int payload = to.position() - start - HEADER_BYTES;
        to.putInt(start + 4, frame instanceof Frame.Data(int length) ? length : payload);
    }

    /** Bytes that an entry takes in {@link Frame.Entries}. */
    public static int size(FileEntry entry) {
        return ENTRY_BYTES + entry.name().getBytes(StandardCharsets.UTF_8).length;
    }

    /** What a header says: the frame's type and how many bytes follow. */
    record Header(char type, int length) {
        boolean isData() {
            return type == 'd';
        }
    }

    /** Reads the eight bytes. @throws FilesException if they are none of this protocol's */
    static Header header(ByteBuffer from) throws FilesException {
        int magic = Byte.toUnsignedInt(from.get());
        if (magic != MAGIC) {
            throw new FilesException(
                    PROTOCOL, "not the files protocol: a frame begins with 0xfd, not 0x%02x".formatted(magic));
        }
        int version = Byte.toUnsignedInt(from.get());
        if (version != VERSION) {
            throw new FilesException(
                    FilesError.VERSION, "version " + version + " of the files protocol; this end speaks " + VERSION);
        }
        char type = (char) Byte.toUnsignedInt(from.get());
        int zero = from.get();
        long length = Integer.toUnsignedLong(from.getInt());
        long most = type == 'd' ? MAX_DATA : MAX_PAYLOAD;
        if (zero != 0 || length > most || (type == 'd' && length == 0)) {
            throw new FilesException(
                    PROTOCOL, "a frame of type %s with %d bytes (at most %d)".formatted(letter(type), length, most));
        }
        return new Header(type, (int) length);
    }

    /** Reads what follows a header, all of it. @throws FilesException if it is not such a frame */
    static Frame decode(char type, ByteBuffer payload) throws FilesException {
        try {
            Frame frame = decodeUnchecked(type, payload);
            if (payload.hasRemaining()) {
                throw new FilesException(
                        PROTOCOL, payload.remaining() + " bytes too many in a frame of type " + letter(type));
            }
            return frame;
        } catch (BufferUnderflowException e) {
            throw new FilesException(PROTOCOL, "a frame of type " + letter(type) + " that is too short");
        }
    }

    private static Frame decodeUnchecked(char type, ByteBuffer from) throws FilesException {
        return switch (type) {
            case 'L' -> new Frame.ListFiles();
            case 'G' -> {
                boolean wantsHash = flag(from);
                long offset = length(from);
                long revision = from.getLong();
                yield new Frame.Get(text(from, from.remaining()), offset, revision, wantsHash);
            }
            case 'P' -> {
                long length = length(from);
                Sha256 hash = hash(from);
                yield new Frame.Put(text(from, from.remaining()), length, hash);
            }
            case 'Q' -> new Frame.Quit();
            case 'l' -> new Frame.Entries(entries(from));
            case 'g' -> new Frame.Content(length(from), from.getLong(), from.getLong());
            case 'p' -> new Frame.Resume(length(from));
            case 'e' -> new Frame.End(from.hasRemaining() ? Optional.of(hash(from)) : Optional.empty());
            case 'x' -> {
                FilesError error = FilesError.of(Short.toUnsignedInt(from.getShort()));
                yield new Frame.Failure(error, text(from, from.remaining()));
            }
            default -> throw new FilesException(PROTOCOL, "there is no frame of type " + letter(type));
        };
    }

    private static char type(Frame frame) {
        return switch (frame) {
            case Frame.ListFiles _ -> 'L';
            case Frame.Get _ -> 'G';
            case Frame.Put _ -> 'P';
            case Frame.Quit _ -> 'Q';
            case Frame.Entries _ -> 'l';
            case Frame.Content _ -> 'g';
            case Frame.Resume _ -> 'p';
            case Frame.Data _ -> 'd';
            case Frame.End _ -> 'e';
            case Frame.Failure _ -> 'x';
        };
    }

    private static void putText(ByteBuffer to, String text) throws FilesException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_PAYLOAD / 2) {
            throw new FilesException(
                    PROTOCOL, "a text of " + bytes.length + " bytes (at most " + MAX_PAYLOAD / 2 + ")");
        }
        to.put(bytes);
    }

    private static List<FileEntry> entries(ByteBuffer from) throws FilesException {
        List<FileEntry> entries = new ArrayList<>();
        while (from.hasRemaining()) {
            long size = length(from);
            long modified = from.getLong();
            entries.add(new FileEntry(text(from, Short.toUnsignedInt(from.getShort())), size, modified));
        }
        return entries;
    }

    private static boolean flag(ByteBuffer from) throws FilesException {
        int value = from.get();
        if (value != 0 && value != 1) {
            throw new FilesException(PROTOCOL, "a flag of value " + value);
        }
        return value == 1;
    }

    private static long length(ByteBuffer from) throws FilesException {
        long value = from.getLong();
        if (value < 0) {
            throw new FilesException(PROTOCOL, "a length or offset of " + Long.toUnsignedString(value) + " bytes");
        }
        return value;
    }

    private static Sha256 hash(ByteBuffer from) {
        byte[] value = new byte[Sha256.BYTES];
        from.get(value);
        return Sha256.of(value);
    }

    /** Malformed UTF-8 is an error: two names of the client's must not become one of ours. */
    private static String text(ByteBuffer from, int bytes) throws FilesException {
        if (bytes > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = from.slice(from.position(), bytes);
        from.position(from.position() + bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw new FilesException(PROTOCOL, "a text that is not UTF-8");
        }
    }

    private static String letter(char type) {
        return type > ' ' && type < 127 ? "'" + type + "'" : "0x%02x".formatted((int) type);
    }
}
