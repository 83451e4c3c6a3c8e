package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.ListFormat;
import dev.forkd.worker.handlers.ftp.files.PartFile;
import dev.forkd.worker.handlers.ftp.files.Permissions;
import dev.forkd.worker.handlers.ftp.files.UserFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The commands on files and directories that need no data connection. */
final class FileCommands {
    private final Control control;
    private Optional<Path> renaming = Optional.empty();

    FileCommands(Control control) {
        this.control = control;
    }

    /** RNTO must follow RNFR at once. */
    void forgetRename() {
        renaming = Optional.empty();
    }

    void pwd(LoggedIn user) throws IOException {
        control.reply(257, quoted(user.files().cwd()) + " is where you are.");
    }

    void cwd(LoggedIn user, String path) throws IOException {
        user.files().enter(path);
        control.reply(250, "You are in " + user.files().cwd() + ".");
    }

    void mkd(LoggedIn user, String path) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        Path _ = Files.createDirectory(user.files().entry(path));
        control.reply(257, quoted(user.files().absolute(path)) + " created.");
    }

    void rmd(LoggedIn user, String path) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        Path directory = user.files().entry(path);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
                    ? new NotDirectoryException(path)
                    : new NoSuchFileException(path);
        }
        try {
            Files.delete(directory);
        } catch (DirectoryNotEmptyException e) {
            removeInvisible(user.files(), directory);
            Files.delete(directory);
        }
        control.reply(250, "Directory removed.");
    }

    /** Interrupted uploads, which no client can see or remove, must not keep a directory from being empty. */
    private static void removeInvisible(UserFiles files, Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (files.shows(name) || !PartFile.isPart(name)) {
                    return;
                }
            }
        }
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(
                directory, p -> PartFile.isPart(p.getFileName().toString()))) {
            for (Path part : parts) {
                boolean _ = Files.deleteIfExists(part);
            }
        }
    }

    void dele(LoggedIn user, String path) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        Path file = user.files().entry(path);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FtpException(550, "A directory; use RMD.");
        }
        Files.delete(file);
        control.reply(250, "File removed.");
    }

    void rnfr(LoggedIn user, String path) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        Path from = user.files().entry(path);
        if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            throw new FtpException(550, "No such file or directory.");
        }
        renaming = Optional.of(from);
        control.reply(350, "Ready for RNTO.");
    }

    void rnto(LoggedIn user, String path) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        Path from = renaming.orElseThrow(() -> new FtpException(503, "RNFR first."));
        renaming = Optional.empty();
        Path to = user.files().entry(path);
        Path _ = Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        control.reply(250, "Renamed.");
    }

    /** RFC 3659 section 4; of an upload that was interrupted, how much of it is there. */
    void size(LoggedIn user, TransferMode mode, String path) throws IOException, FtpException {
        if (mode.ascii()) {
            throw new FtpException(550, "SIZE is told for TYPE I only; with TYPE A it would mean to read the file.");
        }
        Path file = withParts(user.files(), path);
        if (!Files.isRegularFile(file)) {
            throw new FtpException(550, "Not a plain file.");
        }
        control.reply(213, Long.toString(Files.size(file)));
    }

    private static Path withParts(UserFiles files, String path) throws IOException {
        try {
            return files.existing(path);
        } catch (NoSuchFileException e) {
            Path part = PartFile.of(files.entry(path));
            if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                return part;
            }
            throw e;
        }
    }

    /** RFC 3659 section 3; with a time before the name it sets it, as many clients expect. */
    void mdtm(LoggedIn user, String argument) throws IOException, FtpException {
        int space = argument.indexOf(' ');
        Optional<FileTime> time = space < 0 ? Optional.empty() : FtpTime.parse(argument.substring(0, space));
        Path file;
        try {
            file = user.files().existing(argument);
        } catch (NoSuchFileException e) {
            setTime(user, argument.substring(space + 1), time.orElseThrow(() -> e));
            control.reply(253, "Date/time changed.");
            return;
        }
        if (!Files.isRegularFile(file)) {
            throw new FtpException(550, "Not a plain file.");
        }
        control.reply(213, FtpTime.text(Files.getLastModifiedTime(file)));
    }

    /** MFMT, the command for it (draft-somers-ftp-mfxx section 3). */
    void mfmt(LoggedIn user, String argument) throws IOException, FtpException {
        int space = argument.indexOf(' ');
        Optional<FileTime> time = space < 0 ? Optional.empty() : FtpTime.parse(argument.substring(0, space));
        if (time.isEmpty()) {
            throw new FtpException(501, "MFMT wants YYYYMMDDHHMMSS and a name.");
        }
        String name = argument.substring(space + 1);
        setTime(user, name, time.get());
        control.reply(213, "Modify=" + FtpTime.text(time.get()) + "; " + name);
    }

    private static void setTime(LoggedIn user, String name, FileTime time) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        Path _ = Files.setLastModifiedTime(user.files().existing(name), time);
    }

    /** RFC 3659 section 7: the facts of one thing, over the control connection. */
    void mlst(LoggedIn user, TransferMode mode, String path) throws IOException {
        Path file = user.files().existing(path);
        StringBuilder line = new StringBuilder();
        ListFormat.FACTS.append(
                line,
                user.files().absolute(path),
                Files.readAttributes(file, PosixFileAttributes.class),
                mode.facts(),
                0);
        control.reply(250, "Begin", Set.of(line.toString()), "End");
    }

    void chmod(LoggedIn user, String argument) throws IOException, FtpException {
        user.mustBeAllowedToWrite();
        int space = argument.indexOf(' ');
        String octal = space < 0 ? "" : argument.substring(0, space);
        if (!octal.matches("0?[0-7]{3}")) {
            throw new FtpException(501, "SITE CHMOD wants three octal digits and a name.");
        }
        Path file = user.files().existing(argument.substring(space + 1));
        Path _ = Files.setPosixFilePermissions(file, Permissions.of(Integer.parseInt(octal, 8)));
        control.reply(200, "Permissions changed.");
    }

    /** {@code YYYYMMDDhhmm[ss] NAME}, or {@code NAME ATIME MTIME CTIME UTC}, of which MTIME is taken. */
    void utime(LoggedIn user, String argument) throws IOException, FtpException {
        String[] words = argument.split(" ", -1);
        Optional<FileTime> first = FtpTime.parse(words[0]);
        int last = words.length - 1;
        if (first.isPresent() && last >= 1) {
            setTime(user, argument.substring(words[0].length() + 1), first.get());
        } else if (last >= 4 && words[last].equalsIgnoreCase("UTC")) {
            FileTime time = FtpTime.parse(words[last - 2])
                    .orElseThrow(() -> new FtpException(501, "The times should be YYYYMMDDhhmmss."));
            setTime(user, String.join(" ", Arrays.copyOf(words, last - 3)), time);
        } else {
            throw new FtpException(501, "SITE UTIME wants YYYYMMDDhhmmss NAME, or NAME and three times and UTC.");
        }
        control.reply(200, "Time changed.");
    }

    /** RFC 959 appendix II: a quote in a name is doubled. */
    private static String quoted(String path) {
        return "\"" + path.replace("\"", "\"\"") + "\"";
    }
}
