package dev.forkd.supervisor.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of records that the configuration may name, take away, or name otherwise at a reload. On the loop's thread, which waits for the disk at
 * the end only.
 */
final class RecordFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordFile.class);

    private final String threadName;
    private Optional<LineFile> file = Optional.empty();
    private Optional<LineFile> ended = Optional.empty();

    /** @throws IOException if the file cannot be opened for appending */
    RecordFile(Optional<Path> path, String threadName) throws IOException {
        this.threadName = threadName;
        if (path.isPresent()) {
            file = Optional.of(LineFile.append(path.get(), threadName));
        }
    }

    void write(Supplier<String> line) {
        file.ifPresent(lines -> lines.write(line));
    }

    /** Opens the file anew, under the name that it is to have from now on. What cannot be opened is logged, and all stays as it was. */
    void use(Optional<Path> path) {
        if (path.isEmpty()) {
            file.ifPresent(LineFile::end);
            ended = file.or(() -> ended);
            file = Optional.empty();
        } else if (file.isPresent()) {
            file.get().reopen(path.get());
        } else {
            try {
                file = Optional.of(LineFile.append(path.get(), threadName));
            } catch (IOException e) {
                LOG.error("event=open-failed file={} reason=\"{}\"", path.get(), e.getMessage());
            }
        }
    }

    /** Waits for the disk, five seconds at most for each file that has lines left. */
    @Override
    public void close() {
        ended.ifPresent(LineFile::close);
        file.ifPresent(LineFile::close);
    }
}
