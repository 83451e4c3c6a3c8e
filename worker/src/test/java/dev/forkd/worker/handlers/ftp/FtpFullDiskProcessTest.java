package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is full in truth: a tmpfs of 64 KiB, which only root may mount; skipped, loudly, for others. */
@Tag("process")
class FtpFullDiskProcessTest {
    @TempDir
    Path folder;

    private Path small;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        small = Files.createDirectory(folder.resolve("small"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString());
        if (!mounted) {
            System.err.println("SKIPPED: no right to mount a small file system");
        }
        assumeTrue(mounted, "no right to mount");
    }

    @AfterEach
    void unmount() throws Exception {
        assertTrue(!mounted || run("umount", small.toString()));
    }

    @Test
    void anUploadThatDoesNotFitIsRefusedAndLeavesNothing() throws Exception {
        try (FtpServed served = new FtpServed(small);
                FtpPeer peer = served.alice()) {
            assertTrue(peer.upload("STOR fits", new byte[40_000]).startsWith("226"));
            try (Socket data = peer.passive()) {
                peer.expect(150, "STOR too-big");
                try {
                    data.getOutputStream().write(new byte[200_000]);
                    data.shutdownOutput();
                } catch (SocketException e) {
                    // the server has hung up on the rest
                }
                peer.expect(452);
            }
            assertFalse(Files.exists(served.alice.resolve("too-big")));
            assertArrayEquals(new String[] {"fits"}, served.alice.toFile().list());
            peer.expect(350, "REST 40000");
            peer.expect(452, "STOR fits"); // there is no room for a copy
            assertEquals(40_000, Files.size(served.alice.resolve("fits")));
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        var _ = process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }
}
