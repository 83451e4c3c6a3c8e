package dev.forkd.supervisor.client.ftp;

import dev.forkd.supervisor.client.PartName;
import dev.forkd.supervisor.client.ProgressBar;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Files from and to a server.
 *
 * <p>A file that is fetched is {@code NAME.TIME.ftp-part} until it is complete, where TIME is when the server's was last
 * changed: a later get goes on from there only if it is the same file still.
 *
 * @param progress whether a bar may be drawn
 */
record FtpTransfers(FtpConnection connection, boolean progress) {
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
    private static final int TIME_DIGITS = 14;
    private static final String PART = ".ftp-part";
    private static final int BUFFER = 128 * 1024;

    /** What a transfer moved, and how long the file is. */
    record Moved(long now, long length) {}

    /** @param resume go on from a part that is there */
    Moved get(String name, Path target, boolean resume) throws IOException {
        Optional<String> time = connection.modified(name).map(text -> text.substring(0, TIME_DIGITS));
        OptionalLong size = connection.size(name);
        Path part = target.resolveSibling(stem(target) + time.orElse("0") + PART);
        removeOtherParts(target, part);
        long have = resume && time.isPresent() && Files.exists(part) ? Files.size(part) : 0;
        long offset = have <= size.orElse(0) ? have : 0;
        try (OutputStream out = Files.newOutputStream(
                        part,
                        StandardOpenOption.CREATE,
                        offset > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                ProgressBar bar = bar(name, size, offset)) {
            connection.get(name, offset, in -> copy(in, out, bar));
        } catch (IOException e) {
            removeIfEmpty(part, e);
            throw e;
        }
        long length = Files.size(part);
        if (size.isPresent() && length != size.getAsLong()) {
            throw new FtpFailure(
                    FtpExit.FAILURE,
                    "get " + name + ": " + length + " bytes came of " + size.getAsLong() + "; get it again to go on");
        }
        Optional<FileTime> modified = time.flatMap(FtpTransfers::fileTime);
        if (modified.isPresent()) {
            Path _ = Files.setLastModifiedTime(part, modified.get());
        }
        Path _ = Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return new Moved(length - offset, length);
    }

    private static void removeIfEmpty(Path part, IOException why) {
        try {
            if (Files.exists(part) && Files.size(part) == 0) {
                Files.delete(part);
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** @param time 14 digits from a server; those of no day or no second give none */
    private static Optional<FileTime> fileTime(String time) {
        try {
            return Optional.of(FileTime.from(LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String stem(Path target) {
        return PartName.stem(target, TIME_DIGITS + PART.length());
    }

    /** Whether a file of this name is the beginning of any. */
    static boolean isPart(String name) {
        return name.endsWith(PART);
    }

    /** Whether a file of this name is the beginning of what is to be the target. */
    static boolean isPartOf(Path target, String name) {
        String prefix = stem(target);
        return name.startsWith(prefix) && name.substring(prefix.length()).matches("\\d+\\" + PART);
    }

    /** Parts of what the server no longer has would otherwise gather. */
    private static void removeOtherParts(Path target, Path current) throws IOException {
        Path directory = Optional.ofNullable(target.getParent()).orElseGet(() -> Path.of(""));
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, file -> {
            String name = file.getFileName().toString();
            return isPartOf(target, name) && !name.equals(current.getFileName().toString());
        })) {
            for (Path part : parts) {
                Files.delete(part);
            }
        }
    }

    /** @param resume go on at the end of what the server has of it */
    Moved put(Path file, String name, boolean resume) throws IOException {
        long length = Files.size(file);
        long there = resume ? connection.size(name).orElse(0) : 0;
        if (there > length) {
            throw new FtpFailure(
                    FtpExit.FAILURE, "put " + name + ": the server has " + there + " bytes, more than the file has");
        }
        if (resume && there == length && length > 0) {
            return new Moved(0, length);
        }
        try (InputStream in = Files.newInputStream(file);
                ProgressBar bar = bar(name, OptionalLong.of(length), there)) {
            in.skipNBytes(there);
            connection.put(name, there, out -> copy(in, out, bar));
        }
        String time = TIME.format(Files.getLastModifiedTime(file).toInstant().atOffset(ZoneOffset.UTC));
        connection.setModified(name, time);
        return new Moved(length - there, length);
    }

    private ProgressBar bar(String name, OptionalLong size, long already) {
        return progress
                ? ProgressBar.forTerminal(name, size.orElse(ProgressBar.UNKNOWN), already)
                : ProgressBar.silent();
    }

    private static void copy(InputStream in, OutputStream out, ProgressBar bar) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int count;
        while ((count = in.read(buffer)) >= 0) {
            out.write(buffer, 0, count);
            bar.advance(count);
        }
    }

    /** The entries of a directory; empty where there is none. */
    List<FtpConnection.Entry> listOrNothing(String path) throws IOException {
        try {
            return connection.list(path).entries();
        } catch (FtpFailure e) {
            if (e.exit() == FtpExit.REFUSED) {
                return List.of();
            }
            throw e;
        }
    }
}
