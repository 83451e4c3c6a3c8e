package dev.forkd.files;

import java.util.List;
import java.util.Optional;

/** One message of the files protocol. A change of any of them is a new {@link FrameCodec#VERSION}. */
public sealed interface Frame {

    /** What a client asks. */
    sealed interface Request extends Frame {}

    /** What a server answers. */
    sealed interface Reply extends Frame {}

    /** L: the files of the directory. Answered by any number of {@link Entries}, then {@link End}. */
    record ListFiles() implements Request {}

    /**
     * G: a file from {@code offset} on. Answered by {@link Content}, the bytes as {@link Data}, then {@link End}.
     *
     * @param revision the {@link Content#revision} that the bytes before the offset belong to; 0 with offset 0
     * @param wantsHash the end shall carry the SHA-256 of the whole file
     */
    record Get(String name, long offset, long revision, boolean wantsHash) implements Request {}

    /** P: a whole file of this length and hash. Answered by {@link Resume}; then the client sends the rest; then {@link End}. */
    record Put(String name, long length, Sha256 hash) implements Request {}

    /** Q: the client has finished. The server closes. */
    record Quit() implements Request {}

    /** Some of the directory's files, in no order. */
    record Entries(List<FileEntry> entries) implements Reply {
        public Entries {
            entries = List.copyOf(entries);
        }
    }

    /**
     * The file that follows.
     *
     * @param length bytes of the whole file, whatever the offset
     * @param modifiedMillis time of its last change, milliseconds since 1970 UTC
     * @param revision changes whenever the file does; never 0
     */
    record Content(long length, long modifiedMillis, long revision) implements Reply {}

    /** The server has the first {@code offset} bytes from an earlier try; send what follows them. */
    record Resume(long offset) implements Reply {}

    /** All has been sent and checked; with the SHA-256 of the whole file after a put, and after a get that wanted it. */
    record End(Optional<Sha256> hash) implements Reply {}

    /** The request failed. After {@link FilesError#ends() some} the server closes. */
    record Failure(FilesError error, String message) implements Reply {}

    /** {@code length} bytes of a file follow this frame's header, in either direction. */
    record Data(int length) implements Frame {}
}
