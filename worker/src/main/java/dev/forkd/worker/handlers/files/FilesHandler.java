package dev.forkd.worker.handlers.files;

import dev.forkd.files.FilesError;
import dev.forkd.files.Frame;
import dev.forkd.files.FrameCodec;
import dev.forkd.files.FrameReader;
import dev.forkd.files.FrameWriter;
import dev.forkd.files.Sha256;
import dev.forkd.files.Wire;
import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * The file service: clients list, fetch and store the regular, non-hidden files of the service's root. Settings:
 * {@code writable} (true), {@code max-file-size} (none), {@code partial-expiry} (24h). Safe for several clients at once, in this
 * process and in others on the same directory.
 */
public final class FilesHandler implements StreamHandler {
    private Optional<SharedDirectory> directory = Optional.empty();

    @Override
    public void start(ServerInfo server) throws IOException {
        var root = server.root()
                .orElseThrow(() -> new IOException("service " + server.service()
                        + " has no root: handler \"files\" needs the directory that it serves, root = \"…\""));
        SharedDirectory.Rules rules = new SharedDirectory.Rules(
                server.settings().bool("writable", true),
                server.settings().size("max-file-size", Long.MAX_VALUE),
                server.settings().duration("partial-expiry", Duration.ofHours(24)));
        directory = Optional.of(SharedDirectory.open(root, rules));
    }

    @Override
    public void handle(Request request) throws IOException {
        // Non-blocking, so that the idle time-out also ends a client that stops taking what it asked for.
        request.channel().configureBlocking(false);
        new FilesSession(request, directory.orElseThrow()).serve();
    }

    @Override
    public byte[] refusal() {
        try {
            ByteBuffer frame = ByteBuffer.allocate(256);
            FrameCodec.encode(
                    new Frame.Failure(FilesError.BUSY, "the server is busy with other clients; try again later"),
                    frame);
            byte[] bytes = new byte[frame.flip().remaining()];
            frame.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new AssertionError("one short frame", e);
        }
    }

    /** A listing, a get that finds nothing, and a put whose hash is wrong: all paths but the last step, and no trace of it. */
    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        ByteBuffer missing = ByteBuffer.allocate(256);
        FrameCodec.encode(new Frame.Get("forkd-warm-up", 0, 0, false), missing);
        FrameCodec.encode(new Frame.Quit(), missing);
        byte[] input = new byte[missing.flip().remaining()];
        missing.get(input);
        byte[] _ = warmUp.exchange(input);
        warmUp.converse(FilesHandler::converse);
    }

    private static void converse(SocketChannel channel) throws IOException {
        Wire wire = Wire.blocking(channel);
        FrameWriter writer = new FrameWriter(wire);
        FrameReader reader = new FrameReader(wire);
        writer.send(new Frame.ListFiles());
        Frame reply = reader.next().orElseThrow();
        while (reply instanceof Frame.Entries) {
            reply = reader.next().orElseThrow();
        }
        writer.send(new Frame.Put("forkd-warm-up", 1, Sha256.of(new byte[Sha256.BYTES])));
        reply = reader.next().orElseThrow();
        if (reply instanceof Frame.Resume) {
            writer.send(new Frame.Data(1));
            int _ = channel.write(ByteBuffer.wrap(new byte[1]));
            Frame _ = reader.next().orElseThrow();
        }
        writer.send(new Frame.Quit());
    }
}
