package dev.forkd.supervisor.client.ftp;

import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPClientConfig;
import org.apache.commons.net.ftp.FTPCmd;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;

/** A logged-in connection to an FTP server. Every answer that is not yes becomes an {@link FtpFailure} with the server's words. */
final class FtpConnection implements AutoCloseable {
    static final String LINE_BREAK = "a name with a line break cannot be sent";

    private final FTPClient client;
    private final FtpTarget target;

    private FtpConnection(FTPClient client, FtpTarget target) {
        this.client = client;
        this.target = target;
    }

    static FtpConnection open(FtpTarget target) throws IOException {
        FTPClient client = target.tls() == FtpTarget.Tls.OFF ? new PlainFtp() : new TrustedTls(target);
        FtpConnection connection = new FtpConnection(client, target);
        try {
            connection.connect();
            connection.login();
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.disconnect();
            throw e;
        }
    }

    private void connect() throws IOException {
        int millis = Math.toIntExact(target.timeout().toMillis());
        client.setConnectTimeout(millis);
        client.setDefaultTimeout(millis);
        client.setDataTimeout(target.timeout());
        client.setControlEncoding("UTF-8");
        client.setUseEPSVwithIPv4(true);
        FTPClientConfig listings = new FTPClientConfig(""); // of whatever system the server says that it is
        listings.setUnparseableEntries(true);
        client.configure(listings);
        try {
            client.connect(target.host(), target.port());
            client.setSoTimeout(millis);
        } catch (IOException e) {
            throw new FtpFailure(
                    FtpExit.UNREACHABLE,
                    "cannot connect to " + target.host() + ":" + target.port() + ": " + e.getMessage(),
                    e);
        }
        if (!FTPReply.isPositiveCompletion(client.getReplyCode())) {
            throw new FtpFailure(FtpExit.UNREACHABLE, target.host() + " does not want us: " + words());
        }
    }

    private void login() throws IOException {
        if (!client.login(target.user(), new String(target.password()))) {
            throw new FtpFailure(
                    FtpExit.LOGIN, "cannot log in to " + target.host() + " as " + target.user() + ": " + words());
        }
        if (client instanceof TrustedTls secure) {
            secure.execPBSZ(0);
            secure.execPROT("P");
        }
        client.enterLocalPassiveMode();
        demand(client.setFileType(FTP.BINARY_FILE_TYPE), "TYPE I");
    }

    /** Without TLS. */
    private static final class PlainFtp extends FTPClient {
        @Override
        public int sendCommand(String command, String argument) throws IOException {
            return super.sendCommand(command, oneLine(argument));
        }
    }

    /**
     * The argument of any command, name or password: all go through here, for the server would take its second line for a command.
     *
     * @param argument null if the command has none
     */
    static String oneLine(String argument) throws FtpFailure {
        if (argument != null && (argument.indexOf('\r') >= 0 || argument.indexOf('\n') >= 0)) {
            throw new FtpFailure(FtpExit.FAILURE, LINE_BREAK);
        }
        return argument;
    }

    /** One thing on the server. */
    record Entry(String name, boolean directory, long size, Instant modified) {
        /** Names that would lead elsewhere, or that no command can carry, are no names of entries. */
        static boolean isName(String name) {
            return !name.isEmpty()
                    && !name.equals(".")
                    && !name.equals("..")
                    && name.indexOf('/') < 0
                    && name.indexOf('\r') < 0
                    && name.indexOf('\n') < 0
                    && name.indexOf('\0') < 0;
        }

        private static Entry of(FTPFile file) {
            Instant time = Optional.ofNullable(file.getTimestampInstant()).orElse(Instant.EPOCH);
            return new Entry(file.getName(), file.isDirectory(), Math.max(0, file.getSize()), time);
        }
    }

    /**
     * What is in a directory, by name.
     *
     * @param unread how many lines of the server's name nothing that could be read
     */
    record Listing(List<Entry> entries, int unread) {}

