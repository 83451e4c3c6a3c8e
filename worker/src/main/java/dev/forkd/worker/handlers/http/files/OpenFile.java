package dev.forkd.worker.handlers.http.files;

import dev.forkd.worker.handlers.http.message.HttpDate;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A file under the root, opened, with what its header fields say.
 *
 * @param path as asked for, below the root
 * @param etag strong: from size and time of change in nanoseconds, and different for a compressed variant
 * @param lastModified in whole seconds, as HTTP dates are
 */
record OpenFile(
        Path path,
        FileChannel channel,
        BasicFileAttributes attributes,
        String contentType,
        Coding coding,
        String etag,
        Instant lastModified,
        String lastModifiedText)
        implements AutoCloseable {

    /** Whether this is a compressed copy, and whether there is one. */
    enum Coding {
        /** There is none. */
        NONE,
        /** There is one, which this client does not take. */
        NOT_ASKED_FOR,
        /** This is it. */
        GZIP
    }

    /** @param contentType of the content, whether or not it is compressed */
    static OpenFile open(FileFinder.Found.File file, String contentType, Coding coding) throws IOException {
        BasicFileAttributes attributes = file.attributes();
        // Not through a link that may have been put there since the path was checked.
        FileChannel channel = FileChannel.open(file.real(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS);
        String etag = "\"" + Long.toHexString(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)) + "-"
                + Long.toHexString(attributes.size()) + (coding == Coding.GZIP ? "-gz\"" : "\"");
        return new OpenFile(
                file.path(), channel, attributes, contentType, coding, etag, modified, HttpDate.format(modified));
    }

    boolean gzip() {
        return coding == Coding.GZIP;
    }

    /** Whether who asks with another Accept-Encoding gets another representation. */
    boolean varies() {
        return coding != Coding.NONE;
    }

    /** True if the path still leads to the same file, unchanged. */
    boolean isCurrent() {
        try {
            BasicFileAttributes now = FileFinder.attributes(path);
            return now != null
                    && now.size() == attributes.size()
                    && now.lastModifiedTime().equals(attributes.lastModifiedTime())
                    && Objects.equals(now.fileKey(), attributes.fileKey());
        } catch (IOException e) {
            return false;
        }
    }

    long size() {
        return attributes.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
