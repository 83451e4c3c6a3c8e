package dev.forkd.worker.handlers.ftp.files;

import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * The lines of a directory listing, in chunks. Entries are sorted by name while there are at most {@link #SORTED}; a larger
 * directory goes on in the order of the file system, so that memory stays flat.
 *
 * @param pattern which names: {@code *} and {@code ?} stand for what they do in a shell
 */
public record Listing(UserFiles files, ListFormat format, Facts facts, String pattern) {
    static final int SORTED = 4096;
    private static final int CHUNK = 16 * 1024;

    /** Takes a chunk of whole lines. */
    @FunctionalInterface
    public interface Output {
        void write(byte[] lines) throws IOException;
    }

    /** Lists a directory's entries, or one file. */
    public void write(Path path, String name, Output output) throws IOException {
        StringBuilder lines = new StringBuilder(1024);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                Iterator<Path> all = entries.iterator();
                for (Path entry : sortedPart(all)) {
                    append(lines, entry, entry.getFileName().toString(), output);
                }
                while (all.hasNext()) {
                    Path entry = all.next();
                    append(lines, entry, entry.getFileName().toString(), output);
                }
            }
        } else {
            append(lines, path, name, output);
        }
        if (!lines.isEmpty()) {
            send(lines, output);
        }
    }

    private static List<Path> sortedPart(Iterator<Path> entries) {
        List<Path> some = new ArrayList<>();
        while (some.size() < SORTED && entries.hasNext()) {
            some.add(entries.next());
        }
        if (!entries.hasNext()) {
            some.sort(Comparator.naturalOrder());
        }
        return some;
    }

    private void append(StringBuilder lines, Path path, String name, Output output) throws IOException {
        if (!files.shows(name) || !Wildcard.matches(pattern, name)) {
            return;
        }
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                if (!files.leadsInside(path)) {
                    return;
                }
                attributes = Files.readAttributes(path, PosixFileAttributes.class);
            }
            String shown = TerminalText.printable(name); // one with a line break must not look like two lines
            format.append(lines, shown, attributes, facts, System.currentTimeMillis());
            lines.append("\r\n");
        } catch (NoSuchFileException e) {
            return; // removed since the directory was read
        }
        if (lines.length() >= CHUNK) {
            send(lines, output);
        }
    }

    private static void send(StringBuilder lines, Output output) throws IOException {
        output.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        lines.setLength(0);
    }
}