    /** The path of what has this name in a remote directory. @param directory empty for the current one */
    static String child(String directory, String name) {
        return directory.isEmpty() || directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    /** What is in a directory, by name. @param path empty for the current one */
    Listing list(String path) throws IOException {
        FTPFile[] files = client.hasFeature(FTPCmd.MLST)
                ? client.mlistDir(path.isEmpty() ? null : path)
                : client.listFiles(path.isEmpty() ? null : path);
        demand(FTPReply.isPositiveCompletion(client.getReplyCode()), "list " + path);
        List<Entry> entries = new ArrayList<>();
        int unread = 0;
        for (FTPFile file : files) {
            if (file.isValid() && Entry.isName(file.getName())) {
                entries.add(Entry.of(file));
            } else if (!isDirectoryItself(file)) {
                unread++;
            }
        }
        entries.sort(Comparator.comparing(Entry::name));
        return new Listing(entries, unread);
    }

    /** Listings may also have the directory and the one above it (RFC 3659 section 7.5.1), and empty lines. */
    private static boolean isDirectoryItself(FTPFile file) {
        String line = Optional.ofNullable(file.getRawListing()).orElse("").strip();
        boolean named =
                file.isValid() && (file.getName().equals(".") || file.getName().equals(".."));
        return named || line.isEmpty() || line.matches("(?i)([^ ]*;)?type=[cp]dir;.*");
    }

    /** The size of a file; empty if there is none. */
    OptionalLong size(String path) throws IOException {
        String size = client.getSize(path);
        return size == null || !size.strip().matches("\\d{1,18}")
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(size.strip()));
    }

    /** When a file was changed, as the server writes it; empty if it does not say. */
    Optional<String> modified(String path) throws IOException {
        return Optional.ofNullable(client.getModificationTime(path))
                .map(String::strip)
                .filter(time -> time.matches("\\d{14}(\\.\\d+)?"));
    }

    /** Sets that, where the server can. @param time {@code YYYYMMDDHHMMSS} */
    void setModified(String path, String time) throws IOException {
        boolean _ = client.setModificationTime(path, time);
    }

    /** What is done with the stream of a transfer. */
    @FunctionalInterface
    interface Copy<S> {
        void run(S stream) throws IOException;
    }

    void get(String path, long offset, Copy<InputStream> copy) throws IOException {
        client.setRestartOffset(offset);
        try (InputStream in = client.retrieveFileStream(path)) {
            demand(in != null, "get " + path);
            copy.run(in);
        }
        demand(client.completePendingCommand(), "get " + path);
    }

    void put(String path, long offset, Copy<OutputStream> copy) throws IOException {
        client.setRestartOffset(offset);
        IOException broken = null;
        try (OutputStream out = client.storeFileStream(path)) {
            demand(out != null, "put " + path);
            copy.run(out);
        } catch (FtpFailure e) {
            throw e;
        } catch (IOException e) {
            broken = e; // the server may have said why it closed the connection
        }
        boolean done = client.completePendingCommand();
        demand(done, "put " + path);
        if (broken != null) {
            throw broken;
        }
    }

    void changeDirectory(String path) throws IOException {
        demand(client.changeWorkingDirectory(path), "cd " + path);
    }

    String directory() throws IOException {
        String path = client.printWorkingDirectory();
        demand(path != null, "pwd");
        return path;
    }

    void makeDirectory(String path) throws IOException {
        demand(client.makeDirectory(path), "mkdir " + path);
    }

    void removeDirectory(String path) throws IOException {
        demand(client.removeDirectory(path), "rmdir " + path);
    }

    void remove(String path) throws IOException {
        demand(client.deleteFile(path), "rm " + path);
    }

    void rename(String from, String to) throws IOException {
        demand(client.rename(from, to), "mv " + from);
    }

    private void demand(boolean yes, String what) throws FtpFailure {
        if (!yes) {
            int code = client.getReplyCode();
            FtpExit exit = code >= 500 || code == 450 || code == 452 ? FtpExit.REFUSED : FtpExit.FAILURE;
            throw new FtpFailure(exit, what.strip() + ": " + words());
        }
    }

    /** The server's last reply, on one line and without anything that a terminal obeys. */
    private String words() {
        String reply = client.getReplyString();
        return reply == null
                ? "no answer"
                : TerminalText.printable(reply.strip().replaceAll("\\R", " "));
    }

    private void disconnect() {
        try {
            client.disconnect();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    /** Says goodbye, if the server still listens. */
    @Override
    public void close() {
        try {
            boolean _ = client.isConnected() && client.logout();
        } catch (IOException e) {
            // nothing is under way that could be lost
        } finally {
            disconnect();
        }
    }
}
