package dev.forkd.supervisor.client.ftp;

import dev.forkd.supervisor.client.Shell;
import dev.forkd.supervisor.client.Told;
import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes one directory tree like another, server to here or here to server. A file is the same if its size is and it is not older
 * than its original, to the second; only others are moved. What fails is told and the rest goes on. Local symbolic links are
 * left alone: not followed, replaced or removed.
 *
 * @param delete whether what only the copy has is removed from it
 */
record FtpMirror(FtpTransfers transfers, Told told, PrintWriter err, boolean delete) {

    /** How it went. */
    static final class Tally {
        private int moved;
        private int removed;
        private int failed;

        boolean isComplete() {
            return failed == 0;
        }

        @Override
        public String toString() {
            return moved + " files transferred, " + removed + " removed, " + failed + " failed";
        }
    }

    /** Server to here. */
    Tally fetch(String remote, Path local) throws IOException {
        Tally tally = new Tally();
        fetch(remote, local, tally);
        return tally;
    }

    private void fetch(String remote, Path local, Tally tally) throws IOException {
        Map<String, FtpConnection.Entry> there = new TreeMap<>();
        FtpConnection.Listing listing = transfers.connection().list(remote);
        listing.entries().forEach(entry -> there.put(entry.name(), entry));
        Path _ = Files.createDirectories(local);
        for (FtpConnection.Entry entry : there.values()) {
            Path target = local.resolve(entry.name());
            attempt(tally, entry.name(), () -> {
                if (Files.isSymbolicLink(target)) {
                    leaveAlone(target);
                } else if (entry.directory()) {
                    fetch(FtpConnection.child(remote, entry.name()), target, tally);
                } else if (!isSame(entry, target)) {
                    say("get " + FtpConnection.child(remote, entry.name()));
                    var _ = transfers.get(FtpConnection.child(remote, entry.name()), target, true);
                    tally.moved++;
                }
            });
        }
        if (delete && listing.unread() > 0) {
            failed(
                    tally,
                    local.toString(),
                    "nothing is removed here, for the server's listing has lines that cannot be read: "
                            + listing.unread());
        } else if (delete) {
            removeLocally(local, there, tally);
        }
    }

    private static boolean isSame(FtpConnection.Entry entry, Path local) throws IOException {
        return Files.isRegularFile(local)
                && Files.size(local) == entry.size()
                && !Files.getLastModifiedTime(local)
                        .toInstant()
                        .isBefore(entry.modified().truncatedTo(ChronoUnit.SECONDS));
    }

    private void removeLocally(Path local, Map<String, FtpConnection.Entry> there, Tally tally) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(local)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!there.containsKey(name) && !isBegun(name, local, there.keySet())) {
                    attempt(tally, file.toString(), () -> {
                        if (removeTree(file)) {
                            say("remove " + file);
                            tally.removed++;
                        }
                    });
                }
            }
        }
    }

    /** Whether it is a part with which the next get of one of these goes on. */
    private static boolean isBegun(String name, Path local, Set<String> names) {
        return FtpTransfers.isPart(name)
                && names.stream().anyMatch(whole -> FtpTransfers.isPartOf(local.resolve(whole), name));
    }

    /** @return whether nothing is left of it: links are */
    private boolean removeTree(Path tree) throws IOException {
        if (Files.isSymbolicLink(tree)) {
            leaveAlone(tree);
            return false;
        }
        boolean all = true;
        if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> inner = Files.newDirectoryStream(tree)) {
                for (Path file : inner) {
                    all &= removeTree(file);
                }
            }
        }
        if (all) {
            Files.delete(tree);
        }
        return all;
    }

    private void leaveAlone(Path link) {
        say("leave " + link + " alone, a symbolic link");
    }

    /** Here to server. */
    Tally store(Path local, String remote) throws IOException {
        Tally tally = new Tally();
        store(local, remote, tally);
        return tally;
    }

    private void store(Path local, String remote, Tally tally) throws IOException {
        Map<String, FtpConnection.Entry> there = new HashMap<>();
        transfers.listOrNothing(remote).forEach(entry -> there.put(entry.name(), entry));
        if (there.isEmpty() && !remote.isEmpty() && !exists(remote)) {
            transfers.connection().makeDirectory(remote);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(local)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
                    failed(tally, file.toString(), FtpConnection.LINE_BREAK);
                    continue;
                }
                attempt(tally, file.toString(), () -> {
                    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                        store(file, FtpConnection.child(remote, name), tally);
                    } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !isSame(file, there.get(name))) {
                        say("put " + FtpConnection.child(remote, name));
                        var _ = transfers.put(file, FtpConnection.child(remote, name), false);
                        tally.moved++;
                    }
                });
                there.remove(name);
            }
        }
        if (delete) {
            for (FtpConnection.Entry entry : there.values()) {
                attempt(
                        tally,
                        entry.name(),
                        () -> removeRemotely(FtpConnection.child(remote, entry.name()), entry, tally));
            }
        }
    }

    /** @param entry null if the server has none of this name */
    private static boolean isSame(Path file, FtpConnection.Entry entry) throws IOException {
        return entry != null
                && !entry.directory()
                && entry.size() == Files.size(file)
                && !entry.modified()
                        .isBefore(Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS));
    }

    private boolean exists(String directory) throws IOException {
        try {
            var _ = transfers.connection().list(directory);
            return true;
        } catch (FtpFailure e) {
            return false;
        }
    }

    private void removeRemotely(String path, FtpConnection.Entry entry, Tally tally) throws IOException {
        say("remove " + path);
        if (entry.directory()) {
            for (FtpConnection.Entry inner : transfers.connection().list(path).entries()) {
                removeRemotely(FtpConnection.child(path, inner.name()), inner, tally);
            }
            transfers.connection().removeDirectory(path);
        } else {
            transfers.connection().remove(path);
        }
        tally.removed++;
    }

    /** One file or directory of many. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** A refusal, or a local file that cannot be read, is one failure; a lost connection is the end. */
    private void attempt(Tally tally, String what, Step step) throws IOException {
        try {
            step.run();
        } catch (FtpFailure e) {
            if (e.exit() != FtpExit.REFUSED) {
                throw e;
            }
            failed(tally, what, Shell.reason(e));
        } catch (FileSystemException e) {
            failed(tally, what, Shell.reason(e));
        }
    }

    private void failed(Tally tally, String what, String reason) {
        tally.failed++;
        err.println(TerminalText.printable(what) + ": " + reason);
        err.flush();
    }

    private void say(String line) {
        told.say(TerminalText.printable(line));
    }
}
