package dev.forkd.supervisor.incident;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip file of texts, readable by its owner alone. What cannot be had is in it as the reason why. */
public final class Bundle implements AutoCloseable {
    private static final int LONGEST = 4 << 20;

    private final ZipOutputStream zip;

    /** Where a text comes from. */
    @FunctionalInterface
    public interface Source {
        String text() throws Exception;
    }

    /** @param file must not exist yet */
    public Bundle(Path file) throws IOException {
        var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        OutputStream out = java.nio.channels.Channels.newOutputStream(channel);
        this.zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    }

    /** Adds a text; only its last part if it is very long. */
    public void add(String name, Source source) throws IOException {
        String text;
        try {
            text = source.text();
        } catch (IOException e) {
            text = "cannot be read: " + e + "\n";
        } catch (Exception e) {
            text = "cannot be had: " + e.getMessage() + "\n";
        }
        zip.putNextEntry(new ZipEntry("forkd-incident/" + name));
        zip.write(text.substring(Math.max(0, text.length() - LONGEST)).getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
