package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.ListFormat;
import dev.forkd.worker.handlers.ftp.files.Listing;
import dev.forkd.worker.handlers.ftp.files.PartFile;
import dev.forkd.worker.handlers.ftp.files.Wildcard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The commands that move data: RETR, STOR, APPE, STOU, LIST, NLST, MLSD. */
final class TransferCommands {
    /** Read from the data connection, and from files that cannot go by sendfile, in pieces of this size. */
    private static final int BUFFER = 256 * 1024;

    private final TransferMode mode;
    private final Transfers transfers;

    TransferCommands(TransferMode mode, Transfers transfers) {
        this.mode = mode;
        this.transfers = transfers;
    }

    void retr(LoggedIn user, Command command) throws IOException, FtpException {
        long offset = mode.takeRestart();
        Path path = user.files().existing(command.argument());
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FtpException(550, "Not a plain file."); // opening a FIFO would wait for its writer
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (offset > file.size()) {
                throw new FtpException(554, "The file ends before that offset.");
            }
            String what = command.argument() + " (" + (file.size() - offset) + " bytes)";
            transfers.run(user, command, what, data -> {
                if (mode.ascii()) {
                    sendText(file, offset, data);
                } else if (data.isProtected()) {
                    sendBytes(file, offset, data);
                } else {
                    data.send(file, offset);
                }
                data.finish();
            });
        }
    }

    private static void sendBytes(FileChannel file, long offset, DataConnection data) throws IOException, FtpException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER / 4);
        long at = offset;
        int count;
        while ((count = file.read(buffer.clear(), at)) > 0) {
            at += count;
            data.write(buffer.flip());
        }
    }

    private static void sendText(FileChannel file, long offset, DataConnection data) throws IOException, FtpException {
        AsciiType ascii = new AsciiType();
        ByteBuffer in = ByteBuffer.allocate(BUFFER / 8);
        ByteBuffer out = ByteBuffer.allocate(BUFFER / 4);
        long at = offset;
        int count;
        while ((count = file.read(in.clear(), at)) > 0) {
            at += count;
            ascii.outwards(in.flip(), out.clear());
            data.write(out.flip());
        }
    }

    void stor(LoggedIn user, Command command) throws IOException, FtpException {
        long offset = mode.takeRestart();
        user.mustBeAllowedToWrite();
        Path target = user.files().target(command.argument());
        try (PartFile part =
                offset == 0 ? PartFile.begin(target, user.quota()) : PartFile.resume(target, offset, user.quota())) {
            transfers.run(user, command, command.argument(), data -> receive(data, part));
        }
    }

    void appe(LoggedIn user, Command command) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        mode.restart(0);
        try (PartFile part = PartFile.append(user.files().target(command.argument()), user.quota())) {
            transfers.run(user, command, command.argument(), data -> receive(data, part));
        }
    }

    /** Stores under a name that nothing has yet, and tells it as RFC 1123 section 4.1.2.9 wants it. */
    void stou(LoggedIn user, Command command) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        mode.restart(0);
        String wish = command.argument().isBlank() ? "upload" : command.argument();
        String name = wish;
        Path target = user.files().entry(name);
        for (int i = 1; isTaken(target); i++) {
            name = wish + "." + i;
            target = user.files().entry(name);
        }
        try (PartFile part = PartFile.begin(target, user.quota())) {
            transfers.run(user, command, name, "FILE: " + name, data -> receive(data, part));
        }
    }

    private static boolean isTaken(Path target) throws IOException {
        return Files.exists(target, LinkOption.NOFOLLOW_LINKS) || Files.exists(PartFile.of(target));
    }

    private void receive(DataConnection data, PartFile part) throws IOException, FtpException {
        ByteBuffer buffer = data.isProtected() ? ByteBuffer.allocate(BUFFER / 4) : ByteBuffer.allocateDirect(BUFFER);
        if (mode.ascii()) {
            receiveText(data, buffer, part);
        } else {
            while (data.read(buffer.clear()) >= 0) {
                part.write(buffer.flip());
            }
        }
        part.commit();
        data.answerEnd();
    }

    private static void receiveText(DataConnection data, ByteBuffer in, PartFile part)
            throws IOException, FtpException {
        AsciiType ascii = new AsciiType();
        ByteBuffer out = ByteBuffer.allocate(in.capacity() + 1);
        while (data.read(in.clear()) >= 0) {
            ascii.inwards(in.flip(), out.clear());
            part.write(out.flip());
        }
        ascii.end(out.clear());
        part.write(out.flip());
    }

    void list(LoggedIn user, Command command, ListFormat format) throws IOException, FtpException {
        Asked asked = Asked.of(user, withoutOptions(command.argument()));
        send(user, command, asked, format);
    }

    void mlsd(LoggedIn user, Command command) throws IOException, FtpException {
        Asked asked = new Asked(user.files().existing(command.argument()), "", "");
        if (!Files.isDirectory(asked.path)) {
            throw new FtpException(501, "Not a directory."); // RFC 3659 section 7.2.1
        }
        send(user, command, asked, ListFormat.FACTS);
    }

    private void send(LoggedIn user, Command command, Asked asked, ListFormat format) throws IOException, FtpException {
        Listing listing = new Listing(user.files(), format, mode.facts(), asked.pattern);
        transfers.run(user, command, "the directory listing", data -> {
            transfers.write(listing, asked.path, asked.name, data);
            data.finish();
        });
    }

    /** Sends a listing as the inner lines of a reply (STAT with an argument): 212 is a directory's, 213 a file's (RFC 959 section 4.2). */
    void stat(LoggedIn user, Command command, Control control) throws IOException, FtpException {
        Asked asked = Asked.of(user, withoutOptions(command.argument()));
        int code = Files.isDirectory(asked.path, LinkOption.NOFOLLOW_LINKS) ? 212 : 213;
        control.replyFirst(code, "Status follows.");
        new Listing(user.files(), ListFormat.LONG, mode.facts(), asked.pattern)
                .write(asked.path, asked.name, control::replyRaw);
        control.reply(code, "End of status.");
    }

    /** Clients send the options of ls(1): they change nothing here. */
    private static String withoutOptions(String argument) {
        String rest = argument.strip();
        while (rest.startsWith("-")) {
            int space = rest.indexOf(' ');
            rest = space < 0 ? "" : rest.substring(space + 1).strip();
        }
        return rest;
    }

    /** What a listing is of: a directory, one file by its name, or a directory's entries that match a pattern. */
    private record Asked(Path path, String name, String pattern) {
        static Asked of(LoggedIn user, String argument) throws IOException {
            int slash = argument.lastIndexOf('/');
            String last = argument.substring(slash + 1);
            if (Wildcard.isPattern(last)) {
                String directory = slash < 0 ? "" : slash == 0 ? "/" : argument.substring(0, slash);
                return new Asked(user.files().existing(directory), "", last);
            }
            return new Asked(user.files().existing(argument), last, "");
        }
    }
}
