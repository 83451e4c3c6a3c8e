package dev.forkd.worker.handlers.ftp.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all files below a root may have together, unfinished uploads included.
 *
 * <p>Counted anew from the directory at the begin and at the end of each upload: no number that is kept elsewhere can go
 * wrong, and uploads of other sessions, in other processes, count. Two uploads at once may both begin within the quota; the
 * one that would end beyond it is refused at its end.
 *
 * @param limit bytes; {@link #NONE} is no limit
 */
public record Quota(Path root, long limit) {
    public static final long NONE = Long.MAX_VALUE;

    boolean isLimited() {
        return limit != NONE;
    }

    /** Bytes that all regular files have now. Files that vanish meanwhile do not count. */
    long used() throws IOException {
        AtomicLong sum = new AtomicLong();
        Path _ = Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sum.get();
    }
}
