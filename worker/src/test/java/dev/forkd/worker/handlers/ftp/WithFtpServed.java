package dev.forkd.worker.handlers.ftp;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Each test has an FTP service of its own. */
abstract class WithFtpServed {
    @TempDir
    Path root;

    FtpServed served;

    @BeforeEach
    void serve() throws Exception {
        served = new FtpServed(root);
    }

    @AfterEach
    void end() throws IOException {
        served.close();
    }
}
